"""What did a device send on a day: how much in each hour, what was doubted, and the newest fixes?"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from models.fixes import FixRow
from models.values import ACC_OFF, ACC_ON, LOAD_EMPTY, LOAD_FULL, LOAD_HALF, Viewer
from models.vocabulary import E7, MS_PER_S, Doubt, LoadState
from tracking.queries.binding_times import fixes_visible
from tracking.queries.data_day import Day

HOUR_MS = 3_600_000
LOADS = {LOAD_EMPTY: LoadState.EMPTY, LOAD_HALF: LoadState.HALF, LOAD_FULL: LoadState.FULL}
ACCS = {ACC_OFF: False, ACC_ON: True}


@dataclass(frozen=True, slots=True)
class HourCount:
    """Fixes in an hour of the day, and how many of them are doubted."""

    fixes: int = 0
    doubted: int = 0


@dataclass(frozen=True, slots=True)
class DayFix:
    """One fix, degrees as sent. `late_s`: from the device's time to that of receipt, None where unknown."""

    time_ms: int
    lat: float
    lon: float
    speed_kmh: float | None
    course_deg: float | None
    satellites: int | None
    load: LoadState | None
    load_kg: float | None
    acc_on: bool | None
    late_s: float | None
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class DeviceDay:
    """A device's day: `hours` from the day's beginning on, doubts by reason, the newest fixes first."""

    hours: tuple[HourCount, ...]
    doubts: dict[Doubt, int]
    newest: tuple[DayFix, ...]

    @property
    def fixes(self) -> int:
        return sum(hour.fixes for hour in self.hours)

    @property
    def doubted(self) -> int:
        return sum(hour.doubted for hour in self.hours)


def device_day(session: Session, viewer: Viewer, device_id: int, day: Day, most: int = 100) -> DeviceDay:
    """The day of a device, as far as the viewer may see it."""
    start, end = (round(moment.timestamp() * MS_PER_S) for moment in (day.start, day.end))
    of_day = (
        FixRow.device_id == device_id,
        FixRow.time_ms >= start,
        FixRow.time_ms < end,
        fixes_visible(viewer),
    )
    hours = [HourCount()] * -(-(end - start) // HOUR_MS)
    hour = (FixRow.time_ms - start) // HOUR_MS
    counted = select(hour, func.count(), func.sum(case((FixRow.doubts != 0, 1), else_=0))).where(*of_day)
    for index, count, bad in session.execute(counted.group_by(hour)):
        hours[int(index)] = HourCount(count, int(bad))
    return DeviceDay(tuple(hours), _doubts(session, of_day), _newest(session, of_day, most))


def _doubts(session: Session, of_day: tuple[Any, ...]) -> dict[Doubt, int]:
    """How many fixes each reason is told of, the commonest first."""
    reasons = [reason for reason in Doubt if reason]
    sums = [func.sum(case((FixRow.doubts.op("&")(int(reason)) != 0, 1), else_=0)) for reason in reasons]
    counts = session.execute(select(*sums).where(*of_day)).one()
    named = [(reason, int(count)) for reason, count in zip(reasons, counts, strict=True) if count]
    return dict(sorted(named, key=lambda pair: -pair[1]))


def _newest(session: Session, of_day: tuple[Any, ...], most: int) -> tuple[DayFix, ...]:
    columns = (
        FixRow.time_ms,
        FixRow.lat_e7,
        FixRow.lon_e7,
        FixRow.speed_kmh,
        FixRow.course_deg,
        FixRow.satellites,
        FixRow.load_state,
        FixRow.load_kg,
        FixRow.acc,
        FixRow.received_ms,
        FixRow.doubts,
    )
    rows = session.execute(select(*columns).where(*of_day).order_by(FixRow.time_ms.desc()).limit(most))
    return tuple(_day_fix(row) for row in rows)


def _day_fix(row: Any) -> DayFix:
    received_ms = row.received_ms
    return DayFix(
        time_ms=row.time_ms,
        lat=row.lat_e7 / E7,
        lon=row.lon_e7 / E7,
        speed_kmh=row.speed_kmh,
        course_deg=row.course_deg,
        satellites=row.satellites,
        load=LOADS.get(row.load_state),
        load_kg=row.load_kg,
        acc_on=ACCS.get(row.acc),
        late_s=None if received_ms is None else (received_ms - row.time_ms) / MS_PER_S,
        doubts=tuple(reason for reason in Doubt if reason and reason & row.doubts),
    )
