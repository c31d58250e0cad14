"""What did one device send over a time, with everything that tells whether it can be true?"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from models.values import BoolArray, FloatArray, IntArray
from models.vocabulary import E7, UNUSABLE_DOUBTS
from tracking.rules.geometry import steps_m

UNKNOWN = -1  # of received_ms, satellites, signal
MIN_STEP_S = 1.0  # equal times: a step is never taken as shorter than this


@dataclass(frozen=True, slots=True, eq=False)
class DeviceFixes:
    """n fixes of one device in time order, as sent: struct of arrays.

    time_ms, received_ms (-1 unknown), lat_e7, lon_e7 (1e-7 degree in the device's own datum), satellites and
    signal (-1 unknown), alarm (JT/T 808 bits), doubts (vocabulary.Doubt), raw_id, load_state, acc (as in
    models.values): int64; speed_kmh, odometer_km, recorder_kmh: float64, NaN unknown.
    """

    time_ms: IntArray
    lat_e7: IntArray
    lon_e7: IntArray
    speed_kmh: FloatArray
    odometer_km: FloatArray
    received_ms: IntArray
    doubts: IntArray
    raw_id: IntArray
    satellites: IntArray
    signal: IntArray
    recorder_kmh: FloatArray
    alarm: IntArray
    load_state: IntArray
    acc: IntArray

    def __len__(self) -> int:
        return int(self.time_ms.size)

    @property
    def lat(self) -> FloatArray:
        """Degrees as sent."""
        return self.lat_e7 / E7

    @property
    def lon(self) -> FloatArray:
        """Degrees as sent."""
        return self.lon_e7 / E7

    def take(self, where: slice | BoolArray | IntArray) -> "DeviceFixes":
        """The fixes at a slice, mask or index array."""
        return DeviceFixes(*(getattr(self, name)[where] for name in COLUMNS))

    def between(self, start_ms: int, end_ms: int) -> "DeviceFixes":
        """The fixes with start_ms <= time < end_ms."""
        low, high = np.searchsorted(self.time_ms, (start_ms, end_ms), side="left").tolist()
        return self.take(slice(low, high))

    def placed(self) -> "DeviceFixes":
        """The fixes that say where the device was."""
        return self.take((self.doubts & int(UNUSABLE_DOUBTS)) == 0)


COLUMNS = tuple(item.name for item in fields(DeviceFixes))
REAL = frozenset({"speed_kmh", "odometer_km", "recorder_kmh"})


def make_fixes(**columns: npt.ArrayLike) -> DeviceFixes:
    """Fixes from the columns given (time_ms, lat_e7, lon_e7 at least), blanks for the others."""
    count = len(np.atleast_1d(np.asarray(columns["time_ms"])))
    blanks = dict.fromkeys(("doubts", "alarm", "raw_id", "load_state", "acc"), 0)
    arrays: dict[str, Any] = {}
    for name in COLUMNS:
        dtype = np.float64 if name in REAL else np.int64
        blank = np.nan if name in REAL else blanks.get(name, UNKNOWN)
        given = columns.get(name)
        arrays[name] = np.full(count, blank, dtype) if given is None else np.asarray(given, dtype)
    return DeviceFixes(**arrays)


def joined_fixes(parts: Sequence[DeviceFixes]) -> DeviceFixes:
    """Parts that follow each other as one."""
    return DeviceFixes(*(np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS))


def step_times_s(fixes: DeviceFixes) -> FloatArray:
    """Seconds of each step, at least one: n fixes give n - 1."""
    return np.maximum(np.diff(fixes.time_ms) / 1000.0, MIN_STEP_S)


def step_lengths_m(fixes: DeviceFixes) -> FloatArray:
    """Metres of each step."""
    return steps_m(fixes.lat, fixes.lon)


def runs(mask: BoolArray) -> list[tuple[int, int]]:
    """(first, last) index of each unbroken run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return [(low, high - 1) for low, high in edges.reshape(-1, 2).tolist()]
