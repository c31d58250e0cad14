"""Which manifests are there, filtered and sorted as a person asks?"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, and_, func, literal, select
from sqlalchemy.orm import Session, aliased

from models.facilities import Facility
from models.findings import Finding, FindingManifest, Verdict
from models.fleet import Vehicle
from models.manifests import Leg, Manifest, MoistureTest, Weighing
from models.organisations import Organisation
from models.sight import NEVER_JUDGED, ManifestSight, VehicleLoad
from models.values import Viewer
from models.vocabulary import CustodyState, VerdictValue, WeighingRole
from tracking.queries.few import few_by_issue
from tracking.queries.keyset import Key, Order, Page, continued, page_of
from tracking.queries.names import Name, name_or_none
from tracking.queries.text_search import meant
from tracking.queries.visibility import in_sight, manifests_visible, names_vehicle

JUDGED = and_(Verdict.manifest_id == Manifest.id, Verdict.current)


class ManifestOrder(StrEnum):
    """Ways to sort the list."""

    NEWEST = "newest"
    OLDEST = "oldest"
    NUMBER = "number"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class ManifestFilter:
    """What the person asked for; None or empty means: all. Facilities, hauler and vehicle by code."""

    text: str = ""
    state: CustodyState | None = None
    verdict: VerdictValue | None = None
    plant: str = ""
    site: str = ""
    hauler: str = ""
    vehicle: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """A line of the list; masses None where not weighed."""

    id: int
    number: str
    issued_at: datetime
    state: CustodyState
    origin: Name
    destination: Name
    hauler: Name | None
    verdict: VerdictValue
    score: float
    loaded_kg: float | None
    loaded_moisture_fraction: float | None
    received_kg: float | None
    received_moisture_fraction: float | None
    vehicles: tuple[Name, ...] = ()
    findings: int = 0


def manifest_page(
    session: Session,
    viewer: Viewer,
    wanted: ManifestFilter,
    order: ManifestOrder = ManifestOrder.NEWEST,
    after: Key | None = None,
    limit: int = 50,
) -> Page[ManifestRow]:
    """A page of the manifests that the viewer may see and asked for."""
    listed = _listed(session, viewer, wanted, order)
    if listed is None:
        keys = _most_doubtful(session, _judged(session, viewer, wanted), after, limit)
    else:
        query, sort = listed
        keys = session.execute(continued(query.add_columns(sort.column), sort, after, limit)).all()
    found = page_of(keys, limit, lambda row: (row[-1], row[0]))
    page = Page(_rows_of(session, [row[0] for row in found.rows]), found.after)
    ids = [row[0] for row in page.rows]
    vehicles, findings = _vehicles(session, ids), _finding_counts(session, ids)
    return page.map(lambda row: _manifest_row(row, vehicles[row[0]], findings.get(row[0], 0)))


def _listed(
    session: Session, viewer: Viewer, wanted: ManifestFilter, order: ManifestOrder
) -> tuple[Select[Any], Order] | None:
    """The ids of manifests, and the way by which they are found in order; None where that takes two queries.

    No table takes part that neither chooses nor sorts: planners weigh few well.
    """
    few = False
    query = select(Manifest.id).where(manifests_visible(viewer), *_conditions(wanted))
    if wanted.text:
        condition, few = meant(session, viewer, wanted.text)
        query = query.where(condition)
    descending = order is not ManifestOrder.OLDEST
    if order is ManifestOrder.DOUBTFUL:
        return _own_most_doubtful(query, viewer, wanted)
    if order is ManifestOrder.NUMBER or few:
        query = query if wanted.verdict is None else _with_verdict(query, wanted.verdict)
        by_number = Order(Manifest.number.expression, Manifest.id.expression, descending=False)
        return query, by_number if order is ManifestOrder.NUMBER else few_by_issue(descending=descending)
    query, sort = _by_issue(query, viewer, wanted)
    return query, replace(sort, descending=descending)


def _by_issue(query: Select[Any], viewer: Viewer, wanted: ManifestFilter) -> tuple[Select[Any], Order]:
    """By the index that follows what was asked for most closely."""
    named = wanted.state or wanted.plant or wanted.site or wanted.hauler
    if wanted.verdict is not None:
        if not named and not wanted.vehicle and _has_sight(viewer):
            query, sort = in_sight(query, viewer)
            return query.where(ManifestSight.verdict == wanted.verdict), sort
        query = _with_verdict(query, wanted.verdict)
    if wanted.vehicle:
        carried = and_(VehicleLoad.manifest_id == Manifest.id, VehicleLoad.vehicle_code == wanted.vehicle)
        sort = Order(VehicleLoad.issued_at.expression, VehicleLoad.manifest_id.expression)
        return query.join(VehicleLoad, carried), sort
    if named:
        return query, Order(Manifest.issued_at.expression, Manifest.id.expression)
    return in_sight(query, viewer)


def _has_sight(viewer: Viewer) -> bool:
    """Is it noted which manifests may concern the viewer? Whoever sees all looks at all."""
    return not viewer.sees_all and viewer.organisation_id is not None


def _own_most_doubtful(
    query: Select[Any], viewer: Viewer, wanted: ManifestFilter
) -> tuple[Select[Any], Order] | None:
    """By the scores that are noted beside the viewer's manifests."""
    if not _has_sight(viewer):
        return None
    query, _by_issue = in_sight(query, viewer)
    if wanted.verdict is not None:
        query = query.where(ManifestSight.verdict == wanted.verdict)
    return query, Order(ManifestSight.score.expression, ManifestSight.manifest_id.expression)


