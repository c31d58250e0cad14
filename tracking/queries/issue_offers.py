"""What does the form of a new manifest offer: standing plans, places, vehicles, drivers, earlier papers?

A paper is what a form is filled with: a plan, an earlier manifest, a draft, or the way back of what was
refused. Codes as people type them; masses kg.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models.facilities import Facility
from models.fleet import Vehicle
from models.lineage import ManifestLink
from models.manifests import Leg, Manifest
from models.organisations import User
from models.permits import Plan, PlanLeg
from models.values import Viewer
from models.vocabulary import CustodyState, FacilityKind, ManifestKind, Mode, Role, SludgeKind
from tracking.queries.custody_facts import custody_by_number
from tracking.queries.names import Name
from tracking.queries.own_places import own_place_ids
from tracking.queries.visibility import in_sight, manifests_visible
from tracking.rules.custody.quantities import left_kg

RECEIVERS = (FacilityKind.SITE, FacilityKind.STORE)
BETWEEN = (FacilityKind.TRANSFER, FacilityKind.STORE)
OFFERED = 300

LATELY = 500  # manifests: whoever carried one of these is offered again


@dataclass(frozen=True, slots=True)
class PaperLeg:
    mode: Mode
    vehicle: str
    origin: str
    destination: str
    driver: str = ""
    route: str = ""


@dataclass(frozen=True, slots=True)
class PaperPart:
    """How much of a parent a child of several takes."""

    number: str
    wet_kg: float | None


@dataclass(frozen=True, slots=True)
class Paper:
    """What a form is filled with; `parts` only of a child of several parents."""

    origin: str
    destination: str
    sludge_kind: SludgeKind
    legs: tuple[PaperLeg, ...]
    planned_kg: float | None = None
    plan: str = ""
    approval: str = ""
    kind: ManifestKind = ManifestKind.NORMAL
    parent: str = ""
    part_kg: float | None = None
    parts: tuple[PaperPart, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanOffer:
    """A standing plan that runs on the day."""

    code: str
    name: str
    origin: Name
    destination: Name
    sludge_kind: SludgeKind


@dataclass(frozen=True, slots=True)
class Offers:
    """What the fields of the form offer."""

    plans: tuple[PlanOffer, ...]
    origins: tuple[Name, ...]
    receivers: tuple[Name, ...]
    places: tuple[Name, ...]
    vehicles: tuple[Name, ...]
    drivers: tuple[Name, ...]


def offers(session: Session, viewer: Viewer, day: date) -> Offers:
    """Plans of own places, all receivers and wharves of the city, vehicles of carriers known from LATELY."""
    own = own_place_ids(viewer)
    seen, order = in_sight(select(Manifest.id).where(manifests_visible(viewer)), viewer)
    lately = seen.order_by(order.column.desc(), order.id.desc()).limit(LATELY)
    carriers = select(Leg.carrier_id).where(Leg.manifest_id.in_(lately))
    planned = select(PlanLeg.carrier_id).join(Plan, Plan.id == PlanLeg.plan_id).where(Plan.origin_id.in_(own))
    known = or_(
        Vehicle.organisation_id.in_(carriers),
        Vehicle.organisation_id.in_(planned),
        Vehicle.organisation_id == viewer.organisation_id,
    )
    driving = select(User.username, User.display_name).where(User.role == Role.DRIVER, User.active)
    of_carriers = or_(User.organisation_id.in_(carriers), User.organisation_id.in_(planned))
    origins = facilities(session, Facility.id.in_(own))
    return Offers(
        plans=plans(session, viewer, day),
        origins=origins,
        receivers=facilities(session, Facility.kind.in_(RECEIVERS)),
        places=(*origins, *facilities(session, Facility.kind.in_((*RECEIVERS, *BETWEEN)))),
        vehicles=tuple(
            Name(code, name)
            for code, name in session.execute(
                select(Vehicle.code, Vehicle.name).where(known).order_by(Vehicle.code).limit(OFFERED)
            )
        ),
        drivers=tuple(
            Name(username, name)
            for username, name in session.execute(
                driving.where(of_carriers).order_by(User.username).limit(OFFERED)
            )
        ),
    )


def facilities(session: Session, condition: object) -> tuple[Name, ...]:
    columns = select(Facility.code, Facility.name, Facility.name_en)
    rows = session.execute(columns.where(condition).order_by(Facility.code).limit(OFFERED))  # type: ignore[arg-type]
    return tuple(Name(code, zh, en) for code, zh, en in rows)


def plans(session: Session, viewer: Viewer, day: date) -> tuple[PlanOffer, ...]:
    """Standing plans of one's own places that run on the day."""
    query = (
        select(Plan)
        .where(Plan.origin_id.in_(own_place_ids(viewer)), Plan.active, Plan.valid_from <= day)
        .where(or_(Plan.valid_to.is_(None), Plan.valid_to >= day))
        .options(joinedload(Plan.origin), joinedload(Plan.destination))
        .order_by(Plan.code)
        .limit(OFFERED)
    )
    return tuple(
        PlanOffer(row.code, row.name, place_name(row.origin), place_name(row.destination), row.sludge_kind)
        for row in session.scalars(query)
    )


