"""How do organisations, vehicles and scales get in and change? Codes stay what they are once given."""

from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from models.facilities import Facility
from models.fleet import Scale, Vehicle
from models.manifests import Leg
from models.organisations import Organisation, User
from models.permits import VehicleLicence
from models.values import Viewer
from models.vocabulary import Mode, OrganisationKind, Role
from tracking.operations.administer.entries import Entry, Row, allowed, assign
from tracking.operations.administer.permits import LICENCE_OF
from tracking.operations.administer.refusals import NothingThere
from tracking.operations.custody.refusals import StepBlocked
from tracking.operations.mark_manifests import mark_manifests
from tracking.rules.custody.guards import blocked

ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class OrganisationDraft:
    code: str
    name: str
    kind: OrganisationKind
    name_en: str | None = None


@dataclass(frozen=True, slots=True)
class VehicleDraft:
    """A vehicle as typed: `name` is the plate or the ship's name, `organisation` its carrier's code."""

    code: str
    name: str
    mode: Mode
    organisation: str
    tare_kg: float | None = None
    rated_payload_kg: float | None = None
    mmsi: str | None = None


@dataclass(frozen=True, slots=True)
class ScaleDraft:
    """A scale as typed; masses kg."""

    code: str
    facility: str
    accuracy_class: str | None = None
    division_kg: float | None = None
    max_kg: float | None = None


def keep_organisation(
    session: Session, draft: OrganisationDraft, viewer: Viewer, *, new: bool = False
) -> None:
    """Add (`new`) or change an organisation. Raises NotAdministering, NothingThere, StepBlocked."""
    allowed(viewer, ADMINISTRATOR)
    entry = Entry(session)
    values = asdict(draft) | {"name": entry.text("name", draft.name, 200)}
    row = None if new else existing(session, Organisation, draft.code)
    values["code"] = checked_code(entry, Organisation, draft.code, new)
    if row is not None and row.kind is not draft.kind and has_people(session, row.id):
        entry.say("kind", "organisation_has_people", organisation=row.code)
    entry.done()
    if row is None:
        session.add(Organisation(**values))
    else:
        assign(row, values)
    session.flush()


def keep_vehicle(session: Session, draft: VehicleDraft, viewer: Viewer, *, new: bool = False) -> None:
    """Add (`new`) or change a vehicle; what it carried is judged again, also what it carried unregistered.

    Raises NotAdministering, NothingThere, StepBlocked.
    """
    allowed(viewer, ADMINISTRATOR)
    entry = Entry(session)
    row = None if new else existing(session, Vehicle, draft.code)
    owner = entry.row("organisation", Organisation, draft.organisation)
    code = checked_code(entry, Vehicle, draft.code, new)
    entry.positive(tare_kg=draft.tare_kg, rated_payload_kg=draft.rated_payload_kg)
    if draft.mmsi and not (draft.mmsi.isascii() and draft.mmsi.isdigit() and len(draft.mmsi) == 9):
        entry.say("mmsi", "no_mmsi", given=draft.mmsi)
    values = {
        "code": code,
        "name": entry.text("name", draft.name, 100),
        "mode": draft.mode,
        "organisation_id": None if owner is None else owner.id,
        "tare_kg": draft.tare_kg,
        "rated_payload_kg": draft.rated_payload_kg,
        "mmsi": draft.mmsi or None,
    }
    if row is not None and row.mode is not draft.mode:
        entry.say("mode", "mode_stays", vehicle=row.code)
    entry.done()
    if row is None:
        row = Vehicle(**values)
        session.add(row)
    else:
        assign(row, values)
    session.flush()
    unbound = (Leg.vehicle_code == code) & Leg.vehicle_id.is_(None)
    session.execute(
        update(Leg).where(unbound).values(vehicle_id=row.id).execution_options(synchronize_session=False)
    )
    mark_manifests(session, select(Leg.manifest_id).where(Leg.vehicle_id == row.id))


def take_out_of_service(session: Session, code: str, on: date, viewer: Viewer) -> None:
    """The vehicle and its licences end on that day: nothing can be issued for it afterwards.

    Where it has none on record, one that ended then is entered: no licence at all would limit nothing.
    Raises NotAdministering, NothingThere.
    """
    allowed(viewer, ADMINISTRATOR)
    row = existing(session, Vehicle, code)
    row.active_to = on if row.active_from is None else max(on, row.active_from)
    open_ones = session.scalars(
        select(VehicleLicence).where(
            VehicleLicence.vehicle_id == row.id,
            or_(VehicleLicence.valid_to.is_(None), VehicleLicence.valid_to > on),
        )
    ).all()
    for licence in open_ones:
        licence.valid_to = max(on, licence.valid_from)
    if session.scalar(select(VehicleLicence.id).where(VehicleLicence.vehicle_id == row.id)) is None:
        kind = LICENCE_OF[row.mode]
        session.add(VehicleLicence(vehicle_id=row.id, kind=kind, number=row.code, valid_from=on, valid_to=on))
    session.flush()


def keep_organisation_active(
    session: Session, code: str, first: date | None, last: date | None, viewer: Viewer
) -> None:
    """From which to which day, both included, an organisation is active; blank: no end.

    Nothing is issued that names it on another day; what was issued before goes on. Raises NotAdministering,
    NothingThere, StepBlocked.
    """
    allowed(viewer, ADMINISTRATOR)
    keep_days(session, existing(session, Organisation, code), first, last)


def keep_vehicle_active(
    session: Session, code: str, first: date | None, last: date | None, viewer: Viewer
) -> None:
    """The same of a vehicle, which out of service departs no more either. Raises as for an organisation."""
    allowed(viewer, ADMINISTRATOR)
    keep_days(session, existing(session, Vehicle, code), first, last)


def keep_days(session: Session, row: Organisation | Vehicle, first: date | None, last: date | None) -> None:
    if first is not None and last is not None and last < first:
        raise StepBlocked([blocked("active_to", "ends_before_it_begins")])
    row.active_from, row.active_to = first, last
    session.flush()


def keep_scale(session: Session, draft: ScaleDraft, viewer: Viewer, *, new: bool = False) -> None:
    """Add (`new`) or change a scale. Raises NotAdministering, NothingThere, StepBlocked."""
    allowed(viewer, ADMINISTRATOR)
    entry = Entry(session)
    row = None if new else existing(session, Scale, draft.code)
    place = entry.row("facility", Facility, draft.facility)
    entry.positive(division_kg=draft.division_kg, max_kg=draft.max_kg)
    values = {
        "code": checked_code(entry, Scale, draft.code, new),
        "facility_id": 0 if place is None else place.id,
        "accuracy_class": (draft.accuracy_class or "").strip()[:8] or None,
        "division_kg": draft.division_kg,
        "max_kg": draft.max_kg,
    }
    entry.done()
    if row is None:
        session.add(Scale(**values))
    else:
        assign(row, values)
    session.flush()


def checked_code(entry: Entry, table: type[Row], code: str, new: bool) -> str:
    """The code, which must be free where the row is new."""
    kept = entry.text("code", code, 64)
    if new:
        entry.free("code", table, kept)
    return kept


def existing(session: Session, table: type[Row], code: str) -> Row:
    """The row with this code, kept until the transaction ends; raises NothingThere."""
    row = session.scalar(select(table).where(table.code == code).with_for_update(of=table))
    if row is None:
        raise NothingThere(code)
    return row


def has_people(session: Session, organisation_id: int) -> bool:
    """Does anybody sign in for it? What they see hangs on its kind."""
    query = select(User.id).where(User.organisation_id == organisation_id, User.active).limit(1)
    return session.scalar(query) is not None
