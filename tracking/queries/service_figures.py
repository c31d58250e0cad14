"""How good is the positioning of each hauler's fleet over a period: equipped, online, qualified, complete?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from models.fixes import FixRow, RawMessage
from models.fleet import Device, DeviceBinding, Vehicle
from models.organisations import Organisation
from models.thresholds import Thresholds
from models.values import Viewer
from models.vocabulary import Mode, RawStatus
from tracking.queries.binding_times import ms_of
from tracking.queries.fixes import END_MS, to_ms
from tracking.queries.names import Name, name_or_none
from tracking.queries.service_stretches import Bound, StretchCache, stretches
from tracking.queries.visibility import vehicles_visible
from tracking.rules.service_figures import NOTHING, Stretch, joined

HEARD = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """The counts of some vehicles over a period; a rate is a fraction, None with nothing to divide by.

    licensed: registered vehicles; equipped: with a device in service on board at the end of the period;
    heard: with a fix in the last 24 h of it. boarded: with a device on board at some time of the period;
    online: with a fix in it. kept_aside: messages of which something could not be taken.
    """

    licensed: int = 0
    equipped: int = 0
    heard: int = 0
    boarded: int = 0
    online: int = 0
    fixes: int = 0
    unqualified: int = 0
    kept_aside: int = 0
    drifts: int = 0
    drifting: int = 0
    distance_m: float = 0.0
    broken_m: float = 0.0
    offline_moves: int = 0
    offline_m: float = 0.0

    def __add__(self, other: "ServiceFigures") -> "ServiceFigures":
        return ServiceFigures(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def equipped_fraction(self) -> float | None:
        """安装率: vehicles with a device on board, of all that are licensed."""
        return self.equipped / self.licensed if self.licensed else None

    @property
    def online_fraction(self) -> float | None:
        """上线率: vehicles heard in the period, of those with a device on board in it."""
        return self.online / self.boarded if self.boarded else None

    @property
    def qualified_fraction(self) -> float | None:
        """数据合格率: records whose fields can be right, of all that came."""
        came = self.fixes + self.kept_aside
        return (self.fixes - self.unqualified) / came if came else None

    @property
    def complete_fraction(self) -> float | None:
        """轨迹完整率: way that was told without a break, of all the way."""
        return 1.0 - self.broken_m / self.distance_m if self.distance_m > 0 else None

    @property
    def drift_fraction(self) -> float | None:
        """漂移率: vehicles with fixes out of place, of those heard."""
        return self.drifting / self.online if self.online else None


@dataclass(frozen=True, slots=True)
class VehicleService:
    """One vehicle with the devices that were on board in the period."""

    vehicle: Name
    mode: Mode
    hauler: Name | None
    devices: tuple[str, ...]
    figures: ServiceFigures


@dataclass(frozen=True, slots=True)
class FleetService:
    """The vehicles of the period, those with the worst data first."""

    start: datetime
    end: datetime
    vehicles: tuple[VehicleService, ...]

    @property
    def total(self) -> ServiceFigures:
        return total_of(self.vehicles)

    @property
    def by_hauler(self) -> list[tuple[Name | None, ServiceFigures]]:
        """Each hauler with the sum of its vehicles, by name."""
        haulers: dict[str, tuple[Name | None, list[VehicleService]]] = {}
        for row in self.vehicles:
            haulers.setdefault(row.hauler.code if row.hauler else "", (row.hauler, []))[1].append(row)
        return [(name, total_of(rows)) for _code, (name, rows) in sorted(haulers.items())]


def total_of(rows: Iterable[VehicleService]) -> ServiceFigures:
    """The sum of vehicles."""
    return sum((row.figures for row in rows), ServiceFigures())


@dataclass(frozen=True, slots=True)
class ServiceFilter:
    """The period [start, end) and the hauler asked for; an empty hauler means: all."""

    start: datetime
    end: datetime
    hauler: str = ""


def fleet_service(
    session: Session, viewer: Viewer, wanted: ServiceFilter, limits: Thresholds, cache: StretchCache
) -> FleetService:
    """The figures of every vehicle that the viewer may see, each device while it was on board.

    What a day of a device came to is kept in `cache` as long as no fix has been added to it.
    """
    vehicles = _vehicles(session, viewer, wanted.hauler)
    bound = _bound_in_period(session, {row.id for row in vehicles}, wanted)
    told = stretches(session, bound, (to_ms(wanted.start), to_ms(wanted.end)), limits, cache)
    kept = _kept_aside(session, bound, wanted)
    heard = _heard_lately(session, bound, wanted.end)
    aboard: dict[int, list[Bound]] = {}
    for one in bound:
        aboard.setdefault(one.vehicle_id, []).append(one)
    rows = [
        _vehicle_service(row, aboard.get(row.id, []), told, kept, heard, limits, to_ms(wanted.end))
        for row in vehicles
    ]
    return FleetService(wanted.start, wanted.end, tuple(sorted(rows, key=_worst_first)))


def _worst_first(row: VehicleService) -> tuple[Any, ...]:
    """Not equipped, then not heard, then the least of its shares; then by code."""
    figures = row.figures
    shares = [figures.qualified_fraction, figures.complete_fraction]
    least = min((share for share in shares if share is not None), default=1.0)
    return (figures.equipped, figures.online, least - (0.001 * figures.offline_moves), row.vehicle.code)


def _vehicles(session: Session, viewer: Viewer, hauler: str) -> list[Any]:
    columns = (Vehicle.id, Vehicle.code, Vehicle.name, Vehicle.mode)
    carrier = (Organisation.code, Organisation.name, Organisation.name_en)
    query = select(*columns, *(column.label(f"carrier_{column.key}") for column in carrier))
    query = query.join(Organisation, Organisation.id == Vehicle.organisation_id, isouter=True)
    query = query.where(vehicles_visible(viewer)).order_by(Vehicle.code)
    if hauler:
        query = query.where(Organisation.code == hauler)
    return list(session.execute(query))


def _bound_in_period(session: Session, vehicle_ids: set[int], wanted: ServiceFilter) -> list[Bound]:
    """Every stay of a device on one of the vehicles that touches the period, in order of time."""
    query = (
        select(
            Device.id,
            Device.code,
            Device.active,
            DeviceBinding.vehicle_id,
            Vehicle.mode,
            DeviceBinding.valid_from,
            DeviceBinding.valid_to,
        )
        .join(DeviceBinding, DeviceBinding.device_id == Device.id)
        .join(Vehicle, Vehicle.id == DeviceBinding.vehicle_id)
        .where(DeviceBinding.valid_from < wanted.end)
        .where(or_(DeviceBinding.valid_to.is_(None), DeviceBinding.valid_to > wanted.start))
        .order_by(DeviceBinding.valid_from, Device.id)
    )
    return [
        Bound(
            device_id, code, active, vehicle_id, mode, to_ms(since), END_MS if until is None else to_ms(until)
        )
        for device_id, code, active, vehicle_id, mode, since, until in session.execute(query)
        if vehicle_id in vehicle_ids
    ]


def _kept_aside(session: Session, bound: list[Bound], wanted: ServiceFilter) -> dict[tuple[int, int], int]:
    """(device, beginning of its stay) → messages of the period of which something could not be taken."""
    query = select(RawMessage.device_id, RawMessage.received_at).where(
        RawMessage.status.in_([RawStatus.QUARANTINED, RawStatus.REFUSED]),
        RawMessage.received_at >= wanted.start,
        RawMessage.received_at < wanted.end,
        RawMessage.device_id.is_not(None),
    )
    counts: dict[tuple[int, int], int] = {}
    stays: dict[int, list[Bound]] = {}
    for one in bound:
        stays.setdefault(one.device_id, []).append(one)
    for device_id, received_at in session.execute(query):
        at_ms = to_ms(received_at)
        for one in stays.get(device_id or 0, ()):
            if one.from_ms <= at_ms < one.to_ms:
                key = (one.device_id, one.from_ms)
                counts[key] = counts.get(key, 0) + 1
    return counts


def _heard_lately(session: Session, bound: list[Bound], end: datetime) -> set[int]:
    """The vehicles with a fix in the last 24 h of the period, of a device that is on board at its end."""
    end_ms = to_ms(end)
    fix = (
        select(FixRow.device_id)
        .where(
            FixRow.device_id == DeviceBinding.device_id,
            FixRow.time_ms > to_ms(end - HEARD),
            FixRow.time_ms < end_ms,
            FixRow.time_ms >= ms_of(DeviceBinding.valid_from),
        )
        .correlate(DeviceBinding)
    )
    aboard = and_(
        DeviceBinding.valid_from < end,
        or_(DeviceBinding.valid_to.is_(None), DeviceBinding.valid_to >= end),
    )
    found = session.scalars(select(DeviceBinding.vehicle_id).where(aboard, fix.exists()))
    return set(found) & {one.vehicle_id for one in bound}


def _vehicle_service(
    row: Any,
    bound: list[Bound],
    told: Mapping[Bound, Stretch],
    kept: Mapping[tuple[int, int], int],
    heard: set[int],
    limits: Thresholds,
    end_ms: int,
) -> VehicleService:
    """The figures of one vehicle: the sum over the devices that were on board."""
    by_device: dict[int, Stretch] = {}
    for one in bound:
        before = by_device.get(one.device_id, NOTHING)
        by_device[one.device_id] = joined(before, told.get(one, NOTHING), limits.service)
    parts = list(by_device.values())
    drifts = sum(part.drifts for part in parts)
    fixes = sum(part.fixes for part in parts)
    figures = ServiceFigures(
        licensed=1,
        equipped=int(any(one.active and one.to_ms >= end_ms for one in bound)),
        heard=int(row.id in heard),
        boarded=int(bool(bound)),
        online=int(fixes > 0),
        fixes=fixes,
        unqualified=sum(part.unqualified for part in parts),
        kept_aside=sum(kept.get((one.device_id, one.from_ms), 0) for one in bound),
        drifts=drifts,
        drifting=int(drifts >= limits.service.drift_fixes),
        distance_m=sum(part.distance_m for part in parts),
        broken_m=sum(part.broken_m for part in parts),
        offline_moves=sum(part.offline_moves for part in parts),
        offline_m=sum(part.offline_m for part in parts),
    )
    devices = tuple(dict.fromkeys(one.code for one in bound))
    hauler = name_or_none(row.carrier_code, row.carrier_name, row.carrier_name_en)
    return VehicleService(Name(row.code, row.name), row.mode, hauler, devices, figures)
