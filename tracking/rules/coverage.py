"""For how much of a time was a vehicle heard?

A step between two fixes is heard when it is no longer than the shortest gap that counts, or than the
device's own habit explains (AIS reports every few minutes). A longer one is heard too while the vehicle
did not move: parked devices report seldom.
"""

import numpy as np

from models.thresholds import TrackThresholds
from models.values import Track
from tracking.rules.geometry import steps_m

LONGEST_HABIT_S = 900.0  # a device that reports less often than this is not supervision online
PARKED_REPORT_S = 3600.0  # the slowest heartbeat of a parked device that still counts as heard


def heard_fraction(track: Track, start_ms: int, end_ms: int, thresholds: TrackThresholds) -> float:
    """Share of [start, end] in which the vehicle was heard, 0 to 1 (track: n usable fixes, any range)."""
    if len(track) == 0:
        return 0.0
    if end_ms <= start_ms:
        return float(bool(((track.time_ms >= start_ms) & (track.time_ms <= end_ms)).any()))
    low = max(int(np.searchsorted(track.time_ms, start_ms, side="right")) - 1, 0)
    high = int(np.searchsorted(track.time_ms, end_ms, side="left")) + 1
    near = track.take(slice(low, high))
    step_ms = np.diff(near.time_ms)
    still = (steps_m(near.lat, near.lon) <= thresholds.parked_m) & (step_ms <= PARKED_REPORT_S * 1000)
    habit_s = thresholds.gap_intervals * float(np.median(step_ms)) / 1000 if step_ms.size else 0.0
    longest_s = max(thresholds.gap_min_s, min(habit_s, LONGEST_HABIT_S))
    heard = (step_ms <= longest_s * 1000) | still
    inside_ms = np.minimum(near.time_ms[1:], end_ms) - np.maximum(near.time_ms[:-1], start_ms)
    return float(np.maximum(inside_ms, 0)[heard].sum() / (end_ms - start_ms))
