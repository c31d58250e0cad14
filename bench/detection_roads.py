"""How right is `off_route` on real roads, beside map matching?

Routes, honest trips and detours over a real network; driving and noise are the simulator's. Only the rule
of the corridor is at work, without paper and without visits. Every detector sees the same fixes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import shapely

from bench.detection_legs import Floats, Leg, runs
from bench.detection_score import Tally, tally
from bench.detection_traccar import WIDTHS_M, route_alarms
from bench.detection_truths import BEYOND_M, BEYOND_S, Sized
from bench.detection_valhalla import LonLat, Roads
from demo.scenario.score import ScoredFinding, Truth
from demo.town.plane import Plane
from demo.world.corridors import MERGE_S
from demo.world.driving import Drive, drive
from demo.world.noise import errors_at
from demo.world.ways import gridded
from models.thresholds import Thresholds
from models.values import RouteLine, make_track
from models.vocabulary import MS_PER_S, FindingKind, Mode
from tracking.rules.corridor import find_excursions, nearest_corridor
from tracking.rules.route_path import route_path

SEED = 7_201
ROUTES, CLEAN_EACH, DETOURS_EACH = 60, 10, 3
BOX = ((9.49, 47.06), (9.57, 47.26))  # the valley, where the roads are: degrees
LENGTH_M = (4_000.0, 25_000.0)
ASIDE_M = (500.0, 2_500.0)  # how far beside the middle of the route a detour leads
FREE_MS = 14.0
CORRIDOR_M = 75.0
SAMPLING_S = 10.0
DROP_SHARE = 0.03
PLANE = Plane(47.15, 9.53)


@dataclass(frozen=True, slots=True, eq=False)
class Trip:
    """A trip as its device saw it, and where it truly left the corridor."""

    leg: Leg
    route: LonLat
    truths: tuple[Sized, ...]


@dataclass(frozen=True, slots=True)
class RoadFigures:
    """What the detectors did on all trips."""

    tallies: dict[str, dict[FindingKind, Tally]]
    clean_trips: int
    clean_hours: float


def on_real_roads(own: str, routes: int = ROUTES) -> RoadFigures:
    """Drive all trips and let every detector judge them; `own` names this project's rule."""
    found: dict[str, dict[FindingKind, Tally]] = {}
    with TemporaryDirectory(prefix="sludgetrace-bench-") as folder:
        roads = Roads(Path(folder))
        trips = list(driven(roads, np.random.default_rng(SEED), routes))
        said = {own: [each for trip in trips for each in own_alarms(trip, own)]}
        legs = [trip.leg for trip in trips]
        said |= {f"traccar_{width:.0f}m": route_alarms(legs, width) for width in WIDTHS_M}
        said["valhalla_75m"] = [each for trip in trips for each in matched_alarms(roads, trip)]
    clean = [trip for trip in trips if not trip.truths]
    innocent = frozenset(trip.leg.manifest for trip in clean)
    truths = [truth for trip in trips for truth in trip.truths]
    for name, findings in said.items():
        found[name] = tally("roads", truths, findings, {}, innocent)
    hours = sum(float(trip.leg.t_s[-1] - trip.leg.t_s[0]) for trip in clean) / 3_600
    return RoadFigures(found, len(clean), hours)


def driven(roads: Roads, rng: np.random.Generator, routes: int) -> Iterator[Trip]:
    """Trips on routes drawn from the network; a detour that leaves no corridor plainly is not taken."""
    done = 0
    while done < routes:
        ends = rng.uniform(*BOX, (2, 2))
        route = roads.way(ends)
        if route is None or not LENGTH_M[0] < length_m(route) < LENGTH_M[1]:
            continue
        done += 1
        for number in range(CLEAN_EACH):
            yield seen(f"T{done:03d}c{number}-", route, route, rng)
        for number in range(DETOURS_EACH):
            other = roads.way(np.vstack([ends[0], beside(route, rng), ends[1]]))
            trip = seen(f"T{done:03d}d{number}-", route, other, rng) if other is not None else None
            if trip is not None and len(trip.truths) == 1 and trip.truths[0].detectable:
                yield trip


def length_m(line: LonLat) -> float:
    return float(np.hypot(*np.diff(PLANE.to_metres(line), axis=0).T).sum())


