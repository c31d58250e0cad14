"""How fast are positions judged, beside MovingPandas' stops and Valhalla's matching of the same positions?

Trucks shuttle between two places over a real road network, a day each, reporting every 10 s with errors that
wander (5 m). Ours is all that the rules say of positions alone: jumps, visits, trips, corridor, stops and
silence. The peers do one thing each: MovingPandas finds stops (its trajectories are made beforehand, unpaid),
Valhalla puts fixes on roads. One core, processor time. Without the extra `bench` or the network it is said
what was left out.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import shapely

from bench import detection_movingpandas as movingpandas
from bench import detection_valhalla as valhalla
from bench.detection_legs import Leg
from bench.detection_roads import BOX, FREE_MS, LENGTH_M, PLANE, SAMPLING_S, length_m
from demo.world.driving import drive
from demo.world.noise import errors_at
from demo.world.ways import gridded
from models.thresholds import Thresholds
from models.values import FacilityArea, RouteLine, Track, VehicleFacts, make_track
from models.vocabulary import MS_PER_S, FacilityKind, Mode
from tracking.operations.retrack_vehicle import Anchor, journeys_of
from tracking.queries.fixes import BEGINNING_MS
from tracking.rules.judge_track import judge_track
from tracking.rules.trip_context import TripContext
from tracking.rules.trips import UNKNOWN
from tracking.rules.visits import Fences
from tracking.rules.world import World

SEED, ROUTES, TRIPS = 23, 20, 12
NOISE_M, NOISE_S = 5.0, 60.0
STAND_S, HALF_M, ASIDE_M = 900.0, 120.0, 400.0
MATCHED_FIXES = 4_000  # Valhalla takes seconds for these
BEGAN_MS = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp()) * MS_PER_S
TARGET_MOVINGPANDAS, TARGET_VALHALLA = 10.0, 20.0


@dataclass(frozen=True, slots=True, eq=False)
class Shuttle:
    """A truck between two places: its approved route (lon, lat), its fixes (s, m)."""

    line: np.ndarray
    t_s: np.ndarray
    xy_m: np.ndarray

    def track(self) -> Track:
        """Its fixes as the rules take them."""
        lon_lat = PLANE.to_degrees(self.xy_m)
        times_ms = BEGAN_MS + np.rint(self.t_s * MS_PER_S).astype(np.int64)
        return make_track(time_ms=times_ms, lat=lon_lat[:, 1], lon=lon_lat[:, 0])

    def leg(self, name: str) -> Leg:
        """Its fixes as the peers take them."""
        return Leg(name, name, BEGAN_MS, None, self.t_s, self.xy_m, np.ones(self.t_s.size, dtype=np.bool_))


def run() -> dict[str, Any]:
    """Fixes a core-second of each, and ratios."""
    left_out = [] if valhalla.is_there() else ["valhalla"]
    left_out += [] if movingpandas.is_there() else ["movingpandas"]
    if not valhalla.is_there():
        return result({}, {}, left_out)  # the ways come from it too
    with TemporaryDirectory(prefix="sludgetrace-bench-") as folder:
        roads = valhalla.Roads(Path(folder))
        shuttles = shuttled(roads, np.random.default_rng(SEED))
        ours, said = judged(shuttles)
        peers = {"valhalla_matching_per_core_s": matched(roads, shuttles)}
    if movingpandas.is_there():
        peers["movingpandas_stops_per_core_s"] = stops_found(shuttles)
    fixes = sum(each.t_s.size for each in shuttles)
    return result({"fixes_per_core_s": ours, "fixes": fixes, **said}, peers, left_out)


def result(figures: dict[str, Any], peers: dict[str, float], left_out: list[str]) -> dict[str, Any]:
    """The figures with their ratios, asked and reached."""
    ours = figures.get("fixes_per_core_s", float("nan"))
    asked = {
        "movingpandas_stops_per_core_s": TARGET_MOVINGPANDAS,
        "valhalla_matching_per_core_s": TARGET_VALHALLA,
    }
    ratios = {f"to_{name.split('_')[0]}": ours / rate for name, rate in peers.items()}
    ratios |= {f"asked_of_{name.split('_')[0]}": ours / rate / asked[name] for name, rate in peers.items()}
    settings = {"routes": ROUTES, "trips": TRIPS, "sampling_s": SAMPLING_S, "noise_m": NOISE_M}
    return {
        "bench": "positions",
        "seed": SEED,
        "settings": settings | {"left_out": left_out},
        "figures": figures,
        "peers": peers,
        "ratios": ratios,
    }


def shuttled(roads: valhalla.Roads, rng: np.random.Generator) -> list[Shuttle]:
    """Trucks on routes drawn from the network."""
    found: list[Shuttle] = []
    while len(found) < ROUTES:
        line = roads.way(rng.uniform(*BOX, (2, 2)))
        if line is not None and LENGTH_M[0] < length_m(line) < LENGTH_M[1]:
            found.append(to_and_fro(line, rng))
    return found


def to_and_fro(line: np.ndarray, rng: np.random.Generator) -> Shuttle:
    """There and back again, standing at both ends."""
    metres = PLANE.to_metres(line)
    metres = metres[np.concatenate(([True], np.hypot(*np.diff(metres, axis=0).T) > 0.5))]
    clock_s, times, places = 0.0, [], []
    for number in range(TRIPS):
        way = gridded(metres[:: 1 if number % 2 == 0 else -1], np.full(len(metres) - 1, FREE_MS), np.empty(0))
        trip = drive(way, clock_s, rng)
        t_s = np.arange(clock_s, trip.end_s + STAND_S, SAMPLING_S)
        places.append(np.column_stack([np.interp(t_s, trip.t_s, trip.xy[:, axis]) for axis in (0, 1)]))
        times.append(t_s)
        clock_s = float(t_s[-1]) + SAMPLING_S
    t_s, xy_m = np.concatenate(times), np.vstack(places)
    return Shuttle(line, t_s, xy_m + errors_at(rng, t_s, clock_s, NOISE_M, NOISE_S))


def judged(shuttles: list[Shuttle]) -> tuple[float, dict[str, int]]:
    """Fixes a core-second through all rules of positions, and what they said."""
    ready = [(each.track(), world_of(shuttles, number)) for number, each in enumerate(shuttles)]
    blank = ready[0][0].take(slice(0, 0))
    trips = approved = findings = 0
    began = time.process_time()
    for track, world in ready:
        anchor = Anchor(BEGINNING_MS, BEGINNING_MS, UNKNOWN)
        _, journeys = journeys_of(track, 1, anchor, world)
        for trip in journeys:
            ways = world.approved(trip.origin_id, trip.destination_id, Mode.ROAD)
            paths = tuple(world.path(way.id) for way in ways)
            part = track.between(trip.departed_ms, trip.arrived_ms)
            context = TripContext(world.vehicles[1], part, blank, paths, (1,), None)
            findings += len(judge_track(context, world).findings)
            trips += 1
            approved += bool(paths)
    spent_s = time.process_time() - began
    said = {"trips": trips, "trips_with_a_route": approved, "findings": findings}
    return sum(len(track) for track, _ in ready) / spent_s, said


def world_of(shuttles: list[Shuttle], own: int) -> World:
    """A facility at each end of a truck's route, approved both ways, and those of the others off its way."""
    road = shapely.LineString(PLANE.to_metres(shuttles[own].line))
    places: dict[int, FacilityArea] = {}
    for number, shuttle in enumerate(shuttles):
        for key, place in zip(ends(number), (shuttle.line[0], shuttle.line[-1]), strict=True):
            middle = PLANE.to_metres(place[None, :])
            if number == own or road.distance(shapely.Point(middle[0])) > ASIDE_M:
                places[key] = facility(key, middle)
    first, second = ends(own)
    there, back = (
        RouteLine(key, f"R{key}", *pair, Mode.ROAD, 75.0, tuple((lon, lat) for lon, lat in line.tolist()))
        for key, pair, line in (
            (1, (first, second), shuttles[own].line),
            (2, (second, first), shuttles[own].line[::-1]),
        )
    )
    thresholds = Thresholds()
    fences = Fences(list(places.values()), thresholds.track.exit_buffer_m)
    vehicles = {1: VehicleFacts(1, "V1", Mode.ROAD, 1, 11e3, 2e4)}
    world = World(places, {1: there, 2: back}, vehicles, (), (), thresholds, fences)
    for key in world.routes:
        world.path(key)  # laid out once for all vehicles, as the peers' own preparation is not paid either
    return world


