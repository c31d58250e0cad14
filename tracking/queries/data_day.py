"""Which day is "today"? The clock's, or the newest day of the data once the clock is past it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.fixes import FixRow
from models.fleet import Device
from models.manifests import Manifest
from models.vocabulary import MS_PER_S


@dataclass(frozen=True, slots=True)
class Day:
    """A calendar day in the city's zone: [start, end) in UTC."""

    date: date
    start: datetime
    end: datetime


def day_of(moment: datetime, timezone: str) -> Day:
    """The city's day in which `moment` lies."""
    return calendar_day(moment.astimezone(ZoneInfo(timezone)).date(), timezone)


def calendar_day(day: date, timezone: str) -> Day:
    """The bounds of a calendar day in the city's zone."""
    zone = ZoneInfo(timezone)
    start = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return Day(day, start.astimezone(UTC), end.astimezone(UTC))


def days_before(day: Day, count: int, timezone: str) -> list[Day]:
    """`count` days up to and with `day`, oldest first."""
    return [calendar_day(day.date - timedelta(days=back), timezone) for back in reversed(range(count))]


def present_moment(session: Session, now: datetime) -> datetime:
    """`now`, or the newest fix or issue of a manifest when the clock is past all data."""
    newest = newest_moment(session)
    return now if newest is None or now < newest else newest


def newest_moment(session: Session) -> datetime | None:
    """When did the newest fix or issue of a manifest happen? None in an empty database."""
    newest_of_device = (
        select(func.max(FixRow.time_ms))
        .where(FixRow.device_id == Device.id)
        .correlate(Device)
        .scalar_subquery()
    )
    fix_ms = session.scalar(select(func.max(newest_of_device)).select_from(Device))
    issued = session.scalar(select(func.max(Manifest.issued_at)))
    moments = [issued] if issued else []
    if fix_ms is not None:
        moments.append(datetime.fromtimestamp(fix_ms / MS_PER_S, UTC))
    return max(moments, default=None)
