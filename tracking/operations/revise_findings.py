"""Store what the rules found: new findings, new versions of changed ones, retractions of vanished ones.

Findings are never deleted. Within the scopes that were judged anew, a finding that comes out the same
is left alone; one that differs gets a new version; one that is gone gets a last version marked
`retracted`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from models.findings import Finding, FindingManifest, FindingVehicle
from models.values import Reason
from tracking.rules.findings import RULE_VERSION, FindingDraft, finding_key, severity_of
from tracking.rules.ranking import NOTHING_BESIDE, Corroboration

SCOPE_BATCH = 500
COMPARED = (
    "kind",
    "severity",
    "score",
    "start_ms",
    "end_ms",
    "detected_ms",
    "lat",
    "lon",
    "facility_id",
    "route_id",
    "hauler_id",
    "scale_code",
    "device_code",
    "reasons",
    "evidence",
    "scope",
)


@dataclass(frozen=True, slots=True)
class ScopedDraft:
    """A draft with the scope that owns it, its score, and what else speaks for it."""

    scope: str
    draft: FindingDraft
    score: float
    beside: Corroboration = NOTHING_BESIDE


def revise_findings(
    session: Session, scopes: Collection[str], drafts: Iterable[ScopedDraft], recorded_at: datetime
) -> None:
    """Make the current findings of `scopes` these drafts."""
    drafts = list(drafts)
    standing = {row.key: row for row in current_in(session, scopes)}
    wanted, held = keyed(drafts), set[str]()
    while more := held_elsewhere(session, [key for key in wanted if key not in standing]):
        held |= more
        wanted = keyed(drafts, held)
    versions = last_versions(session, [key for key in wanted if key not in standing])
    for key, scoped in wanted.items():
        row = standing.pop(key, None)
        if row is None:
            add_finding(session, key, versions.get(key, 0) + 1, scoped, recorded_at)
        elif differs(row, scoped):
            row.current = False
            session.flush()
            add_finding(session, key, row.version + 1, scoped, recorded_at)
        elif row.score != scoped.score:
            row.score = scoped.score  # decisions about other findings rank it anew and change nothing in it
    for row in standing.values():
        retract(session, row, recorded_at)
    session.flush()


def keyed(drafts: Iterable[ScopedDraft], held: Collection[str] = ()) -> dict[str, ScopedDraft]:
    """The drafts by their stable ids; two stops within one window are two findings.

    held: ids that findings of other scopes have.
    """
    found: dict[str, ScopedDraft] = {}
    for scoped in sorted(drafts, key=lambda scoped: scoped.draft.start_ms):
        ordinal = 1
        while (key := finding_key(scoped.draft, ordinal)) in found or key in held:
            ordinal += 1
        found[key] = scoped
    return found


def retract_scopes(session: Session, scopes: Collection[str], recorded_at: datetime) -> None:
    """Retract all current findings of scopes that no longer exist."""
    for row in current_in(session, scopes):
        retract(session, row, recorded_at)
    session.flush()


def current_in(session: Session, scopes: Collection[str]) -> list[Finding]:
    """The current findings of scopes."""
    return chosen(session, "scope", sorted(scopes))


def held_elsewhere(session: Session, keys: list[str]) -> set[str]:
    """Which of these ids, none of them of a scope that is judged now, a current finding has."""
    return {row.key for row in chosen(session, "key", keys)}


def chosen(session: Session, column: str, values: list[str]) -> list[Finding]:
    """Current findings by a column, in statements' size."""
    found: list[Finding] = []
    for low in range(0, len(values), SCOPE_BATCH):
        found += session.scalars(
            select(Finding)
            .where(getattr(Finding, column).in_(values[low : low + SCOPE_BATCH]), Finding.current)
            .options(selectinload(Finding.manifests), selectinload(Finding.vehicles))
        )
    return found


