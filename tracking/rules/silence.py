"""When was a device silent for longer than its own habit explains? (`signal_gap`)

What is normal is learned from the device: the median of its last intervals in the same state (moving
or standing); a halt starts the slower expectation. Silence while standing that ends at the
same place is parking. What remains is judged by its slack: the time the vehicle had beyond driving
straight through, which is the opportunity to tip. Source: DETECTION.md section 7.
"""

from dataclasses import dataclass

import numpy as np

from models.thresholds import TrackThresholds
from models.values import ACC_OFF, BoolArray, FloatArray, Track
from models.vocabulary import Mode
from tracking.rules.geometry import steps_m
from tracking.rules.visits import free_flow_kmh

MOVING_KMH = 5.0
PARKED_HEARTBEATS = 3


@dataclass(frozen=True, slots=True)
class Gap:
    """Silence between two fixes (indices before, before + 1); expected_s is the device's habit."""

    before: int
    duration_s: float
    expected_s: float
    distance_m: float
    free_flow_s: float

    @property
    def slack_s(self) -> float:
        """Time beyond driving straight through."""
        return max(0.0, self.duration_s - self.free_flow_s)


def find_gaps(track: Track, mode: Mode, thresholds: TrackThresholds) -> list[Gap]:
    """The unexplained silences of a track in order (n usable fixes)."""
    if len(track) < 2:
        return []
    step_s = np.diff(track.time_ms) / 1000.0
    length_m = steps_m(track.lat, track.lon)
    long = np.flatnonzero(step_s > thresholds.gap_report_s)
    if long.size == 0:
        return []
    moving = moving_before(track, step_s, length_m)
    speed_m_s = free_flow_kmh(mode, thresholds) / 3.6
    gaps = []
    for step in long.tolist():
        expected_s = habit_s(step_s, moving, step, thresholds)
        onward_m = coasted_m(track, step, expected_s, float(step_s[step]), thresholds)
        if stood(bool(moving[step]), float(step_s[step]), float(length_m[step]) - onward_m, thresholds):
            continue
        if step_s[step] <= max(thresholds.gap_min_s, thresholds.gap_intervals * expected_s):
            continue
        distance_m = float(length_m[step])
        gaps.append(Gap(step, float(step_s[step]), expected_s, distance_m, distance_m / speed_m_s))
    return gaps


def open_gap(track: Track, until_ms: int, mode: Mode, thresholds: TrackThresholds) -> Gap | None:
    """The silence after the last fix of a trip that has not ended, when it is longer than explained.

    A vehicle that was standing may be parked: its silence speaks after three slow heartbeats only.
    """
    if len(track) < 2:
        return None
    silent_s = (until_ms - int(track.time_ms[-1])) / 1000.0
    step_s = np.diff(track.time_ms) / 1000.0
    moving = moving_before(track, step_s, steps_m(track.lat, track.lon))
    last_kmh = float(track.speed_kmh[-1])
    moves = bool(moving[-1]) if np.isnan(last_kmh) else last_kmh > MOVING_KMH and track.acc[-1] != ACC_OFF
    state = np.append(moving, moves)
    expected_s = habit_s(np.append(step_s, silent_s), state, step_s.size, thresholds)
    shortest_s = thresholds.gap_report_s if moves else PARKED_HEARTBEATS * thresholds.still_report_s
    if silent_s <= max(shortest_s, thresholds.gap_intervals * expected_s):
        return None
    return Gap(len(track) - 1, silent_s, expected_s, 0.0, 0.0)


def coasted_m(
    track: Track, step: int, expected_s: float, step_s: float, thresholds: TrackThresholds
) -> float:
    """How far a vehicle may have driven on after its last fix and still owe none: until the next was due.

    A driver who stops and switches off sends the next one with the heartbeat of a standing device.
    """
    kmh = float(track.speed_kmh[step])
    if np.isnan(kmh) or step_s > thresholds.still_report_s + expected_s:
        return 0.0
    return kmh / 3.6 * expected_s


def stood(moving: bool, step_s: float, length_m: float, thresholds: TrackThresholds) -> bool:
    """Did the vehicle stand through the silence? It is where it was, and was standing before, or the
    silence is no longer than a standing device's heartbeat."""
    return length_m <= thresholds.parked_m and (not moving or step_s <= thresholds.still_report_s)


def moving_before(track: Track, step_s: FloatArray, length_m: FloatArray) -> BoolArray:
    """Was the vehicle moving as each step began? By its own speed, else by the step before."""
    implied_kmh = np.concatenate(([0.0], length_m / np.maximum(step_s, 1.0) * 3.6))[:-1]
    speed_kmh = track.speed_kmh[:-1].astype(np.float64)
    kmh = np.where(np.isnan(speed_kmh), implied_kmh, speed_kmh)
    return np.asarray((kmh > MOVING_KMH) & (track.acc[:-1] != ACC_OFF))


def habit_s(step_s: FloatArray, moving: BoolArray, step: int, thresholds: TrackThresholds) -> float:
    """The interval to expect at a step: the median in its state, the slower one as the vehicle halts.

    A vehicle that sets off is given no time: its device reports as fast as ever while it drives.
    """
    low = max(0, step - 4 * thresholds.interval_window)
    earlier, states = step_s[low:step], moving[low:step]
    if earlier.size == 0:
        return 0.0
    own = median_last(earlier[states == moving[step]], thresholds.interval_window)
    other = median_last(earlier[states != moving[step]], thresholds.interval_window)
    if own is None or other is None:
        return own if own is not None else (other or 0.0)
    halted = states.size > 0 and bool(states[-1]) and not moving[step]
    return max(own, other) if halted else own


def median_last(values: FloatArray, window: int) -> float | None:
    """Median of the last `window` values; None when there are none."""
    return float(np.median(values[-window:])) if values.size else None
