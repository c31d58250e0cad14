"""What do vehicles, devices, scales and daily reports look like in a folder?"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from demo.scenario.read_fleet import PLANT_FIGURES, SITE_FIGURES
from demo.scenario.sheet_rows import written
from models.days import PlantDay, SiteDay
from models.facilities import Facility
from models.fleet import Device, DeviceBinding, Scale, Vehicle

Row = tuple[Any, ...]

VEHICLES = ("id", "mode", "name", "org", "tare_kg", "rated_payload_kg", "mmsi", "active_from", "active_to")
DEVICES = ("device_id", "protocol", "vehicle_id", "valid_from", "valid_to", "datum")
SCALES = ("id", "facility", "class", "division_kg", "max_kg", "certificate_valid_to")
PLANT_DAYS = ("facility", "date", *PLANT_FIGURES)
SITE_DAYS = ("facility", "date", *SITE_FIGURES)


def vehicles(session: Session) -> Iterator[Row]:
    """Rows of vehicles.csv."""
    for row in session.scalars(
        select(Vehicle).options(joinedload(Vehicle.organisation)).order_by(Vehicle.code)
    ):
        owner = row.organisation.code if row.organisation else None
        masses = written(row.tare_kg), written(row.rated_payload_kg)
        days = written(row.active_from), written(row.active_to)
        yield row.code, row.mode.value, row.name, owner, *masses, row.mmsi, *days


def devices(session: Session) -> Iterator[Row]:
    """Rows of devices.csv: one for each stay on a vehicle, or for a device on none."""
    bindings = selectinload(Device.bindings).joinedload(DeviceBinding.vehicle)
    for row in session.scalars(select(Device).options(bindings).order_by(Device.code)):
        stays: list[Row] = [
            (each.vehicle.code, written(each.valid_from), written(each.valid_to)) for each in row.bindings
        ]
        for stay in stays or [(None, None, None)]:
            yield row.code, row.protocol.value, *stay, row.datum.value


def scales(session: Session) -> Iterator[Row]:
    """Rows of scales.csv."""
    for row in session.scalars(select(Scale).options(joinedload(Scale.facility)).order_by(Scale.code)):
        bounds = written(row.division_kg), written(row.max_kg), written(row.certificate_valid_to)
        yield row.code, row.facility.code, row.accuracy_class, *bounds


def plant_days(session: Session) -> Iterator[Row]:
    """Rows of plant_days.csv."""
    return days(session, PlantDay, PLANT_FIGURES)


def site_days(session: Session) -> Iterator[Row]:
    """Rows of site_days.csv."""
    return days(session, SiteDay, SITE_FIGURES)


def days(session: Session, table: Any, names: tuple[str, ...]) -> Iterator[Row]:
    query = (
        select(Facility.code, table)
        .join(table, table.facility_id == Facility.id)
        .order_by(Facility.code, table.day)
    )
    for code, row in session.execute(query):
        yield code, row.day.isoformat(), *(written(getattr(row, name)) for name in names)
