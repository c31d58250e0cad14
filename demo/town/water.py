"""Where is the water: the lake, the river, the canals?"""

from dataclasses import dataclass

import numpy as np
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from demo.town.curves import Warp, closed_curve, dense, harmonics, line
from demo.town.names import CANALS, LAKE, MOAT, PONDS, RIVER, Name
from demo.town.plane import Points

HALF_X_M, HALF_Y_M = 15_000.0, 12_500.0  # the board is 30 × 25 km
CORE_RADIUS_M = 4_300.0


@dataclass(frozen=True)
class Waterway:
    """A river or canal by its centre line."""

    kind: str  # river · canal
    name: Name
    centre: LineString
    half_width_m: float


@dataclass(frozen=True)
class Pond:
    """A small lake of the polder country (荡)."""

    name: Name
    shape: Polygon


@dataclass(frozen=True)
class Water:
    """All water of the town, as lines to sail and areas to draw and to keep roads out of."""

    lake: Polygon
    lake_name: Name
    river: Waterway
    canals: tuple[Waterway, ...]
    ponds: tuple[Pond, ...]
    area: BaseGeometry  # everything wet
    river_area: BaseGeometry

    @property
    def ways(self) -> tuple[Waterway, ...]:
        return (self.river, *self.canals)


def draw_water(rng: np.random.Generator) -> Water:
    """The wet half of the town, from one generator."""
    lake_at = (rng.uniform(6_200, 7_400), rng.uniform(-6_900, -6_000))
    lake = _lake(rng, lake_at)
    river = Waterway("river", RIVER, line(_river(rng)), float(rng.uniform(58, 72)))
    canals = tuple(_canals(rng, lake, lake_at))
    river_area = river.centre.buffer(river.half_width_m)
    ponds = tuple(_ponds(rng, unary_union([lake.buffer(900), river_area.buffer(500)])))
    canal_areas = [c.centre.buffer(c.half_width_m) for c in canals]
    area = unary_union([lake, river_area, *canal_areas, *(p.shape for p in ponds)])
    return Water(lake, LAKE, river, canals, ponds, area, river_area)


def _ponds(rng: np.random.Generator, keep_off: BaseGeometry) -> list[Pond]:
    """A handful of small lakes in the outer polders, far from the core and from one another."""
    found: list[Pond] = []
    for _ in range(200):
        at = (float(rng.uniform(-13_300, 13_300)), float(rng.uniform(-10_800, 10_800)))
        radius = float(rng.uniform(230, 620))
        outline = closed_curve(at, (radius * 1.25, radius * 0.8), harmonics(rng, 4, 0.12), 70)
        shape = Polygon(outline).buffer(0)
        far = np.hypot(at[0] + 900, at[1] - 900) > CORE_RADIUS_M + 1_500
        apart = all(p.shape.distance(shape) > 2_600 for p in found)
        if far and apart and not shape.intersects(keep_off):
            found.append(Pond(PONDS[len(found)], shape))
        if len(found) == len(PONDS):
            break
    return found


def _lake(rng: np.random.Generator, at: tuple[float, float]) -> Polygon:
    shore = closed_curve(
        at, (rng.uniform(2_700, 3_100), rng.uniform(2_100, 2_500)), harmonics(rng, 5, 0.085), 180
    )
    lake = Polygon(shore).buffer(0)
    island_at = (at[0] + rng.uniform(-500, 500), at[1] + rng.uniform(-400, 400))
    island = Polygon(closed_curve(island_at, (330, 210), harmonics(rng, 3, 0.12), 60)).buffer(0)
    result = lake.difference(island)
    parts = [p for p in getattr(result, "geoms", [result]) if isinstance(p, Polygon)]
    return max(parts, key=lambda p: p.area)


def _river(rng: np.random.Generator) -> Points:
    x = np.arange(-HALF_X_M - 400, HALF_X_M + 401, 60.0)
    phase, phase2 = rng.uniform(0, 2 * np.pi, 2)
    y = (
        rng.uniform(-300, 700)
        + rng.uniform(1_000, 1_300) * np.sin(2 * np.pi * x / rng.uniform(13_000, 16_000) + phase)
        + rng.uniform(180, 300) * np.sin(2 * np.pi * x / rng.uniform(4_600, 5_600) + phase2)
    )
    return np.column_stack((x, y))


def _canals(rng: np.random.Generator, lake: Polygon, lake_at: tuple[float, float]) -> list[Waterway]:
    """A moat round the old town, then lines across the board, bent by one smooth field of their own."""
    warp = Warp.draw(rng, 620, (7_000, 15_000), 6)
    moat = closed_curve((-900, 900), (1_350, 1_150), harmonics(rng, 4, 0.05), 150)
    found = [Waterway("canal", MOAT, line(moat), 17.0)]
    x_lines = np.array([-11_600, -7_600, -4_000, 1_400, 4_600, 9_200, 12_600]) + rng.uniform(-500, 500, 7)
    y_lines = np.array([9_300, 5_200, -4_300, -9_200]) + rng.uniform(-500, 500, 4)
    raw: list[tuple[Points, float]] = []
    for x in x_lines:
        lo, hi = (-HALF_Y_M, HALF_Y_M) if rng.random() < 0.5 else sorted(rng.uniform(-HALF_Y_M, HALF_Y_M, 2))
        if hi - lo < 9_000:
            lo, hi = -HALF_Y_M, HALF_Y_M
        raw.append((np.array([[x, lo], [x, hi]]), float(rng.uniform(11, 19))))
    for y in y_lines:
        raw.append((np.array([[-HALF_X_M, y], [HALF_X_M, y]]), float(rng.uniform(12, 22))))
    raw.append((np.array([[lake_at[0], lake_at[1]], [lake_at[0] + 600, 500]]), 24.0))
    for (points, half), name in zip(raw, CANALS, strict=False):
        bent = warp.bend(dense(points, 60.0))
        outside = LineString(bent).difference(lake)
        parts = [g for g in getattr(outside, "geoms", [outside]) if g.length > 900]
        found.extend(Waterway("canal", name, LineString(p.coords), half) for p in parts)
    return found
