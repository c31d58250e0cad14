"""Which rows does a test begin with? Small builders for both engines; `haul` puts them together to one load.

Every builder adds to the session, flushes and returns the row. Codes count up where none is given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from math import cos, radians
from typing import Any, TypeVar

from sqlalchemy import insert
from sqlalchemy.orm import Session

from models.base import Base
from models.facilities import Facility, MapFeature, Route
from models.findings import Decision, Finding, FindingManifest, FindingVehicle, Verdict
from models.fixes import FixRow, RawMessage
from models.fleet import Device, DeviceBinding, Scale, Vehicle
from models.journeys import TripLeg, TripRow, VisitRow
from models.manifests import CustodyEvent, Disposal, Leg, Manifest, MoistureTest, Receipt, Weighing
from models.organisations import Organisation, User
from models.vocabulary import (
    E7,
    CustodyState,
    DecisionOutcome,
    DisposalMethod,
    FacilityKind,
    FindingKind,
    Mode,
    OrganisationKind,
    Protocol,
    RawStatus,
    ReceiptDecision,
    Role,
    Severity,
    SludgeKind,
    VerdictValue,
    WeighingRole,
)

DAY = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai
M_PER_DEG_LAT = 110_946.0  # at 31 N; close enough to place things in a test
PAPER_CHAIN = (
    (CustodyState.ISSUED, -30),
    (CustodyState.LOADED, -5),
    (CustodyState.IN_TRANSIT, 0),
    (CustodyState.ARRIVED, 50),
    (CustodyState.ACCEPTED, 60),
)  # state, minutes after departure

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


def organisation(session: Session, kind: OrganisationKind = OrganisationKind.HAULER, **given: Any) -> Organisation:
    code = given.pop("code", None) or next_code("ORG")
    values = {"code": code, "name": f"单位{code}", "name_en": f"Organisation {code}", "kind": kind}
    return add(session, Organisation(**values | given))


def user(session: Session, role: Role = Role.REGULATOR, org: Organisation | None = None, **given: Any) -> User:
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


def device(session: Session, on: Vehicle | None = None, since: datetime = DAY - timedelta(days=30), **given: Any) -> Device:
    """A device, bound to the vehicle `on` since a month before DAY."""
    values = {"code": given.pop("code", None) or next_code("D"), "protocol": Protocol.JSON}
    row = add(session, Device(**values | given))
    if on is not None:
        add(session, DeviceBinding(device_id=row.id, vehicle_id=on.id, valid_from=since))
    return row


def scale(session: Session, at: Facility, **given: Any) -> Scale:
    values = {"code": given.pop("code", None) or next_code("W"), "facility_id": at.id, "division_kg": 20.0}
    return add(session, Scale(**values | given))


def fixes(session: Session, of: Device, points: Sequence[tuple[datetime, float, float]], **columns: Any) -> int:
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
        common | {"time_ms": ms(at), "lat_e7": round(lat * E7), "lon_e7": round(lon * E7)} for at, lon, lat in points
    ]
    session.execute(insert(FixRow), rows)
    return len(rows)


def drive(line: Sequence[Sequence[float]], start: datetime, minutes: float, every_s: float = 30.0) -> list[tuple[datetime, float, float]]:
    """Points (time, lon, lat) at an even pace along straight stretches of equal duration."""
    steps = max(1, round(minutes * 60 / every_s))
    points = []
    for step in range(steps + 1):
        stretch, part = divmod(step / steps * (len(line) - 1), 1)
        a, b = line[int(stretch)], line[min(int(stretch) + 1, len(line) - 1)]
        lon, lat = (a[axis] + (b[axis] - a[axis]) * part for axis in (0, 1))
        points.append((start + timedelta(seconds=step * minutes * 60 / steps), lon, lat))
    return points


def manifest(session: Session, origin: Facility, destination: Facility, **given: Any) -> Manifest:
    values = {
        "number": given.pop("number", None) or next_code("M-"),
        "origin_id": origin.id,
        "destination_id": destination.id,
        "sludge_kind": SludgeKind.DEWATERED,
        "custody_state": CustodyState.ACCEPTED,
        "issued_at": DAY - timedelta(minutes=30),
    }
    return add(session, Manifest(**values | given))


def leg(session: Session, of: Manifest, by: Vehicle | None = None, along: Route | None = None, **given: Any) -> Leg:
    values = {
        "manifest_id": of.id,
        "seq": 1,
        "mode": by.mode if by else Mode.ROAD,
        "vehicle_code": by.code if by else "unregistered",
        "vehicle_id": by.id if by else None,
        "from_id": of.origin_id,
        "to_id": of.destination_id,
        "route_id": along.id if along else None,
    }
    return add(session, Leg(**values | given))


def weighing(
    session: Session, of: Manifest, role: WeighingRole, net_kg: float, moisture: float | None, at: datetime, **given: Any
) -> Weighing:
    """A weighing over a tare of 11 t, and its moisture test when there is one."""
    values = {"manifest_id": of.id, "role": role, "gross_kg": 11_000.0 + net_kg, "tare_kg": 11_000.0, "at": at}
    row = add(session, Weighing(**values | given))
    if moisture is not None:
        test = {"manifest_id": of.id, "role": role, "leg_seq": row.leg_seq, "moisture_fraction": moisture, "at": at}
        add(session, MoistureTest(**test))
    return row


def custody(session: Session, of: Manifest, chain: Sequence[tuple[CustodyState, int]] = PAPER_CHAIN, start: datetime = DAY) -> None:
    """Custody events of paper: (state, minutes after departure)."""
    before = None
    for state, minute in chain:
        at = start + timedelta(minutes=minute)
        add(session, CustodyEvent(manifest_id=of.id, from_state=before, to_state=state, at=at, actor="paper"))
        before = state


def receipt(session: Session, of: Manifest, at: datetime, decision: ReceiptDecision = ReceiptDecision.ACCEPTED, **given: Any) -> Receipt:
    return add(session, Receipt(**{"manifest_id": of.id, "decision": decision, "at": at} | given))


def disposal(session: Session, of: Manifest, at: datetime, **given: Any) -> Disposal:
    return add(session, Disposal(**{"manifest_id": of.id, "method": DisposalMethod.INCINERATION, "at": at} | given))


def visit(session: Session, by: Vehicle, place: Facility, entered: datetime, left: datetime) -> VisitRow:
    times = {"entered_ms": ms(entered), "left_ms": ms(left)}
    sides = {"outside_before_ms": ms(entered) - 30_000, "outside_after_ms": ms(left) + 30_000}
    return add(session, VisitRow(vehicle_id=by.id, facility_id=place.id, fix_count=10, **times, **sides))


def trip(
    session: Session, by: Vehicle, origin: Facility | None, destination: Facility | None, departed: datetime, arrived: datetime, **given: Any
) -> TripRow:
    values = {
        "vehicle_id": by.id,
        "origin_id": origin.id if origin else None,
        "destination_id": destination.id if destination else None,
        "departed_ms": ms(departed),
        "arrived_ms": ms(arrived),
        "start_censored": False,
        "end_censored": False,
        "load": "loaded",
        "distance_m": 12_000.0,
        "coverage_fraction": 0.98,
        "fix_count": 100,
    }
    return add(session, TripRow(**values | given))


def assign(session: Session, journey: TripRow, stretch: Leg, how: str = "matched", margin: float = 9.0) -> TripLeg:
    return add(session, TripLeg(trip_id=journey.id, leg_id=stretch.id, how=how, cost=0.4, margin=margin))