def ends(number: int) -> tuple[int, int]:
    """The facilities (row ids) of a truck's route."""
    return 2 * number + 1, 2 * number + 2


def facility(key: int, middle_m: np.ndarray) -> FacilityArea:
    """A square plant or site."""
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]) * HALF_M
    ring = PLANE.to_degrees(middle_m + corners)
    kind = FacilityKind.PLANT if key % 2 else FacilityKind.SITE
    return FacilityArea(key, f"F{key}", kind, tuple((lon, lat) for lon, lat in ring.tolist()))


def stops_found(shuttles: list[Shuttle]) -> float:
    """Fixes a core-second through MovingPandas' stop detector alone."""
    peer = import_module("movingpandas")
    ready = [movingpandas.trajectory_of(each.leg(f"V{n}"), peer) for n, each in enumerate(shuttles)]
    began = time.process_time()
    for trajectory in ready:
        peer.TrajectoryStopDetector(trajectory).get_stop_time_ranges(
            min_duration=movingpandas.seconds(movingpandas.STOP_S), max_diameter=movingpandas.STOP_M
        )
    return sum(each.t_s.size for each in shuttles) / (time.process_time() - began)


def matched(roads: valhalla.Roads, shuttles: list[Shuttle]) -> float:
    """Fixes a core-second through Valhalla's map matching, a trip's worth at a time."""
    spent_s, fixes = 0.0, 0
    for shuttle in shuttles:
        size = shuttle.t_s.size // TRIPS
        places = PLANE.to_degrees(shuttle.xy_m[:size])
        began = time.process_time()
        roads.matched(places, shuttle.t_s[:size])
        spent_s += time.process_time() - began
        fixes += size
        if fixes >= MATCHED_FIXES:
            break
    return fixes / spent_s
