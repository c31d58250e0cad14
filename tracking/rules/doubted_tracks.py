"""How is a track read rightly: in its true coordinates, with what was found out about its fixes?"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from models.values import BoolArray, IntArray, Track
from models.vocabulary import Datum, Doubt, FindingKind
from tracking.rules.datum import to_wgs84
from tracking.rules.device_clock import skew_of_s
from tracking.rules.doubt_stretches import Stretch

DOUBTS = {
    FindingKind.CLOCK_SKEW: Doubt.CLOCK_SKEW,
    FindingKind.FROZEN_POSITION: Doubt.FROZEN_POSITION,
    FindingKind.DATUM_SHIFT: Doubt.DATUM_SHIFT,
    FindingKind.REPLAYED_TRACK: Doubt.REPLAYED_TRACK,
    FindingKind.CLONED_DEVICE: Doubt.CLONED_DEVICE,
    FindingKind.DEVICE_TAMPER: Doubt.TAMPER,
}
CLOCK_DOUBTS = Doubt.FUTURE | Doubt.LATE | Doubt.RECONSTRUCTED
"""What a fix was doubted for as it came in only because of its clock."""


def read_right(sent: Track, declared: Datum, stretches: Iterable[Stretch]) -> Track:
    """The track of one device with places in WGS 84, true times and the doubts that the analysis found.

    sent: n fixes, with their times of receipt where a clock is known to be wrong; places in `declared`, or in
    the datum that a stretch found. Raw fixes are never changed, so nothing is converted twice.
    """
    doubts = sent.doubts
    spoken = [(declared, np.ones(len(sent), dtype=np.bool_))]
    time_ms = sent.time_ms
    for stretch in stretches:
        where = concerned(sent, stretch)
        if stretch.kind is FindingKind.CLOCK_SKEW:
            time_ms = np.where(where, time_ms + round(skew_of_s(stretch) * 1000), time_ms)
            doubts = np.where(where, doubts & ~np.uint32(int(CLOCK_DOUBTS)), doubts)
        doubt = DOUBTS.get(stretch.kind)
        if doubt is not None and where.any():
            doubts = np.where(where, doubts | np.uint32(int(doubt)), doubts).astype(np.uint32)
        if stretch.kind is FindingKind.DATUM_SHIFT:
            spoken[0] = (spoken[0][0], spoken[0][1] & ~where)
            spoken.append((Datum(stretch.cause), where))
    lat, lon = sent.lat, sent.lon
    for datum, where in spoken:
        if datum is not Datum.WGS84 and where.any():
            lat, lon = lat.copy(), lon.copy()
            lat[where], lon[where] = to_wgs84(sent.lat[where], sent.lon[where], datum)
    told = replace(sent, lat=lat, lon=lon, doubts=doubts, time_ms=time_ms)
    return told if time_ms is sent.time_ms else told.take(np.argsort(time_ms, kind="stable"))


def concerned(sent: Track, stretch: Stretch) -> BoolArray:
    """Mask of the fixes that a stretch is about. The first fix of a place that is repeated is a true one; a
    datum holds beyond the fixes that proved it."""
    if stretch.kind is FindingKind.DATUM_SHIFT:
        return in_force(
            sent.time_ms, stretch.figures.get("holds_from_ms"), stretch.figures.get("holds_to_ms")
        )
    if stretch.kind is FindingKind.CLOCK_SKEW:  # right and wrong times run over each other, receipts do not
        from_ms, to_ms = stretch.figures["received_from_ms"], stretch.figures["received_to_ms"]
        return in_force(sent.received_ms, from_ms, int(to_ms or 0) + 1)
    after = sent.time_ms >= stretch.from_ms
    if stretch.kind is FindingKind.FROZEN_POSITION:
        after = sent.time_ms > stretch.from_ms
    return np.asarray(after & (sent.time_ms <= stretch.to_ms))


def in_force(time_ms: IntArray, from_ms: Any, to_ms: Any) -> BoolArray:
    """Mask of the times in [from, to), None standing for no limit."""
    mask = np.ones(time_ms.size, dtype=np.bool_)
    if from_ms is not None:
        mask &= time_ms >= from_ms
    if to_ms is not None:
        mask &= time_ms < to_ms
    return mask


def clock_reach_ms(stretches: Iterable[Stretch]) -> tuple[int, int]:
    """By how much the times of a device may lie too low, and too high."""
    skews_ms = [round(skew_of_s(each) * 1000) for each in stretches if each.kind is FindingKind.CLOCK_SKEW]
    return max([0, *skews_ms]), max([0, *(-skew_ms for skew_ms in skews_ms)])