def _with_verdict(query: Select[Any], verdict: VerdictValue) -> Select[Any]:
    """Only those of a verdict."""
    return query.join(Verdict, JUDGED, isouter=True).where(_verdict_is(verdict))


def _verdict_is(verdict: VerdictValue) -> ColumnElement[bool]:
    return func.coalesce(Verdict.value, VerdictValue.PENDING.value) == verdict.value


def _judged(session: Session, viewer: Viewer, wanted: ManifestFilter) -> Select[Any]:
    """The ids of manifests with their verdicts, for whoever sees all."""
    query = select(Manifest.id).join(Verdict, JUDGED, isouter=True).where(manifests_visible(viewer))
    if wanted.text:
        query = query.where(meant(session, viewer, wanted.text)[0])
    if wanted.verdict:
        query = query.where(_verdict_is(wanted.verdict))
    return query.where(*_conditions(wanted))


def _rows_of(session: Session, ids: Sequence[int]) -> tuple[Row[Any], ...]:
    """What the list shows of these, in their order."""
    found = {row[0]: row for row in session.execute(_rows().where(Manifest.id.in_(ids)))} if ids else {}
    return tuple(found[row_id] for row_id in ids)


def _rows() -> Select[Any]:
    origin, destination = aliased(Facility), aliased(Facility)
    columns: list[Any] = [Manifest.id, Manifest.number, Manifest.issued_at, Manifest.custody_state]
    columns += [origin.code, origin.name, origin.name_en]
    columns += [destination.code, destination.name, destination.name_en]
    columns += [Organisation.code, Organisation.name, Organisation.name_en, Verdict.value, Verdict.score]
    query = (
        select(*columns)
        .join(origin, origin.id == Manifest.origin_id)
        .join(destination, destination.id == Manifest.destination_id)
        .join(Organisation, Organisation.id == Manifest.hauler_id, isouter=True)
        .join(Verdict, JUDGED, isouter=True)
    )
    for role in (WeighingRole.LOADED, WeighingRole.RECEIVED):
        weighed, tested = aliased(Weighing), aliased(MoistureTest)
        query = query.join(weighed, _of_role(weighed, role), isouter=True)
        query = query.join(tested, _of_role(tested, role), isouter=True)
        query = query.add_columns(weighed.gross_kg - weighed.tare_kg, tested.moisture_fraction)
    return query


