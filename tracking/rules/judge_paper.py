"""What does the paper of one manifest contradict besides its masses?

`not_permitted` (judge_permits.py), `tare_drift`, `repeated_weight` (judge_repeats.py), `unknown_vehicle` of
legs that no claim speaks for, and `handover_mismatch` of what both sides weighed.
"""

import math

from models.thresholds import MassThresholds
from models.values import Evidence, Figures, LegFacts, ManifestFacts, Reason, WeighingFacts
from models.vocabulary import FindingKind, Mode, Severity, WeighingRole
from tracking.rules.claims import NEVER_LEFT, departed
from tracking.rules.findings import FindingDraft
from tracking.rules.judge_masses import carried_weighings, leg_of
from tracking.rules.judge_permits import permit_drafts
from tracking.rules.judge_repeats import NOTHING_EARLIER, EarlierLoads, repeat_drafts
from tracking.rules.mass_balance import wet_uncertainty_kg
from tracking.rules.world import World


def judge_paper(
    manifest: ManifestFacts, world: World, earlier: EarlierLoads = NOTHING_EARLIER
) -> list[FindingDraft]:
    """All findings that paper gives besides those of its masses; none of what never left."""
    if manifest.custody_state in NEVER_LEFT:
        return []
    return [
        *permit_drafts(manifest, world),
        *unregistered(manifest, world),
        *tare_drafts(manifest, world),
        *repeat_drafts(manifest, earlier, world),
        *handover_weights(manifest, world),
    ]


def unregistered(manifest: ManifestFacts, world: World) -> list[FindingDraft]:
    """Legs of paper that reports a receipt and no loading: no claim asks for a track of theirs, and yet the
    vehicle must be registered."""
    if manifest.live or manifest.received is None:
        return []
    known = {vehicle.code for vehicle in world.vehicles.values()}
    found = []
    for index, leg in enumerate(manifest.legs):
        if departed(manifest, index) or leg.vehicle_code in known:
            continue
        params: Figures = {"vehicle": leg.vehicle_code, "manifest": manifest.number}
        found.append(
            FindingDraft(
                kind=FindingKind.UNKNOWN_VEHICLE,
                subject=f"{manifest.number}/{leg.seq}",
                start_ms=manifest.received.at_ms,
                end_ms=manifest.received.at_ms,
                detected_ms=manifest.received.at_ms,
                size=3.0,
                reasons=(Reason("unknown_vehicle.seen", params), Reason("unknown_vehicle.expected", params)),
                manifest_ids=(manifest.id,),
                vehicle_codes=(leg.vehicle_code,),
                route_id=leg.route_id,
                hauler_id=manifest.hauler_id,
                timeless=True,
                evidence=Evidence(params),
            )
        )
    return found


def tare_drafts(manifest: ManifestFacts, world: World) -> list[FindingDraft]:
    """Of each truck the weighing whose tare is furthest from the registered one, where that is too far."""
    worst: dict[str, FindingDraft] = {}
    for (role, seq), weighed in carried_weighings(manifest).items():
        leg = leg_of(manifest, role, seq)
        draft = None if leg is None else tare_draft(manifest, leg, weighed, world)
        if leg is not None and draft is not None:
            before = worst.get(leg.vehicle_code)
            worst[leg.vehicle_code] = draft if before is None or draft.size > before.size else before
    return list(worst.values())


def tare_draft(
    manifest: ManifestFacts, leg: LegFacts, weighed: WeighingFacts, world: World
) -> FindingDraft | None:
    """A tare off the registered one."""
    vehicle = None if leg.vehicle_id is None else world.vehicles.get(leg.vehicle_id)
    if vehicle is None or leg.mode is not Mode.ROAD:
        return None
    mass = world.thresholds.mass
    reason = tare_reason(weighed, vehicle.tare_kg, mass)
    if reason is None:
        return None
    params = dict(reason.params) | {"manifest": manifest.number, "vehicle": leg.vehicle_code}
    return FindingDraft(
        kind=FindingKind.TARE_DRIFT,
        subject=f"{manifest.number}/{leg.seq}",
        start_ms=weighed.at_ms,
        end_ms=weighed.at_ms,
        detected_ms=weighed.at_ms,
        size=abs(float(reason.params["drift_fraction"] or 0.0)) / mass.tare_drift_fraction,
        reasons=(Reason(reason.code, params), Reason("tare_drift.expected", params)),
        manifest_ids=(manifest.id,),
        vehicle_codes=(leg.vehicle_code,),
        hauler_id=manifest.hauler_id,
        scale_code=weighed.scale_code,
        timeless=True,
        evidence=Evidence(
            dict(reason.params),
            {
                "tare_drift_fraction": mass.tare_drift_fraction,
                "u_factor": mass.gap_u,
            },
        ),
    )


