"""Which findings wait for a person, the most worthwhile first?"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from models.findings import Decision, Finding, FindingManifest, FindingVehicle
from models.fleet import Vehicle
from models.manifests import Manifest
from models.sight import FindingSight
from models.values import Viewer
from models.vocabulary import MS_PER_S, DecisionOutcome, FindingKind, Severity
from tracking.queries.keyset import Key, Order, Page, continued, page_of
from tracking.queries.known_subjects import KnownSubjects, known_subjects
from tracking.queries.names import Name
from tracking.queries.text_search import begins, vehicle_codes
from tracking.queries.visibility import findings_visible, manifests_visible, vehicle_codes_known


class FindingOrder(StrEnum):
    """Ways to sort the queue."""

    RANK = "rank"
    NEWEST = "newest"
    OLDEST = "oldest"


class Decided(StrEnum):
    """Which findings of the queue, by what people said of them."""

    OPEN = "open"
    CONFIRM = "confirm"
    EXPLAIN = "explain"
    DISMISS = "dismiss"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """What the person asked for; None or empty means: all."""

    text: str = ""
    kind: FindingKind | None = None
    severity: Severity | None = None
    decided: Decided = Decided.OPEN
    manifest: str = ""
    vehicle: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A line of the queue. `reasons` are worded by reports/wording.py."""

    id: int
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
    reasons: list[dict[str, Any]]
    manifests: tuple[str, ...] = ()
    vehicles: tuple[Name, ...] = ()
    outcome: DecisionOutcome | None = None


COLUMNS: tuple[Any, ...] = (
    Finding.id,
    Finding.key,
    Finding.version,
    Finding.kind,
    Finding.severity,
    Finding.score,
    Finding.start_ms,
    Finding.end_ms,
    Finding.detected_ms,
    Finding.lat,
    Finding.lon,
    Finding.reasons,
)


def finding_page_of_queue(
    session: Session,
    viewer: Viewer,
    wanted: FindingFilter,
    order: FindingOrder = FindingOrder.RANK,
    after: Key | None = None,
    limit: int = 50,
) -> Page[FindingRow]:
    """A page of the current findings that the viewer may see and asked for."""
    queue, sort = _queue(viewer, wanted.decided is Decided.OPEN, order)
    query = queue.add_columns(sort.column).where(*_conditions(session, viewer, wanted))
    rows = session.execute(continued(query, sort, after, limit)).all()
    page = page_of(rows, limit, lambda row: (row[-1], row[0]))
    return Page(named_rows(session, viewer, page.rows), page.after)


def named_rows(session: Session, viewer: Viewer, rows: Sequence[Any]) -> tuple[FindingRow, ...]:
    """Rows that begin with COLUMNS, with their manifests, vehicles and newest decision.

    What the viewer may not know is hidden: other parties' numbers and vehicles, and where those were.
    """
    found = [FindingRow(*fields[: len(COLUMNS)]) for fields in rows]
    ids = [row.id for row in found]
    manifests, vehicles = _manifests(session, viewer, ids), _vehicles(session, ids)
    outcomes = newest_outcomes(session, [row.key for row in found])
    told = [reason for row in found for reason in row.reasons]
    codes = {name.code for names in vehicles.values() for name in names}
    known = known_subjects(session, viewer, told, vehicles=codes)
    return tuple(
        replace(
            _told(row, vehicles[row.id], known), manifests=manifests[row.id], outcome=outcomes.get(row.key)
        )
        for row in found
    )


def _told(row: FindingRow, vehicles: tuple[Name, ...], known: KnownSubjects) -> FindingRow:
    place = (row.lat, row.lon) if known.knows_vehicles(name.code for name in vehicles) else (None, None)
    named = tuple(name for name in vehicles if known.knows_vehicle(name.code))
    return replace(row, reasons=known.reasons(row.reasons), vehicles=named, lat=place[0], lon=place[1])


def open_finding_counts(session: Session, viewer: Viewer) -> dict[Severity, int]:
    """How many findings nobody has decided about, by severity."""
    waiting = _queue(viewer, True, FindingOrder.NEWEST)[0]
    query = waiting.with_only_columns(Finding.severity, func.count()).group_by(Finding.severity)
    return dict.fromkeys(Severity, 0) | dict(session.execute(query).all())


def newest_outcomes(session: Session, keys: Sequence[str]) -> dict[str, DecisionOutcome]:
    """What was decided last about each finding."""
    query = (
        select(Decision.finding_key, Decision.outcome)
        .where(Decision.finding_key.in_(keys))
        .order_by(Decision.finding_key, Decision.id)
    )
    return dict(session.execute(query).all())


