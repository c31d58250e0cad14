"""How many fixes a second does the watch follow one by one, and what does a vehicle cost it?

One core, processor time, from 100 to 50,000 vehicles and from 10 to 5,000 facilities. Beside it, on the same
fixes in the same run: what a service does that asks shapely about each fix (which fences hold it, how far is
it from its route). Reading the fixes is not in these figures; `python -m bench analysis` has it.
"""

import time
import tracemalloc
from typing import Any

import shapely

from bench.streaming_town import Board, board, rounds
from models.thresholds import Thresholds
from models.values import ACC_ON
from models.vocabulary import Mode
from tracking.rules.live.ground import LiveGround
from tracking.rules.live.watch import LiveWatch
from tracking.rules.live.watched import Sign, Watched
from tracking.rules.visits import Fences

SEED = 17
VEHICLES = (100, 1_000, 10_000, 50_000)
FACILITIES = (10, 100, 1_000, 5_000)
USUAL_VEHICLES, USUAL_FACILITIES = 1_000, 100
FIXES = 400_000  # of each measurement, and of the run before it that lays out the ground
PEER_FIXES = 40_000
TARGET_PER_S, TARGET_BYTES = 25_000, 4_096


def run() -> dict[str, Any]:
    """Fixes a core-second for each size, bytes a vehicle, and ratios."""
    thresholds = Thresholds()
    town = board(USUAL_FACILITIES)
    by_vehicles = {count: watched(town, count, thresholds)[0] for count in VEHICLES}
    by_facilities = {count: watched(board(count), USUAL_VEHICLES, thresholds)[0] for count in FACILITIES}
    peer = asked_of_shapely(town)
    state_bytes = bytes_a_vehicle(town, thresholds)
    slowest = min(*by_vehicles.values(), *by_facilities.values())
    return {
        "bench": "streaming",
        "seed": SEED,
        "settings": {"fixes": FIXES, "every_s": 10, "noise_m": 5},
        "figures": {
            **{f"fixes_per_core_s_{count}_vehicles": rate for count, rate in by_vehicles.items()},
            **{f"fixes_per_core_s_{count}_facilities": rate for count, rate in by_facilities.items()},
            "state_bytes_a_vehicle": state_bytes,
            **signs_told(town, thresholds),
        },
        "peers": {"shapely_fence_and_route_per_core_s": peer},
        "ratios": {
            "slowest_to_25000_per_s": slowest / TARGET_PER_S,
            "to_shapely": by_facilities[USUAL_FACILITIES] / peer,
            "state_to_4_kB": state_bytes / TARGET_BYTES,
            "50000_to_100_vehicles": by_vehicles[VEHICLES[-1]] / by_vehicles[VEHICLES[0]],
            "5000_to_10_facilities": by_facilities[FACILITIES[-1]] / by_facilities[FACILITIES[0]],
        },
    }


def watch_over(town: Board, thresholds: Thresholds) -> LiveWatch:
    """A watch over a board."""
    fences = Fences(town.facilities, thresholds.track.exit_buffer_m)
    return LiveWatch(LiveGround(fences, town.routes, thresholds.track), thresholds)


def watched(town: Board, vehicles: int, thresholds: Thresholds) -> tuple[float, dict[Sign, int]]:
    """Fixes followed a core-second, and how often each sign was told; only following is measured."""
    watch = watch_over(town, thresholds)
    states = [Watched(Mode.ROAD) for _ in range(vehicles)]
    count = max(2, 2 * FIXES // vehicles)
    spent_s, fixes = 0.0, 0
    told: dict[Sign, int] = dict.fromkeys(Sign, 0)
    for number, (time_ms, lat, lon, speed_kmh) in enumerate(rounds(town, vehicles, count, SEED)):
        began = time.process_time()
        signs = [
            watch.take(seen, time_ms, north, east, kmh, ACC_ON)
            for seen, north, east, kmh in zip(states, lat, lon, speed_kmh, strict=True)
        ]
        if number >= count // 2:  # before, the ways from each facility are laid out
            spent_s += time.process_time() - began
            fixes += vehicles
        for sign in signs:
            if sign is not None:
                told[sign] += 1
    return fixes / spent_s, told


def signs_told(town: Board, thresholds: Thresholds) -> dict[str, int]:
    """How often each sign was told of a hundred vehicles: that the watch did watch."""
    return {f"told_{sign}": times for sign, times in watched(town, 100, thresholds)[1].items()}


def bytes_a_vehicle(town: Board, thresholds: Thresholds) -> float:
    """Memory of a state with all that hangs on it, after twenty rounds."""
    vehicles = 5_000
    watch = watch_over(town, thresholds)
    stream = list(rounds(town, vehicles, 20, SEED))
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    states = {number: Watched(Mode.ROAD) for number in range(vehicles)}
    for time_ms, lat, lon, speed_kmh in stream:
        for number, seen in states.items():
            watch.take(seen, time_ms, lat[number] + 0.0, lon[number] + 0.0, speed_kmh[number], ACC_ON)
    held = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return held / vehicles


def asked_of_shapely(town: Board) -> float:
    """Fixes a core-second when each asks a tree for its fences and a line for its distance."""
    tree = shapely.STRtree([shapely.Polygon(place.polygon) for place in town.facilities])
    route = shapely.LineString(town.routes[0].line)
    shapely.prepare(route)
    spent_s, fixes = 0.0, 0
    for _, lat, lon, _ in rounds(town, USUAL_VEHICLES, PEER_FIXES // USUAL_VEHICLES, SEED):
        began = time.process_time()
        for place in zip(lon, lat, strict=True):
            point = shapely.Point(place)
            tree.query(point, predicate="intersects")
            shapely.distance(point, route)
        spent_s += time.process_time() - began
        fixes += len(lat)
    return fixes / spent_s
