"""How does a vessel carry many manifests in one voyage 航次, signed with one act?

One voyage is one vessel's trip between two places. Loads are taken on until it sails and given over when it
has; every manifest is signed and judged by itself, and either all of them take the step or none does.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from models.custody_words import Act
from models.facilities import Facility
from models.fleet import Vehicle
from models.lineage import Voyage
from models.manifests import Leg, Manifest
from models.values import Viewer
from models.vocabulary import CustodyState, Mode, Role
from tracking.operations.custody.refusals import NotYourSignature, StepBlocked
from tracking.operations.custody.take_step import Setting, Signer, Taken, take_step
from tracking.queries.custody_voyages import aboard, voyages_visible, waiting
from tracking.rules.custody.facts import Blocked, Given
from tracking.rules.custody.guards import CLOCKS_APART, blocked

CREW = frozenset({Role.HAULER, Role.DRIVER})
TAKES_ON = frozenset({Act.DEPART, Act.TAKE_OVER})
GIVES_OVER = frozenset({Act.HAND_OVER, Act.ARRIVE, Act.ABORT})


@dataclass(frozen=True, slots=True)
class VoyageDraft:
    """A voyage as typed, by codes."""

    vehicle: str
    origin: str
    destination: str


def open_voyage(session: Session, draft: VoyageDraft, viewer: Viewer, setting: Setting) -> str:
    """The code of a new voyage of one's own vessel. Raises a CustodyRefused."""
    if viewer.role not in CREW or viewer.organisation_id is None:
        raise NotYourSignature
    vehicle = session.scalar(
        select(Vehicle).where(
            Vehicle.code == draft.vehicle, Vehicle.organisation_id == viewer.organisation_id
        )
    )
    origin = session.scalar(select(Facility).where(Facility.code == draft.origin))
    destination = session.scalar(select(Facility).where(Facility.code == draft.destination))
    if vehicle is None or origin is None or destination is None or origin is destination:
        raise StepBlocked(list(unknown(draft, vehicle, origin, destination)))
    if vehicle.mode is not Mode.WATER:
        other = blocked("vehicle", "vehicle_of_other_mode", vehicle=vehicle.code, mode=Mode.WATER.value)
        raise StepBlocked([other])
    row = Voyage(
        code=uuid4().hex,  # until the row has its id
        mode=vehicle.mode,
        vehicle_id=vehicle.id,
        from_id=origin.id,
        to_id=destination.id,
        opened_at=setting.now,
    )
    session.add(row)
    session.flush()
    row.code = f"HC{setting.now.astimezone(setting.zone):%Y%m%d}-{row.id:06d}"
    session.flush()
    return row.code


def unknown(
    draft: VoyageDraft, vehicle: Vehicle | None, origin: Facility | None, destination: Facility | None
) -> Iterable[Blocked]:
    """What of a draft names nothing."""
    if vehicle is None:
        yield blocked("vehicle", "vehicle_not_registered", vehicle=draft.vehicle)
    if origin is None:
        yield blocked("from", "no_such_facility", given=draft.origin)
    if destination is None:
        yield blocked("to", "no_such_facility", given=draft.destination)
    if origin is not None and origin is destination:
        yield blocked("to", "leg_goes_nowhere", leg=1)


def sail(session: Session, code: str, viewer: Viewer, setting: Setting, at: datetime | None = None) -> None:
    """The vessel leaves: nothing more is taken on. Raises a CustodyRefused."""
    row = kept_voyage(session, code, viewer)
    if viewer.role not in CREW:
        raise NotYourSignature
    left_at = at or setting.now
    if row.departed_at is not None:
        raise StepBlocked([blocked("voyage", "voyage_has_sailed", voyage=code)])
    if left_at > setting.now + CLOCKS_APART:
        now = setting.now.isoformat()
        raise StepBlocked([blocked("at", "in_the_future", at=left_at.isoformat(), now=now)])
    if not session.scalar(select(func.count()).select_from(numbers_where(aboard(row.code)).subquery())):
        raise StepBlocked([blocked("voyage", "voyage_is_empty", voyage=code)])
    row.departed_at = left_at
    session.flush()


def sign_voyage(
    session: Session,
    code: str,
    act: Act,
    viewer: Viewer,
    signer: Signer,
    given: Given,
    setting: Setting,
    numbers: tuple[str, ...] | None = None,
) -> tuple[Taken, ...]:
    """Take one step with many manifests in the caller's writing transaction; raises a CustodyRefused.

    numbers: which of them; blank: all that wait for this voyage (DEPART, TAKE_OVER), or all that are aboard.
    """
    row = kept_voyage(session, code, viewer)
    if act not in TAKES_ON | GIVES_OVER or given.weighed is not None:
        raise StepBlocked([blocked("act", "not_for_many", given=act.value)])
    if act in GIVES_OVER - {Act.ABORT} and row.departed_at is None:
        raise StepBlocked([blocked("voyage", "voyage_not_sailed", voyage=code)])
    condition = waiting(row, act) if act in TAKES_ON else aboard(code)
    there = list(session.scalars(numbers_where(condition)))
    chosen = there if numbers is None else [number for number in there if number in set(numbers)]
    if not chosen or (numbers is not None and len(chosen) < len(set(numbers))):
        raise StepBlocked([blocked("manifests", "not_of_this_voyage", voyage=code)])
    what = replace(given, voyage=code) if act in TAKES_ON else given
    taken = tuple(one_of_many(session, number, act, viewer, signer, what, setting) for number in chosen)
    if act in GIVES_OVER and not list(session.scalars(numbers_where(aboard(code)))):
        row.arrived_at = given.at
        session.flush()
    return taken


def one_of_many(
    session: Session,
    number: str,
    act: Act,
    viewer: Viewer,
    signer: Signer,
    given: Given,
    setting: Setting,
) -> Taken:
    """The step of one manifest; what blocks it names it."""
    try:
        return take_step(session, number, act, viewer, signer, given, setting)
    except StepBlocked as refused:
        named = [replace(each, field=f"manifests[{number}].{each.field}") for each in refused.blocked]
        raise StepBlocked(named) from refused


def numbers_where(condition: ColumnElement[bool]) -> Select[str]:
    """Numbers of manifests with their leg, the younger first: no two signers wait for each other."""
    underway = (CustodyState.LOADED, CustodyState.AT_TRANSFER, CustodyState.IN_TRANSIT)
    return (
        select(Manifest.number)
        .join(Leg, Leg.manifest_id == Manifest.id)
        .where(condition, Manifest.custody_state.in_(underway))
        .order_by(Manifest.id.desc())
    )


def kept_voyage(session: Session, code: str, viewer: Viewer) -> Voyage:
    """The voyage, its row kept until the transaction ends. Raises StepBlocked where there is none."""
    query = select(Voyage).where(Voyage.code == code, voyages_visible(viewer))
    row = session.scalar(query.with_for_update(of=Voyage).execution_options(populate_existing=True))
    if row is None:
        raise StepBlocked([blocked("voyage", "no_such_voyage", voyage=code)])
    return row
