"""At which moment within a day did a device begin, or cease, to speak in other coordinates?

A device that is set to another datum changes between two fixes, at any time. A day's proof (device_datum.py)
is of the day as a whole, so the moment is looked for in the days on both sides of the change: from where to
the end of the day all that can be told speaks for another datum than the day's, and until where from its
beginning. What an edge is worth is decided by datum_segments.py, which knows what the next days proved.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.thresholds import DeviceThresholds
from models.values import BoolArray, IntArray
from models.vocabulary import Datum
from tracking.rules.datum import to_wgs84
from tracking.rules.datum_ground import DatumGround
from tracking.rules.device_fixes import DeviceFixes
from tracking.rules.geometry import pair_m

LEAST = 3
"""So many fixes must speak for the other datum alone."""
TIMES = 4
"""And so many times as many as speak for the day's alone: a wrong place may be on a road too."""


@dataclass(frozen=True, slots=True, eq=False)
class Spots:
    """The fixes of a day that are laid over the city: those on the way and those of a standing device."""

    way: IntArray
    stays: IntArray


@dataclass(frozen=True, slots=True)
class DatumEdges:
    """Datum → from which moment to the end of the day, or until which from its beginning, ms UTC."""

    tails: Mapping[Datum, int]
    heads: Mapping[Datum, int]


NO_EDGES = DatumEdges({}, {})


def find_edges(
    fixes: DeviceFixes, spots: Spots, spoken: Datum, ground: DatumGround, thresholds: DeviceThresholds
) -> DatumEdges:
    """The edges of a day of n placed fixes that as a whole speaks `spoken`."""
    points = np.concatenate((spots.way, spots.stays))
    order = np.argsort(points, kind="stable")
    points = points[order]
    own = right_in(fixes, spots, spoken, ground, thresholds)[order]
    if own.all():
        return NO_EDGES  # nearly every day of every device
    tails, heads = {}, {}
    for datum in Datum:
        if datum is spoken:
            continue
        other = right_in(fixes, spots, datum, ground, thresholds)[order]
        behind = edge(other & ~own, own & ~other)
        if behind is not None:
            low, high = behind
            tails[datum] = change_ms(fixes, 0 if low < 0 else points[low], points[high], spoken, datum)
        ahead = edge((other & ~own)[::-1], (own & ~other)[::-1])
        if ahead is not None:
            own_first, other_last = points.size - 1 - ahead[0], points.size - 1 - ahead[1]
            end = len(fixes) - 1 if own_first == points.size else points[own_first]
            heads[datum] = change_ms(fixes, points[other_last], end, datum, spoken)
    return DatumEdges(tails, heads)


def edge(other: BoolArray, own: BoolArray) -> tuple[int, int] | None:
    """From which of n points on to the end all speaks for the other datum, but for chance.

    other, own: which points speak for that one alone. The cut is the one that tells them apart best. Returns
    the last point before it that speaks for the day's own datum (-1: none) and the first behind it that
    speaks for the other; None where nothing is proved.
    """
    balance = np.cumsum(np.append(other.astype(np.int64) - own, 0)[::-1])[::-1]  # of all points from here on
    cut = int(np.argmax(balance))
    ours, theirs = np.flatnonzero(own), np.flatnonzero(other)
    behind = theirs[theirs >= cut]
    if behind.size < max(LEAST, TIMES * int(np.count_nonzero(ours >= cut))):
        return None
    before = ours[ours < behind[0]]
    return (int(before[-1]) if before.size else -1), int(behind[0])


def right_in(
    fixes: DeviceFixes, spots: Spots, datum: Datum, ground: DatumGround, thresholds: DeviceThresholds
) -> BoolArray:
    """Which of the spots, ways before stays, lie on a route or at a facility when read in a datum."""
    way, stays = spots.way, spots.stays
    way_m = ground.route_m(*to_wgs84(fixes.lat[way], fixes.lon[way], datum))
    stay_m, _ = ground.nearest_place(*to_wgs84(fixes.lat[stays], fixes.lon[stays], datum))
    return np.concatenate((way_m < thresholds.datum_route_near_m, stay_m <= thresholds.datum_stop_m))


def change_ms(fixes: DeviceFixes, low: int, high: int, before: Datum, after: Datum) -> int:
    """The time of the first fix in `after` of those in (low, high].

    It is the one at which reading what comes before in the one datum and what follows in the other makes the
    way shorter by most: the offset was a step that nobody drove.
    """
    which = np.arange(max(low, 0), high + 1)
    if which.size < 2:
        return int(fixes.time_ms[high])
    lat, lon = fixes.lat[which], fixes.lon[which]
    sent_m = pair_m(lat[:-1], lon[:-1], lat[1:], lon[1:])
    first, second = to_wgs84(lat, lon, before), to_wgs84(lat, lon, after)
    read_m = pair_m(first[0][:-1], first[1][:-1], second[0][1:], second[1][1:])
    return int(fixes.time_ms[which[1 + int(np.argmax(sent_m - read_m))]])
