"""How does a vessel betray its load: up a side canal, at anchor in the stream, or unseen?"""

from dataclasses import dataclass

import numpy as np
from shapely import LineString, Point
from shapely.ops import substring

from demo.town.plane import Points
from demo.world.driving import Halt
from demo.world.lines import WATER_CORRIDOR_M, Line
from demo.world.loads import Misdeed
from demo.world.stage import World
from demo.world.ways import Way, gridded

VESSEL_KINDS = ("vessel_off_route", "vessel_stop", "vessel_silence")
FAR_FROM_STOPS_M = 900.0  # of a lock or mooring
CANAL_MS = 2.2


@dataclass(frozen=True)
class Passage:
    """What a vessel's misdeed makes of its voyage."""

    way: Way
    halts: tuple[Halt, ...] = ()


def crooked_passage(world: World, line: Line, misdeed: Misdeed, rng: np.random.Generator) -> Passage | None:
    """The voyage with its misdeed, None where the water allows none."""
    if misdeed.kind == "vessel_off_route":
        way = _up_a_canal(world, line, misdeed.size, rng)
        return Passage(way) if way is not None else None
    if misdeed.kind == "vessel_stop":
        at_m = _open_water(line, rng)
        return None if at_m is None else Passage(line.way, (Halt(at_m, misdeed.size, 30.0, 120.0, "anchor"),))
    return Passage(line.way)


def _open_water(line: Line, rng: np.random.Generator) -> float | None:
    """A chainage away from wharves, locks and moorings."""
    for _ in range(40):
        at_m = float(rng.uniform(0.15, 0.85) * line.way.length_m)
        if all(abs(at_m - stop.at_m) > FAR_FROM_STOPS_M for stop in line.stops):
            return at_m
    return None


def _up_a_canal(world: World, line: Line, beyond_m: float, rng: np.random.Generator) -> Way | None:
    """Turn into a canal that meets the river, as far as wished beyond the corridor, and come back."""
    drawn = LineString(line.way.line)
    found: list[tuple[float, float, Points]] = []
    for canal in world.town.water.canals:
        meet = canal.centre.intersection(drawn)
        for at in getattr(meet, "geoms", [meet]):
            if not isinstance(at, Point) or at.is_empty:
                continue
            at_m, on_canal_m = float(drawn.project(at)), float(canal.centre.project(at))
            for sign in (-1.0, 1.0):
                arm = _arm(canal.centre, on_canal_m, sign, drawn, beyond_m)
                if arm is not None and 1_200 < at_m < line.way.length_m - 1_200:
                    found.append((float(rng.random()), at_m, arm))
    if not found:
        return None
    _, at_m, arm = min(found, key=lambda each: each[0])
    before = np.asarray(substring(drawn, 0.0, at_m).coords)
    after = np.asarray(substring(drawn, at_m, drawn.length).coords)
    whole = np.vstack((before, arm, arm[::-1], after))
    whole = whole[np.concatenate(([True], np.hypot(*np.diff(whole, axis=0).T) > 0.05))]
    speeds = np.full(len(whole) - 1, 3.3)
    speeds[len(before) - 1 : len(before) + 2 * len(arm) - 2] = CANAL_MS
    speeds[[0, -1]] = 1.4
    return gridded(whole, speeds, np.empty(0))


def _arm(canal: LineString, at_m: float, sign: float, river: LineString, beyond_m: float) -> Points | None:
    """The canal from the river to the first place so far beyond the corridor; None where it ends before."""
    for length_m in np.arange(WATER_CORRIDOR_M, 6_000.0, 25.0):
        end_m = at_m + sign * float(length_m)
        if not 0.0 < end_m < canal.length:
            return None
        if canal.interpolate(end_m).distance(river) >= WATER_CORRIDOR_M + beyond_m:
            piece = np.asarray(substring(canal, at_m, end_m).coords)
            return piece
    return None
