"""Where did a vehicle stand still?

A stop is a run of fixes within a bounded diameter for a minimum time (truck 100 m and 240 s, vessel
150 m and 900 s: a vessel drifts on its anchor). Up to two stray fixes are forgiven, and stops at one
place less than `stop_merge_s` apart are one. The diameter is measured over four directions, which
finds it to within 8 % in constant time a fix. Source: DETECTION.md section 6.
"""

from dataclasses import dataclass

import numpy as np

from models.thresholds import TrackThresholds
from models.values import FloatArray, IntArray, Track
from models.vocabulary import Mode
from tracking.rules.geometry import frame_at

HALF_ROOT = 0.5**0.5


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop: first and last fix (indices), middle in degrees, diameter in m, duration in s."""

    first: int
    last: int
    lat: float
    lon: float
    diameter_m: float
    duration_s: float


@dataclass(frozen=True, slots=True)
class StopBounds:
    """How wide and how long a stop is for a mode."""

    diameter_m: float
    shortest_s: float
    outliers: int
    merge_s: float


def stop_bounds(mode: Mode, thresholds: TrackThresholds) -> StopBounds:
    """The bounds of a truck's or a vessel's stop."""
    water = mode is Mode.WATER
    return StopBounds(
        thresholds.vessel_stop_m if water else thresholds.truck_stop_m,
        thresholds.vessel_stop_s if water else thresholds.truck_stop_s,
        thresholds.stop_outliers,
        thresholds.stop_merge_s,
    )


def find_stops(track: Track, bounds: StopBounds) -> list[Stop]:
    """The stops of a track in order (n usable fixes)."""
    if len(track) < 2:
        return []
    frame = frame_at(float(track.lat[0]), float(track.lon[0]))
    x_m, y_m = frame.to_xy(track.lat, track.lon)
    if not lingered(x_m, y_m, track.time_ms, bounds):
        return []  # nearly every trip
    windows = standing(x_m.tolist(), y_m.tolist(), track.time_ms.tolist(), bounds)
    return [
        made_stop(track, x_m, y_m, first, last) for first, last in joined(windows, track, x_m, y_m, bounds)
    ]


def lingered(x_m: FloatArray, y_m: FloatArray, time_ms: IntArray, bounds: StopBounds) -> bool:
    """Can there be a stop at all? Then from some fix on, the first one after `shortest_s` that is no stray
    lies within the diameter."""
    later = np.searchsorted(time_ms, time_ms + bounds.shortest_s * 1000, side="left")
    for strays in range(bounds.outliers + 1):
        first = np.flatnonzero(later + strays < time_ms.size)
        then = later[first] + strays
        near = np.abs(x_m[then] - x_m[first]) <= bounds.diameter_m
        near &= np.abs(y_m[then] - y_m[first]) <= bounds.diameter_m
        if near.any():
            return True
    return False


def standing(
    x_m: list[float], y_m: list[float], time_ms: list[int], bounds: StopBounds
) -> list[tuple[int, int]]:
    """Maximal windows (first, last) of bounded diameter that last long enough."""
    windows: list[tuple[int, int]] = []
    shortest_ms = bounds.shortest_s * 1000
    first, last = 0, 0
    box = Box(x_m[0], y_m[0])
    strays = 0
    fix = 1
    while fix < len(x_m):
        if box.take(x_m[fix], y_m[fix], bounds.diameter_m):
            last, strays = fix, 0
        else:
            strays += 1
            if strays > bounds.outliers:
                if time_ms[last] - time_ms[first] >= shortest_ms:
                    windows.append((first, last))
                    first = last + 1
                else:
                    first = suffix_start(x_m, y_m, first + 1, last + 1, bounds.diameter_m)
                box, last, strays = Box(x_m[first], y_m[first]), first, 0
                fix = first
        fix += 1
    if time_ms[last] - time_ms[first] >= shortest_ms:
        windows.append((first, last))
    return windows


def suffix_start(x_m: list[float], y_m: list[float], low: int, fix: int, diameter_m: float) -> int:
    """The earliest fix from which all up to `fix` lie within the diameter."""
    box = Box(x_m[fix], y_m[fix])
    start = fix
    while start > low and box.take(x_m[start - 1], y_m[start - 1], diameter_m):
        start -= 1
    return start


class Box:
    """The extent of a set of points over four directions."""

    __slots__ = ("high", "low")

    def __init__(self, x_m: float, y_m: float) -> None:
        projections = directions(x_m, y_m)
        self.low = list(projections)
        self.high = list(projections)

    def take(self, x_m: float, y_m: float, diameter_m: float) -> bool:
        """Add a point if the set stays within the diameter; False (and unchanged) if not."""
        projections = directions(x_m, y_m)
        low, high = self.low, self.high
        for axis in range(4):
            value = projections[axis]
            if value - low[axis] > diameter_m or high[axis] - value > diameter_m:
                return False
        for axis in range(4):
            value = projections[axis]
            if value < low[axis]:
                low[axis] = value
            elif value > high[axis]:
                high[axis] = value
        return True


def directions(x_m: float, y_m: float) -> tuple[float, float, float, float]:
    """A point projected on east, north and the two diagonals."""
    return x_m, y_m, (x_m + y_m) * HALF_ROOT, (x_m - y_m) * HALF_ROOT


def joined(
    windows: list[tuple[int, int]], track: Track, x_m: np.ndarray, y_m: np.ndarray, bounds: StopBounds
) -> list[tuple[int, int]]:
    """Windows at one place, less than `merge_s` apart, made one."""
    kept: list[tuple[int, int]] = []
    for first, last in windows:
        if kept:
            before = kept[-1]
            apart_s = (track.time_ms[first] - track.time_ms[before[1]]) / 1000.0
            away_m = np.hypot(
                x_m[first : last + 1].mean() - x_m[before[0] : before[1] + 1].mean(),
                y_m[first : last + 1].mean() - y_m[before[0] : before[1] + 1].mean(),
            )
            if apart_s < bounds.merge_s and away_m <= bounds.diameter_m:
                kept[-1] = (before[0], last)
                continue
        kept.append((first, last))
    return kept


def made_stop(track: Track, x_m: np.ndarray, y_m: np.ndarray, first: int, last: int) -> Stop:
    """The figures of a stop; its middle is the median, which stray fixes do not move."""
    part = slice(first, last + 1)
    spread = max(float(np.ptp(x_m[part])), float(np.ptp(y_m[part])))
    return Stop(
        first,
        last,
        float(np.median(track.lat[part])),
        float(np.median(track.lon[part])),
        spread,
        float(track.time_ms[last] - track.time_ms[first]) / 1000.0,
    )
