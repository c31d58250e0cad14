"""When was a drive outside every approved corridor, and how far?"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiLineString
from shapely.geometry.base import BaseGeometry

from demo.town.plane import Points
from demo.world.driving import Drive
from demo.world.lines import Line

MERGE_S = 300.0  # two excursions nearer in time than this are one
NOTICEABLE_M, NOTICEABLE_S = 20.0, 30.0


@dataclass(frozen=True)
class Excursion:
    """A stretch beyond the half-width of every approved corridor."""

    from_s: float
    to_s: float
    beyond_m: float  # greatest distance beyond the half-width
    far_s: float  # time spent more than 150 m beyond it
    lasting_s: float
    xy: tuple[float, float]  # the farthest point


def distances(xy: Points, lines: list[Line]) -> NDArray[np.float64]:
    """(n,) metres to the nearest of the lines."""
    routes = MultiLineString([line.way.line for line in lines])
    shapely.prepare(routes)
    return np.asarray(shapely.distance(shapely.points(xy), routes), dtype=np.float64)


def excursions(trip: Drive, lines: list[Line], until_s: float | None = None) -> list[Excursion]:
    """All excursions of a drive from the corridors of `lines` (alternatives of one another), merged."""
    if not lines:
        return []
    gap = distances(trip.xy, lines) - lines[0].corridor_m
    outside = gap > 0
    if until_s is not None:
        outside &= trip.t_s <= until_s
    found: list[Excursion] = []
    for lo, hi in _merged(trip, _runs(outside)):
        worst = lo + int(np.argmax(gap[lo : hi + 1]))
        spent = np.diff(trip.t_s[lo : hi + 1])
        far_s = float(spent[gap[lo:hi] > 150].sum())
        start, end = float(trip.t_s[lo]), float(trip.t_s[hi])
        found.append(Excursion(start, end, float(gap[worst]), far_s, end - start, _xy(trip, worst)))
    return [e for e in found if e.beyond_m > NOTICEABLE_M and e.lasting_s > NOTICEABLE_S]


def _xy(trip: Drive, k: int) -> tuple[float, float]:
    return float(trip.xy[k, 0]), float(trip.xy[k, 1])


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    return [(int(a), int(b) - 1) for a, b in edges.reshape(-1, 2)]


def _merged(trip: Drive, runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for lo, hi in runs:
        if merged and trip.t_s[lo] - trip.t_s[merged[-1][1]] < MERGE_S:
            merged[-1] = (merged[-1][0], hi)
        else:
            merged.append((lo, hi))
    return merged


def fence_times(
    trip: Drive, start: BaseGeometry | None, end: BaseGeometry | None
) -> tuple[float, float | None]:
    """(first moment outside the fence at the start, first moment inside the fence at the end)."""
    left = trip.start_s
    if start is not None:
        inside = shapely.contains_xy(start, trip.xy[:, 0], trip.xy[:, 1])
        if not inside.all():
            left = float(trip.t_s[int(np.argmin(inside))])
    if end is None:
        return left, None
    inside = shapely.contains_xy(end, trip.xy[:, 0], trip.xy[:, 1])
    away = trip.t_s > left
    hits = np.flatnonzero(inside & away)
    return left, float(trip.t_s[hits[0]]) if len(hits) else trip.end_s