def _of_role(table: Any, role: WeighingRole) -> ColumnElement[bool]:
    return and_(table.manifest_id == Manifest.id, table.role == role, table.leg_seq == 0)


def _conditions(wanted: ManifestFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.state:
        found.append(Manifest.custody_state == wanted.state)
    if wanted.plant:
        found.append(Manifest.origin_id == _place(wanted.plant))
    if wanted.site:
        found.append(Manifest.destination_id == _place(wanted.site))
    if wanted.hauler:
        hauler = select(Organisation.id).where(Organisation.code == wanted.hauler).scalar_subquery()
        found.append(Manifest.hauler_id == hauler)
    if wanted.vehicle:
        found.append(names_vehicle(wanted.vehicle))
    if wanted.since:
        found.append(Manifest.issued_at >= wanted.since)
    if wanted.until:
        found.append(Manifest.issued_at < wanted.until)
    return found


def _most_doubtful(
    session: Session, chosen: Select[Any], after: Key | None, limit: int
) -> Sequence[Row[Any]]:
    """First those that were judged, by score; behind them, as NEVER_JUDGED, the others by row id.

    Two queries: the rows that an outer join left blank are in no index of scores.
    """
    found: list[Row[Any]] = []
    if after is None or after[0] > NEVER_JUDGED:
        order = Order(Verdict.score.expression, Verdict.manifest_id.expression)
        judged = chosen.where(Verdict.current, Verdict.score.is_not(None)).add_columns(Verdict.score)
        found += session.execute(continued(judged, order, after, limit)).all()
        after = None
    if len(found) <= limit:
        others = chosen.where(Verdict.id.is_(None)).add_columns(literal(NEVER_JUDGED))
        if after is not None:
            others = others.where(Manifest.id < after[1])
        found += session.execute(others.order_by(Manifest.id.desc()).limit(limit + 1 - len(found))).all()
    return found


def _place(code: str) -> ScalarSelect[int]:
    return select(Facility.id).where(Facility.code == code).scalar_subquery()


def _vehicles(session: Session, manifest_ids: Sequence[int]) -> dict[int, tuple[Name, ...]]:
    names: dict[int, dict[str, Name]] = defaultdict(dict)
    query = (
        select(Leg.manifest_id, Leg.vehicle_code, Vehicle.name)
        .join(Vehicle, Vehicle.id == Leg.vehicle_id, isouter=True)
        .where(Leg.manifest_id.in_(manifest_ids))
        .order_by(Leg.manifest_id, Leg.seq)
    )
    for manifest_id, code, name in session.execute(query):
        names[manifest_id][code] = Name(code, name or code)
    return defaultdict(tuple, {key: tuple(found.values()) for key, found in names.items()})


def _finding_counts(session: Session, manifest_ids: Sequence[int]) -> dict[int, int]:
    query = (
        select(FindingManifest.manifest_id, func.count())
        .join(Finding, Finding.id == FindingManifest.finding_id)
        .where(FindingManifest.manifest_id.in_(manifest_ids), Finding.current, ~Finding.retracted)
        .group_by(FindingManifest.manifest_id)
    )
    return dict(session.execute(query).all())


def _manifest_row(row: Any, vehicles: tuple[Name, ...], findings: int) -> ManifestRow:
    return ManifestRow(
        id=row[0],
        number=row[1],
        issued_at=row[2],
        state=row[3],
        origin=Name(*row[4:7]),
        destination=Name(*row[7:10]),
        hauler=name_or_none(*row[10:13]),
        verdict=row[13] or VerdictValue.PENDING,
        score=row[14] or 0.0,
        loaded_kg=row[15],
        loaded_moisture_fraction=row[16],
        received_kg=row[17],
        received_moisture_fraction=row[18],
        vehicles=vehicles,
        findings=findings,
    )
