"""Which roads does the town have, before their crossings are known?"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring, unary_union

from demo.town.curves import Warp, closed_curve, dense, harmonics, line, rounded
from demo.town.names import RADIALS, RING_ROADS, SECONDARY, STREET_HEADS, STREET_TAILS, TUNNEL, Name
from demo.town.water import CORE_RADIUS_M, HALF_X_M, HALF_Y_M, Water

STEP_M = 55.0
TOWN_CENTRE = (-900.0, 900.0)
CLASSES = ("motorway", "primary", "secondary", "street")


@dataclass(frozen=True)
class Road:
    """One named road by its centre line."""

    klass: str  # one of CLASSES
    name: Name
    centre: LineString
    tunnel: bool = False


def draw_roads(rng: np.random.Generator, water: Water) -> list[Road]:
    """All roads, from great to small; roads of a class keep out of water they have no bridge for."""
    warp = Warp.draw(rng, 520, (6_000, 13_000), 7)
    roads = [*_rings(rng, water), *_radials(rng, warp), *_secondaries(rng, warp)]
    for centre, radius, spacing in _quarters(rng):
        roads.extend(_lattice(rng, warp, centre, radius, spacing))
    shore = unary_union([water.lake.buffer(120), *(p.shape.buffer(35) for p in water.ponds)])
    dry = [Road(r.klass, r.name, part) for r in roads for part in _dry_parts(r, shore, water)]
    return _with_tunnel(dry, water)


def _rings(rng: np.random.Generator, water: Water) -> list[Road]:
    outer = closed_curve((0, 300), (12_700, 10_300), harmonics(rng, 4, 0.02), 900)
    middle = closed_curve(TOWN_CENTRE, (4_500, 3_900), harmonics(rng, 4, 0.03), 420)
    inner = closed_curve(TOWN_CENTRE, (2_150, 1_850), harmonics(rng, 4, 0.03), 220)
    shore = Polygon(water.lake.exterior).buffer(1_200).buffer(-750).simplify(60).boundary
    curves = (outer, middle, inner, rounded(np.asarray(shore.coords)))
    classes = ("motorway", "primary", "secondary", "secondary")
    return [
        Road(klass, name, line(dense(points, STEP_M)))
        for klass, name, points in zip(classes, RING_ROADS, curves, strict=True)
    ]


def _radials(rng: np.random.Generator, warp: Warp) -> Iterator[Road]:
    count = len(RADIALS)
    heading = np.arange(count) * 2 * np.pi / count + rng.uniform(-0.16, 0.16, count) + 0.25
    for angle, name in zip(heading, RADIALS, strict=True):
        reach = np.linspace(1_500, 17_500, 160)
        swing = angle + rng.uniform(-0.12, 0.12) * np.sin(reach / rng.uniform(3_500, 6_000))
        points = np.column_stack(
            (TOWN_CENTRE[0] + reach * np.cos(swing), TOWN_CENTRE[1] + reach * np.sin(swing))
        )
        bent = warp.bend(points)
        keep = (np.abs(bent[:, 0]) < HALF_X_M) & (np.abs(bent[:, 1]) < HALF_Y_M)
        yield Road("primary", name, line(dense(bent[keep], STEP_M)))


def _secondaries(rng: np.random.Generator, warp: Warp) -> Iterator[Road]:
    """Country roads about 2 km apart, many of which do not cross the whole board."""
    names = iter(SECONDARY)
    for axis, half, across, spacing in ((0, HALF_X_M, HALF_Y_M, 2_500), (1, HALF_Y_M, HALF_X_M, 2_250)):
        places = np.arange(-half + 1_300, half - 600, spacing)
        for place in places + rng.uniform(-420, 420, len(places)):
            lo, hi = _stretch(rng, across)
            tilt = rng.uniform(-700, 700)
            ends = np.array([[place - tilt, lo], [place + tilt, hi]])
            points = dense(ends if axis == 0 else ends[:, ::-1], STEP_M)
            bent = warp.bend(points)
            keep = (np.abs(bent[:, 0]) < HALF_X_M - 200) & (np.abs(bent[:, 1]) < HALF_Y_M - 200)
            if keep.sum() > 40:
                yield Road("secondary", next(names, SECONDARY[0]), line(bent[keep]))


def _stretch(rng: np.random.Generator, across_m: float) -> tuple[float, float]:
    if rng.random() < 0.45:
        return -across_m, across_m
    lo = rng.uniform(-across_m, 0.0)
    return float(lo), float(min(across_m, lo + rng.uniform(1.0, 1.5) * across_m))


def _quarters(rng: np.random.Generator) -> list[tuple[tuple[float, float], float, float]]:
    """Built-up quarters: the core and four small towns around it."""
    found = [(TOWN_CENTRE, CORE_RADIUS_M + 300, 520.0)]
    for angle in np.array([0.35, 2.2, 3.5, 5.1]) + rng.uniform(-0.25, 0.25, 4):
        far = rng.uniform(7_600, 9_000)
        centre = (TOWN_CENTRE[0] + 1.15 * far * np.cos(angle), TOWN_CENTRE[1] + 0.92 * far * np.sin(angle))
        found.append(((float(centre[0]), float(centre[1])), float(rng.uniform(1_300, 1_900)), 430.0))
    return found


def _lattice(
    rng: np.random.Generator, warp: Warp, centre: tuple[float, float], radius_m: float, spacing_m: float
) -> Iterator[Road]:
    """A warped grid of streets inside a wobbly circle, each row shifted and some rows broken."""
    local = Warp.draw(rng, 130, (1_200, 2_600), 5)
    turn = rng.uniform(0, np.pi / 2)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    for axis in (0, 1):
        places = np.arange(-radius_m + 180, radius_m - 100, spacing_m * (1.0 if axis else 1.25))
        for place in places + rng.uniform(-90, 90, len(places)):
            half = np.sqrt(max(0.0, radius_m**2 - place**2)) * rng.uniform(0.82, 1.0)
            for lo, hi in _broken(rng, half):
                ends = np.array([[place, lo], [place + rng.uniform(-80, 80), hi]])
                points = dense(ends if axis == 0 else ends[:, ::-1], STEP_M) @ spin.T + np.array(centre)
                yield Road("street", _street_name(rng), line(local.bend(warp.bend(points))))


def _broken(rng: np.random.Generator, half_m: float) -> list[tuple[float, float]]:
    if half_m < 350:
        return []
    if half_m < 1_200 or rng.random() < 0.5:
        return [(-half_m, half_m)]
    gap = rng.uniform(-0.5, 0.5) * half_m
    return [(-half_m, gap - 180), (gap + 180, half_m)]


def _street_name(rng: np.random.Generator) -> Name:
    head = STREET_HEADS[rng.integers(len(STREET_HEADS))]
    tail = STREET_TAILS[rng.integers(len(STREET_TAILS))]
    return Name(head[0] + tail[0], f"{head[1]} {tail[1]}")


def _dry_parts(road: Road, shore: BaseGeometry, water: Water) -> list[LineString]:
    """Only the expressway bridges the lake; streets do not cross the river."""
    if road.klass == "motorway":
        return [road.centre]
    wet = shore if road.klass != "street" else shore.union(water.river_area.buffer(25))
    dry = road.centre.difference(wet)
    return [LineString(p.coords) for p in getattr(dry, "geoms", [dry]) if p.length > 150]


def _with_tunnel(roads: list[Road], water: Water) -> list[Road]:
    """The avenue round the town dives under the river once, on its eastern side, for 1.8 km."""
    number = next(k for k, r in enumerate(roads) if r.name == RING_ROADS[1])
    ring = roads[number]
    under = ring.centre.intersection(water.river.centre)
    points = [p for p in getattr(under, "geoms", [under]) if not p.is_empty]
    if not points:
        return roads
    middle = ring.centre.project(max(points, key=lambda p: p.x))
    lo, hi = max(0.0, middle - 900.0), min(ring.centre.length, middle + 900.0)
    pieces = [(0.0, lo, False), (lo, hi, True), (hi, ring.centre.length, False)]
    cut = [
        Road(ring.klass, TUNNEL if under_river else ring.name, _piece(ring.centre, a, b), under_river)
        for a, b, under_river in pieces
        if b - a > 1.0
    ]
    return [*roads[:number], *cut, *roads[number + 1 :]]


def _piece(centre: LineString, lo_m: float, hi_m: float) -> LineString:
    piece = substring(centre, lo_m, hi_m)
    return LineString(piece.coords)
