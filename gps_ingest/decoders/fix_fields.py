"""How is one field of a position report read, and when is it refused?

Shared by the formats that carry named fields (JSON, CSV). A value may be a number or its text. What
devices send for "unknown" (blank, null, a negative speed) becomes None; what cannot be read, or could
not be stored, is refused with a sentence.
"""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from models.device_values import DecodedFix
from models.values import (
    ACC_OFF,
    ACC_ON,
    ACC_UNKNOWN,
    LOAD_EMPTY,
    LOAD_FULL,
    LOAD_HALF,
    LOAD_UNKNOWN,
    Refusal,
)
from models.vocabulary import MS_PER_S, LoadState

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
FIRST_MS = (datetime(1980, 1, 6, tzinfo=UTC) - EPOCH) // MILLISECOND  # GPS time begins here
LAST_MS = (datetime(2100, 1, 1, tzinfo=UTC) - EPOCH) // MILLISECOND
EPOCH_S_BELOW = 1e11  # a number under this counts seconds (until the year 5138), above it milliseconds
MAX_COORDINATE_DEG = 214.0  # 1e-7 degree in a 32-bit integer; anything inside is kept, doubted if need be
MAX_CODE = 64  # characters of a device's identifier
MAX_QUANTITY = 1e7  # km/h, degrees, metres, km: beyond this no device means what it sends

LOAD_STATES = {
    LoadState.EMPTY.value: LOAD_EMPTY,
    LoadState.HALF.value: LOAD_HALF,
    LoadState.FULL.value: LOAD_FULL,
}
ACCS = {"0": ACC_OFF, "1": ACC_ON, "false": ACC_OFF, "true": ACC_ON}


class UnreadableField(ValueError):
    """A field cannot be read; the message is the sentence for a person."""


def iso_ms(text: str) -> int:
    """Milliseconds UTC of an ISO 8601 time with zone; raises UnreadableField."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise UnreadableField(f"{shown(text)} is not an ISO 8601 time") from None
    if moment.tzinfo is None:
        raise UnreadableField(f"{shown(text)} has no time zone")
    return in_bounds((moment - EPOCH) // MILLISECOND, text)


def in_bounds(time_ms: int, value: object) -> int:
    """`time_ms` when satellites could have told it; raises UnreadableField."""
    if not FIRST_MS <= time_ms < LAST_MS:
        raise UnreadableField(f"{shown(value)} lies outside 1980-01-06 to 2100-01-01")
    return time_ms


def moment_ms(value: object) -> int | None:
    """Milliseconds UTC of an ISO time or of a count of seconds or milliseconds since 1970."""
    if is_blank(value):
        return None
    if isinstance(value, str) and not is_number(value):
        return iso_ms(value)
    count = number(value) or 0.0
    return in_bounds(round(count * MS_PER_S if abs(count) < EPOCH_S_BELOW else count), value)


def number(value: object) -> float | None:
    """A finite number or its text; None for a blank; raises UnreadableField."""
    if is_blank(value):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str) or not is_number(value):
        raise UnreadableField(f"{shown(value)} is not a number")
    return float(value)


def is_number(value: int | float | str) -> bool:
    """Does `value` read as a finite number? Python's own 1_000 does not."""
    try:
        return math.isfinite(float(value)) and not (isinstance(value, str) and "_" in value)
    except (ValueError, OverflowError):
        return False


def is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def shown(value: object) -> str:
    """A value as a sentence shows it: short, and harmless on a terminal."""
    value = value.isoformat() if isinstance(value, datetime) else value
    text = ascii(value) if not isinstance(value, str) or not value.isprintable() else f"'{value}'"
    return text if len(text) <= 40 else text[:37] + "…"


def coordinate(value: object) -> float:
    degrees = number(value)
    if degrees is None:
        raise UnreadableField("is missing")
    if abs(degrees) > MAX_COORDINATE_DEG:
        raise UnreadableField(f"{shown(value)} is not a coordinate in degrees")
    return degrees


def quantity(value: object) -> float | None:
    """A measured quantity; negative is how many devices say that they do not know."""
    amount = number(value)
    if amount is not None and amount > MAX_QUANTITY:
        raise UnreadableField(f"{shown(value)} is beyond any such quantity")
    return None if amount is None or amount < 0 else amount


def satellites(value: object) -> int | None:
    count = quantity(value)
    return None if count is None else min(int(count), 999)


def signal(value: object) -> int | None:
    """Of the mobile network, 0 to 31 as terminals count it."""
    strength = quantity(value)
    return None if strength is None else min(int(strength), 999)


def load_state(value: object) -> int:
    return LOAD_UNKNOWN if is_blank(value) else one_of(value, LOAD_STATES)


def acc(value: object) -> int:
    return ACC_UNKNOWN if is_blank(value) else one_of(value, ACCS)


def one_of(value: object, words: dict[str, int]) -> int:
    known = words.get(str(value).strip().lower())
    if known is None:
        raise UnreadableField(f"{shown(value)} is none of {', '.join(words)}")
    return known


def recorded_ms(value: object) -> int:
    moment = moment_ms(value)
    if moment is None:
        raise UnreadableField("is missing")
    return moment


Reader = Callable[[object], Any]
Readers = Mapping[str, tuple[str, Reader]]
READERS: Readers = {
    "recorded_at": ("time_ms", recorded_ms),
    "lat": ("lat", coordinate),
    "lon": ("lon", coordinate),
    "speed_kmh": ("speed_kmh", quantity),
    "course_deg": ("course_deg", quantity),
    "accuracy_m": ("accuracy_m", quantity),
    "odometer_km": ("odometer_km", quantity),
    "load_state": ("load_state", load_state),
    "acc": ("acc", acc),
    "satellites": ("satellites", satellites),
    "signal": ("signal", signal),
}
"""Field of the wire → field of DecodedFix and how it is read; the one list of what a report may say.

When a report was received is not among it: that is the server's to say.
"""
RECEIPT: Readers = {"received_at": ("received_ms", moment_ms)}
"""What only a scenario may say beside it: its tracks were received long ago, by somebody else."""


def read_fix(
    values: Mapping[str, object], place: str, readers: Readers = READERS
) -> DecodedFix | list[Refusal]:
    """One report from its named fields, or every reason why it cannot be taken."""
    return read_by(readers, values, place)


def read_by(readers: Readers, values: Mapping[str, object], place: str) -> DecodedFix | list[Refusal]:
    """The same for a format with names and units of its own."""
    taken: dict[str, Any] = {}
    refusals = []
    for field, (name, reader) in readers.items():
        try:
            taken[name] = reader(values.get(field))
        except UnreadableField as error:
            refusals.append(Refusal(place, field, str(error)))
    return refusals or DecodedFix(**taken)


def device_code_fault(code: str) -> str | None:
    """Why `code` cannot be the identifier of a device, or None."""
    if not code:
        return "is missing"
    if len(code) > MAX_CODE or not code.isprintable():
        return f"{shown(code)} is not an identifier of at most {MAX_CODE} printable characters"
    return None
