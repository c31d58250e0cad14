"""How good is the service of a positioning device over a stretch of time, by the regulators' figures?

The figures are those by which Chinese transport authorities judge the monitoring of trucks:
数据合格率, 轨迹完整率, 卫星定位漂移车辆率 of
《全国重点营运车辆联网联控系统考核管理办法》 (交运发〔2016〕160号),
and 离线位移 as provinces count it. What is published names what is divided by what; the bounds that it
leaves to the platform are thresholds of ours (ServiceThresholds; docs/service-figures.md).

A stretch can be cut anywhere and its parts joined again: the step between two parts belongs to the whole.
"""

from dataclasses import dataclass, replace

import numpy as np

from models.thresholds import DoubtThresholds, ServiceThresholds
from models.values import BoolArray, FloatArray, Track
from models.vocabulary import MS_PER_S, UNUSABLE_DOUBTS, Doubt, Mode
from tracking.rules.geometry import pair_m, steps_m
from tracking.rules.jumps import find_jumps, outliers
from tracking.rules.trip_context import usable

UNQUALIFIED = np.uint32(int(UNUSABLE_DOUBTS | Doubt.WEEK_ROLLOVER))
"""Reasons for which a record's place or time is wrong as it was sent. A late one is a good record."""
LARGEST_COURSE_DEG = 360.0


@dataclass(frozen=True, slots=True)
class End:
    """The first or last fix of a stretch that says where the vehicle was: ms UTC, degrees."""

    time_ms: int
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a device did over a stretch of time.

    fixes: all records; unqualified of them; drifts: fixes set aside as impossible by speed, in and out;
    distance_m: sum of the steps between usable fixes; broken_m: of those with a silence in which the track is
    not complete; offline_moves, offline_m: silences that ended elsewhere, and how far in all.
    """

    fixes: int = 0
    unqualified: int = 0
    drifts: int = 0
    distance_m: float = 0.0
    broken_m: float = 0.0
    offline_moves: int = 0
    offline_m: float = 0.0
    first: End | None = None
    last: End | None = None


NOTHING = Stretch()


def stretch_of(track: Track, mode: Mode, doubts: DoubtThresholds, limits: ServiceThresholds) -> Stretch:
    """The figures of a stretch. track: every fix of it in time order, also those that are doubted."""
    good = usable(track)
    drifting = outliers(len(good), find_jumps(good, mode, doubts))
    way = good.take(~drifting)
    length_m = steps_m(way.lat, way.lon) if len(way) > 1 else np.zeros(0)
    silent_s = np.diff(way.time_ms) / MS_PER_S
    told = Stretch(
        fixes=len(track),
        unqualified=int(np.count_nonzero(unqualified(track, limits))),
        drifts=int(np.count_nonzero(drifting)),
        first=_end(way, 0) if len(way) else None,
        last=_end(way, len(way) - 1) if len(way) else None,
    )
    return _with_steps(told, length_m, silent_s, limits)


def unqualified(track: Track, limits: ServiceThresholds) -> BoolArray:
    """Records that no place, time, speed or course can be taken from as they were sent (n elements)."""
    told: BoolArray = (track.doubts & UNQUALIFIED) != 0
    too_fast = track.speed_kmh > limits.qualified_speed_kmh
    return told | too_fast | (track.course_deg > LARGEST_COURSE_DEG)


def joined(before: Stretch, after: Stretch, limits: ServiceThresholds) -> Stretch:
    """Two stretches one after the other, with the step between them."""
    whole = Stretch(
        fixes=before.fixes + after.fixes,
        unqualified=before.unqualified + after.unqualified,
        drifts=before.drifts + after.drifts,
        distance_m=before.distance_m + after.distance_m,
        broken_m=before.broken_m + after.broken_m,
        offline_moves=before.offline_moves + after.offline_moves,
        offline_m=before.offline_m + after.offline_m,
        first=before.first or after.first,
        last=after.last or before.last,
    )
    a, b = before.last, after.first
    if a is None or b is None:
        return whole
    places = [np.array([value]) for value in (a.lat, a.lon, b.lat, b.lon)]
    silent_s = np.array([(b.time_ms - a.time_ms) / MS_PER_S])
    return _with_steps(whole, pair_m(*places), silent_s, limits)


def _with_steps(
    told: Stretch, length_m: FloatArray, silent_s: FloatArray, limits: ServiceThresholds
) -> Stretch:
    """`told` with some steps more: lengths in m, time between their ends in s."""
    broken = (silent_s > limits.track_break_s) & (length_m > limits.track_break_m)
    offline = (silent_s > limits.offline_s) & (length_m > limits.offline_m)
    return replace(
        told,
        distance_m=told.distance_m + float(length_m.sum()),
        broken_m=told.broken_m + float(length_m[broken].sum()),
        offline_moves=told.offline_moves + int(np.count_nonzero(offline)),
        offline_m=told.offline_m + float(length_m[offline].sum()),
    )


def _end(track: Track, index: int) -> End:
    return End(int(track.time_ms[index]), float(track.lat[index]), float(track.lon[index]))
