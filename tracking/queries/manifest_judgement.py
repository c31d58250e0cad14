"""What did the machine conclude about a manifest, and what did people decide about its findings?"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, selectinload

from models.facilities import Facility, Route
from models.findings import Decision, Finding, FindingManifest, FindingVehicle, Verdict
from models.manifests import Manifest
from models.organisations import Organisation, User
from models.values import Viewer
from models.vocabulary import DecisionOutcome, FindingKind, Severity, VerdictValue
from tracking.queries.known_subjects import KnownSubjects, known_subjects
from tracking.queries.names import Name, name_or_none
from tracking.queries.visibility import manifests_visible


@dataclass(frozen=True, slots=True)
class DecisionStory:
    """The newest decision about a finding; `version` is the one that was decided about."""

    outcome: DecisionOutcome
    reason: str
    by: str
    at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class ManifestFinding:
    """A current finding. `manifests` names those that the viewer may see; times are ms UTC."""

    key: str
    version: int
    kind: FindingKind
    severity: Severity
    score: float
    start_ms: int
    end_ms: int
    detected_ms: int
    lat: float | None
    lon: float | None
    facility: Name | None
    route: str | None
    hauler: Name | None
    scale: str | None
    device: str | None
    reasons: tuple[dict[str, Any], ...]
    evidence: dict[str, Any]
    rule_version: str
    recorded_at: datetime
    manifests: tuple[str, ...]
    vehicles: tuple[str, ...]
    decision: DecisionStory | None


@dataclass(frozen=True, slots=True)
class VerdictStory:
    """The current verdict, or `pending` in version 0 for a manifest that was never judged."""

    value: VerdictValue
    score: float
    reasons: tuple[dict[str, Any], ...]
    rule_version: str
    version: int
    recorded_at: datetime | None


NEVER_JUDGED = VerdictStory(VerdictValue.PENDING, 0.0, (), "", 0, None)


def verdict_of(session: Session, manifest_id: int) -> VerdictStory:
    """The current verdict of a manifest."""
    row = session.scalars(select(Verdict).where(Verdict.manifest_id == manifest_id, Verdict.current)).first()
    if row is None:
        return NEVER_JUDGED
    return VerdictStory(
        row.value, row.score, tuple(row.reasons), row.rule_version, row.version, row.recorded_at
    )


def findings_of(session: Session, manifest_id: int, viewer: Viewer) -> tuple[ManifestFinding, ...]:
    """The current findings about a manifest, highest score first, as far as the viewer may know them."""
    about = select(FindingManifest.finding_id).where(FindingManifest.manifest_id == manifest_id)
    query = (
        select(
            Finding,
            *(Facility.code, Facility.name, Facility.name_en),
            Route.code,
            *(Organisation.code, Organisation.name, Organisation.name_en),
        )
        .join(Facility, Facility.id == Finding.facility_id, isouter=True)
        .join(Route, Route.id == Finding.route_id, isouter=True)
        .join(Organisation, Organisation.id == Finding.hauler_id, isouter=True)
        .where(Finding.id.in_(about), Finding.current, Finding.retracted.is_(False))
        .order_by(Finding.score.desc(), Finding.start_ms, Finding.key)
        .options(selectinload(Finding.vehicles))
    )
    rows = session.execute(query).all()
    if not rows:
        return ()
    findings: list[Finding] = [row[0] for row in rows]
    numbers = _visible_numbers(session, [one.id for one in findings], manifests_visible(viewer))
    decided = newest_decisions(session, [one.key for one in findings])
    known = known_subjects(
        session,
        viewer,
        [reason for one in findings for reason in one.reasons],
        [one.evidence for one in findings],
        [link.vehicle_code for one in findings for link in one.vehicles],
    )
    return tuple(
        _finding(
            row[0],
            known,
            name_or_none(*row[1:4]),
            row[4],
            name_or_none(*row[5:8]),
            tuple(numbers.get(row[0].id, ())),
            decided.get(row[0].key),
        )
        for row in rows
    )


def _finding(
    row: Finding,
    known: KnownSubjects,
    facility: Name | None,
    route: str | None,
    hauler: Name | None,
    manifests: tuple[str, ...],
    decision: DecisionStory | None,
) -> ManifestFinding:
    links: list[FindingVehicle] = row.vehicles
    vehicles = [link.vehicle_code for link in links]
    place = (row.lat, row.lon) if known.knows_vehicles(vehicles) else (None, None)
    return ManifestFinding(
        key=row.key,
        version=row.version,
        kind=row.kind,
        severity=row.severity,
        score=row.score,
        start_ms=row.start_ms,
        end_ms=row.end_ms,
        detected_ms=row.detected_ms,
        lat=place[0],
        lon=place[1],
        facility=facility,
        route=route,
        hauler=hauler,
        scale=row.scale_code,
        device=row.device_code if known.knows_vehicles(vehicles) else None,
        reasons=tuple(known.reasons(row.reasons)),
        evidence=known.evidence(row.evidence, vehicles),
        rule_version=row.rule_version,
        recorded_at=row.recorded_at,
        manifests=manifests,
        vehicles=tuple(code for code in vehicles if known.knows_vehicle(code)),
        decision=decision,
    )


def _visible_numbers(
    session: Session, finding_ids: Collection[int], visible: ColumnElement[bool]
) -> dict[int, list[str]]:
    query = (
        select(FindingManifest.finding_id, Manifest.number)
        .join(FindingManifest.manifest)
        .where(FindingManifest.finding_id.in_(finding_ids), visible)
        .order_by(FindingManifest.ordinal)
    )
    found: dict[int, list[str]] = {}
    for finding_id, number in session.execute(query):
        found.setdefault(finding_id, []).append(number)
    return found


def newest_decisions(session: Session, keys: Collection[str]) -> dict[str, DecisionStory]:
    """The latest decision about each finding."""
    query = (
        select(
            Decision.finding_key,
            Decision.outcome,
            Decision.reason,
            User.display_name,
            Decision.decided_at,
            Decision.finding_version,
        )
        .join(Decision.user)
        .where(Decision.finding_key.in_(keys))
        .order_by(Decision.id)
    )
    return {row[0]: DecisionStory(*row[1:]) for row in session.execute(query)}
