"""Is a device's clock wrong? (`clock_skew`)

What a device sends live arrives a moment after it was measured. The delay of 20 live fixes in a row, by their
median, is the error of its clock. Live are fixes that arrive in the rhythm in which they were measured: what
was buffered and then sent in a burst is late, which says nothing about the clock. A skew near a multiple of
half an hour is a time zone taken for another. Source: INGEST.md.
"""

from itertools import pairwise

import numpy as np

from models.thresholds import DeviceThresholds
from models.values import BoolArray, FloatArray
from models.vocabulary import FindingKind
from tracking.rules.device_fixes import UNKNOWN, DeviceFixes, runs
from tracking.rules.doubt_stretches import Stretch

HALF_HOUR_S = 1800.0
LIVE_SHARES = (0.5, 2.0)  # an interval of receipts is this much of the interval of the measurements
LIVE_JITTER_S = 10.0
LIVE_RUN = 4  # steps in the rhythm one after the other: in a jumbled burst some agree by chance
STEADY_S = 30.0  # a wrong clock is wrong by the same time and again; the delay of a backlog wanders
SKEW, ZONE = "skew", "zone"


def find_skews(fixes: DeviceFixes, thresholds: DeviceThresholds) -> list[Stretch]:
    """The stretches over which the clock was wrong (n fixes of a day, of every doubt)."""
    live = fixes.take(live_mask(fixes))
    count = thresholds.skew_fixes
    if len(live) < count:
        return []
    delay_s = (live.received_ms - live.time_ms) / 1000.0
    blocks = len(live) // count
    bounds = [*(block * count for block in range(blocks)), len(live)]  # what is over goes to the last block
    if not outside(np.median(delay_s[: blocks * count].reshape(blocks, count), axis=1), thresholds).any():
        return []  # nearly every day of every device
    found = []
    for low, high in pairwise(bounds):
        quarter_s, median_s, three_s = np.percentile(delay_s[low:high], (25, 50, 75))
        if outside(median_s, thresholds) and three_s - quarter_s <= STEADY_S:
            found.append(skew_stretch(live, float(median_s), low, high, thresholds))
    return found


def outside(delay_s: FloatArray, thresholds: DeviceThresholds) -> BoolArray:
    """Is a delay more than a network and a receiver explain?"""
    return np.asarray((delay_s < -thresholds.skew_ahead_s) | (delay_s > thresholds.skew_behind_s))


def live_mask(fixes: DeviceFixes) -> BoolArray:
    """Which fixes arrived in the rhythm in which they were measured?"""
    live = np.zeros(len(fixes), dtype=np.bool_)
    if len(fixes) < 2:
        return live
    measured_s = np.diff(fixes.time_ms) / 1000.0
    arrived_s = np.diff(fixes.received_ms) / 1000.0
    low, high = LIVE_SHARES
    known = (fixes.received_ms[1:] != UNKNOWN) & (fixes.received_ms[:-1] != UNKNOWN)
    rhythm = (arrived_s >= low * measured_s) & (arrived_s <= high * measured_s + LIVE_JITTER_S)
    for first, last in runs(known & (measured_s > 0) & rhythm):
        live[first + 1 : last + 2] = last - first + 1 >= LIVE_RUN
    return live


def skew_stretch(
    live: DeviceFixes, median_s: float, low: int, high: int, thresholds: DeviceThresholds
) -> Stretch:
    """One block of live fixes with a wrong clock; cause "zone+480" is a time zone of 480 minutes."""
    steps = round(median_s / HALF_HOUR_S)
    slipped = steps != 0 and abs(median_s - steps * HALF_HOUR_S) <= thresholds.zone_slip_s
    minutes = int(steps * HALF_HOUR_S / 60)
    return Stretch(
        FindingKind.CLOCK_SKEW,
        f"{ZONE}{minutes:+d}" if slipped else SKEW,
        int(live.time_ms[low]),
        int(live.time_ms[high - 1]),
        {
            "skew_s": round(median_s, 1),
            "fixes": high - low,
            "zone_slip_s": float(minutes * 60) if slipped else None,
        },
    )