def place_name(row: Facility) -> Name:
    return Name(row.code, row.name, row.name_en)


def paper_of_plan(session: Session, code: str, viewer: Viewer) -> Paper | None:
    """What a plan fills in; None where it is not one of the viewer's own."""
    ends = (joinedload(PlanLeg.origin), joinedload(PlanLeg.destination), joinedload(PlanLeg.vehicle))
    query = (
        select(Plan)
        .where(Plan.code == code, Plan.origin_id.in_(own_place_ids(viewer)))
        .options(selectinload(Plan.legs).options(*ends, joinedload(PlanLeg.route)))
    )
    row = session.scalar(query)
    if row is None:
        return None
    legs = tuple(
        PaperLeg(
            leg.mode,
            leg.vehicle.code if leg.vehicle else "",
            leg.origin.code,
            leg.destination.code,
            route=leg.route.code if leg.route else "",
        )
        for leg in row.legs
    )
    return Paper(row.origin.code, row.destination.code, row.sludge_kind, legs, plan=row.code)


def paper_of_manifest(session: Session, number: str, viewer: Viewer) -> Paper | None:
    """A manifest's own paper: to change a draft, or to write another like it."""
    row = whole(session, number, viewer)
    if row is None:
        return None
    given = session.execute(
        select(Manifest.number, ManifestLink.wet_kg)
        .join(Manifest, Manifest.id == ManifestLink.parent_id)
        .where(ManifestLink.child_id == row.id)
        .order_by(ManifestLink.id)
    ).all()
    grouped = row.kind is ManifestKind.GROUP
    part = given[0] if given and not grouped else None
    return Paper(
        origin=row.origin.code,
        destination=row.destination.code,
        sludge_kind=row.sludge_kind,
        legs=tuple(paper_leg(leg) for leg in row.legs),
        planned_kg=row.planned_kg,
        plan=row.plan or "",
        approval=row.approval or "",
        kind=row.kind,
        parent="" if part is None else part[0],
        part_kg=None if part is None else part[1],
        parts=tuple(PaperPart(number, wet_kg) for number, wet_kg in given) if grouped else (),
    )


def whole(session: Session, number: str, viewer: Viewer) -> Manifest | None:
    """The manifest with its legs, if the viewer may see it."""
    ends = (joinedload(Leg.origin), joinedload(Leg.destination), joinedload(Leg.route))
    query = select(Manifest).where(Manifest.number == number, manifests_visible(viewer))
    return session.scalar(query.options(selectinload(Manifest.legs).options(*ends)))


def paper_leg(leg: Leg) -> PaperLeg:
    return PaperLeg(
        leg.mode,
        leg.vehicle_code,
        leg.origin.code,
        leg.destination.code,
        driver=leg.driver or "",
        route=leg.route.code if leg.route else "",
    )


def paper_of_child(session: Session, number: str, kind: ManifestKind, viewer: Viewer) -> Paper | None:
    """The way on of a load that was refused, broke down or stands somewhere: all of it that is left.

    A return goes from where the load is to where it came from, on the vehicle that brought it; the other
    kinds leave from there to a place that is still to be chosen.
    """
    row, custody = whole(session, number, viewer), custody_by_number(session, number, viewer)
    if row is None or custody is None or row.custody_state is CustodyState.DRAFT:
        return None
    here = row.received_at or row.destination
    last = next((leg for leg in row.legs if leg.seq == row.leg_seq), None)
    if last is not None and row.custody_state in (CustodyState.AT_TRANSFER, CustodyState.IN_STORE):
        here = last.destination
    if last is not None and kind is ManifestKind.RESCUE:
        here = last.origin
    home = kind is ManifestKind.RETURN
    aim = row.origin.code if home else row.destination.code if kind is ManifestKind.RESCUE else ""
    mode = Mode.ROAD if last is None else last.mode
    brought = last is not None and kind in (ManifestKind.RETURN, ManifestKind.ALTERNATE)
    vehicle = last.vehicle_code if last is not None and brought else ""
    leg = PaperLeg(mode, vehicle, here.code, aim, driver=(last.driver or "") if last and brought else "")
    left = left_kg(custody)
    part_kg = None if left is None else round(max(left, 0.0), 1)
    return Paper(here.code, aim, row.sludge_kind, (leg,), part_kg, kind=kind, parent=number, part_kg=part_kg)
