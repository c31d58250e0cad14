"""Which standing plans are there, and what is left of their quotas?

A plant sees the plans of its own facilities, a carrier those with a leg of its own, a site those that end
at its own; regulators and administrators see all.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased, selectinload

from models.facilities import Facility
from models.manifests import Manifest
from models.permits import Plan, PlanLeg
from models.values import Viewer
from models.vocabulary import Mode, SludgeKind
from tracking.queries.custody_ground import COUNTED, counted_kg
from tracking.queries.names import Name
from tracking.queries.permits import holds_on


@dataclass(frozen=True, slots=True)
class PlannedLeg:
    """A leg as the plan foresees it."""

    seq: int
    mode: Mode
    carrier: Name
    origin: Name
    destination: Name
    route: str | None
    vehicle: Name | None


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan; `left_t` of its quota, None without one. `holds`: active and in its period on the day."""

    code: str
    name: str
    origin: Name
    destination: Name
    sludge_kind: SludgeKind
    quota_t: float | None
    issued_t: float
    left_t: float | None
    valid_from: date
    valid_to: date | None
    active: bool
    holds: bool
    legs: tuple[PlannedLeg, ...]


def plans_visible(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on Plan."""
    if viewer.sees_all:
        return true()
    if viewer.organisation_id is None:
        return false()
    own = select(Facility.id).where(Facility.organisation_id == viewer.organisation_id)
    carried = select(PlanLeg.plan_id).where(PlanLeg.carrier_id == viewer.organisation_id)
    return or_(Plan.origin_id.in_(own), Plan.destination_id.in_(own), Plan.id.in_(carried))


def plan_list(session: Session, viewer: Viewer, day: date, *, only_open: bool = False) -> list[PlanRow]:
    """Plans by code. `only_open`: those under which a manifest can be issued on that day."""
    rows = read_plans(session, plans_visible(viewer), day)
    return [row for row in rows if row.holds and row.left_t != 0] if only_open else rows


def plan_by_code(session: Session, code: str, viewer: Viewer, day: date) -> PlanRow | None:
    """One plan if the viewer may see it."""
    found = read_plans(session, plans_visible(viewer) & (Plan.code == code), day)
    return found[0] if found else None


def read_plans(session: Session, condition: ColumnElement[bool], day: date) -> list[PlanRow]:
    start, end = aliased(Facility), aliased(Facility)
    query = (
        select(Plan, start, end)
        .join(start, start.id == Plan.origin_id)
        .join(end, end.id == Plan.destination_id)
        .where(condition)
        .options(
            selectinload(Plan.legs).joinedload(PlanLeg.carrier),
            selectinload(Plan.legs).joinedload(PlanLeg.origin),
            selectinload(Plan.legs).joinedload(PlanLeg.destination),
            selectinload(Plan.legs).joinedload(PlanLeg.route),
            selectinload(Plan.legs).joinedload(PlanLeg.vehicle),
        )
        .order_by(Plan.code)
    )
    rows = session.execute(query).all()
    issued_t = issued_under(session, [plan.code for plan, _, _ in rows])
    return [plan_row(plan, place(origin), place(to), issued_t[plan.code], day) for plan, origin, to in rows]


def issued_under(session: Session, codes: Collection[str]) -> dict[str, float]:
    """Wet t issued under each plan, as the guard of issuing counts it."""
    query = (
        select(Manifest.plan, func.sum(counted_kg()))
        .where(Manifest.plan.in_(codes), Manifest.custody_state.in_(COUNTED))
        .group_by(Manifest.plan)
    )
    found = {code: (kg or 0.0) / 1000 for code, kg in session.execute(query) if code is not None}
    return defaultdict(float, found)


def place(row: Facility) -> Name:
    return Name(row.code, row.name, row.name_en)


def plan_row(row: Plan, origin: Name, destination: Name, issued_t: float, day: date) -> PlanRow:
    return PlanRow(
        code=row.code,
        name=row.name,
        origin=origin,
        destination=destination,
        sludge_kind=row.sludge_kind,
        quota_t=row.quota_t,
        issued_t=issued_t,
        left_t=None if row.quota_t is None else max(row.quota_t - issued_t, 0.0),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        active=row.active,
        holds=row.active and holds_on(day, row.valid_from, row.valid_to),
        legs=tuple(planned_leg(leg) for leg in row.legs),
    )


def planned_leg(leg: PlanLeg) -> PlannedLeg:
    return PlannedLeg(
        seq=leg.seq,
        mode=leg.mode,
        carrier=Name(leg.carrier.code, leg.carrier.name, leg.carrier.name_en),
        origin=place(leg.origin),
        destination=place(leg.destination),
        route=None if leg.route is None else leg.route.code,
        vehicle=None if leg.vehicle is None else Name(leg.vehicle.code, leg.vehicle.name),
    )
