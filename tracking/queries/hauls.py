"""Which trips does a carrier have before it, on the way and behind it, and who drives them?"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from models.facilities import Facility
from models.fleet import Vehicle
from models.manifests import Leg, Manifest
from models.organisations import User
from models.values import Viewer
from models.vocabulary import CustodyState, Mode, Role
from tracking.queries.few import few_by_issue, in_few
from tracking.queries.keyset import Key, Order, Page, continued, page_of
from tracking.queries.names import Name
from tracking.queries.visibility import in_sight, manifests_visible

TO_COME = frozenset({CustodyState.ISSUED, CustodyState.LOADED, CustodyState.IN_STORE})
ON_THE_WAY = frozenset({CustodyState.IN_TRANSIT, CustodyState.AT_TRANSFER})


class HaulPart(StrEnum):
    """Which trips."""

    RUNNING = "running"
    UPCOMING = "upcoming"
    DONE = "done"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class HaulRow:
    """A leg of the carrier. `driver` is the login it is given to, `driver_named` what the paper says."""

    leg_id: int
    number: str
    state: CustodyState
    part: HaulPart
    leg_seq: int
    mode: Mode
    vehicle: Name
    origin: Name
    destination: Name
    issued_at: datetime
    due_at: datetime | None
    overdue: bool
    driver: Name | None
    driver_named: str | None


def haul_page(
    session: Session, viewer: Viewer, part: HaulPart, after: Key | None = None, limit: int = 50
) -> Page[HaulRow]:
    """A page of the carrier's legs, the newest manifest first."""
    query = _rows().where(carried_by(viewer), manifests_visible(viewer), *_conditions(part))
    if part in (HaulPart.RUNNING, HaulPart.UPCOMING):
        query = query.where(in_few(TO_COME | ON_THE_WAY))
        order = few_by_issue(descending=True, row_id=Leg.id.expression)
    else:
        query, by_issue = in_sight(query, viewer)
        order = Order(by_issue.column, Leg.id.expression)
    rows = session.execute(continued(query, order, after, limit)).all()
    return page_of(rows, limit, lambda row: (row.issued_at, row.leg_id)).map(_row)


def haul(session: Session, viewer: Viewer, number: str, leg_seq: int) -> HaulRow | None:
    """One leg of the carrier; None where it has no such leg."""
    wanted = (Manifest.number == number, Leg.seq == leg_seq)
    row = session.execute(_rows().where(carried_by(viewer), manifests_visible(viewer), *wanted)).first()
    return None if row is None else _row(row)


def drivers_of(session: Session, viewer: Viewer) -> list[tuple[str, str]]:
    """(user name, name) of the carrier's drivers and masters who may sign in."""
    rows = session.execute(
        select(User.username, User.display_name)
        .where(User.role == Role.DRIVER, User.active, User.organisation_id == viewer.organisation_id)
        .order_by(User.username)
    )
    return [(username, name) for username, name in rows]


def carried_by(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on Leg joined with Vehicle: the viewer's organisation has it."""
    return or_(Leg.carrier_id == viewer.organisation_id, Vehicle.organisation_id == viewer.organisation_id)


def _conditions(part: HaulPart) -> list[ColumnElement[bool]]:
    state = Manifest.custody_state
    running = and_(state.in_(ON_THE_WAY), Leg.seq == Manifest.leg_seq)
    upcoming = or_(state.in_(TO_COME), and_(state.in_(ON_THE_WAY), Leg.seq > Manifest.leg_seq))
    upcoming = and_(upcoming, Leg.handover_at.is_(None), Leg.seq >= Manifest.leg_seq)
    if part is HaulPart.RUNNING:
        return [running]
    if part is HaulPart.UPCOMING:
        return [upcoming]
    if part is HaulPart.DONE:
        return [~running, ~upcoming, state != CustodyState.DRAFT]
    return []


def _rows() -> Select[Any]:
    start, end = aliased(Facility), aliased(Facility)
    columns: list[Any] = [Leg.id.label("leg_id"), Manifest.number, Manifest.custody_state, Leg.seq, Leg.mode]
    columns += [Manifest.leg_seq.label("on_leg"), Leg.handover_at, Manifest.issued_at, Manifest.due_at]
    columns += [Manifest.overdue, Leg.driver, Leg.vehicle_code, Vehicle.name.label("plate")]
    columns += [start.code.label("start_code"), start.name.label("start_zh"), start.name_en.label("start_en")]
    columns += [end.code.label("end_code"), end.name.label("end_zh"), end.name_en.label("end_en")]
    columns += [User.username, User.display_name]
    return (
        select(*columns)
        .join(Manifest, Manifest.id == Leg.manifest_id)
        .join(start, start.id == Leg.from_id)
        .join(end, end.id == Leg.to_id)
        .join(Vehicle, Vehicle.id == Leg.vehicle_id, isouter=True)
        .join(User, User.id == Leg.driver_id, isouter=True)
    )


def _row(row: Any) -> HaulRow:
    return HaulRow(
        leg_id=row.leg_id,
        number=row.number,
        state=row.custody_state,
        part=part_of(row.custody_state, row.seq, row.on_leg, row.handover_at),
        leg_seq=row.seq,
        mode=row.mode,
        vehicle=Name(row.vehicle_code, row.plate or row.vehicle_code),
        origin=Name(row.start_code, row.start_zh, row.start_en),
        destination=Name(row.end_code, row.end_zh, row.end_en),
        issued_at=row.issued_at,
        due_at=row.due_at,
        overdue=row.overdue,
        driver=Name(row.username, row.display_name) if row.username else None,
        driver_named=row.driver,
    )


def part_of(state: CustodyState, seq: int, on_leg: int, handed_over_at: datetime | None) -> HaulPart:
    """Where a leg stands."""
    if state in ON_THE_WAY and seq == on_leg:
        return HaulPart.RUNNING
    if state in TO_COME | ON_THE_WAY and handed_over_at is None and seq >= on_leg:
        return HaulPart.UPCOMING
    return HaulPart.DONE