def beside(route: LonLat, rng: np.random.Generator) -> LonLat:
    """A place some way off the middle third of the route."""
    middle = PLANE.to_metres(route[[int(rng.uniform(0.33, 0.67) * len(route))]])
    heading, away_m = rng.uniform(0, 2 * np.pi), rng.uniform(*ASIDE_M)
    return PLANE.to_degrees(middle + away_m * np.array([[np.cos(heading), np.sin(heading)]]))


def seen(name: str, route: LonLat, line: LonLat, rng: np.random.Generator) -> Trip:
    """Drive a line once and report it with the errors of a device of its own."""
    metres = PLANE.to_metres(line)
    metres = metres[np.concatenate(([True], np.hypot(*np.diff(metres, axis=0).T) > 0.5))]
    way = gridded(metres, np.full(len(metres) - 1, FREE_MS), np.empty(0))
    trip = drive(way, 8 * 3_600.0, rng)
    t_s = np.arange(trip.start_s, trip.end_s, SAMPLING_S)
    t_s = t_s[rng.random(len(t_s)) >= DROP_SHARE]
    xy = np.column_stack([np.interp(t_s, trip.t_s, trip.xy[:, axis]) for axis in (0, 1)])
    xy += errors_at(rng, t_s - trip.start_s, trip.end_s, rng.uniform(3, 7), rng.uniform(30, 120))
    approved = shapely.LineString(PLANE.to_metres(route))
    leg = Leg(name, name, 0, approved, t_s, xy, np.ones(len(t_s), dtype=np.bool_))
    return Trip(leg, route, tuple(left(name, trip, approved)))


def left(name: str, trip: Drive, approved: shapely.LineString) -> Iterator[Sized]:
    """The times at which the vehicle itself was beyond the half-width; near ones are one."""
    beyond = np.asarray(shapely.distance(shapely.points(trip.xy), approved)) - CORRIDOR_M
    spans: list[tuple[int, int]] = []
    for first, last in runs(beyond > 0):
        joins = bool(spans) and trip.t_s[first] - trip.t_s[spans[-1][1]] < MERGE_S
        spans[-1:] = [(spans[-1][0], last)] if joins else [*spans[-1:], (first, last)]
    for first, last in spans:
        far_s = float(np.diff(trip.t_s[first : last + 1])[beyond[first:last] > BEYOND_M].sum())
        start, end = (int(float(trip.t_s[fix]) * MS_PER_S) for fix in (first, last))
        truth = Truth(FindingKind.OFF_ROUTE, name, name, None, start, end)
        yield Sized(truth, float(beyond[first : last + 1].max()), far_s >= BEYOND_S)


def own_alarms(trip: Trip, own: str) -> Iterator[ScoredFinding]:
    """What this project's rule says."""
    thresholds = Thresholds().track
    lon_lat = PLANE.to_degrees(trip.leg.xy)
    times_ms = np.rint(trip.leg.t_s * MS_PER_S).astype(np.int64)
    track = make_track(time_ms=times_ms, lat=lon_lat[:, 1], lon=lon_lat[:, 0])
    line = tuple((lon, lat) for lon, lat in trip.route.tolist())
    paths = [route_path(RouteLine(1, trip.leg.manifest, 1, 2, Mode.ROAD, CORRIDOR_M, line))]
    for out in find_excursions(track, nearest_corridor(track, paths, thresholds), thresholds):
        from_s, to_s, told_s = (float(trip.leg.t_s[fix]) for fix in (out.first, out.last, out.alarm))
        yield trip.leg.finding(own, FindingKind.OFF_ROUTE, from_s, to_s, told_s)


def matched_alarms(roads: Roads, trip: Trip) -> list[ScoredFinding]:
    """The fixes that map matching puts on a road more than 75 m from the route."""
    leg = trip.leg
    moved: Floats = PLANE.to_metres(roads.matched(PLANE.to_degrees(leg.xy), leg.t_s))
    outside = np.asarray(shapely.distance(shapely.points(moved), leg.routes)) > CORRIDOR_M
    found = []
    for first, last in runs(outside):
        span = float(leg.t_s[first]), float(leg.t_s[last])
        found.append(leg.finding("valhalla", FindingKind.OFF_ROUTE, *span, span[0]))
    return found
