"""Which routes are approved, how long do they take, and where along them may a driver stop?"""

from dataclasses import dataclass

import numpy as np
from shapely import LineString, Point, Polygon

from demo.town.facilities import Facility
from demo.town.names import Name
from demo.town.plane import Points
from demo.town.town import Town
from demo.world.chance import stream
from demo.world.driving import RED_LIGHT_MAX_S, RED_LIGHT_SHARE
from demo.world.ways import Way, WayFinder

ROAD_CORRIDOR_M, WATER_CORRIDOR_M = 75.0, 120.0
USUAL_SHARE = 0.86  # of free speed, averaged over the working day
STOP_ASIDE_M = 38.0  # from the centre line to a bay of a fuel station or rest area
STOP_NAMES = (
    ("加油站", " Fuel Station", "fuel"),
    ("货车休息区", " Lorry Park", "rest"),
    ("综合能源站", " Energy Station", "fuel"),
    ("司机之家", " Drivers' Rest", "rest"),
)
STOPS_WANTED = 6
LOCK_USUAL_MIN = 24.0


@dataclass(frozen=True)
class StopOnWay:
    """A permitted stop that lies on the right-hand side of a way."""

    facility: str
    at_m: float
    aside_m: float
    use: str  # fuel · rest · lock · mooring


@dataclass
class Line:
    """An approved route, and the way that follows it."""

    id: str
    start: str
    end: str
    mode: str
    corridor_m: float
    planned_minutes: int
    way: Way
    steps: list[tuple[int, bool]]
    stops: tuple[StopOnWay, ...] = ()

    def corridor(self) -> LineString:
        return self.way.shape()


def approve_road(town: Town, finder: WayFinder, seed: int, pairs: list[tuple[str, str]]) -> list[Line]:
    """The quickest way of each pair and, for most longer ones, a second that shares little with it."""
    rng = stream(seed, "lines")
    found: list[Line] = []
    for start, end in pairs:
        first = finder.steps(start, end)
        if not first:
            raise RuntimeError(f"no road joins {start} and {end}")
        choices = [first]
        if rng.random() < 0.7:
            second = _other_steps(town, finder, start, end, first)
            if second:
                choices.append(second)
        for k, steps in enumerate(choices):
            way = finder.along(steps, start, end)
            ident = f"R{len(found) + 1:03d}"
            minutes = planned_minutes(way)
            if k:
                minutes = max(minutes, found[-1].planned_minutes)
            found.append(Line(ident, start, end, "road", ROAD_CORRIDOR_M, minutes, way, steps))
    return found


def approve_water(finder: WayFinder) -> Line:
    """The one line of the vessels."""
    west, east = finder.town.wharves or (None, None)
    if west is None or east is None:
        raise LookupError("this town has no wharves")
    way = finder.sailing(downstream=True)
    minutes = int(np.ceil(way.length_m / (3.3 * 0.94) / 60 + LOCK_USUAL_MIN))
    return Line("RW1", west.id, east.id, "water", WATER_CORRIDOR_M, minutes, way, [])


def planned_minutes(way: Way) -> int:
    """What a dispatcher would promise: an ordinary drive with its lights, and four minutes for the gates."""
    rolling = float(np.sum(np.diff(way.s_m) / np.maximum(way.free_ms[1:], 1.0))) / USUAL_SHARE
    waiting = len(way.lights_m) * RED_LIGHT_SHARE * RED_LIGHT_MAX_S * 0.5
    return int(np.ceil((rolling * 1.1 + waiting) / 60.0 + 4.0))


def _other_steps(
    town: Town, finder: WayFinder, start: str, end: str, first: list[tuple[int, bool]]
) -> list[tuple[int, bool]] | None:
    factor = np.ones(len(town.network.edges))
    used = [k for k, _ in first]
    factor[used[1:-1]] = 1.9
    second = finder.steps(start, end, factor)
    cost = town.router.cost_s
    shared = sum(cost[k] for k, _ in second if k in set(used))
    total, best = (float(sum(cost[k] for k, _ in way)) for way in (second, first))
    return second if shared < 0.72 * total and total < 1.32 * best else None


