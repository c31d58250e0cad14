"""When did a vehicle leave every approved corridor? (`off_route`)

Page's cumulative sum, weighted by time. Each fix adds the log-likelihood ratio of "somewhere else"
(exponential, 250 m) against "on the route" (GNSS noise of 6 m with a multipath tail of 60 m), so one
stray fix says little and minutes beside the road say much. Constants and pilot figures: DETECTION.md
section 5; the noise was measured on real vehicles (p50 3.4 m, p99 36 m).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.thresholds import TrackThresholds
from models.values import FloatArray, IntArray, Track
from tracking.rules.geometry import pair_m
from tracking.rules.route_path import RoutePath, reference

LIKELIHOOD_SCALE = 3.0  # neighbouring fixes err alike (lag-1 correlation .85), so each counts a third
STEP_CLIP = 2.0
AT_ONCE_FIXES = 2


@dataclass(frozen=True, slots=True)
class Excursion:
    """A time off every corridor. first..last index the fixes beyond the half-width; alarm the fix that told.

    beyond_m is the largest distance from the centre line of the nearest approved route (index `route`),
    reached at fix `farthest`.
    """

    first: int
    last: int
    alarm: int
    farthest: int
    beyond_m: float
    corridor_m: float
    route: int


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """n fixes against several routes: the distance from, half-width and index of the nearest corridor."""

    distance_m: FloatArray
    corridor_m: FloatArray
    route: IntArray


def nearest_corridor(track: Track, paths: Sequence[RoutePath], thresholds: TrackThresholds) -> Beside:
    """For each fix the approved route whose corridor it is deepest in, or least beyond."""
    beside = np.stack([reference(track, path, thresholds).beside_m for path in paths])
    widths = np.array([path.route.corridor_m for path in paths])
    route = (beside - widths[:, None]).argmin(axis=0)
    fixes = np.arange(len(track))
    return Beside(beside[route, fixes], widths[route], route)


def followed_route(beside: Beside, paths: Sequence[RoutePath]) -> int | None:
    """The row id of the approved route that a track followed best: in whose corridor most fixes lie."""
    inside = beside.route[beside.distance_m <= beside.corridor_m]
    if inside.size == 0:
        return None
    return paths[int(np.bincount(inside, minlength=len(paths)).argmax())].route.id


def find_excursions(track: Track, beside: Beside, thresholds: TrackThresholds) -> list[Excursion]:
    """The times off every approved corridor.

    track: n usable fixes outside facilities; beside: the same n fixes against the approved routes.
    """
    clearly = beside.distance_m > beside.corridor_m + thresholds.off_clear_m
    if not clearly.any():
        return []  # nearly every trip: an alarm needs one such fix
    gain = evidence(track, beside, thresholds)
    found: list[Excursion] = []
    watch = Watch(track, beside, thresholds)
    for fix, step in enumerate(gain.tolist()):
        watch.take(fix, step)
        if watch.alarm is not None and watch.total <= thresholds.cusum_over:
            found.append(watch.close())
    if watch.alarm is not None:
        found.append(watch.close())
    return found


def evidence(track: Track, beside: Beside, thresholds: TrackThresholds) -> FloatArray:
    """What each fix adds to the sum: clipped log-likelihood ratio, weighted by the time it stands for."""
    slack_m = np.maximum(0.0, beside.corridor_m - thresholds.corridor_slack_m)
    scored_m = np.maximum(0.0, beside.distance_m - slack_m)
    on = (1 - thresholds.on_tail_share) * half_normal(scored_m, thresholds.on_sigma_m)
    on = on + thresholds.on_tail_share * half_normal(scored_m, thresholds.on_tail_sigma_m)
    log_off = -scored_m / thresholds.off_scale_m - math.log(thresholds.off_scale_m)
    ratio = (log_off - np.log(np.maximum(on, 1e-300))) / LIKELIHOOD_SCALE
    step_s = np.diff(track.time_ms, prepend=track.time_ms[0] - int(thresholds.cusum_step_s * 1000)) / 1000.0
    return np.clip(ratio, -STEP_CLIP, STEP_CLIP) * np.minimum(1.0, step_s / thresholds.cusum_step_s)


def half_normal(distance_m: FloatArray, sigma_m: float) -> FloatArray:
    """Density of |N(0, sigma)|; a Rayleigh density would call a distance of 0 off the route."""
    return math.sqrt(2 / math.pi) / sigma_m * np.exp(-0.5 * (distance_m / sigma_m) ** 2)


class Watch:
    """The running sum over one track, with the onset and alarm it stands at."""

    def __init__(self, track: Track, beside: Beside, thresholds: TrackThresholds) -> None:
        self.track, self.beside, self.thresholds = track, beside, thresholds
        self.beyond = (beside.distance_m > beside.corridor_m).tolist()
        self.clearly = (beside.distance_m > beside.corridor_m + thresholds.off_clear_m).tolist()
        self.plainly = (beside.distance_m > beside.corridor_m + thresholds.off_plain_m).tolist()
        far_m = np.maximum(thresholds.off_at_once_m, thresholds.off_at_once_widths * beside.corridor_m)
        self.far = (beside.distance_m > far_m).tolist()
        self.total = 0.0
        self.onset: int | None = None
        self.last: int | None = None
        self.alarm: int | None = None
        self.far_run = 0
        self.plain = False  # farther off since the onset than reflections throw a place

    def take(self, fix: int, step: float) -> None:
        """Add one fix to the sum; sets the alarm when the sum or the distance says so."""
        self.total = min(self.thresholds.cusum_cap, max(0.0, self.total + step))
        if self.total == 0.0 and self.alarm is None:
            self.onset, self.plain = None, False
        self.far_run = self.far_run + 1 if self.far[fix] else 0
        if not self.beyond[fix]:
            return
        self.onset = fix if self.onset is None else self.onset
        self.last = fix
        self.plain = self.plain or self.plainly[fix]
        if self.alarm is None and self.clearly[fix] and self.tells(fix):
            self.alarm = fix
            # Distance alone may tell at once: it then speaks as loudly as the sum would, or the excursion
            # would be over before it began and be found anew at every second fix.
            self.total = max(self.total, self.thresholds.cusum_alarm)

    def tells(self, fix: int) -> bool:
        """Is this enough to speak?"""
        if self.far_run >= AT_ONCE_FIXES:
            return True
        return (
            self.total >= self.thresholds.cusum_alarm
            and (self.plain or self.lasted_s(fix) >= self.thresholds.off_faint_s)
            and self.travelled_m(fix) >= self.thresholds.off_min_travel_m
        )

    def lasted_s(self, fix: int) -> float:
        """Time since the onset."""
        onset = fix if self.onset is None else self.onset
        return float(self.track.time_ms[fix] - self.track.time_ms[onset]) / 1000.0

    def travelled_m(self, fix: int) -> float:
        """Net way since the onset: a parked vehicle under bad sky wanders, but gets nowhere."""
        lat, lon, onset = self.track.lat, self.track.lon, self.onset or 0
        before = max(onset - 1, 0)  # the step that led out belongs to the way
        return float(pair_m(lat[before], lon[before], lat[fix], lon[fix]))

    def close(self) -> Excursion:
        """The excursion that ends here; the watch begins anew."""
        if self.onset is None or self.last is None or self.alarm is None:
            raise ValueError("no excursion is open")
        part = slice(self.onset, self.last + 1)
        farthest = self.onset + int(self.beside.distance_m[part].argmax())
        excursion = Excursion(
            self.onset,
            self.last,
            self.alarm,
            farthest,
            float(self.beside.distance_m[farthest]),
            float(self.beside.corridor_m[farthest]),
            int(self.beside.route[farthest]),
        )
        self.total, self.onset, self.last, self.alarm, self.far_run = 0.0, None, None, None, 0
        self.plain = False
        return excursion