def last_versions(session: Session, keys: list[str]) -> dict[str, int]:
    """The last version of each key that ever was."""
    found: dict[str, int] = {}
    for low in range(0, len(keys), SCOPE_BATCH):
        found |= dict(
            session.execute(
                select(Finding.key, func.max(Finding.version))
                .where(Finding.key.in_(keys[low : low + SCOPE_BATCH]))
                .group_by(Finding.key)
            ).all()
        )
    return found


def contents(scoped: ScopedDraft) -> dict[str, Any]:
    """A draft as columns."""
    draft = scoped.draft
    return {
        "kind": draft.kind,
        "severity": severity_of(draft),
        "score": scoped.score,
        "start_ms": draft.start_ms,
        "end_ms": max(draft.end_ms, draft.start_ms),
        "detected_ms": draft.detected_ms,
        "lat": draft.lat,
        "lon": draft.lon,
        "facility_id": draft.facility_id,
        "route_id": draft.route_id,
        "hauler_id": draft.hauler_id,
        "scale_code": draft.scale_code,
        "device_code": draft.device_code,
        "reasons": [reason_json(reason) for reason in draft.reasons],
        "evidence": {
            "figures": dict(draft.evidence.figures),
            "thresholds": dict(draft.evidence.thresholds),
            "marks": list(draft.evidence.marks),
            "ranking": ranking_json(scoped),
        },
        "scope": scoped.scope,
    }


def ranking_json(scoped: ScopedDraft) -> dict[str, Any]:
    """What the score is made of beside its rule's decisions, so that it can follow later ones."""
    return {
        "size": round(scoped.draft.size, 4),
        "companions": scoped.beside.companions,
        "families": scoped.beside.families,
        "cap": scoped.draft.score_cap,
    }


def reason_json(reason: Reason) -> dict[str, Any]:
    """A reason as it is stored."""
    params: Mapping[str, Any] = reason.params
    return {"code": reason.code, "params": dict(params)}


def differs(row: Finding, scoped: ScopedDraft) -> bool:
    """Is a draft other than what is stored?"""
    new = contents(scoped)
    return (
        any(getattr(row, name) != new[name] for name in COMPARED if name != "score")
        or row.rule_version != RULE_VERSION
        or [link.manifest_id for link in row.manifests] != list(dict.fromkeys(scoped.draft.manifest_ids))
        or [link.vehicle_code for link in row.vehicles] != list(dict.fromkeys(scoped.draft.vehicle_codes))
    )


def add_finding(session: Session, key: str, version: int, scoped: ScopedDraft, recorded_at: datetime) -> None:
    """A new current version."""
    row = Finding(
        key=key,
        version=version,
        current=True,
        retracted=False,
        rule_version=RULE_VERSION,
        recorded_at=recorded_at,
        **contents(scoped),
    )
    row.manifests = [
        FindingManifest(manifest_id=manifest_id, ordinal=ordinal)
        for ordinal, manifest_id in enumerate(dict.fromkeys(scoped.draft.manifest_ids))
    ]
    row.vehicles = [
        FindingVehicle(vehicle_code=code, ordinal=ordinal)
        for ordinal, code in enumerate(dict.fromkeys(scoped.draft.vehicle_codes))
    ]
    session.add(row)


def retract(session: Session, row: Finding, recorded_at: datetime) -> None:
    """The finding no longer holds: its last version says so."""
    row.current = False
    session.flush()
    last = Finding(
        key=row.key,
        version=row.version + 1,
        current=False,
        retracted=True,
        rule_version=RULE_VERSION,
        recorded_at=recorded_at,
        **{name: getattr(row, name) for name in COMPARED},
    )
    last.manifests = [
        FindingManifest(manifest_id=link.manifest_id, ordinal=link.ordinal) for link in row.manifests
    ]
    last.vehicles = [
        FindingVehicle(vehicle_code=link.vehicle_code, ordinal=link.ordinal) for link in row.vehicles
    ]
    session.add(last)
