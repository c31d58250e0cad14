"""Does a fix that has just come in call for a judgement now?

The watch follows each vehicle with a small state and constant work a fix: fences with hysteresis, Page's sum
against the approved routes of the facility that it left (DETECTION.md 5), the bounded extent of a stand (6),
the usual interval of its reports (7). It never concludes anything: it names vehicles whose track is to be
judged at once, from stored data and by the same rules as every other day. So what is found at the end does
not depend on how the watch saw it; only how soon it is found does.
"""

import math

import numpy as np

from models.thresholds import Thresholds
from models.values import ACC_OFF, make_track
from models.vocabulary import Mode
from tracking.rules.corridor import AT_ONCE_FIXES, Beside, evidence
from tracking.rules.jumps import MIN_STEP_S, top_speed_kmh
from tracking.rules.live.ground import LiveGround
from tracking.rules.live.watched import NEVER_MS, NOWHERE, Sign, Watched
from tracking.rules.silence import MOVING_KMH, PARKED_HEARTBEATS
from tracking.rules.stops import Box, StopBounds, stop_bounds

M_PER_DEG = 111_195.0  # to tell a stand from a drive and a jump from both; distances that count are measured
LEARNING = 0.1  # how far one interval moves what is usual
GAIN_M = 1_000  # farther off the route a fix says no more
"""What a fix adds to the sum is worked out once for each metre of distance."""


