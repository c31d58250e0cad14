"""Is a device's clock wrong? (`clock_skew`)

What a device sends live arrives a moment after it was measured. The delay of 20 live fixes in a row, by their
median, is the error of its clock. Live are fixes that arrive in the rhythm in which they were measured: what
was buffered and then sent in a burst is late, which says nothing about the clock. A skew near a multiple of
half an hour is a time zone taken for another. Source: INGEST.md.
"""

from dataclasses import replace
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
    """The stretches over which the clock was wrong (n fixes of a day, of every doubt).

    They are looked for in the order of receipt: where a clock is set, its times run over each other.
    """
    known = fixes.take(fixes.received_ms != UNKNOWN)
    arrived = known.take(np.lexsort((known.time_ms, known.received_ms)))
    live = arrived.take(live_mask(arrived))
    count = thresholds.skew_fixes
    if len(live) < count:
        return []
    delay_s = (live.received_ms - live.time_ms) / 1000.0
    blocks = len(live) // count
    bounds = [*(block * count for block in range(blocks)), len(live)]  # what is over goes to the last block
    if not outside(np.median(delay_s[: blocks * count].reshape(blocks, count), axis=1), thresholds).any():
        return []  # nearly every day of every device
    found: list[Stretch] = []
    for low, high in pairwise(bounds):
        quarter_s, median_s, three_s = np.percentile(delay_s[low:high], (25, 50, 75)).tolist()
        if outside(median_s, thresholds) and three_s - quarter_s <= STEADY_S:
            near = slice(max(low - count, 0), high + count)
            alike = near.start + np.flatnonzero(np.abs(delay_s[near] - median_s) <= STEADY_S)
            add_skew(found, skew_stretch(live.take(alike), median_s, thresholds))
    return found


def add_skew(found: list[Stretch], stretch: Stretch) -> None:
    """Add a block to the stretches before it, to the last of them where the clock is wrong by the same."""
    last = found[-1] if found else None
    if last is not None and abs(skew_of_s(last) - skew_of_s(stretch)) <= STEADY_S:
        ends = {name: stretch.figures[name] for name in ("received_to_ms",)}
        to_ms = max(last.to_ms, stretch.to_ms)
        found[-1] = replace(last, to_ms=to_ms, figures=dict(last.figures) | ends)
        return
    found.append(stretch)


def skew_of_s(stretch: Stretch) -> float:
    """By how many seconds the clock is behind."""
    return float(stretch.figures["skew_s"] or 0.0)


def in_true_time(stretch: Stretch) -> Stretch:
    """The stretch of a wrong clock by the times of receipt; any other as it is."""
    if stretch.kind is not FindingKind.CLOCK_SKEW:
        return stretch
    ends = (int(stretch.figures[name] or 0) for name in ("received_from_ms", "received_to_ms"))
    from_ms, to_ms = ends
    return replace(stretch, from_ms=from_ms, to_ms=to_ms)


def outside(delay_s: FloatArray | float, thresholds: DeviceThresholds) -> BoolArray:
    """Is a delay more than a network and a receiver explain?"""
    delay = np.asarray(delay_s)
    return np.asarray((delay < -thresholds.skew_ahead_s) | (delay > thresholds.skew_behind_s))


def live_mask(fixes: DeviceFixes) -> BoolArray:
    """Which fixes arrived in the rhythm in which they were measured? n fixes in order of receipt."""
    live = np.zeros(len(fixes), dtype=np.bool_)
    if len(fixes) < 2:
        return live
    measured_s = np.diff(fixes.time_ms) / 1000.0
    arrived_s = np.diff(fixes.received_ms) / 1000.0
    low, high = LIVE_SHARES
    rhythm = (arrived_s >= low * measured_s) & (arrived_s <= high * measured_s + LIVE_JITTER_S)
    for first, last in runs((measured_s > 0) & rhythm):
        live[first : last + 2] |= last - first + 1 >= LIVE_RUN
    return live


def skew_stretch(live: DeviceFixes, median_s: float, thresholds: DeviceThresholds) -> Stretch:
    """Live fixes with a wrong clock, in order of receipt; cause "zone+480" is a zone of 480 minutes."""
    steps = round(median_s / HALF_HOUR_S)
    slipped = steps != 0 and abs(median_s - steps * HALF_HOUR_S) <= thresholds.zone_slip_s
    minutes = int(steps * HALF_HOUR_S / 60)
    return Stretch(
        FindingKind.CLOCK_SKEW,
        f"{ZONE}{minutes:+d}" if slipped else SKEW,
        int(live.time_ms.min()),
        int(live.time_ms.max()),
        {
            "skew_s": round(median_s, 1),
            "zone_slip_s": float(minutes * 60) if slipped else None,
            "received_from_ms": int(live.received_ms[0]),
            "received_to_ms": int(live.received_ms[-1]),
        },
    )
