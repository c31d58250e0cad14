"""In which shape do decoders hand over position reports? Column by column, before any doubt."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from models.device_values import DecodedFix
from models.values import ACC_UNKNOWN, LOAD_UNKNOWN, BoolArray, FloatArray, IntArray, Refusal

NEVER = -1  # received_ms of a fix whose time of receipt is not known
UNKNOWN_COUNT = -1  # satellites, signal


@dataclass(frozen=True, slots=True, eq=False)
class FixBatch:
    """n position reports of one device in the order in which they stood.

    time_ms int64 UTC; lat, lon float64 degrees as sent; speed_kmh, course_deg, accuracy_m,
    odometer_km float64, NaN where unknown; received_ms int64, NEVER where unknown; load_state and
    acc uint8 (models.values); satellites and signal int16, UNKNOWN_COUNT where unknown;
    recorder_speed_kmh, load_kg float64, NaN where unknown; alarm int64, JT/T 808 bits; fixed bool, false
    where the device itself says that it has no position; position int64: line of the file, counted
    from 1, or index in the batch, counted from 0.
    """

    time_ms: IntArray
    lat: FloatArray
    lon: FloatArray
    speed_kmh: FloatArray
    course_deg: FloatArray
    accuracy_m: FloatArray
    odometer_km: FloatArray
    received_ms: IntArray
    load_state: npt.NDArray[np.uint8]
    acc: npt.NDArray[np.uint8]
    satellites: npt.NDArray[np.int16]
    signal: npt.NDArray[np.int16]
    recorder_speed_kmh: FloatArray
    load_kg: FloatArray
    alarm: IntArray
    fixed: BoolArray
    position: IntArray

    def __len__(self) -> int:
        return int(self.time_ms.size)

    def take(self, where: BoolArray | IntArray) -> "FixBatch":
        """The reports of a mask or index array, as a new batch."""
        return FixBatch(*(getattr(self, name)[where] for name in COLUMNS))


COLUMNS = tuple(FixBatch.__dataclass_fields__)
DTYPES: dict[str, npt.DTypeLike] = {
    "time_ms": np.int64,
    "received_ms": np.int64,
    "position": np.int64,
    "load_state": np.uint8,
    "acc": np.uint8,
    "satellites": np.int16,
    "signal": np.int16,
    "alarm": np.int64,
    "fixed": np.bool_,
}
BLANKS: dict[str, float] = {
    "received_ms": NEVER,
    "load_state": LOAD_UNKNOWN,
    "acc": ACC_UNKNOWN,
    "satellites": UNKNOWN_COUNT,
    "signal": UNKNOWN_COUNT,
    "alarm": 0,
    "fixed": True,
}


Row = tuple[Any, ...]
"""One report: the values of FIELDS in their order, a blank as NaN, NEVER or UNKNOWN_COUNT."""


@dataclass(frozen=True, slots=True, eq=False)
class RowBatch:
    """The same as a FixBatch, report by report: a message of one report costs less this way, and the rows
    of many messages become columns together."""

    rows: Sequence[Row]
    positions: Sequence[int]

    def __len__(self) -> int:
        return len(self.rows)

    def columns(self) -> FixBatch:
        return columns_of(self.rows, self.positions)


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a decoder read: the reports it could take, and why it could not take the others.

    `device_code` is the name that the message itself gives its sender, where the format has one.
    `place` words a position: "line {}", "[{}]".
    """

    reports: FixBatch | RowBatch
    refusals: tuple[Refusal, ...] = ()
    device_code: str | None = None
    place: str = "[{}]"

    def __len__(self) -> int:
        return len(self.reports)

    @property
    def batch(self) -> FixBatch:
        """The reports column by column."""
        return self.reports if isinstance(self.reports, FixBatch) else self.reports.columns()

    def place_of(self, position: int) -> str:
        """Where a report stood, in words."""
        return self.place.format(position)


FIELDS = tuple(name for name in COLUMNS if name != "position")
WHOLE_NUMBERS = ("received_ms", "satellites", "signal")  # NumPy takes None as NaN, but has no blank integer
ROW_OF = attrgetter(*FIELDS)
BLANK_ROW: Row = tuple(BLANKS.get(name, np.nan) for name in FIELDS)


def merge(batches: Sequence[FixBatch | RowBatch]) -> FixBatch:
    """Several batches one after the other; the devices of their rows are the caller's to know."""
    parts = list(_parts(batches)) or [columns_of([], [])]
    if len(parts) == 1:
        return parts[0]
    return FixBatch(*(np.concatenate([getattr(each, name) for each in parts]) for name in COLUMNS))


def _parts(batches: Sequence[FixBatch | RowBatch]) -> Iterator[FixBatch]:
    """The batches in order, neighbouring rows as one batch of columns."""
    rows: list[Row] = []
    positions: list[int] = []
    for each in batches:
        if isinstance(each, RowBatch):
            rows.extend(each.rows)
            positions.extend(each.positions)
            continue
        if rows:
            yield columns_of(rows, positions)
            rows, positions = [], []
        yield each
    if rows:
        yield columns_of(rows, positions)


def columns_of(rows: Sequence[Row], positions: Sequence[int]) -> FixBatch:
    """Reports without any None as columns."""
    columns = zip(*rows, strict=True) if rows else ((),) * len(FIELDS)
    given = dict(zip(FIELDS, columns, strict=True))
    arrays = {name: np.array(values, dtype=DTYPES.get(name, np.float64)) for name, values in given.items()}
    return FixBatch(**arrays, position=np.array(positions, dtype=np.int64))


def make_batch(**columns: npt.ArrayLike) -> FixBatch:
    """A batch from the columns given (time_ms, lat, lon at least), blanks for the others."""
    count = len(np.atleast_1d(np.asarray(columns["time_ms"])))
    columns.setdefault("position", np.arange(count))
    arrays = {
        name: np.asarray(columns[name], dtype=DTYPES.get(name, np.float64))
        if name in columns
        else np.full(count, BLANKS.get(name, np.nan), dtype=DTYPES.get(name, np.float64))
        for name in COLUMNS
    }
    return FixBatch(**arrays)


def batch_of(fixes: Sequence[DecodedFix], positions: Sequence[int]) -> FixBatch:
    """The reports of `fixes` as columns; blanks become NaN, NEVER or UNKNOWN_COUNT."""
    rows = zip(*map(ROW_OF, fixes), strict=True)
    columns: dict[str, list[Any]] = {name: list(values) for name, values in zip(FIELDS, rows, strict=False)}
    for name in WHOLE_NUMBERS:
        if name in columns:
            columns[name] = [BLANKS[name] if value is None else value for value in columns[name]]
    given = columns or {name: [] for name in FIELDS}
    return make_batch(**given, position=np.array(positions, dtype=np.int64))


def rows_of(fixes: Sequence[DecodedFix], positions: Sequence[int]) -> RowBatch:
    """The same report by report, for messages of one or few."""
    values = (zip(BLANK_ROW, ROW_OF(fix), strict=True) for fix in fixes)
    return RowBatch(
        [tuple(blank if value is None else value for blank, value in row) for row in values], positions
    )


def nothing_decoded(place: str, field: str, reason: str) -> Decoded:
    """The answer for a message of which nothing could be taken."""
    return Decoded(batch_of([], []), (Refusal(place, field, reason),))