class LiveWatch:
    """Follows vehicles over one ground; the states are kept by whoever calls."""

    def __init__(self, ground: LiveGround, thresholds: Thresholds) -> None:
        self.ground, self.track, self.doubt = ground, thresholds.track, thresholds.doubt
        self.gains = gains_by_metre(thresholds)
        self.stops = {mode: stop_bounds(mode, thresholds.track) for mode in Mode}
        self.top_kmh = {mode: top_speed_kmh(mode, thresholds.doubt) for mode in Mode}

    def take(
        self, seen: Watched, time_ms: int, lat: float, lon: float, speed_kmh: float, acc: int
    ) -> Sign | None:
        """Follow one usable fix (degrees WGS 84; speed NaN where unknown); why it calls for a judgement."""
        if time_ms <= seen.time_ms:
            return Sign.LATE if time_ms < seen.time_ms else None
        step_s, sign = self._moved(seen, time_ms, lat, lon, speed_kmh, acc)
        seen.time_ms, seen.lat, seen.lon, seen.told_silent = time_ms, lat, lon, False
        told = self._fenced(seen, lat, lon) or sign
        if seen.place != NOWHERE:
            return told
        return self._beside(seen, lat, lon, step_s) or self._standing(seen, time_ms, lat, lon) or told

    def silent_from_ms(self, seen: Watched) -> int:
        """From when on a vehicle that sends nothing more is silent, rather than between two reports."""
        usual_s = seen.moving_s if seen.moving else max(seen.standing_s, seen.moving_s)
        shortest_s = self.track.gap_report_s if seen.moving else PARKED_HEARTBEATS * self.track.still_report_s
        return seen.time_ms + round(max(shortest_s, self.track.gap_intervals * usual_s) * 1000)

    def _moved(
        self, seen: Watched, time_ms: int, lat: float, lon: float, speed_kmh: float, acc: int
    ) -> tuple[float, Sign | None]:
        """Learn the interval; the step's length in s, and whether it was a jump."""
        if seen.time_ms == NEVER_MS:
            seen.moving = speed_kmh > MOVING_KMH
            return self.track.cusum_step_s, None
        step_s = (time_ms - seen.time_ms) / 1000.0
        away_m = apart_m(seen.lat, seen.lon, lat, lon)
        kmh = away_m / max(step_s, MIN_STEP_S) * 3.6
        if seen.moving:
            seen.moving_s = nearer(seen.moving_s, step_s)
        else:
            seen.standing_s = nearer(seen.standing_s, step_s)
        known_kmh = kmh if math.isnan(speed_kmh) else speed_kmh
        seen.moving = known_kmh > MOVING_KMH and acc != ACC_OFF
        jumped = away_m >= self.doubt.teleport_min_m and kmh > self.top_kmh[seen.mode]
        return step_s, Sign.JUMPED if jumped else None

    def _fenced(self, seen: Watched, lat: float, lon: float) -> Sign | None:
        """Did it go into a facility, or out of the one it was in? Told when enough fixes say so."""
        if seen.place == NOWHERE:
            place = self.ground.inside(lat, lon)
            seen.crossing = 0 if place == NOWHERE else seen.crossing + 1
            if seen.crossing < self.track.confirm_fixes:
                return None
            seen.place, seen.crossing, seen.box, seen.stood = place, 0, None, False
            self._forget(seen)
            return Sign.ENTERED
        seen.crossing = 0 if self.ground.still_inside(seen.place, lat, lon) else seen.crossing + 1
        if seen.crossing < self.track.confirm_fixes:
            return None
        seen.origin_id, seen.place, seen.crossing = self.ground.facility(seen.place).id, NOWHERE, 0
        return Sign.LEFT

    def _beside(self, seen: Watched, lat: float, lon: float, step_s: float) -> Sign | None:
        """Add the fix to the sum against the routes from where it came; tells of the alarm and of its end."""
        ways = self.ground.ways(seen.origin_id, seen.mode)
        if ways is None:
            return None
        off_m, width_m = ways.nearest(*ways.flat(lat, lon))
        scored_m = max(0.0, off_m - max(0.0, width_m - self.track.corridor_slack_m))
        gain = self.gains[int(scored_m) if scored_m < GAIN_M else GAIN_M]
        seen.total += gain * min(1.0, step_s / self.track.cusum_step_s)
        seen.total = min(self.track.cusum_cap, max(0.0, seen.total))
        if seen.off_route:
            if seen.total > self.track.cusum_over:
                return None
            self._forget(seen)
            return Sign.BACK
        if seen.total == 0.0:
            seen.astray = lat, lon
        far_m = max(self.track.off_at_once_m, self.track.off_at_once_widths * width_m)
        seen.far_fixes = seen.far_fixes + 1 if off_m > far_m else 0
        if off_m <= width_m + self.track.off_clear_m or not self._tells(seen, lat, lon):
            return None
        seen.off_route, seen.total = True, max(seen.total, self.track.cusum_alarm)
        return Sign.OFF_ROUTE

    def _tells(self, seen: Watched, lat: float, lon: float) -> bool:
        """Is it enough to speak? As `corridor.Watch` says it."""
        if seen.far_fixes >= AT_ONCE_FIXES:
            return True
        if seen.total < self.track.cusum_alarm:
            return False
        return seen.astray is None or apart_m(*seen.astray, lat, lon) >= self.track.off_min_travel_m

    def _standing(self, seen: Watched, time_ms: int, lat: float, lon: float) -> Sign | None:
        """Has it stood in one place for as long as a stop takes? Told once a stand."""
        bounds: StopBounds = self.stops[seen.mode]
        x_m, y_m = lon * M_PER_DEG * math.cos(math.radians(lat)), lat * M_PER_DEG
        if seen.box is not None and seen.box.take(x_m, y_m, bounds.diameter_m):
            seen.strays = 0
        elif seen.box is not None and seen.strays < bounds.outliers:
            seen.strays += 1
        else:
            seen.box, seen.since_ms, seen.strays, seen.stood = Box(x_m, y_m), time_ms, 0, False
        if seen.stood or time_ms - seen.since_ms < bounds.shortest_s * 1000:
            return None
        seen.stood = True
        return Sign.STANDS

    @staticmethod
    def _forget(seen: Watched) -> None:
        """The sum begins anew."""
        seen.total, seen.astray, seen.far_fixes, seen.off_route = 0.0, None, 0, False


def gains_by_metre(thresholds: Thresholds) -> list[float]:
    """What a fix at each whole metre of scored distance adds to the sum in `cusum_step_s`, by `evidence`."""
    metres = np.arange(GAIN_M + 1)
    every_ms = round(thresholds.track.cusum_step_s * 1000)
    fixes = make_track(time_ms=metres * every_ms, lat=0.0 * metres, lon=0.0 * metres)
    width_m = np.full(metres.size, thresholds.track.corridor_slack_m)
    beside = Beside(metres.astype(np.float64), width_m, 0 * metres)
    return [float(gain) for gain in evidence(fixes, beside, thresholds.track)]


def apart_m(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Distance in m on a sphere's flat piece: good enough to tell a stand from a drive."""
    east = ((lon2 - lon1 + 180.0) % 360.0 - 180.0) * math.cos(math.radians((lat1 + lat2) / 2.0))
    return math.hypot(east, lat2 - lat1) * M_PER_DEG


def nearer(usual_s: float, step_s: float) -> float:
    """What is usual, moved a little towards one more interval: a running median for one number's space."""
    if usual_s == 0.0:
        return step_s
    most_s = LEARNING * usual_s
    return usual_s + max(-most_s, min(most_s, step_s - usual_s))
