"""Which moment do six bytes of binary-coded decimal tell? YYMMDDhhmmss of a clock ahead of UTC.

JT/T 808 counts years from 2000 and sends GMT+8; some terminals were set to another zone, which is why the
offset is the caller's. The day is looked up and the rest are table look-ups: a terminal's fixes are of few
days, and this runs for every fix.
"""

from datetime import UTC, datetime
from functools import lru_cache

from models.vocabulary import MS_PER_S

GMT_PLUS_8_MINUTES = 480
MINUTE_MS = 60 * MS_PER_S
HOUR_MS = 60 * MINUTE_MS
NO_DIGITS = -1
DIGITS = tuple(
    10 * (byte >> 4) + (byte & 15) if byte >> 4 < 10 and byte & 15 < 10 else NO_DIGITS for byte in range(256)
)
"""The number in a byte of two decimal digits."""


class NoSuchTime(ValueError):
    """Six bytes tell no moment; the message is the sentence for a person."""


def _table(unit_ms: int, below: int) -> tuple[int, ...]:
    return tuple(number * unit_ms if 0 <= number < below else NO_DIGITS for number in DIGITS)


HOURS_MS, MINUTES_MS, SECONDS_MS = _table(HOUR_MS, 24), _table(MINUTE_MS, 60), _table(MS_PER_S, 60)


@lru_cache(maxsize=4096)
def day_ms(date: bytes) -> int:
    """Milliseconds from 1970 to the midnight that begins this day; NO_DIGITS for no such day."""
    year, month, day = (DIGITS[byte] for byte in date)
    try:
        return int(datetime(2000 + year, month, day, tzinfo=UTC).timestamp()) * MS_PER_S if year >= 0 else -1
    except ValueError:
        return NO_DIGITS


def moment_ms(bcd: bytes, utc_offset_ms: int) -> int:
    """Milliseconds UTC of six bytes; raises NoSuchTime."""
    day, hour, minute, second = day_ms(bcd[:3]), HOURS_MS[bcd[3]], MINUTES_MS[bcd[4]], SECONDS_MS[bcd[5]]
    if day < 0 or hour < 0 or minute < 0 or second < 0:
        raise NoSuchTime(f"{bcd.hex()} is no time of the form YYMMDDhhmmss")
    return day + hour + minute + second - utc_offset_ms


def offset_ms(utc_offset_minutes: int | None) -> int:
    """How far the device's clock runs ahead of UTC, in ms; the format's own zone where nothing is known."""
    minutes = GMT_PLUS_8_MINUTES if utc_offset_minutes is None else utc_offset_minutes
    return minutes * MINUTE_MS


def written_moment(moment: datetime, utc_offset_minutes: int = 0) -> bytes:
    """The other way round, for answers."""
    local_s = int(moment.timestamp()) + 60 * utc_offset_minutes
    return bytes.fromhex(datetime.fromtimestamp(local_s, UTC).strftime("%y%m%d%H%M%S"))
