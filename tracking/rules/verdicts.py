"""What is the machine's verdict on a manifest, and why?

`contradicted`: a finding at or above the line. `insufficient`: no trip, or too little data to say.
`pending`: not yet received. `consistent`: the track covers the legs, nothing stands against it, the
masses close. The verdict never rewrites custody.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from models.thresholds import Thresholds
from models.values import ManifestFacts, Reason
from models.vocabulary import CustodyState, FindingKind, ReceiptDecision, VerdictValue
from tracking.rules.mass_balance import wet_uncertainty_kg

FINISHED = frozenset(
    {
        CustodyState.ACCEPTED,
        CustodyState.PART_ACCEPTED,
        CustodyState.REJECTED,
        CustodyState.DISPOSED,
        CustodyState.CLOSED,
    }
)
NOT_CARRIED = frozenset({CustodyState.CANCELLED, CustodyState.EXPIRED})


@dataclass(frozen=True, slots=True)
class LegProof:
    """What the tracks say of one leg: was it followed, and how completely; None when no trip answers it."""

    seq: int
    coverage_fraction: float | None
    margin: float | None


@dataclass(frozen=True, slots=True)
class RankedFinding:
    """A finding of the manifest as the verdict sees it."""

    kind: FindingKind
    score: float


@dataclass(frozen=True, slots=True)
class VerdictDraft:
    """A verdict with its score (how surely contradicted) and reasons."""

    value: VerdictValue
    score: float
    reasons: tuple[Reason, ...]


def judge_manifest(
    manifest: ManifestFacts,
    findings: Sequence[RankedFinding],
    legs: Sequence[LegProof],
    thresholds: Thresholds,
    contradicted_score: float,
) -> VerdictDraft:
    """The verdict of one manifest from its findings and the proof of its legs."""
    top = max((finding.score for finding in findings), default=0.0)
    against = sorted((f for f in findings if f.score >= contradicted_score), key=lambda f: (-f.score, f.kind))
    if against:
        reasons = tuple(
            Reason("verdict.contradicted", {"kind": f.kind.value, "score": f.score}) for f in against
        )
        return VerdictDraft(VerdictValue.CONTRADICTED, top, reasons)
    if manifest.custody_state in NOT_CARRIED and manifest.loaded is None:
        return VerdictDraft(VerdictValue.CONSISTENT, top, (Reason("verdict.not_carried"),))
    if manifest.custody_state not in FINISHED or manifest.received is None:
        return VerdictDraft(VerdictValue.PENDING, top, (Reason("verdict.pending"),))
    missing = insufficiencies(manifest, findings, legs, thresholds)
    if missing:
        return VerdictDraft(VerdictValue.INSUFFICIENT, top, missing)
    covered = min((leg.coverage_fraction or 0.0 for leg in legs), default=0.0)
    return VerdictDraft(
        VerdictValue.CONSISTENT,
        top,
        (Reason("verdict.consistent", {"coverage_fraction": round(covered, 3)}),),
    )


def insufficiencies(
    manifest: ManifestFacts,
    findings: Sequence[RankedFinding],
    legs: Sequence[LegProof],
    thresholds: Thresholds,
) -> tuple[Reason, ...]:
    """What is missing before one could say that all is well."""
    reasons = []
    for leg in legs:
        if leg.coverage_fraction is None:
            reasons.append(Reason("verdict.no_trip", {"seq": leg.seq}))
        elif leg.coverage_fraction < thresholds.assignment.coverage_min_fraction:
            reasons.append(
                Reason(
                    "verdict.thin_track",
                    {"seq": leg.seq, "coverage_fraction": round(leg.coverage_fraction, 3)},
                )
            )
        elif leg.margin is not None and leg.margin < thresholds.assignment.margin_for_person:
            reasons.append(Reason("verdict.ambiguous", {"seq": leg.seq, "margin": round(leg.margin, 2)}))
    if not legs:
        reasons.append(Reason("verdict.no_trip", {"seq": 1}))
    if manifest.loaded is None:
        reasons.append(Reason("verdict.not_weighed"))
    return (*reasons, *receipt_reasons(manifest, thresholds))


def receipt_reasons(manifest: ManifestFacts, thresholds: Thresholds) -> tuple[Reason, ...]:
    """What the receiver's decision leaves open: refused sludge without a manifest, sums that do not close."""
    if manifest.received is None or manifest.decision is None:
        return ()
    net_kg = manifest.received.net_kg
    reasons = []
    if manifest.decision is not ReceiptDecision.ACCEPTED and not manifest.has_child:
        refused_kg = net_kg if manifest.refused_kg is None else manifest.refused_kg
        reasons.append(Reason("verdict.open_child", {"refused_kg": refused_kg}))
    if manifest.accepted_kg is not None and manifest.refused_kg is not None:
        decided_kg = manifest.accepted_kg + manifest.refused_kg
        u_kg = math.hypot(*wet_uncertainty_kg(manifest.received, thresholds.mass))
        if abs(decided_kg - net_kg) > thresholds.mass.gap_u * u_kg:
            reasons.append(Reason("verdict.receipt_off", {"decided_kg": decided_kg, "received_kg": net_kg}))
    return tuple(reasons)
