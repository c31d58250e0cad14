"""How is a JSON batch without surprises read at once, column by column?

Plain are: objects only, numbers as numbers, times as ISO texts with zone or as counts, known words. A value
that is anything else (a number in quotes, a word in capitals, a fault) makes the whole batch NotPlain, and
json_batch goes through it item by item; what is read here is what it would read there.
"""

from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from gps_ingest.decoders.fix_batch import UNKNOWN_COUNT, FixBatch, make_batch
from gps_ingest.decoders.fix_fields import (
    ACCS,
    EPOCH,
    EPOCH_S_BELOW,
    FIRST_MS,
    LAST_MS,
    LOAD_STATES,
    MAX_COORDINATE_DEG,
    MAX_QUANTITY,
    MILLISECOND,
)
from models.values import ACC_OFF, ACC_ON, ACC_UNKNOWN, LOAD_UNKNOWN, FloatArray, IntArray
from models.vocabulary import MS_PER_S

Column = Sequence[Any]
NUMBERS = {int, float}
BLANK = type(None)
QUANTITIES = ("speed_kmh", "course_deg", "accuracy_m", "odometer_km")
COUNTS = ("satellites", "signal")
FIELDS = ("recorded_at", "time", "lat", "lon", *QUANTITIES, "load_state", "acc", *COUNTS)
Words = dict[str | bool | None, int]
LOAD_WORDS: Words = {None: LOAD_UNKNOWN}
LOAD_WORDS.update(LOAD_STATES)
ACC_WORDS: Words = {None: ACC_UNKNOWN, False: ACC_OFF, True: ACC_ON}
ACC_WORDS.update(ACCS)


class NotPlain(ValueError):
    """Something in the batch needs a closer look."""


def read_columns(items: Sequence[object]) -> FixBatch:
    """All items as reports; positions are their indexes. Raises NotPlain."""
    if set(map(type, items)) != {dict}:
        raise NotPlain
    try:
        return batch_of_columns(columns_of(items))  # type: ignore[arg-type]  # all are dicts
    except (KeyError, TypeError, OverflowError, ValueError):
        raise NotPlain from None


def columns_of(items: Sequence[dict[str, Any]]) -> dict[str, Column]:
    """Field → values; items that do not all have the same fields are not plain."""
    names = [name for name in FIELDS if name in items[0]]
    if len(names) < 3 or set(map(len, items)) != {len(items[0])}:
        raise NotPlain
    others = [name for name in items[0] if name not in FIELDS]
    rows = map(itemgetter(*names, *others), items)  # KeyError: another has other fields
    return dict(zip(names, zip(*rows, strict=True), strict=False))


def batch_of_columns(columns: dict[str, Column]) -> FixBatch:
    """The reports of the columns; raises one of several errors for a value that is not plain."""
    clock = columns["recorded_at"] if "recorded_at" in columns else columns["time"]
    given: dict[str, npt.ArrayLike] = {
        "time_ms": times_ms(clock),
        "lat": coordinates(columns["lat"]),
        "lon": coordinates(columns["lon"]),
    }
    for name in QUANTITIES:
        if name in columns:
            given[name] = quantities(columns[name])
    if "load_state" in columns:
        given["load_state"] = words(columns["load_state"], LOAD_WORDS, {str, BLANK})
    if "acc" in columns:
        given["acc"] = words(columns["acc"], ACC_WORDS, {str, bool, int, BLANK})
    for name in COUNTS:
        if name in columns:
            counts = quantities(columns[name])
            given[name] = np.where(np.isnan(counts), UNKNOWN_COUNT, np.minimum(counts, 999))
    return make_batch(**given)


def times_ms(values: Column) -> IntArray:
    """ISO texts with zone, or counts of seconds or milliseconds since 1970."""
    times: IntArray | FloatArray
    if set(map(type, values)) == {str}:
        read = datetime.fromisoformat
        times = np.array([(read(text) - EPOCH) // MILLISECOND for text in values], dtype=np.int64)
    else:
        counts = numbers(values)
        times = np.rint(np.where(np.abs(counts) < EPOCH_S_BELOW, counts * MS_PER_S, counts))
    if times.min() < FIRST_MS or times.max() >= LAST_MS:
        raise NotPlain
    return times.astype(np.int64)


def numbers(values: Column) -> FloatArray:
    """Finite numbers only; a truth value is none."""
    if not set(map(type, values)) <= NUMBERS:
        raise NotPlain
    read = np.array(values, dtype=np.float64)
    if not bool(np.isfinite(read).all()):
        raise NotPlain
    return read


def coordinates(values: Column) -> FloatArray:
    degrees = numbers(values)
    if np.abs(degrees).max() > MAX_COORDINATE_DEG:
        raise NotPlain
    return degrees


def quantities(values: Column) -> FloatArray:
    """NaN for a blank, and for a negative number: so devices say that they do not know."""
    if BLANK in set(map(type, values)):
        values = [-1.0 if value is None else value for value in values]
    amounts = numbers(values)
    if amounts.max() > MAX_QUANTITY:
        raise NotPlain
    return np.where(amounts < 0, np.nan, amounts)


def words(values: Column, known: Words, kinds: set[type]) -> list[int]:
    """The codes of known words; a float that equals one of the numbers is not that word."""
    if not set(map(type, values)) <= kinds:
        raise NotPlain
    return [known[value] for value in values]
