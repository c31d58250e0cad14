"""Which fixes cannot belong to one vehicle's way? (`teleport`)

A jump is a step of at least 1 km that implies more speed than the vehicle can have. A jump away that
is followed by a jump back, with the fixes on both sides in reach of each other, is an excursion: the
fixes between are outliers. A jump without return is a teleport that stays: the track is cut there and
goes on (a device is never locked out). Source: INGEST.md (teleport), after the segmenter of Global
Fishing Watch.
"""

from dataclasses import dataclass

import numpy as np

from models.thresholds import DoubtThresholds
from models.values import BoolArray, FloatArray, Track
from models.vocabulary import Mode
from tracking.rules.geometry import pair_m, steps_m

EXCURSION_FIXES = 60  # an excursion longer than this is a stay elsewhere, not an outlier
MIN_STEP_S = 1.0  # equal times: a step is never taken as shorter than this


@dataclass(frozen=True, slots=True)
class Jump:
    """A jump: indices of the fix before, the first and last fix elsewhere, and the fix after.

    `after` is None when the vehicle stayed where it jumped to. distance_m and implied_kmh are those of
    the step away.
    """

    before: int
    first: int
    last: int
    after: int | None
    distance_m: float
    implied_kmh: float


def top_speed_kmh(mode: Mode, thresholds: DoubtThresholds) -> float:
    """The speed that a vehicle of this mode cannot exceed."""
    return thresholds.vessel_teleport_kmh if mode is Mode.WATER else thresholds.truck_teleport_kmh


def find_jumps(track: Track, mode: Mode, thresholds: DoubtThresholds) -> list[Jump]:
    """The jumps of a track in time order (n fixes, WGS 84)."""
    if len(track) < 2:
        return []
    limit_kmh = top_speed_kmh(mode, thresholds)
    length_m = steps_m(track.lat, track.lon)
    step_s = np.maximum(np.diff(track.time_ms) / 1000.0, MIN_STEP_S)
    speed_kmh = length_m / step_s * 3.6
    impossible = np.flatnonzero((speed_kmh > limit_kmh) & (length_m >= thresholds.teleport_min_m))
    jumps: list[Jump] = []
    resume = 0
    for step in impossible.tolist():
        if step < resume:
            continue
        after = find_return(track, step, impossible, limit_kmh)
        last = after - 1 if after is not None else step + 1
        jumps.append(Jump(step, step + 1, last, after, float(length_m[step]), float(speed_kmh[step])))
        resume = after if after is not None else step + 1
    return jumps


def find_return(track: Track, step: int, impossible: np.ndarray, limit_kmh: float) -> int | None:
    """The index of the fix at which an excursion that begins after `step` is back, or None."""
    low = int(np.searchsorted(impossible, step, side="right"))
    for back in impossible[low : low + EXCURSION_FIXES].tolist():  # no more can lie within the bound
        after = back + 1
        if after - step > EXCURSION_FIXES:
            return None
        between_s = max((track.time_ms[after] - track.time_ms[step]) / 1000.0, MIN_STEP_S)
        distance_m = one_m(track, step, after)
        if distance_m / between_s * 3.6 <= limit_kmh:
            return int(after)
    return None


def one_m(track: Track, first: int, second: int) -> float:
    """Distance in m between two fixes of a track."""
    lat: FloatArray = track.lat
    lon: FloatArray = track.lon
    return float(pair_m(lat[first], lon[first], lat[second], lon[second]))


def outliers(count: int, jumps: list[Jump]) -> BoolArray:
    """Mask of the fixes that an excursion put elsewhere (n elements)."""
    mask = np.zeros(count, dtype=np.bool_)
    for jump in jumps:
        if jump.after is not None:
            mask[jump.first : jump.last + 1] = True
    return mask
