"""Where do sludge vessels berth, pass the lock and moor?"""

import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.ops import substring

from demo.town.facilities import Facility, Placer, Yard
from demo.town.names import LOCK, MOORING, WHARVES, Name
from demo.town.network import Edge
from demo.town.plane import Points
from demo.town.water import HALF_X_M, Water

LOCK_M = 760.0  # chamber and the waiting places above and below


def place_wharves(placer: Placer) -> tuple[Facility, Facility] | None:
    """A wharf at the western and one at the eastern end of the river; None where no bank has room."""
    crossings = _crossings(placer)
    placed: list[Facility] = []
    for number, (name, wished_x) in enumerate(zip(WHARVES, (-10_000.0, 10_600.0), strict=True)):
        for edge, chainage_m in sorted(crossings, key=lambda c: abs(_x_at(placer.water, c[1]) - wished_x)):
            facility = _wharf_at(placer, edge, chainage_m, f"W{number + 1}", name)
            if facility:
                placed.append(facility)
                break
    return (placed[0], placed[1]) if len(placed) == 2 else None


def _x_at(water: Water, chainage_m: float) -> float:
    return float(water.river.centre.interpolate(chainage_m).x)


def _crossings(placer: Placer) -> list[tuple[Edge, float]]:
    river = placer.water.river.centre
    found = []
    for edge in placer.ground.network.edges:
        if edge.klass in ("primary", "secondary") and not edge.tunnel:
            meet = LineString(edge.points).intersection(river)
            if isinstance(meet, Point) and abs(meet.x) < HALF_X_M - 1_500:
                found.append((edge, float(river.project(meet))))
    return found


def _wharf_at(placer: Placer, edge: Edge, chainage_m: float, ident: str, name: Name) -> Facility | None:
    """Try the four corners of a bridge for a plot that reaches from the road bank into the river."""
    water, road = placer.water, LineString(edge.points)
    for direction in (1.0, -1.0):
        for bank in (1.0, -1.0):
            corners, frame = _wharf_axes(water, chainage_m, direction, bank)
            polygon = Polygon(corners)
            gate = Point(frame(72.0, 95.0))
            at_m = float(road.project(gate))
            access = road.interpolate(at_m)
            if not (60 < at_m < road.length - 60) or access.distance(gate) > 190 or not polygon.is_valid:
                continue
            if not _dry_enough(placer, polygon):
                continue
            placer.ground.taken.append(polygon)
            node = placer._gate(edge, at_m)
            driveway = np.array([[access.x, access.y], [gate.x, gate.y], frame(104.0, 95.0)])
            slots = tuple(frame(110.0 + 12 * (k % 9), 70.0 + 11 * (k // 9)) for k in range(30))
            yard = Yard(driveway, frame(185.0, 14.0), slots, frame(185.0, -26.0))
            made = Facility(ident, name, "transfer", polygon, yard, node)
            placer.found.append(made)
            return made
    return None


def _wharf_axes(water: Water, chainage_m: float, direction: float, bank: float):  # type: ignore[no-untyped-def]
    """Corners, and a map from (metres along the bank from the bridge, metres inland of it) to the board."""
    river = water.river.centre
    half = water.river.half_width_m

    def frame(along_m: float, inland_m: float) -> tuple[float, float]:
        s = chainage_m + direction * along_m
        here, ahead = river.interpolate(s), river.interpolate(s + 5.0)
        tangent = np.array([ahead.x - here.x, ahead.y - here.y]) / 5.0
        normal = bank * np.array([-tangent[1], tangent[0]])
        x, y = np.array([here.x, here.y]) + (half + inland_m) * normal
        return float(x), float(y)

    inland = [frame(72, 150), frame(72, 20), frame(100, -half + 22)]
    wet = [frame(a, -half + 22) for a in (150, 200, 250, 300)]
    back = [frame(318, 10), frame(300, 120), frame(250, 165)]
    return np.array([*inland, *wet, *back]), frame


def _dry_enough(placer: Placer, polygon: Polygon) -> bool:
    """No road within reach, no other water than the river, no other plot."""
    water = placer.water
    if placer.ground.road_within(polygon, 42.0) or polygon.intersects(water.lake):
        return False
    if any(polygon.distance(c.centre) < c.half_width_m + 15 for c in water.canals):
        return False
    return all(polygon.distance(other) > 120 for other in placer.ground.taken)


def sailing_line(water: Water, start: Facility, end: Facility) -> Points:
    """Berth → river → berth, (n, 2)."""
    river = water.river.centre
    assert start.yard and end.yard and start.yard.berth and end.yard.berth  # noqa: S101 - wharves have berths
    a, b = (river.project(Point(w.yard.berth)) for w in (start, end) if w.yard and w.yard.berth)
    off = 320.0 if b > a else -320.0
    middle = substring(river, a + off, b - off)
    return np.vstack(([start.yard.berth], np.asarray(middle.coords), [end.yard.berth]))


def place_lock_and_mooring(placer: Placer, line: Points) -> None:
    """A lock on the quiet stretch nearest the middle of the line, a mooring on another."""
    river = placer.water.river
    path = LineString(line)
    roads = shapely.union_all([LineString(e.points) for e in placer.ground.network.edges])
    bridges = [path.project(p) for p in getattr(path.intersection(roads), "geoms", [])]
    for ident, name, wished, length_m in (("L1", LOCK, 0.5, LOCK_M), ("M1", MOORING, 0.78, 320.0)):
        spots = np.arange(1_500.0, path.length - 1_500.0, 100.0)
        taken = [f.centre for f in placer.found if f.kind in ("transfer", "permitted_stop")]
        for s in spots[np.argsort(np.abs(spots - wished * path.length), kind="stable")]:
            here = path.interpolate(s)
            clear = all(abs(s - b) > length_m / 2 + 60 for b in bridges)
            if clear and all(np.hypot(here.x - x, here.y - y) > 1_200 for x, y in taken):
                reach = substring(path, s - length_m / 2, s + length_m / 2)
                shape = reach.buffer(river.half_width_m + 12, cap_style="flat")
                placer.found.append(Facility(ident, name, "permitted_stop", Polygon(shape.exterior)))
                break
