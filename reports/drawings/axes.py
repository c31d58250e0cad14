"""Which values and times are written on an axis? Round ones, as many as there is room for."""

from datetime import UTC, datetime, timedelta
from math import ceil, floor, log10
from zoneinfo import ZoneInfo

from models.vocabulary import MS_PER_S

MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440)


def round_ticks(highest: float, most: int) -> list[float]:
    """Ticks from 0 to the first round value at or above `highest`, at most `most` steps."""
    rough = max(highest, 1e-9) / most
    unit = 10.0 ** floor(log10(rough))
    step = next(each * unit for each in (1, 2, 2.5, 5, 10) if each * unit >= rough * (1 - 1e-9))
    return [number * step for number in range(ceil(highest / step - 1e-9) + 1)]


def time_ticks(start_ms: int, end_ms: int, most: int, timezone: str) -> list[tuple[int, str]]:
    """(ms UTC, "16:30") at round times of the city's clock, about `most`; at midnight the date instead."""
    minutes = (end_ms - start_ms) / MS_PER_S / 60
    step = next((each for each in MINUTES if minutes / each <= most), MINUTES[-1])
    begin = datetime.fromtimestamp(start_ms / MS_PER_S, UTC).astimezone(ZoneInfo(timezone))
    tick = begin.replace(hour=0, minute=0, second=0, microsecond=0)
    ticks = []
    while (at_ms := round(tick.timestamp() * MS_PER_S)) <= end_ms:
        if at_ms >= start_ms:
            at_midnight = (tick.hour, tick.minute) == (0, 0)
            ticks.append((at_ms, tick.strftime("%m-%d" if at_midnight else "%H:%M")))
        tick += timedelta(minutes=step)
    return ticks
