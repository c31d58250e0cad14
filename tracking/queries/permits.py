"""Which permits, licences, approvals and diversions are on record, and which hold on a day?

Regulators and administrators see all; others those of their own facilities and vehicles, and approvals and
diversions of places that their own manifests may name.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, aliased

from models.custody_words import LicenceKind
from models.facilities import Facility
from models.fleet import Vehicle
from models.manifests import Diversion
from models.permits import FacilityPermit, TransferApproval, VehicleLicence
from models.values import Viewer
from tracking.queries.names import Name
from tracking.queries.visibility import facilities_known, facilities_visible, vehicles_visible


@dataclass(frozen=True, slots=True)
class PermitRow:
    """A facility's permit; blanks limit nothing. `holds`: on the day that was asked for."""

    id: int
    facility: Name
    number: str
    sludge_kinds: tuple[str, ...] | None
    methods: tuple[str, ...] | None
    t_per_day: float | None
    t_per_year: float | None
    storage_t: float | None
    max_moisture_fraction: float | None
    valid_from: date
    valid_to: date | None
    revoked_on: date | None
    holds: bool


@dataclass(frozen=True, slots=True)
class LicenceRow:
    id: int
    vehicle: Name
    kind: LicenceKind
    number: str
    valid_from: date
    valid_to: date | None
    holds: bool


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    id: int
    number: str
    origin: Name
    destination: Name
    quota_t: float | None
    valid_from: date
    valid_to: date | None
    holds: bool


@dataclass(frozen=True, slots=True)
class DiversionRow:
    code: str
    from_site: Name
    to_site: Name
    valid_from: datetime
    valid_to: datetime
    reason: str | None
    holds: bool


def holds_on(day: date, valid_from: date, *ends: date | None) -> bool:
    """Both ends count; a blank end is never."""
    return valid_from <= day and all(end is None or day <= end for end in ends)


def facility_permits(session: Session, viewer: Viewer, day: date, *, facility: str = "") -> list[PermitRow]:
    """Permits by facility, the newest first. `facility`: only of the one with this code."""
    query = (
        select(FacilityPermit, Facility.code, Facility.name, Facility.name_en)
        .join(Facility, Facility.id == FacilityPermit.facility_id)
        .where(facilities_visible(viewer))
        .order_by(Facility.code, FacilityPermit.valid_from.desc(), FacilityPermit.id.desc())
    )
    if facility:
        query = query.where(Facility.code == facility)
    return [permit_row(row, Name(code, zh, en), day) for row, code, zh, en in session.execute(query).all()]


def permit_row(row: FacilityPermit, name: Name, day: date) -> PermitRow:
    return PermitRow(
        id=row.id,
        facility=name,
        number=row.number,
        sludge_kinds=None if row.sludge_kinds is None else tuple(row.sludge_kinds),
        methods=None if row.methods is None else tuple(row.methods),
        t_per_day=row.t_per_day,
        t_per_year=row.t_per_year,
        storage_t=row.storage_t,
        max_moisture_fraction=row.max_moisture_fraction,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        revoked_on=row.revoked_on,
        holds=holds_on(day, row.valid_from, row.valid_to, row.revoked_on),
    )


def vehicle_licences(session: Session, viewer: Viewer, day: date, *, vehicle: str = "") -> list[LicenceRow]:
    """Licences by vehicle, the newest first. `vehicle`: only of the one with this code."""
    query = (
        select(VehicleLicence, Vehicle.code, Vehicle.name)
        .join(Vehicle, Vehicle.id == VehicleLicence.vehicle_id)
        .where(vehicles_visible(viewer))
        .order_by(Vehicle.code, VehicleLicence.valid_from.desc(), VehicleLicence.id.desc())
    )
    if vehicle:
        query = query.where(Vehicle.code == vehicle)
    return [
        LicenceRow(
            id=row.id,
            vehicle=Name(code, name),
            kind=row.kind,
            number=row.number,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            holds=holds_on(day, row.valid_from, row.valid_to),
        )
        for row, code, name in session.execute(query).all()
    ]


def two_places(table: Any, first: Any, second: Any, viewer: Viewer) -> Select[Any]:
    """Rows with the names of two places of which the viewer knows one."""
    start, end = aliased(Facility), aliased(Facility)
    known = select(Facility.id).where(facilities_known(viewer))
    query = (
        select(table, start.code, start.name, start.name_en, end.code, end.name, end.name_en)
        .join(start, start.id == first)
        .join(end, end.id == second)
    )
    if not viewer.sees_all:
        query = query.where(or_(first.in_(known), second.in_(known)))
    return query


def transfer_approvals(session: Session, viewer: Viewer, day: date) -> list[ApprovalRow]:
    """Approvals to leave the province, the newest first."""
    query = two_places(TransferApproval, TransferApproval.origin_id, TransferApproval.destination_id, viewer)
    ordered = query.order_by(TransferApproval.valid_from.desc(), TransferApproval.id.desc())
    return [
        ApprovalRow(
            id=row.id,
            number=row.number,
            origin=Name(*names[:3]),
            destination=Name(*names[3:]),
            quota_t=row.quota_t,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            holds=holds_on(day, row.valid_from, row.valid_to),
        )
        for row, *names in session.execute(ordered).all()
    ]


def diversions(session: Session, viewer: Viewer, now: datetime) -> list[DiversionRow]:
    """Temporary changes of destination, the newest first."""
    query = two_places(Diversion, Diversion.from_site_id, Diversion.to_site_id, viewer)
    ordered = query.order_by(Diversion.valid_from.desc(), Diversion.id.desc())
    return [
        DiversionRow(
            code=row.code,
            from_site=Name(*names[:3]),
            to_site=Name(*names[3:]),
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            reason=row.reason,
            holds=row.valid_from <= now < row.valid_to,
        )
        for row, *names in session.execute(ordered).all()
    ]
