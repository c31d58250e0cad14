"""How do vehicles, devices with their bindings, scales and daily reports get into their tables?"""

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from demo.scenario.filling import Given, store
from demo.scenario.known import References, read_known
from demo.scenario.outcome import LoadResult, Tally
from demo.scenario.read_fleet import PLANT_FIGURES, SITE_FIGURES
from demo.scenario.rows import DayRow, DeviceRow, ScaleRow, VehicleRow
from demo.scenario.touched import touch_scales, touch_vehicles
from gps_ingest.store.watermarks import mark_binding
from models.base import Base
from models.days import PlantDay, SiteDay
from models.fleet import Device, DeviceBinding, Scale, Vehicle
from models.values import Refusal


def write_vehicles(session: Session, rows: Sequence[VehicleRow], result: LoadResult) -> Iterator[Refusal]:
    organisations = read_known(session).organisations
    given = []
    for row in rows:
        references = References(row.place)
        owner = references.find("org", row.organisation, organisations, "organisation")
        yield from references.refusals
        if not references.refusals:
            values = {
                "mode": row.mode,
                "name": row.name,
                "organisation_id": owner,
                "tare_kg": row.tare_kg,
                "rated_payload_kg": row.rated_payload_kg,
                "mmsi": row.mmsi,
                "active_from": row.active_from,
                "active_to": row.active_to,
            }
            given.append(Given(row.place, (row.code,), values))
    names = {"code": "id", "organisation_id": "org"}
    yield from store(session, Vehicle, ("code",), given, result.tally("vehicles"), names, touch_vehicles)


def write_devices(session: Session, rows: Sequence[DeviceRow], result: LoadResult) -> Iterator[Refusal]:
    """Devices and which vehicle each was on when; a device that was on several has several rows."""
    vehicles = {code: vehicle.id for code, vehicle in read_known(session).vehicles.items()}
    good, leaders = [], dict[str, DeviceRow]()
    for row in rows:
        references = References(row.place)
        references.find("vehicle_id", row.vehicle, vehicles, "vehicle")
        leader = row if references.refusals else leaders.setdefault(row.code, row)
        if (leader.protocol, leader.datum) != (row.protocol, row.datum):
            references.refuse("protocol", f"device '{row.code}' has another one in {leader.place}")
        yield from references.refusals
        if not references.refusals:
            good.append(row)
    given = [
        Given(row.place, (row.code,), {"protocol": row.protocol, "datum": row.datum, "active": True})
        for row in leaders.values()
    ]
    yield from store(session, Device, ("code",), given, result.tally("devices"), {"code": "device_id"})
    yield from _write_bindings(session, good, vehicles, result)


def _write_bindings(
    session: Session, rows: Sequence[DeviceRow], vehicles: dict[str, int], result: LoadResult
) -> Iterator[Refusal]:
    devices = read_known(session).devices
    given = [
        Given(
            row.place,
            (devices[row.code], row.valid_from),
            {"vehicle_id": vehicles[row.vehicle], "valid_to": row.valid_to},
        )
        for row in rows
        if row.vehicle is not None
    ]
    key = ("device_id", "valid_from")
    yield from store(session, DeviceBinding, key, given, result.tally("bindings"), {}, mark_bindings)


def mark_bindings(session: Session, changed: Sequence[DeviceBinding]) -> None:
    """Look again at the vehicles from the first fix that each binding covers."""
    for binding in changed:
        mark_binding(session, binding)


def write_scales(session: Session, rows: Sequence[ScaleRow], result: LoadResult) -> Iterator[Refusal]:
    facilities = read_known(session).facilities
    given = []
    for row in rows:
        references = References(row.place)
        facility = references.find("facility", row.facility, facilities, "facility")
        yield from references.refusals
        if not references.refusals:
            values = {
                "facility_id": facility,
                "accuracy_class": row.accuracy_class,
                "division_kg": row.division_kg,
                "max_kg": row.max_kg,
                "certificate_valid_to": row.certificate_valid_to,
            }
            given.append(Given(row.place, (row.code,), values))
    names = {"code": "id", "facility_id": "facility", "accuracy_class": "class"}
    yield from store(session, Scale, ("code",), given, result.tally("scales"), names, touch_scales)


def write_plant_days(session: Session, rows: Sequence[DayRow], result: LoadResult) -> Iterator[Refusal]:
    yield from _write_days(session, PlantDay, PLANT_FIGURES, rows, result.tally("plant_days"))


def write_site_days(session: Session, rows: Sequence[DayRow], result: LoadResult) -> Iterator[Refusal]:
    yield from _write_days(session, SiteDay, SITE_FIGURES, rows, result.tally("site_days"))


def _write_days(
    session: Session, table: type[Base], names: Sequence[str], rows: Sequence[DayRow], tally: Tally
) -> Iterator[Refusal]:
    facilities = read_known(session).facilities
    given = []
    for row in rows:
        references = References(row.place)
        facility = references.find("facility", row.facility, facilities, "facility")
        yield from references.refusals
        if not references.refusals:
            given.append(
                Given(row.place, (facility, row.day), {name: row.figures.get(name) for name in names})
            )
    yield from store(session, table, ("facility_id", "day"), given, tally, {"day": "date"})
