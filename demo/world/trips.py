"""How does a driver take an honest load along: which of the approved routes, which stops, which lane?"""

from dataclasses import dataclass

import numpy as np

from demo.world.corridors import fence_times
from demo.world.driving import Drive, Halt, Sidestep, drive
from demo.world.lines import Line, StopOnWay
from demo.world.loads import Carriage, Load
from demo.world.stage import World
from demo.world.ways import Way

OTHER_ROUTE_SHARE = 0.16
STOP_SHARE = 0.12
SERVICE_ROAD_SHARE = 0.05
SERVICE_ROAD_ASIDE_M = 36.0
ARRIVES_WITHIN = 1.36  # of the planned time, for honest loads, whatever they stop for


@dataclass(frozen=True)
class TripPlan:
    """What is to be driven, and where it ends: in a facility, or (`to` None) at a junction."""

    way: Way
    to: str | None
    node: int | None = None
    halts: tuple[Halt, ...] = ()
    beside: tuple[Sidestep, ...] = ()


def pace_of(world: World, vehicle: str) -> float:
    """Some drivers are always a little faster than others."""
    return float(world.rng("pace", world.order[vehicle]).uniform(0.93, 1.03))


def honest_plan(world: World, pair: tuple[str, str], rng: np.random.Generator) -> TripPlan:
    """Any approved route of the pair, perhaps a permitted stop, perhaps a stretch of service road."""
    choices = world.lines[pair]
    other = len(choices) > 1 and rng.random() < OTHER_ROUTE_SHARE
    line = choices[1] if other else choices[0]
    halts = _permitted_halts(line, rng)
    beside = _service_road(line, rng) if not halts else ()
    return TripPlan(line.way, line.end, halts=halts, beside=beside)


def _permitted_halts(line: Line, rng: np.random.Generator) -> tuple[Halt, ...]:
    stops = [s for s in line.stops if s.use in ("fuel", "rest") and 500 < s.at_m < line.way.length_m - 500]
    if not stops or rng.random() > STOP_SHARE:
        return ()
    stop = stops[int(rng.integers(len(stops)))]
    spare_s = (ARRIVES_WITHIN - 1.0) * line.planned_minutes * 60.0
    wished_s = rng.uniform(300, 720) if stop.use == "fuel" else rng.uniform(600, 1_500)
    duration_s = min(float(wished_s), spare_s)
    return (halt_at(stop, duration_s),) if duration_s > 280 else ()


def halt_at(stop: StopOnWay, duration_s: float) -> Halt:
    return Halt(stop.at_m, duration_s, stop.aside_m, 45.0, stop.use)


def _service_road(line: Line, rng: np.random.Generator) -> tuple[Sidestep, ...]:
    """A parallel service road: still inside the corridor, but beside the line on the map."""
    room = line.way.length_m - 4_000
    if rng.random() > SERVICE_ROAD_SHARE or room < 1_000:
        return ()
    start = float(rng.uniform(1_500, 1_500 + room))
    length = float(rng.uniform(700, 1_900))
    if any(a < start + length and b > start for a, b in line.way.dark_m):
        return ()
    return (Sidestep(start, start + length, SERVICE_ROAD_ASIDE_M),)


def take_trip(
    world: World,
    load: Load,
    vehicle: str,
    line: Line,
    plan: TripPlan,
    start_s: float,
    rng: np.random.Generator,
) -> Carriage:
    """Drive the plan and note it on the load. An honest trip that would come too late is driven again:
    without its stop, at last without traffic."""
    pace = pace_of(world, vehicle)
    trip = drive(plan.way, start_s, rng, plan.halts, plan.beside, pace)
    limit_s = ARRIVES_WITHIN * line.planned_minutes * 60.0
    for traffic in (True, True, True, False):
        if load.misdeed is not None or trip.end_s - load.loaded_s <= limit_s or len(load.carriages):
            break
        trip = drive(plan.way, start_s, rng, (), plan.beside, pace, traffic)
    return note(world, load, vehicle, line, trip, plan.to)


def note(world: World, load: Load, vehicle: str, line: Line, trip: Drive, to: str | None) -> Carriage:
    """Write the drive into the vehicle's journal and onto the load."""
    start = world.facility(line.start).polygon
    end = world.facility(to).polygon if to else None
    left, reached = fence_times(trip, start, end)
    made = Carriage(vehicle, line, trip, left, reached, to)
    load.carriages.append(made)
    world.journals[vehicle].follow(trip)
    return made
