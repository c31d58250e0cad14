"""What does one track point of a GPX file say?

Times without a zone are UTC, as both GPX schemas say. Speed (m/s) and course come from GPX 1.0's own
elements or from an extension of 1.1 that uses the same names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from gps_ingest.decoders.fix_batch import UNKNOWN_COUNT, FixBatch, batch_of, make_batch
from gps_ingest.decoders.fix_fields import (
    EPOCH,
    FIRST_MS,
    LAST_MS,
    MAX_COORDINATE_DEG,
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
from models.device_values import DecodedFix
from models.values import FloatArray, IntArray, Refusal

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


@dataclass(slots=True)
class RawPoints:
    """Points as text, column by column. `lats` and `lons` may be one ahead: of a point that has begun.

    `extras` holds what few files have: (row, element, text).
    """

    lats: list[str | None] = field(default_factory=list)
    lons: list[str | None] = field(default_factory=list)
    times: list[str | None] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    extras: list[tuple[int, str, str]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.numbers)

    def finish(self, number: int, time: str | None, others: Mapping[str, str]) -> None:
        """The point that has begun is the file's `number`th and has these elements."""
        for element, text in others.items():
            self.extras.append((len(self.numbers), element, text))
        self.times.append(time)
        self.numbers.append(number)

    def drop_unfinished(self) -> None:
        """Forget a point that has begun and did not end."""
        del self.lats[len(self.numbers) :], self.lons[len(self.numbers) :]

    def take(self) -> "RawPoints":
        """The points that are whole, which are forgotten here."""
        count = len(self.numbers)
        taken = RawPoints(self.lats[:count], self.lons[:count], self.times, self.numbers, self.extras)
        del self.lats[:count], self.lons[:count]
        self.times, self.numbers, self.extras = [], [], []
        return taken


def read_points(points: RawPoints) -> tuple[FixBatch, list[Refusal]]:
    """The reports of these points: column by column, or one by one where any of them cannot be read."""
    try:
        return read_columns(points), []
    except (ValueError, TypeError, OverflowError):
        return read_rows(points)


def read_columns(points: RawPoints) -> FixBatch:
    """The quick way, for points without any fault; raises one of several errors otherwise."""
    columns = {
        name: np.full(len(points), np.nan) for name in sorted({element for _, element, _ in points.extras})
    }
    for row, element, text in points.extras:
        value = READERS[element][1](text)
        columns[element][row] = np.nan if value is None else value
    renamed = {READERS[element][0]: column for element, column in columns.items()}
    if "satellites" in renamed:
        renamed["satellites"] = np.nan_to_num(renamed["satellites"], nan=UNKNOWN_COUNT)
    return make_batch(
        time_ms=_times_ms(points.times),
        lat=_degrees(points.lats),
        lon=_degrees(points.lons),
        position=np.array(points.numbers, dtype=np.int64),
        **renamed,
    )


def _times_ms(texts: list[str | None]) -> IntArray:
    read, zone = datetime.fromisoformat, UTC
    moments = [read(text) for text in texts]  # type: ignore[arg-type]  # None raises what read_points expects
    aware = [moment if moment.tzinfo is not None else moment.replace(tzinfo=zone) for moment in moments]
    times = np.array([(moment - EPOCH) // MILLISECOND for moment in aware], dtype=np.int64)
    if times.size and not FIRST_MS <= times.min() <= times.max() < LAST_MS:
        raise ValueError("a time out of bounds")
    return times


def _degrees(texts: list[str | None]) -> FloatArray:
    degrees = np.array(list(map(float, texts)), dtype=np.float64)  # type: ignore[arg-type]  # the same
    if not bool(np.all(np.abs(degrees) <= MAX_COORDINATE_DEG)):  # NaN and infinity fail this too
        raise ValueError("not a coordinate")
    if any("_" in text for text in texts if text):
        raise ValueError("1_000 is Python, not a number of a device")
    return degrees


def read_rows(points: RawPoints) -> tuple[FixBatch, list[Refusal]]:
    """The patient way: each point by itself, with every reason for refusing it."""
    values: list[dict[str, object]] = [
        {"lat": lat, "lon": lon, "time": time}
        for lat, lon, time in zip(points.lats, points.lons, points.times, strict=True)
    ]
    for row, element, text in points.extras:
        values[row][element] = text
    fixes: list[DecodedFix] = []
    positions: list[int] = []
    refusals: list[Refusal] = []
    for number, point in zip(points.numbers, values, strict=True):
        fix = read_point(point, number)
        if isinstance(fix, list):
            refusals += fix
        else:
            fixes.append(fix)
            positions.append(number)
    return batch_of(fixes, positions), refusals