def tare_reason(weighed: WeighingFacts, registered_kg: float | None, mass: MassThresholds) -> Reason | None:
    """The tare is off the registered one by more than its share, and by more than two scales may differ."""
    if registered_kg is None or registered_kg <= 0:
        return None
    off_kg = weighed.tare_kg - registered_kg
    empty = WeighingFacts(
        gross_kg=weighed.tare_kg,
        tare_kg=weighed.tare_kg,
        at_ms=weighed.at_ms,
        scale_division_kg=weighed.scale_division_kg,
    )
    u_kg = math.hypot(*wet_uncertainty_kg(empty, mass))  # of two readings, one on either scale
    least_kg = max(mass.tare_drift_fraction * registered_kg, mass.gap_u * u_kg)
    if abs(off_kg) <= least_kg:
        return None
    return Reason(
        "tare_drift.seen",
        {
            "tare_kg": weighed.tare_kg,
            "registered_kg": registered_kg,
            "off_kg": round(off_kg, 1),
            "drift_fraction": round(off_kg / registered_kg, 4),
        },
    )


def handover_weights(manifest: ManifestFacts, world: World) -> list[FindingDraft]:
    """What the giver of a leg and its taker weighed must agree within what their scales may be off."""
    found = []
    for leg, following in zip(manifest.legs, manifest.legs[1:], strict=False):
        given = manifest.weighings.get((WeighingRole.HANDOVER, leg.seq))
        taken = manifest.weighings.get((WeighingRole.TAKEN, following.seq))
        if given is None or taken is None:
            continue
        reason = weights_apart(given, taken, world.thresholds.mass)
        if reason is not None:
            found.append(handover_draft(manifest, leg, following, taken.at_ms, reason, world))
    return found


def weights_apart(given: WeighingFacts, taken: WeighingFacts, mass: MassThresholds) -> Reason | None:
    """The masses of a load out and in, where they differ beyond their uncertainty."""
    u_kg = math.hypot(*wet_uncertainty_kg(given, mass), *wet_uncertainty_kg(taken, mass))
    off_kg = given.net_kg - taken.net_kg
    if abs(off_kg) <= mass.gap_u * u_kg:
        return None
    return Reason(
        "handover_mismatch.weight",
        {
            "given_kg": given.net_kg,
            "taken_kg": taken.net_kg,
            "off_kg": round(off_kg, 1),
            "u_kg": round(u_kg, 1),
            "ratio": round(off_kg / u_kg, 2),
        },
    )


def handover_draft(
    manifest: ManifestFacts, leg: LegFacts, following: LegFacts, at_ms: int, reason: Reason, world: World
) -> FindingDraft:
    """A handover whose two sides do not fit."""
    params = dict(reason.params) | {
        "manifest": manifest.number,
        "vehicle": leg.vehicle_code,
        "other_vehicle": following.vehicle_code,
        "facility": world.code_of(leg.to_id),
    }
    kind = FindingKind.HANDOVER_MISMATCH
    stem = reason.code.removeprefix(f"{kind.value}.")
    return FindingDraft(
        kind=kind,
        subject=f"{manifest.number}/{leg.seq}/{stem}",
        start_ms=at_ms,
        end_ms=at_ms,
        detected_ms=at_ms,
        size=max(abs(float(reason.params.get("ratio") or 0.0)) / world.thresholds.mass.gap_u, 1.5),
        reasons=(Reason(reason.code, params), Reason(f"{kind.value}.expected", params)),
        manifest_ids=(manifest.id,),
        vehicle_codes=tuple(dict.fromkeys((leg.vehicle_code, following.vehicle_code))),
        facility_id=leg.to_id,
        hauler_id=manifest.hauler_id,
        severity=Severity.MEDIUM,
        timeless=True,
        evidence=Evidence(dict(reason.params), {"gap_u": world.thresholds.mass.gap_u}),
    )
