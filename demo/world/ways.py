"""Along which line, and how fast at most, does a vehicle get from gate to gate?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely import LineString

from demo.town.facilities import Facility
from demo.town.network import FREE_KMH
from demo.town.plane import Points
from demo.town.town import Town

Floats = NDArray[np.float64]
GRID_M = 12.0
SIDE_ACCEL_MS2 = 1.7  # what a laden truck takes in a bend
CRAWL_MS = 2.8


@dataclass(frozen=True)
class Way:
    """A drivable line on a 12 m grid: position, free speed, junctions with lights, stretches in the dark."""

    line: Points  # (k, 2) as drawn, for the approved route
    xy: Points  # (n, 2) grid
    right: Points  # (n, 2) unit normal to the right
    s_m: Floats  # (n,)
    free_ms: Floats  # (n,) speed limit with bends
    lights_m: Floats  # chainages of junctions that may show red
    dark_m: tuple[tuple[float, float], ...] = ()

    @property
    def length_m(self) -> float:
        return float(self.s_m[-1])

    def shape(self) -> LineString:
        return LineString(self.line)


def gridded(
    line: Points, free_ms: Floats, lights_m: Floats, dark_m: tuple[tuple[float, float], ...] = ()
) -> Way:
    """A way from a line with a free speed for each of its segments ((k, 2) and (k − 1,))."""
    step = np.hypot(*np.diff(line, axis=0).T)
    length = np.concatenate(([0.0], np.cumsum(step)))
    s = np.linspace(0.0, length[-1], max(3, int(length[-1] / GRID_M) + 1))
    xy = np.column_stack([np.interp(s, length, line[:, k]) for k in (0, 1)])
    segment = np.clip(np.searchsorted(length, s, side="right") - 1, 0, len(free_ms) - 1)
    ahead = np.gradient(xy, axis=0)
    ahead /= np.maximum(np.hypot(*ahead.T), 1e-9)[:, None]
    heading = np.unwrap(np.arctan2(ahead[:, 1], ahead[:, 0]))
    bend = np.abs(np.gradient(heading)) / (s[1] - s[0])
    in_bend = np.maximum(CRAWL_MS, np.sqrt(SIDE_ACCEL_MS2 / np.maximum(bend, 1e-6)))
    right = np.column_stack((ahead[:, 1], -ahead[:, 0]))
    return Way(line, xy, right, s, np.minimum(free_ms[segment], in_bend), lights_m, dark_m)


class WayFinder:
    """Ways between facilities of one town, remembered."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self._known: dict[tuple[str, str], Way] = {}
        self._degree = town.network.degrees()

    def between(self, start: str, end: str) -> Way:
        """The quickest way from yard to yard."""
        if (start, end) not in self._known:
            steps = self.steps(start, end)
            self._known[start, end] = self.along(steps, start, end)
        return self._known[start, end]

    def gate(self, ident: str) -> int:
        node = self.town.facilities[ident].node
        if node is None:
            raise LookupError(f"{ident} has no gate to a road")
        return node

    def steps(self, start: str, end: str, factor: Floats | None = None) -> list[tuple[int, bool]]:
        return self.town.router.way(self.gate(start), self.gate(end), factor)

    def along(self, steps: list[tuple[int, bool]], start: str | None, end: str | None) -> Way:
        """A way along given edges, with the driveways of the facilities at its ends."""
        network = self.town.network
        parts: list[Points] = []
        speeds: list[Floats] = []
        lights: list[float] = []
        dark: list[tuple[float, float]] = []
        travelled = 0.0
        if start:
            lane = _driveway(self.town.facilities[start])[::-1]
            travelled += _append(parts, speeds, lane, FREE_KMH["access"])
        for k, forward in steps:
            edge = network.edges[k]
            grown = _append(parts, speeds, edge.points[:: 1 if forward else -1], FREE_KMH[edge.klass])
            if edge.tunnel:
                dark.append((travelled, travelled + grown))
            travelled += grown
            if edge.klass != "motorway" and self._degree[edge.b if forward else edge.a] > 3:
                lights.append(travelled - 9.0)
        if end:
            _append(parts, speeds, _driveway(self.town.facilities[end]), FREE_KMH["access"])
        return gridded(np.vstack(parts), np.concatenate(speeds), np.array(lights), tuple(dark))

    def sailing(self, *, downstream: bool) -> Way:
        """The way of a vessel from wharf to wharf."""
        if self.town.sailing is None:
            raise LookupError("this town has no wharves")
        line = self.town.sailing if downstream else self.town.sailing[::-1]
        speeds = np.full(len(line) - 1, 3.3)
        speeds[[0, -1]] = 1.4
        return gridded(line, speeds, np.empty(0))


def _driveway(facility: Facility) -> Points:
    if facility.yard is None:
        raise LookupError(f"{facility.id} has no yard")
    return facility.yard.driveway


def _append(parts: list[Points], speeds: list[Floats], line: Points, kmh: float) -> float:
    """Add a line to a growing one; returns its length."""
    if parts:
        if np.hypot(*(line[0] - parts[-1][-1])) < 0.05:
            line = line[1:]
        joined = np.vstack((parts[-1][-1:], line))
    else:
        joined = line
    step = np.hypot(*np.diff(joined, axis=0).T)
    parts.append(line)
    speeds.append(np.full(len(step), kmh / 3.6))
    return float(step.sum())