def place_road_stops(town: Town, seed: int, lines: list[Line]) -> None:
    """Fuel stations and rest areas beside the most used stretches, on the side of the laden traffic."""
    rng = stream(seed, "stops")
    network = town.network
    use: dict[tuple[int, bool], int] = {}
    for line in lines:
        for step in line.steps:
            use[step] = use.get(step, 0) + 1
    order = sorted(use, key=lambda step: (-use[step], step))
    placed: list[tuple[float, float]] = []
    for number, forward in order:
        edge = network.edges[number]
        if len(placed) >= STOPS_WANTED or edge.length_m < 420 or edge.tunnel or edge.klass == "street":
            continue
        polygon, centre = _bay(edge.points[:: 1 if forward else -1], float(rng.uniform(0.42, 0.58)))
        if any(np.hypot(centre[0] - x, centre[1] - y) < 2_000 for x, y in placed) or not _open(town, polygon):
            continue
        zh, en, kind = STOP_NAMES[len(placed) % len(STOP_NAMES)]
        ident = f"F{len(placed) + 1:02d}"
        name = Name(edge.name.zh + zh, edge.name.en + en)
        made = Facility(ident, name, "permitted_stop", polygon)
        made.facts["use"] = kind
        town.facilities[ident] = made
        town.ground.taken.append(polygon)
        placed.append(centre)


def _bay(points: Points, share: float) -> tuple[Polygon, tuple[float, float]]:
    """A 116 m long strip, 17 to 60 m right of the road, with slanted ends."""
    road = LineString(points)
    middle = share * road.length
    here, ahead = road.interpolate(middle - 58), road.interpolate(middle + 58)
    along = np.array([ahead.x - here.x, ahead.y - here.y])
    along /= np.hypot(*along)
    right = np.array([along[1], -along[0]])
    mid = road.interpolate(middle)
    base = np.array([mid.x, mid.y])
    corners = [(-58, 17), (58, 17), (46, 60), (-46, 60)]
    polygon = Polygon([base + a * along + r * right for a, r in corners])
    spot = base + STOP_ASIDE_M * right
    return polygon, (float(spot[0]), float(spot[1]))


def _open(town: Town, polygon: Polygon) -> bool:
    wide = polygon.buffer(150)
    near = town.ground.road_within(polygon, 12.0)
    return (
        not near
        and not town.water.area.intersects(polygon)
        and all(not wide.intersects(other) for other in town.ground.taken)
    )


def find_stops(town: Town, line: Line) -> None:
    """Note the permitted stops that a driver on this line passes on the right, or a vessel sails through."""
    path = line.corridor()
    found = []
    for facility in town.of_kind("permitted_stop"):
        centre = Point(facility.centre)
        at_m = float(path.project(centre))
        gap_m = float(path.distance(centre))
        if line.mode == "water" and facility.node is None and gap_m < 30 and "use" not in facility.facts:
            use = "lock" if facility.id.startswith("L") else "mooring"
            found.append(StopOnWay(facility.id, at_m, 0.0, use))
        elif (
            line.mode == "road"
            and "use" in facility.facts
            and 20 < gap_m < 55
            and _on_right(line.way, at_m, centre)
        ):
            found.append(StopOnWay(facility.id, at_m, STOP_ASIDE_M, str(facility.facts["use"])))
    line.stops = tuple(sorted(found, key=lambda s: s.at_m))


def _on_right(way: Way, at_m: float, centre: Point) -> bool:
    k = int(np.searchsorted(way.s_m, at_m))
    k = min(k, len(way.s_m) - 1)
    toward = np.array([centre.x, centre.y]) - way.xy[k]
    return bool(toward @ way.right[k] > 0)
