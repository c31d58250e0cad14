"""How do permits, licences and approvals get in? Kept by regulator and administrator, by their number.

A number that is there already is changed, so that a mistake in typing can be put right; what a permit allowed
on a day is asked by its dates, so that an end is a date and never a deletion.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.custody_words import LicenceKind
from models.facilities import Facility
from models.fleet import Vehicle
from models.manifests import Leg, Manifest
from models.permits import FacilityPermit, TransferApproval, VehicleLicence
from models.values import Viewer
from models.vocabulary import DisposalMethod, Mode, SludgeKind
from tracking.operations.administer.entries import KEEPERS, Entry, allowed, assign
from tracking.operations.administer.refusals import NothingThere
from tracking.operations.mark_manifests import mark_manifests

LICENCE_OF = {Mode.ROAD: LicenceKind.ROAD_TRANSPORT, Mode.WATER: LicenceKind.WATERWAY_TRANSPORT}


@dataclass(frozen=True, slots=True)
class PermitDraft:
    """A facility's permit as typed; blanks limit nothing. Moisture a fraction, masses t."""

    facility: str
    number: str
    valid_from: date
    valid_to: date | None = None
    sludge_kinds: tuple[str, ...] | None = None
    methods: tuple[str, ...] | None = None
    t_per_day: float | None = None
    t_per_year: float | None = None
    storage_t: float | None = None
    max_moisture_fraction: float | None = None


@dataclass(frozen=True, slots=True)
class LicenceDraft:
    """A vehicle's licence as typed; `kind` blank: the one that its mode asks for."""

    vehicle: str
    number: str
    valid_from: date
    valid_to: date | None = None
    kind: LicenceKind | None = None


@dataclass(frozen=True, slots=True)
class ApprovalDraft:
    """An approval to leave the province as typed; quota in wet t."""

    number: str
    origin: str
    destination: str
    valid_from: date
    valid_to: date | None = None
    quota_t: float | None = None


def keep_permit(session: Session, draft: PermitDraft, viewer: Viewer) -> int:
    """The row id of the permit; what the facility received or stored is judged again.

    Raises NotAdministering, StepBlocked.
    """
    allowed(viewer, KEEPERS)
    entry = Entry(session)
    place = entry.row("facility", Facility, draft.facility)
    values = {
        "number": entry.text("number", draft.number, 100),
        "sludge_kinds": entry.words("sludge_kinds", draft.sludge_kinds, SludgeKind),
        "methods": entry.words("methods", draft.methods, DisposalMethod),
        "t_per_day": draft.t_per_day,
        "t_per_year": draft.t_per_year,
        "storage_t": draft.storage_t,
        "max_moisture_fraction": draft.max_moisture_fraction,
        "valid_from": draft.valid_from,
        "valid_to": draft.valid_to,
    }
    entry.positive(t_per_day=draft.t_per_day, t_per_year=draft.t_per_year, storage_t=draft.storage_t)
    entry.fraction("max_moisture_fraction", draft.max_moisture_fraction)
    entry.dates(draft.valid_from, draft.valid_to)
    entry.done()
    place_id = 0 if place is None else place.id
    same = (FacilityPermit.facility_id == place_id) & (FacilityPermit.number == values["number"])
    row = session.scalar(select(FacilityPermit).where(same).with_for_update())
    if row is None:
        row = FacilityPermit(facility_id=place_id, **values)
        session.add(row)
    else:
        assign(row, values)
    session.flush()
    judge_places_again(session, place_id)
    return row.id


def revoke_permit(session: Session, permit_id: int, on: date, viewer: Viewer) -> None:
    """The permit's last day is `on`. Raises NotAdministering, NothingThere."""
    allowed(viewer, KEEPERS)
    row = session.scalar(select(FacilityPermit).where(FacilityPermit.id == permit_id).with_for_update())
    if row is None:
        raise NothingThere(str(permit_id))
    row.revoked_on = on
    session.flush()
    judge_places_again(session, row.facility_id)


def keep_licence(session: Session, draft: LicenceDraft, viewer: Viewer) -> int:
    """The row id of the licence. Raises NotAdministering, StepBlocked."""
    allowed(viewer, KEEPERS)
    entry = Entry(session)
    vehicle = entry.row("vehicle", Vehicle, draft.vehicle)
    number = entry.text("number", draft.number, 100)
    entry.dates(draft.valid_from, draft.valid_to)
    entry.done()
    vehicle_id, mode = (0, Mode.ROAD) if vehicle is None else (vehicle.id, vehicle.mode)
    values = {
        "kind": draft.kind or LICENCE_OF[mode],
        "number": number,
        "valid_from": draft.valid_from,
        "valid_to": draft.valid_to,
    }
    same = (VehicleLicence.vehicle_id == vehicle_id) & (VehicleLicence.number == number)
    row = session.scalar(select(VehicleLicence).where(same).with_for_update())
    if row is None:
        row = VehicleLicence(vehicle_id=vehicle_id, **values)
        session.add(row)
    else:
        assign(row, values)
    session.flush()
    mark_manifests(session, select(Leg.manifest_id).where(Leg.vehicle_id == vehicle_id))
    return row.id


def keep_approval(session: Session, draft: ApprovalDraft, viewer: Viewer) -> int:
    """The row id of the approval. Raises NotAdministering, StepBlocked."""
    allowed(viewer, KEEPERS)
    entry = Entry(session)
    origin = entry.row("origin", Facility, draft.origin)
    destination = entry.row("destination", Facility, draft.destination)
    number = entry.text("number", draft.number, 100)
    entry.positive(quota_t=draft.quota_t)
    entry.dates(draft.valid_from, draft.valid_to)
    entry.done()
    ends = (0 if origin is None else origin.id, 0 if destination is None else destination.id)
    values = {
        "number": number,
        "origin_id": ends[0],
        "destination_id": ends[1],
        "quota_t": draft.quota_t,
        "valid_from": draft.valid_from,
        "valid_to": draft.valid_to,
    }
    row = session.scalar(select(TransferApproval).where(TransferApproval.number == number).with_for_update())
    if row is None:
        row = TransferApproval(**values)
        session.add(row)
    else:
        assign(row, values)
    session.flush()
    between = (Manifest.origin_id == ends[0]) & (Manifest.destination_id == ends[1])
    mark_manifests(session, select(Manifest.id).where(between))
    return row.id


def judge_places_again(session: Session, place_id: int) -> None:
    """Manifests that end or change vehicle at a place."""
    ends = select(Leg.manifest_id).where(Leg.to_id == place_id)
    here = or_(
        Manifest.destination_id == place_id, Manifest.received_at_id == place_id, Manifest.id.in_(ends)
    )
    mark_manifests(session, select(Manifest.id).where(here))