def _queue(viewer: Viewer, waiting: bool, order: FindingOrder) -> tuple[Select[Any], Order]:
    """The current findings that the viewer may see, and the way by which they are found in order.

    What may concern an organisation is noted in its order (models/sight.py): only these are asked for.
    """
    query = select(*COLUMNS).where(findings_visible(viewer))
    if viewer.sees_all or viewer.organisation_id is None:
        listed: Any = Finding
        row_id, holds = Finding.id, Finding.waiting if waiting else Finding.current
    else:
        listed, row_id = FindingSight, FindingSight.finding_id
        query = query.join(FindingSight, FindingSight.finding_id == Finding.id)
        query = query.where(FindingSight.organisation_id == viewer.organisation_id)
        holds = FindingSight.waiting if waiting else Finding.current
    query = query.where(holds, ~Finding.retracted)
    if order is FindingOrder.RANK:
        return query, Order(listed.score.expression, row_id.expression)
    return query, Order(listed.start_ms.expression, row_id.expression, order is FindingOrder.NEWEST)


def _conditions(session: Session, viewer: Viewer, wanted: FindingFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.kind:
        found.append(Finding.kind == wanted.kind)
    if wanted.severity:
        found.append(Finding.severity == wanted.severity)
    if wanted.decided not in (Decided.OPEN, Decided.ALL):
        found.append(_newest_outcome() == DecisionOutcome(wanted.decided.value))
    if wanted.manifest:
        found.append(Finding.id.in_(_about(viewer).where(Manifest.number == wanted.manifest)))
    if wanted.vehicle:
        found.append(Finding.id.in_(_driven(viewer).where(FindingVehicle.vehicle_code == wanted.vehicle)))
    if wanted.text:
        found.append(_text_found(session, viewer, wanted.text))
    if wanted.since:
        found.append(Finding.start_ms >= round(wanted.since.timestamp() * MS_PER_S))
    if wanted.until:
        found.append(Finding.start_ms < round(wanted.until.timestamp() * MS_PER_S))
    return found


def _newest_outcome() -> ColumnElement[Any]:
    return (
        select(Decision.outcome)
        .where(Decision.finding_key == Finding.key)
        .order_by(Decision.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _text_found(session: Session, viewer: Viewer, text: str) -> ColumnElement[bool]:
    """The text begins the number of a manifest, is in the name of a vehicle, or is the finding's own key."""
    about = _about(viewer).where(begins(session, Manifest.number, text))
    driven = _driven(viewer).where(FindingVehicle.vehicle_code.in_(vehicle_codes(session, text)))
    return or_(Finding.id.in_(about), Finding.id.in_(driven), Finding.key == text)


def _about(viewer: Viewer) -> Select[Any]:
    """Ids of findings by the manifests that the viewer sees: a filter must not confirm another's number."""
    return select(FindingManifest.finding_id).join(FindingManifest.manifest).where(manifests_visible(viewer))


def _driven(viewer: Viewer) -> Select[Any]:
    """Ids of findings by the vehicles that the viewer may know."""
    return select(FindingVehicle.finding_id).where(
        vehicle_codes_known(viewer, FindingVehicle.vehicle_code.expression)
    )


def _manifests(session: Session, viewer: Viewer, finding_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    # A finding about several manifests is shown to each party with its own numbers only.
    query = (
        select(FindingManifest.finding_id, Manifest.number)
        .join(FindingManifest.manifest)
        .where(FindingManifest.finding_id.in_(finding_ids), manifests_visible(viewer))
        .order_by(FindingManifest.finding_id, FindingManifest.ordinal)
    )
    found: dict[int, tuple[str, ...]] = defaultdict(tuple)
    for finding_id, number in session.execute(query):
        found[finding_id] += (number,)
    return found


def _vehicles(session: Session, finding_ids: Sequence[int]) -> dict[int, tuple[Name, ...]]:
    query = (
        select(FindingVehicle.finding_id, FindingVehicle.vehicle_code, Vehicle.name)
        .join(Vehicle, Vehicle.code == FindingVehicle.vehicle_code, isouter=True)
        .where(FindingVehicle.finding_id.in_(finding_ids))
        .order_by(FindingVehicle.finding_id, FindingVehicle.ordinal)
    )
    found: dict[int, tuple[Name, ...]] = defaultdict(tuple)
    for finding_id, code, name in session.execute(query):
        found[finding_id] += (Name(code, name or code),)
    return found
