"""Was a track sent before, on another day or by another device? (`replayed_track`)

Real noise never repeats: twenty steps that agree to a tenth of a metre and a second are a copy. Every window
of 20 fixes has a fingerprint of its steps (the place itself does not matter: a copy may be moved). Of these
only the smallest of each 32 neighbours are kept: a run of 51 fixes or more that two tracks share keeps at
least one window in both, for a fifteenth of the room. What shares one is compared step by step.
Windows of a standing vehicle or of an even drive repeat without fraud and have no fingerprint.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.thresholds import DeviceThresholds
from models.values import BoolArray, IntArray
from tracking.rules.device_fixes import DeviceFixes, runs
from tracking.rules.geometry import pair_m

STEP_E7 = 10.0  # 1e-6 degree
REGION_M = 100_000.0  # a copy pretends to be somewhere in the region: a test world elsewhere is none
CHOSEN_OF = 32  # one window is kept of so many neighbours
MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
MULTIPLIER = np.uint64(0x100000001B3)

LAST = np.uint64(2**64 - 1)

Words = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """m fingerprints (int64) of windows and the indices of their first fixes."""

    first: IntArray
    fingerprint: IntArray


@dataclass(frozen=True, slots=True)
class Copy:
    """Fixes [low, high] of one track repeat fixes of another, the first of which is fix `source`."""

    low: int
    high: int
    source: int


def step_words(fixes: DeviceFixes) -> Words:
    """A number for each step: its quantised (north, east, time). n fixes give n - 1."""
    north = np.rint(np.diff(fixes.lat_e7) / STEP_E7).astype(np.int64)
    east = np.rint(np.diff(fixes.lon_e7) / STEP_E7).astype(np.int64)
    seconds = np.rint(np.diff(fixes.time_ms) / 1000.0).astype(np.int64)
    word = mixed(north.view(np.uint64))
    word = mixed(word ^ east.view(np.uint64))
    return mixed(word ^ seconds.view(np.uint64))


def mixed(word: Words) -> Words:
    """A bijection that spreads every bit over the whole word (splitmix64)."""
    word = word + MIX[0]
    word = (word ^ (word >> np.uint64(30))) * MIX[1]
    word = (word ^ (word >> np.uint64(27))) * MIX[2]
    return word ^ (word >> np.uint64(31))


def find_windows(fixes: DeviceFixes, thresholds: DeviceThresholds) -> Windows:
    """The windows to keep of n placed fixes."""
    steps = thresholds.replay_fixes - 1
    if len(fixes) <= steps:
        return Windows(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    words = step_words(fixes)
    fingerprint = np.zeros(words.size - steps + 1, dtype=np.uint64)
    for offset in range(steps):
        fingerprint = fingerprint * MULTIPLIER + words[offset : offset + fingerprint.size]
    fingerprint = mixed(fingerprint)
    changes = np.concatenate(([0], np.cumsum(words[1:] != words[:-1])))
    changing = changes[steps - 1 : steps - 1 + fingerprint.size] - changes[: fingerprint.size]
    still = changing < thresholds.replay_distinct_steps - 1  # the rest is looked at only where it is chosen
    chosen = smallest_of_neighbours(np.where(still, LAST, fingerprint))
    chosen = chosen[~still[chosen]]
    chosen = chosen[distinct_steps(words, chosen, steps) >= thresholds.replay_distinct_steps]
    return Windows(chosen, fingerprint[chosen].view(np.int64))


def smallest_of_neighbours(fingerprint: Words) -> IntArray:
    """Indices of the windows that are the smallest of some CHOSEN_OF neighbours in a row."""
    if fingerprint.size <= CHOSEN_OF:
        return np.array([fingerprint.argmin()], dtype=np.int64)
    rows = np.lib.stride_tricks.sliding_window_view(fingerprint, CHOSEN_OF)
    return np.unique(rows.argmin(axis=1) + np.arange(len(rows)))


def distinct_steps(words: Words, first: IntArray, steps: int) -> IntArray:
    """How many different steps each of the windows has that begin at `first`."""
    rows = np.sort(words[first[:, None] + np.arange(steps)], axis=1)
    return np.asarray(1 + np.count_nonzero(np.diff(rows, axis=1), axis=1))


def find_copies(
    fixes: DeviceFixes, source: DeviceFixes, anchors: list[tuple[int, int]], thresholds: DeviceThresholds
) -> list[Copy]:
    """The runs of `fixes` that repeat `source`, long enough to count.

    anchors: pairs (time in fixes, time in source), ms, of windows with one fingerprint.
    """
    words, earlier = step_words(fixes), step_words(source)
    shortest = thresholds.replay_windows * thresholds.replay_fixes
    found: list[Copy] = []
    for time_ms, source_ms in sorted(anchors):
        at = int(np.searchsorted(fixes.time_ms, time_ms))
        there = int(np.searchsorted(source.time_ms, source_ms))
        if found and found[-1].low <= at <= found[-1].high:
            continue
        low, high, begin = shared_run(words, earlier, at, there)
        long = high - low + 1 >= shortest and enough_noise(words[low:high], thresholds)
        if long and apart_m(fixes, low, source, begin) <= REGION_M:
            found.append(Copy(low, high, begin))
    return found


def shared_run(words: Words, earlier: Words, at: int, there: int) -> tuple[int, int, int]:
    """First and last fix of the run of equal steps around step `at`, and the first fix of its source."""
    back = min(at, there)
    ahead = min(words.size - at, earlier.size - there)
    same: BoolArray = words[at - back : at + ahead] == earlier[there - back : there + ahead]
    for low, high in runs(same):
        if low <= back <= high:
            return at - back + low, at - back + high + 1, there - back + low
    return at, at, there


def apart_m(fixes: DeviceFixes, index: int, source: DeviceFixes, begin: int) -> float:
    """Distance in m between a fix and one of another track."""
    one, other = fixes.take(slice(index, index + 1)), source.take(slice(begin, begin + 1))
    return float(pair_m(one.lat, one.lon, other.lat, other.lon)[0])


def enough_noise(words: Words, thresholds: DeviceThresholds) -> bool:
    """Does a run hold enough windows that a standing vehicle or an even drive would not repeat?"""
    steps = thresholds.replay_fixes - 1
    starts = np.arange(0, words.size - steps + 1, thresholds.replay_fixes)
    telling = distinct_steps(words, starts, steps) >= thresholds.replay_distinct_steps
    return int(np.count_nonzero(telling)) >= thresholds.replay_windows
