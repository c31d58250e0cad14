"""What does one track point of a GPX file say?

Times without a zone are UTC, as both GPX schemas say. Speed (m/s) and course come from GPX 1.0's own
elements or from an extension of 1.1 that uses the same names.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from gps_ingest.decoders.fix_fields import (
    EPOCH,
    MILLISECOND,
    Readers,
    UnreadableField,
    coordinate,
    in_bounds,
    is_blank,
    quantity,
    read_by,
    satellites,
    shown,
)
from models.values import DecodedFix, Refusal

KMH_PER_MS = 3.6
PLACE = "point {}"


def utc_ms(value: object) -> int:
    """Milliseconds of a point's time (text, or a datetime of gpxpy); raises UnreadableField."""
    if is_blank(value):
        raise UnreadableField("is missing")
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
    except ValueError:
        raise UnreadableField(f"{shown(value)} is not an ISO 8601 time") from None
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return in_bounds((aware - EPOCH) // MILLISECOND, value)


def kmh(value: object) -> float | None:
    """Metres a second as km/h."""
    speed = quantity(value)
    return None if speed is None else speed * KMH_PER_MS


READERS: Readers = {
    "time": ("time_ms", utc_ms),
    "lat": ("lat", coordinate),
    "lon": ("lon", coordinate),
    "speed": ("speed_kmh", kmh),
    "course": ("course_deg", quantity),
    "sat": ("satellites", satellites),
}
"""Element or attribute → field of DecodedFix and how it is read."""
CHILDREN = frozenset({"time", "speed", "course", "sat"})


def read_point(values: Mapping[str, object], number: int) -> DecodedFix | list[Refusal]:
    """The `number`th point of the file, or every reason why it cannot be taken."""
    return read_by(READERS, values, PLACE.format(number))
