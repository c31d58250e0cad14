"""Is a silence explained by where it happened? Shadow zones, learned from all vehicles.

A tunnel or an underpass silences every device that passes. A silence is in shadow when enough others,
of enough vehicles, began and ended at the same two places (in either direction), and it lasted not much
longer than they did: a vehicle that stays in the shadow for three times as long was doing something.
"""

from dataclasses import dataclass

import numpy as np

from models.thresholds import TrackThresholds
from models.values import BoolArray, FloatArray, IntArray, Track
from tracking.rules.geometry import pair_m, steps_m

LEARN_S = 60.0  # silences from this length on teach
LEARN_RATIO = 4.0  # when they are this much longer than the steps beside them
LEARN_M = 150.0  # a standing vehicle teaches nothing about the place
LONGEST_RATIO = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Silences:
    """m silences: vehicle, moments ms UTC, places in degrees."""

    vehicle: IntArray
    before_ms: IntArray
    after_ms: IntArray
    before_lat: FloatArray
    before_lon: FloatArray
    after_lat: FloatArray
    after_lon: FloatArray


def no_silences() -> Silences:
    """Nothing learned yet."""
    whole, real = np.zeros(0, dtype=np.int64), np.zeros(0)
    return Silences(whole, whole, whole, real, real, real, real)


def teaching_steps(track: Track) -> IntArray:
    """Indices of the steps of a track (n usable fixes) that teach about shadow.

    A silence is long beside the shorter of its two neighbours: a device that always reports seldom teaches
    nothing, and what teaches does not depend on how much of the track was looked at.
    """
    if len(track) < 2:
        return np.zeros(0, dtype=np.int64)
    step_s = np.diff(track.time_ms) / 1000.0
    around = np.concatenate(([np.inf], step_s, [np.inf]))
    usual_s = np.minimum(around[:-2], around[2:])
    usual_s[np.isinf(usual_s)] = 0.0  # a track of one step has nothing to compare with
    long = np.flatnonzero(step_s >= np.maximum(LEARN_S, LEARN_RATIO * usual_s))
    lengths = steps_m(track.lat, track.lon)
    return long[lengths[long] >= LEARN_M]


def in_shadow(
    track: Track, before: int, vehicle_id: int, known: Silences, thresholds: TrackThresholds
) -> bool:
    """Is the silence after fix `before` of a vehicle's track explained by others at the same place?"""
    after = before + 1
    lat1, lon1, lat2, lon2 = track.lat[before], track.lon[before], track.lat[after], track.lon[after]
    onward = near(known.before_lat, known.before_lon, lat1, lon1, thresholds)
    onward &= near(known.after_lat, known.after_lon, lat2, lon2, thresholds)
    back = near(known.before_lat, known.before_lon, lat2, lon2, thresholds)
    back &= near(known.after_lat, known.after_lon, lat1, lon1, thresholds)
    itself = (known.vehicle == vehicle_id) & (known.before_ms == track.time_ms[before])
    others = np.flatnonzero((onward | back) & ~itself)
    if others.size < thresholds.shadow_silences:
        return False
    if np.unique(known.vehicle[others]).size < thresholds.shadow_vehicles:
        return False
    usual_ms = float(np.median(known.after_ms[others] - known.before_ms[others]))
    return bool(track.time_ms[after] - track.time_ms[before] <= LONGEST_RATIO * usual_ms)


def near(
    lat: FloatArray, lon: FloatArray, to_lat: float, to_lon: float, thresholds: TrackThresholds
) -> BoolArray:
    """Mask of the places within `shadow_m` of one."""
    away_m = pair_m(lat, lon, np.full(lat.size, to_lat), np.full(lat.size, to_lon))
    return np.asarray(away_m <= thresholds.shadow_m)
