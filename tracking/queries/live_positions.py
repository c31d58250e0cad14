"""Where is each vehicle now, what does it carry, and who is silent?"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from models.facilities import Facility
from models.findings import Finding, FindingVehicle
from models.fixes import FixRow
from models.fleet import Device, DeviceBinding, Vehicle
from models.manifests import Leg, Manifest
from models.organisations import Organisation
from models.values import Viewer
from models.vocabulary import E7, MS_PER_S, UNUSABLE_DOUBTS, CustodyState, Mode
from tracking.queries.binding_times import ms_of
from tracking.queries.doubt_stretches import DatumShift, datum_shifts
from tracking.queries.few import few_by_issue, in_few
from tracking.queries.names import Name, name_or_none
from tracking.queries.visibility import manifests_visible, vehicles_visible
from tracking.rules.datum import to_wgs84

ON_THE_WAY = (CustodyState.LOADED, CustodyState.IN_TRANSIT, CustodyState.AT_TRANSFER)
SILENT_AFTER_S = 1800.0  # six times the slowest usual interval of a parked device
MS_PER_DAY = 86_400_000
MOVING_KMH = 3.0  # below it a GNSS receiver at rest cannot be told from one that creeps


@dataclass(frozen=True, slots=True)
class Carried:
    """A load that a vehicle has on board by paper."""

    number: str
    origin: Name
    destination: Name


@dataclass(frozen=True, slots=True)
class Position:
    """A vehicle with its newest usable fix; place and time are None when it never sent one."""

    vehicle_id: int
    vehicle: Name
    mode: Mode
    hauler: Name | None
    device: str | None
    at: datetime | None
    lat: float | None
    lon: float | None
    speed_kmh: float | None
    course_deg: float | None
    carries: tuple[Carried, ...]
    open_findings: int
    open_today: int  # of these, the ones that began within a day

    def silence_s(self, now: datetime) -> float | None:
        """Seconds since the newest fix; None when there never was one."""
        return None if self.at is None else max(0.0, (now - self.at).total_seconds())

    def is_silent(self, now: datetime) -> bool:
        """Has the vehicle been silent for longer than a parked one would be?"""
        silence_s = self.silence_s(now)
        return silence_s is None or silence_s > SILENT_AFTER_S

    @property
    def is_moving(self) -> bool:
        return (self.speed_kmh or 0.0) > MOVING_KMH


def live_positions(session: Session, viewer: Viewer, now: datetime) -> list[Position]:
    """Every vehicle that the viewer may see, by code, as of `now`."""
    fixes = _newest_fixes(session, vehicles_visible(viewer), now)
    shifts = datum_shifts(session)
    carried, begun_ms = _carried(session, viewer), _open_findings(session)
    since_ms = round(now.timestamp() * MS_PER_S) - MS_PER_DAY
    query = (
        select(
            Vehicle.id,
            Vehicle.code,
            Vehicle.name,
            Vehicle.mode,
            *(Organisation.code, Organisation.name, Organisation.name_en),
        )
        .join(Organisation, Organisation.id == Vehicle.organisation_id, isouter=True)
        .where(vehicles_visible(viewer))
        .order_by(Vehicle.code)
    )
    return [
        _position(
            row, fixes.get(row[0]), shifts.get(row[0], ()), tuple(carried[row[0]]), begun_ms[row[1]], since_ms
        )
        for row in session.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a vehicle was last, degrees WGS 84."""

    at: datetime
    lat: float
    lon: float


def newest_places(session: Session, vehicle_ids: Collection[int], now: datetime) -> dict[int, Place]:
    """vehicle id → its newest usable fix; the caller has decided who may know where these vehicles are."""
    if not vehicle_ids:
        return {}
    fixes = _newest_fixes(session, Vehicle.id.in_(sorted(vehicle_ids)), now)
    shifts = datum_shifts(session)
    return {
        vehicle_id: Place(
            datetime.fromtimestamp(fix.time_ms / MS_PER_S, UTC),
            *_true_place(fix, shifts.get(vehicle_id, ())),
        )
        for vehicle_id, fix in fixes.items()
    }


def silent_positions(positions: list[Position], now: datetime) -> list[Position]:
    """Those who are silent: with a load on board first, then the longest silence first."""
    silent = [position for position in positions if position.is_silent(now)]
    return sorted(silent, key=lambda one: (not one.carries, -(one.silence_s(now) or float("inf"))))


