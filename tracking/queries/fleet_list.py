"""Which vehicles are there, whose are they, and which devices have they carried?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from models.fleet import Device, DeviceBinding, Vehicle
from models.organisations import Organisation
from models.values import Viewer
from models.vocabulary import Mode, Protocol
from tracking.queries.keyset import Key, Order, Page, continued, page_of
from tracking.queries.names import Name, name_or_none
from tracking.queries.text_search import LIKE_SIGNS
from tracking.queries.visibility import vehicles_visible


@dataclass(frozen=True, slots=True)
class VehicleFilter:
    """What the person asked for; None or empty means: all."""

    text: str = ""
    mode: Mode | None = None
    hauler: str = ""


@dataclass(frozen=True, slots=True)
class VehicleRow:
    """A registered vehicle."""

    id: int
    vehicle: Name
    mode: Mode
    hauler: Name | None
    tare_kg: float | None
    rated_payload_kg: float | None
    mmsi: str | None


@dataclass(frozen=True, slots=True)
class Bound:
    """A device on a vehicle over [since, until)."""

    device: str
    protocol: Protocol
    vehicle: Name
    since: datetime
    until: datetime | None


def vehicle_page(
    session: Session, viewer: Viewer, wanted: VehicleFilter, after: Key | None = None, limit: int = 50
) -> Page[VehicleRow]:
    """A page of the vehicles that the viewer may see, by code."""
    query = _rows().where(vehicles_visible(viewer))
    if wanted.mode:
        query = query.where(Vehicle.mode == wanted.mode)
    if wanted.hauler:
        query = query.where(Organisation.code == wanted.hauler)
    if wanted.text:
        like = f"%{wanted.text.translate(LIKE_SIGNS)}%"
        columns = (Vehicle.code, Vehicle.name, Vehicle.mmsi)
        query = query.where(or_(*(column.ilike(like, escape="\\") for column in columns)))
    order = Order(Vehicle.code.expression, Vehicle.id.expression, descending=False)
    rows = session.execute(continued(query, order, after, limit)).all()
    return page_of(rows, limit, lambda row: (row[1], row[0])).map(_vehicle_row)


def vehicle_by_code(session: Session, code: str, viewer: Viewer) -> VehicleRow | None:
    """One vehicle; None if there is none or the viewer may not see it."""
    row = session.execute(_rows().where(Vehicle.code == code, vehicles_visible(viewer))).first()
    return None if row is None else _vehicle_row(row)


def bindings(
    session: Session, viewer: Viewer, *, vehicle_id: int | None = None, device_id: int | None = None
) -> list[Bound]:
    """Which device was on which vehicle when, the newest first."""
    query = (
        select(
            Device.code,
            Device.protocol,
            Vehicle.code,
            Vehicle.name,
            DeviceBinding.valid_from,
            DeviceBinding.valid_to,
        )
        .join(Device, Device.id == DeviceBinding.device_id)
        .join(Vehicle, Vehicle.id == DeviceBinding.vehicle_id)
        .where(vehicles_visible(viewer))
        .order_by(DeviceBinding.valid_from.desc())
    )
    if vehicle_id is not None:
        query = query.where(Vehicle.id == vehicle_id)
    if device_id is not None:
        query = query.where(Device.id == device_id)
    return [
        Bound(device, protocol, Name(code, name), since, until)
        for device, protocol, code, name, since, until in session.execute(query)
    ]


def hauler_names(session: Session, viewer: Viewer) -> list[Name]:
    """The carriers of the vehicles that the viewer may see: the choices of a filter."""
    query = (
        select(Organisation.code, Organisation.name, Organisation.name_en)
        .where(Organisation.id.in_(select(Vehicle.organisation_id).where(vehicles_visible(viewer))))
        .order_by(Organisation.code)
    )
    return [Name(*row) for row in session.execute(query)]


def _rows() -> Select[Any]:
    columns: list[Any] = [Vehicle.id, Vehicle.code, Vehicle.name, Vehicle.mode]
    columns += [Organisation.code, Organisation.name, Organisation.name_en]
    columns += [Vehicle.tare_kg, Vehicle.rated_payload_kg, Vehicle.mmsi]
    return select(*columns).join(Organisation, Organisation.id == Vehicle.organisation_id, isouter=True)


def _vehicle_row(row: Any) -> VehicleRow:
    return VehicleRow(row[0], Name(row[1], row[2]), row[3], name_or_none(*row[4:7]), *row[7:10])
