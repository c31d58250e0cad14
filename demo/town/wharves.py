"""Where do sludge vessels berth, pass the lock and moor?"""

from dataclasses import dataclass
from itertools import product

import numpy as np
import shapely
from shapely import LineString, Point, Polygon
from shapely.ops import substring

from demo.town.facilities import Facility, Placer, Yard
from demo.town.names import LOCK, MOORING, WHARVES, Name
from demo.town.network import Edge
from demo.town.plane import Points
from demo.town.water import HALF_X_M, Water, Waterway

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


@dataclass(frozen=True)
class Bank:
    """One corner of a bridge: axes along the bank, away from the bridge, and inland from the water's edge."""

    river: Waterway
    bridge_m: float  # chainage of the bridge on the river
    direction: float  # +1 with the river's line, −1 against it
    side: float  # +1 left, −1 right of the river's line

    def spot(self, along_m: float, inland_m: float) -> tuple[float, float]:
        at_m = self.bridge_m + self.direction * along_m
        here, ahead = (self.river.centre.interpolate(m) for m in (at_m, at_m + 5.0))
        normal = self.side * np.array([here.y - ahead.y, ahead.x - here.x]) / 5.0
        x, y = np.array([here.x, here.y]) + (self.river.half_width_m + inland_m) * normal
        return float(x), float(y)

    def outline(self) -> Polygon:
        """A yard on the bank with its berth in the water, 72 to 318 m from the bridge."""
        wet_m = 22.0 - self.river.half_width_m
        inland = [self.spot(72, 150), self.spot(72, 20), self.spot(100, wet_m)]
        wet = [self.spot(along_m, wet_m) for along_m in (150, 200, 250, 300)]
        return Polygon([*inland, *wet, self.spot(318, 10), self.spot(300, 120), self.spot(250, 165)])


def _wharf_at(placer: Placer, edge: Edge, chainage_m: float, ident: str, name: Name) -> Facility | None:
    """Try the four corners of a bridge for a plot that reaches from the road bank into the river."""
    road = LineString(edge.points)
    for direction, side in product((1.0, -1.0), (1.0, -1.0)):
        bank = Bank(placer.water.river, chainage_m, direction, side)
        polygon = bank.outline()
        gate = Point(bank.spot(72.0, 95.0))
        at_m = float(road.project(gate))
        access = road.interpolate(at_m)
        reachable = 60 < at_m < road.length - 60 and access.distance(gate) < 190
        if not reachable or not polygon.is_valid or not _dry_enough(placer, polygon):
            continue
        placer.ground.taken.append(polygon)
        node = placer.gate(edge, at_m)
        driveway = np.array([[access.x, access.y], [gate.x, gate.y], bank.spot(104.0, 95.0)])
        slots = tuple(bank.spot(110.0 + 12 * (k % 9), 70.0 + 11 * (k // 9)) for k in range(30))
        yard = Yard(driveway, bank.spot(185.0, 14.0), slots, bank.spot(185.0, -26.0))
        made = Facility(ident, name, "transfer", polygon, yard, node)
        placer.found.append(made)
        return made
    return None


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
    berths = [w.yard.berth for w in (start, end) if w.yard and w.yard.berth]
    a, b = (river.project(Point(berth)) for berth in berths)
    off = 320.0 if b > a else -320.0
    middle = substring(river, a + off, b - off)
    return np.vstack((berths[:1], np.asarray(middle.coords), berths[1:]))


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