def _position(
    row: Any,
    fix: Any,
    shifts: Sequence[DatumShift],
    carries: tuple[Carried, ...],
    begun_ms: list[int],
    since_ms: int,
) -> Position:
    vehicle_id, code, name, mode, *hauler = row
    lat, lon = _true_place(fix, shifts) if fix else (None, None)
    return Position(
        vehicle_id=vehicle_id,
        vehicle=Name(code, name),
        mode=mode,
        hauler=name_or_none(*hauler),
        device=fix.code if fix else None,
        at=datetime.fromtimestamp(fix.time_ms / MS_PER_S, UTC) if fix else None,
        lat=lat,
        lon=lon,
        speed_kmh=fix.speed_kmh if fix else None,
        course_deg=fix.course_deg if fix else None,
        carries=carries,
        open_findings=len(begun_ms),
        open_today=sum(one_ms >= since_ms for one_ms in begun_ms),
    )


def _true_place(fix: Any, shifts: Sequence[DatumShift]) -> tuple[float, float]:
    """Where a fix lies in WGS 84: by the datum found for its device then, else by the one registered."""
    datum = next((each.datum for each in shifts if each.speaks(fix.device_id, fix.time_ms)), fix.datum)
    lat, lon = to_wgs84(np.array([fix.lat_e7 / E7]), np.array([fix.lon_e7 / E7]), datum)
    return float(lat[0]), float(lon[0])


def _newest_fixes(session: Session, which: ColumnElement[bool], now: datetime) -> dict[int, Any]:
    """vehicle id → its newest usable fix of the devices bound to it now, sent since they were."""
    newest = aliased(FixRow)
    newest_ms = (
        select(newest.time_ms)
        .where(newest.device_id == Device.id, _is_usable(newest.doubts))
        .where(newest.time_ms >= ms_of(DeviceBinding.valid_from))
        .where(newest.time_ms <= round(now.timestamp() * MS_PER_S))
        .order_by(newest.time_ms.desc())
        .limit(1)
        .correlate(Device, DeviceBinding)
        .scalar_subquery()
    )
    query = (
        select(
            DeviceBinding.vehicle_id,
            Device.code,
            Device.datum,
            FixRow.device_id,
            FixRow.time_ms,
            FixRow.lat_e7,
            FixRow.lon_e7,
            FixRow.speed_kmh,
            FixRow.course_deg,
        )
        .join(Device, Device.id == DeviceBinding.device_id)
        .join(Vehicle, Vehicle.id == DeviceBinding.vehicle_id)
        .join(FixRow, and_(FixRow.device_id == Device.id, FixRow.time_ms == newest_ms))
        .where(
            _is_usable(FixRow.doubts),  # a doubted one may bear the same moment
            which,
            DeviceBinding.valid_from <= now,
            or_(DeviceBinding.valid_to.is_(None), DeviceBinding.valid_to > now),
        )
        .order_by(FixRow.time_ms, FixRow.lat_e7, FixRow.lon_e7)
    )
    return {row.vehicle_id: row for row in session.execute(query)}


def _is_usable(doubts: Any) -> ColumnElement[bool]:
    """The condition on the doubts of a fix that may be shown."""
    usable: ColumnElement[bool] = doubts.op("&")(int(UNUSABLE_DOUBTS)) == 0
    return usable


def _carried(session: Session, viewer: Viewer) -> dict[int, list[Carried]]:
    origin, destination = aliased(Facility), aliased(Facility)
    query = (
        select(
            Leg.vehicle_id,
            Manifest.number,
            *(origin.code, origin.name, origin.name_en),
            *(destination.code, destination.name, destination.name_en),
        )
        .join(Manifest, Manifest.id == Leg.manifest_id)
        .join(origin, origin.id == Leg.from_id)
        .join(destination, destination.id == Leg.to_id)
        .where(
            manifests_visible(viewer),
            in_few(ON_THE_WAY),
            Leg.handover_at.is_(None),
            Leg.vehicle_id.is_not(None),
        )
        .order_by(few_by_issue().column)
    )
    found: dict[int, list[Carried]] = defaultdict(list)
    for row in session.execute(query):
        ends: Any = row[2:]
        found[row[0] or 0].append(Carried(row[1], Name(*ends[:3]), Name(*ends[3:])))
    return found


def _open_findings(session: Session) -> dict[str, list[int]]:
    """vehicle code → when each finding about it began that nobody has decided about, ms UTC."""
    query = (
        select(FindingVehicle.vehicle_code, Finding.start_ms)
        .join(Finding, Finding.id == FindingVehicle.finding_id)
        .where(Finding.waiting)
    )
    begun: dict[str, list[int]] = defaultdict(list)
    for code, start_ms in session.execute(query):
        begun[code].append(start_ms)
    return begun
