"""How do vehicles, devices with their bindings, scales and daily reports get into their tables?"""

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from demo.scenario.filling import Given, store
from demo.scenario.known import Known, References, read_known
from demo.scenario.outcome import Tally
from demo.scenario.read_fleet import PLANT_FIGURES, SITE_FIGURES
from demo.scenario.rows import DayRow, DeviceRow, ScaleRow, VehicleRow
from demo.scenario.touched import touch_scales, touch_vehicles
from gps_ingest.store.watermarks import mark_binding
from models.base import Base
from models.days import PlantDay, SiteDay
from models.fleet import Device, DeviceBinding, Scale, Vehicle
from models.values import Refusal


def write_vehicles(session: Session, rows: Sequence[VehicleRow], tally: Tally) -> Iterator[Refusal]:
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
            }
            given.append(Given(row.place, (row.code,), values))
    names = {"code": "id", "organisation_id": "org"}
    yield from store(session, Vehicle, ("code",), given, tally, names, touch_vehicles)


def write_devices(session: Session, rows: Sequence[DeviceRow], tally: Tally) -> Iterator[Refusal]:
    """Devices; one that was on several vehicles has several rows, which must agree on the device itself."""
    first: dict[str, DeviceRow] = {}
    given = []
    for row in rows:
        leader = first.setdefault(row.code, row)
        if (leader.protocol, leader.datum) != (row.protocol, row.datum):
            yield Refusal(row.place, "protocol", f"device '{row.code}' has another one in {leader.place}")
        elif leader is row:
            values = {"protocol": row.protocol, "datum": row.datum, "active": True}
            given.append(Given(row.place, (row.code,), values))
    yield from store(session, Device, ("code",), given, tally, {"code": "device_id"})


def write_bindings(session: Session, rows: Sequence[DeviceRow], tally: Tally) -> Iterator[Refusal]:
    """Which device was on which vehicle when; fixes that came before their binding are looked at now."""
    known = read_known(session)
    given = []
    for row in rows:
        if row.vehicle is None:
            continue
        references = References(row.place)
        values = _binding_values(references, row, known)
        yield from references.refusals
        if not references.refusals:
            given.append(Given(row.place, (known.devices[row.code], row.valid_from), values))
    names = {"vehicle_id": "vehicle_id", "valid_from": "valid_from"}
    key = ("device_id", "valid_from")
    yield from store(session, DeviceBinding, key, given, tally, names, mark_bindings)


def _binding_values(references: References, row: DeviceRow, known: Known) -> dict[str, object]:
    vehicles = {code: vehicle.id for code, vehicle in known.vehicles.items()}
    vehicle_id = references.find("vehicle_id", row.vehicle, vehicles, "vehicle")
    references.find("device_id", row.code, known.devices, "device")
    return {"vehicle_id": vehicle_id, "valid_to": row.valid_to}


def mark_bindings(session: Session, changed: Sequence[DeviceBinding]) -> None:
    """Look again at the vehicles from the first fix that each binding covers."""
    for binding in changed:
        mark_binding(session, binding)


def write_scales(session: Session, rows: Sequence[ScaleRow], tally: Tally) -> Iterator[Refusal]:
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
    yield from store(session, Scale, ("code",), given, tally, names, touch_scales)


def write_plant_days(session: Session, rows: Sequence[DayRow], tally: Tally) -> Iterator[Refusal]:
    yield from _write_days(session, PlantDay, PLANT_FIGURES, rows, tally)


def write_site_days(session: Session, rows: Sequence[DayRow], tally: Tally) -> Iterator[Refusal]:
    yield from _write_days(session, SiteDay, SITE_FIGURES, rows, tally)


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
