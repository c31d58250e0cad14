"""Which city does a test begin with? Builders of organisations, people, places, vehicles, devices and fixes.

Tests import them from tests/factories.py, which adds papers and conclusions.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from math import cos, radians
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import insert
from sqlalchemy.orm import Session

from gps_ingest.store.fix_months import make_room
from models.base import Base
from models.facilities import Facility, MapFeature, Route
from models.fixes import FixRow, RawMessage
from models.fleet import Device, DeviceBinding, Scale, Vehicle
from models.organisations import Organisation, User
from models.vocabulary import E7, FacilityKind, Mode, OrganisationKind, Protocol, RawStatus, Role

DAY = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai
M_PER_DEG_LAT = 110_946.0  # at 31 N; close enough to place things in a test

Row = TypeVar("Row", bound=Base)
_numbers = count(1)


def ms(moment: datetime) -> int:
    """Milliseconds UTC of an aware time."""
    return round(moment.timestamp() * 1000)


def add(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row


def next_code(prefix: str) -> str:
    return f"{prefix}{next(_numbers)}"


def square(lon: float, lat: float, half_m: float = 100.0) -> list[list[float]]:
    """A closed ring around a place."""
    dlat = half_m / M_PER_DEG_LAT
    dlon = dlat / cos(radians(lat))
    return [[lon + i * dlon, lat + j * dlat] for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))]


def organisation(
    session: Session, kind: OrganisationKind = OrganisationKind.HAULER, **given: Any
) -> Organisation:
    code = given.pop("code", None) or next_code("ORG")
    values = {"code": code, "name": f"单位{code}", "name_en": f"Organisation {code}", "kind": kind}
    return add(session, Organisation(**values | given))


def user(
    session: Session, role: Role = Role.REGULATOR, org: Organisation | None = None, **given: Any
) -> User:
    name = given.pop("username", None) or next_code("user")
    values = {
        "username": name,
        "display_name": name,
        "password_hash": "!",  # matches no password
        "role": role,
        "organisation_id": org.id if org else None,
        "created_at": DAY,
    }
    return add(session, User(**values | given))


def facility(
    session: Session,
    kind: FacilityKind = FacilityKind.PLANT,
    org: Organisation | None = None,
    at: tuple[float, float] = (120.0, 31.0),
    half_m: float = 100.0,
    **given: Any,
) -> Facility:
    code = given.pop("code", None) or next_code("F")
    values = {
        "code": code,
        "name": f"设施{code}",
        "name_en": f"Facility {code}",
        "kind": kind,
        "organisation_id": org.id if org else None,
        "polygon": square(*at, half_m),
    }
    return add(session, Facility(**values | given))


def route(session: Session, origin: Facility, destination: Facility, **given: Any) -> Route:
    values = {
        "code": given.pop("code", None) or next_code("R"),
        "origin_id": origin.id,
        "destination_id": destination.id,
        "mode": Mode.ROAD,
        "corridor_m": 75.0,
        "planned_minutes": 50.0,
        "line": [centre(origin), centre(destination)],
    }
    return add(session, Route(**values | given))


def centre(place: Facility) -> list[float]:
    """[lon, lat] in the middle of a facility's corners."""
    corners = place.polygon[:-1]
    return [sum(corner[axis] for corner in corners) / len(corners) for axis in (0, 1)]


def vehicle(session: Session, org: Organisation | None = None, **given: Any) -> Vehicle:
    code = given.pop("code", None) or next_code("V")
    values = {
        "code": code,
        "mode": Mode.ROAD,
        "name": f"苏E{code}",
        "organisation_id": org.id if org else None,
        "tare_kg": 11_000.0,
        "rated_payload_kg": 20_000.0,
    }
    return add(session, Vehicle(**values | given))


def device(
    session: Session, on: Vehicle | None = None, since: datetime = DAY - timedelta(days=30), **given: Any
) -> Device:
    """A device, bound to the vehicle `on` since a month before DAY."""
    values = {"code": given.pop("code", None) or next_code("D"), "protocol": Protocol.JSON}
    row = add(session, Device(**values | given))
    if on is not None:
        add(session, binding(row, on, since))
    return row


def binding(of: Device, on: Vehicle, since: datetime, until: datetime | None = None) -> DeviceBinding:
    """A device on a vehicle over [since, until); the caller adds it."""
    return DeviceBinding(device_id=of.id, vehicle_id=on.id, valid_from=since, valid_to=until)


def scale(session: Session, at: Facility, **given: Any) -> Scale:
    values = {"code": given.pop("code", None) or next_code("W"), "facility_id": at.id, "division_kg": 20.0}
    return add(session, Scale(**values | given))


def fixes(
    session: Session, of: Device, points: Sequence[tuple[datetime, float, float]], **columns: Any
) -> int:
    """One raw message and its fixes; `points` are (time, lon, lat). Returns how many."""
    body = repr(points).encode()
    raw = RawMessage(
        device_code=of.code,
        device_id=of.id,
        protocol=of.protocol,
        received_at=points[-1][0],
        body=body,
        sha256=sha256(body).hexdigest(),
        source="test",
        status=RawStatus.ACCEPTED,
    )
    add(session, raw)
    blank = {"speed_kmh": None, "course_deg": None, "load_state": 0, "acc": 0, "doubts": 0}
    common = blank | columns | {"device_id": of.id, "raw_id": raw.id}
    rows = [
        common | {"time_ms": ms(at), "lat_e7": round(lat * E7), "lon_e7": round(lon * E7)}
        for at, lon, lat in points
    ]
    make_room(session.connection(), np.array([row["time_ms"] for row in rows], dtype=np.int64))
    session.execute(insert(FixRow), rows)
    return len(rows)


def drive(
    line: Sequence[Sequence[float]], start: datetime, minutes: float, every_s: float = 30.0
) -> list[tuple[datetime, float, float]]:
    """Points (time, lon, lat) at an even pace along straight stretches of equal duration."""
    steps = max(1, round(minutes * 60 / every_s))
    points = []
    for step in range(steps + 1):
        stretch, part = divmod(step / steps * (len(line) - 1), 1)
        a, b = line[int(stretch)], line[min(int(stretch) + 1, len(line) - 1)]
        lon, lat = (a[axis] + (b[axis] - a[axis]) * part for axis in (0, 1))
        points.append((start + timedelta(seconds=step * minutes * 60 / steps), lon, lat))
    return points


def map_line(session: Session, layer: str, line: Sequence[Sequence[float]], **given: Any) -> MapFeature:
    geometry = {"type": "LineString", "coordinates": [list(point) for point in line]}
    digest = sha256(repr((layer, geometry, given)).encode()).hexdigest()
    return add(session, MapFeature(layer=layer, geometry=geometry, digest=digest, **given))
