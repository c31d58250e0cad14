"""How does a standing plan 转移计划 get in, change and end? Plant, carriers, routes, site, period, quota."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.facilities import Facility, Route
from models.fleet import Vehicle
from models.organisations import Organisation
from models.permits import Plan, PlanLeg
from models.values import Viewer
from models.vocabulary import FacilityKind, Mode, SludgeKind
from tracking.operations.administer.entries import KEEPERS, Entry, allowed, assign
from tracking.operations.administer.refusals import NothingThere

RECEIVES = (FacilityKind.SITE, FacilityKind.STORE)


@dataclass(frozen=True, slots=True)
class PlanLegDraft:
    """A leg as the plan foresees it, by codes."""

    mode: Mode
    carrier: str
    origin: str
    destination: str
    route: str | None = None
    vehicle: str | None = None


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """A plan as typed, by codes; quota in wet t."""

    code: str
    name: str
    origin: str
    destination: str
    sludge_kind: SludgeKind
    valid_from: date
    valid_to: date | None = None
    quota_t: float | None = None
    legs: tuple[PlanLegDraft, ...] = ()


def enter_plan(session: Session, draft: PlanDraft, viewer: Viewer) -> str:
    """The code of a new plan. Raises NotAdministering, StepBlocked."""
    allowed(viewer, KEEPERS)
    entry = Entry(session)
    code = entry.text("code", draft.code, 64)
    if code and session.scalar(select(Plan.id).where(Plan.code == code)) is not None:
        entry.say("code", "code_taken", given=code)
    values, legs = resolved(entry, draft)
    entry.done()
    row = Plan(code=code, active=True, **values)
    session.add(row)
    session.flush()
    add_legs(session, row, legs)
    return code


def change_plan(session: Session, code: str, draft: PlanDraft, viewer: Viewer) -> None:
    """Replace all of a plan but its code; what was issued under it before stays issued.

    Raises NotAdministering, NothingThere, StepBlocked.
    """
    row = plan_row(session, code, viewer)
    entry = Entry(session)
    values, legs = resolved(entry, draft)
    entry.done()
    assign(row, values)
    session.execute(delete(PlanLeg).where(PlanLeg.plan_id == row.id))
    session.expire(row, ["legs"])
    add_legs(session, row, legs)


def set_plan_active(session: Session, code: str, active: bool, viewer: Viewer) -> None:
    """Stop issuing under a plan, or go on. Raises NotAdministering, NothingThere."""
    plan_row(session, code, viewer).active = active
    session.flush()


def plan_row(session: Session, code: str, viewer: Viewer) -> Plan:
    allowed(viewer, KEEPERS)
    row = session.scalar(select(Plan).where(Plan.code == code).with_for_update(of=Plan))
    if row is None:
        raise NothingThere(code)
    return row


def resolved(entry: Entry, draft: PlanDraft) -> tuple[dict[str, object], list[PlanLeg]]:
    """Columns and legs of a draft; what is wrong is said to `entry`."""
    origin = entry.row("origin", Facility, draft.origin)
    destination = entry.row("destination", Facility, draft.destination)
    if destination is not None and destination.kind not in RECEIVES:
        entry.say("destination", "no_receiver", facility=destination.code)
    entry.positive(quota_t=draft.quota_t)
    entry.dates(draft.valid_from, draft.valid_to)
    values = {
        "name": entry.text("name", draft.name, 200),
        "origin_id": 0 if origin is None else origin.id,
        "destination_id": 0 if destination is None else destination.id,
        "sludge_kind": draft.sludge_kind,
        "quota_t": draft.quota_t,
        "valid_from": draft.valid_from,
        "valid_to": draft.valid_to,
    }
    legs = [leg_row(entry, index, leg) for index, leg in enumerate(draft.legs)]
    say_gaps(entry, draft)
    return values, legs


def leg_row(entry: Entry, index: int, leg: PlanLegDraft) -> PlanLeg:
    """A leg with its references looked up."""
    path = f"legs[{index}]"
    carrier = entry.row(f"{path}.carrier", Organisation, leg.carrier)
    first = entry.row(f"{path}.from", Facility, leg.origin)
    last = entry.row(f"{path}.to", Facility, leg.destination)
    route = entry.row(f"{path}.route", Route, leg.route) if leg.route else None
    vehicle = entry.row(f"{path}.vehicle", Vehicle, leg.vehicle) if leg.vehicle else None
    if vehicle is not None and vehicle.mode is not leg.mode:
        entry.say(f"{path}.vehicle", "vehicle_of_other_mode", vehicle=vehicle.code, mode=leg.mode.value)
    if vehicle is not None and carrier is not None and vehicle.organisation_id != carrier.id:
        entry.say(f"{path}.vehicle", "vehicle_of_other_carrier", vehicle=vehicle.code)
    return PlanLeg(
        seq=index + 1,
        mode=leg.mode,
        carrier_id=0 if carrier is None else carrier.id,
        from_id=0 if first is None else first.id,
        to_id=0 if last is None else last.id,
        route_id=None if route is None else route.id,
        vehicle_id=None if vehicle is None else vehicle.id,
    )


def say_gaps(entry: Entry, draft: PlanDraft) -> None:
    """The legs lead from the origin to the destination without a gap."""
    if not draft.legs:
        return
    if draft.legs[0].origin != draft.origin:
        entry.say("legs[0].from", "first_leg_elsewhere")
    for index, (leg, following) in enumerate(pairwise(draft.legs), start=1):
        if following.origin != leg.destination:
            entry.say(f"legs[{index}].from", "legs_apart", leg=index + 1)
    if draft.legs[-1].destination != draft.destination:
        entry.say(f"legs[{len(draft.legs) - 1}].to", "last_leg_elsewhere")


def add_legs(session: Session, plan: Plan, legs: Sequence[PlanLeg]) -> None:
    for leg in legs:
        leg.plan_id = plan.id
        session.add(leg)
    session.flush()
