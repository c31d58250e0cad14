"""What lies near a place: fences, and the approved routes from an origin, found in constant time?

Fences are looked up by the cell in which a fix lies. The routes that lead from a facility are laid out in
cells when the first vehicle leaves it; where a cell is empty, every route is farther away than the distance
that tells at once. So a fix costs the same among ten facilities and among thousands.
"""

import math
from collections.abc import Iterable

import numpy as np
import shapely

from models.thresholds import TrackThresholds
from models.values import FacilityArea, RouteLine
from models.vocabulary import Mode
from tracking.rules.geometry import Frame, frame_at
from tracking.rules.live.watched import NOWHERE
from tracking.rules.visits import CELL_DEG, CELLS_A_ROW, Fences

CELL_M = 250.0

Segment = tuple[float, float, float, float, float, float]
"""x and y of its beginning, dx, dy in m, 1 / length squared, half-width of its corridor in m."""


class Ways:
    """The approved routes from one place for one mode, in cells of CELL_M around it."""

    def __init__(self, frame: Frame, routes: Iterable[RouteLine], thresholds: TrackThresholds) -> None:
        self.lat0, self.lon0 = frame.lat0, frame.lon0
        self.north_m, self.east_m = frame.north_m_per_deg, frame.east_m_per_deg
        self.cells: dict[tuple[int, int], list[Segment]] = {}
        for route in routes:
            self._lay(route, thresholds)

    def _lay(self, route: RouteLine, thresholds: TrackThresholds) -> None:
        """Enter each segment of a route into every cell in which it may be the nearest of interest."""
        width_m = route.corridor_m
        reach_m = max(thresholds.off_at_once_m, thresholds.off_at_once_widths * width_m)
        lon, lat = np.array(route.line, dtype=np.float64).T
        x_m, y_m = self.flat_all(lat, lon)
        for x1, y1, x2, y2 in zip(x_m[:-1], y_m[:-1], x_m[1:], y_m[1:], strict=True):
            dx, dy = float(x2 - x1), float(y2 - y1)
            square_m2 = dx * dx + dy * dy
            if square_m2 == 0.0:
                continue
            segment = (float(x1), float(y1), dx, dy, 1.0 / square_m2, width_m)
            for cell in cells_along(float(x1), float(y1), dx, dy, reach_m):
                self.cells.setdefault(cell, []).append(segment)

    def flat_all(self, lat: np.ndarray, lon: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Arrays of degrees as m east and north."""
        return (((lon - self.lon0 + 180.0) % 360.0) - 180.0) * self.east_m, (lat - self.lat0) * self.north_m

    def flat(self, lat: float, lon: float) -> tuple[float, float]:
        """Degrees as m east and north."""
        return (((lon - self.lon0 + 180.0) % 360.0) - 180.0) * self.east_m, (lat - self.lat0) * self.north_m

    def nearest(self, x_m: float, y_m: float) -> tuple[float, float]:
        """Distance in m from the route in whose corridor a place is deepest, and that corridor's half-width.

        (inf, 0) where every route is farther than what tells at once.
        """
        best_m, width_m, least_m = math.inf, 0.0, math.inf
        for x1, y1, dx, dy, inverse, corridor_m in self.cells.get(cell_at(x_m, y_m), ()):
            off_x, off_y = x_m - x1, y_m - y1
            share = (off_x * dx + off_y * dy) * inverse
            share = 0.0 if share < 0.0 else 1.0 if share > 1.0 else share
            distance_m = math.hypot(off_x - share * dx, off_y - share * dy)
            if distance_m - corridor_m < least_m:
                best_m, width_m, least_m = distance_m, corridor_m, distance_m - corridor_m
        return best_m, width_m


def cell_at(x_m: float, y_m: float) -> tuple[int, int]:
    """The cell of a place in m."""
    return math.floor(x_m / CELL_M), math.floor(y_m / CELL_M)


def cells_along(x_m: float, y_m: float, dx: float, dy: float, reach_m: float) -> set[tuple[int, int]]:
    """The cells within `reach_m` of a segment, and some beyond."""
    wide = math.ceil(reach_m / CELL_M) + 1
    pieces = max(1, math.ceil(math.hypot(dx, dy) / CELL_M))
    along = {cell_at(x_m + dx * k / pieces, y_m + dy * k / pieces) for k in range(pieces + 1)}
    steps = range(-wide, wide + 1)
    return {(column + i, row + j) for column, row in along for i in steps for j in steps}


class LiveGround:
    """Where fences and approved routes are, for fixes that come one by one."""

    def __init__(self, fences: Fences, routes: Iterable[RouteLine], thresholds: TrackThresholds) -> None:
        self.fences, self.thresholds = fences, thresholds
        self.index_of = {place.id: index for index, place in enumerate(fences.facilities)}
        self.routes: dict[tuple[int, Mode], list[RouteLine]] = {}
        for route in routes:
            self.routes.setdefault((route.origin_id, route.mode), []).append(route)
        self._ways: dict[tuple[int, Mode], Ways | None] = {}

    def facility(self, place: int) -> FacilityArea:
        """The facility of a fence."""
        return self.fences.facilities[place]

    def inside(self, lat: float, lon: float) -> int:
        """The index of a fence that holds the place, NOWHERE without one."""
        cell = math.floor(lat / CELL_DEG) * CELLS_A_ROW + math.floor(lon / CELL_DEG)
        for index in self.fences.places_of_cell.get(cell, ()):
            west, south, east, north = self.fences.bounds[index]
            boxed = west <= lon <= east and south <= lat <= north
            if boxed and shapely.contains_xy(self.fences.core[index], lon, lat):
                return index
        return NOWHERE

    def still_inside(self, place: int, lat: float, lon: float) -> bool:
        """Is it inside the widened fence of a place?"""
        west, south, east, north = self.fences.bounds[place]
        if not (west <= lon <= east and south <= lat <= north):
            return False
        return bool(shapely.contains_xy(self.fences.wide[place], lon, lat))

    def ways(self, origin_id: int | None, mode: Mode) -> Ways | None:
        """The approved routes from a facility; None where there are none."""
        if origin_id is None:
            return None
        key = origin_id, mode
        if key not in self._ways:
            routes = self.routes.get(key, [])
            self._ways[key] = self._laid(routes) if routes else None
        return self._ways[key]

    def _laid(self, routes: list[RouteLine]) -> Ways:
        lon, lat = routes[0].line[0]
        return Ways(frame_at(lat, lon), routes, self.thresholds)
