"""How does a driver betray a load on the road: detours, dumps, wrong gates, long stands?"""

import numpy as np
from shapely import Point

from demo.world.corridors import distances, excursions
from demo.world.driving import Halt, drive
from demo.world.lines import Line
from demo.world.loads import Load
from demo.world.stage import World
from demo.world.trips import TripPlan, halt_at, honest_plan

PHYSICAL = (
    "ghost_trip",
    "wrong_destination",
    "overdue",
    "off_route",
    "unplanned_stop",
    "rendezvous",
    "no_dwell",
)
DUMP_SHARE = 0.5  # of ghost trips; the others go to a site, only without paper
FAR_FROM_FENCES_M = 420.0
MEETING_S = 240.0  # of a laden truck's stand, before the other one comes and after it has gone


def crooked_plan(world: World, load: Load, to: str, rng: np.random.Generator) -> TripPlan:
    """The trip of a load whose misdeed happens on the road. Falls back to an honest trip where the
    place allows none; the load then carries no misdeed."""
    misdeed = load.misdeed
    if misdeed is None:
        return honest_plan(world, (load.origin, to), rng)
    plan: TripPlan | None = None
    if misdeed.kind == "off_route":
        plan = _detour(world, load.line, misdeed.size, rng)
    elif misdeed.kind == "unplanned_stop":
        halt = _roadside(world, load.line, misdeed.size, rng, "unplanned")
        plan = TripPlan(load.line.way, to, halts=(halt,)) if halt else None
    elif misdeed.kind == "rendezvous":
        halt = _roadside(world, load.line, misdeed.size + MEETING_S, rng, "unplanned")
        plan = TripPlan(load.line.way, to, halts=(halt,)) if halt else None
    elif misdeed.kind == "no_dwell":
        plan = honest_plan(world, (load.origin, to), rng)
    elif misdeed.kind == "overdue":
        plan = _late(world, load.line, misdeed.size, rng)
    elif misdeed.kind == "wrong_destination":
        plan = _wrong_gate(world, load, rng)
    elif misdeed.kind == "ghost_trip":
        load.on_paper = False
        dumps = rng.random() < DUMP_SHARE
        plan = _dump(world, load.line, rng) if dumps else honest_plan(world, (load.origin, to), rng)
    if plan is None:
        load.misdeed, load.on_paper = None, True
        return honest_plan(world, (load.origin, to), rng)
    return plan


def _detour(world: World, line: Line, beyond_m: float, rng: np.random.Generator) -> TripPlan | None:
    """Bar a stretch of the approved route and take the next best way round it; of a few tries the one
    whose farthest point is nearest to the wished size."""
    steps, approved = line.steps, world.lines[line.start, line.end]
    if len(steps) < 8:
        return None
    best: tuple[float, TripPlan] | None = None
    for _ in range(14):
        i = int(rng.integers(1, len(steps) - 4))
        j = min(len(steps) - 2, i + int(rng.integers(2, 9)))
        round_it = _round(world, line, i, j, rng)
        if round_it is None:
            continue
        way = world.finder.along(round_it, line.start, line.end)
        found = excursions(drive(way, 10 * 3_600.0, world.rng("try", i, j)), approved)
        if len(found) != 1 or found[0].far_s < 160 or way.length_m > line.way.length_m + 9_000:
            continue
        miss = abs(np.log(found[0].beyond_m / beyond_m))
        if best is None or miss < best[0]:
            best = (float(miss), TripPlan(way, line.end))
    return best[1] if best else None


def _round(
    world: World, line: Line, i: int, j: int, rng: np.random.Generator
) -> list[tuple[int, bool]] | None:
    network, router = world.town.network, world.town.router
    factor = np.ones(len(network.edges))
    barred = [k for k, _ in line.steps[i : j + 1]]
    factor[barred] = 60.0
    factor *= rng.uniform(0.8, 1.25, len(factor))
    k, forward = line.steps[i]
    start = network.edges[k].a if forward else network.edges[k].b
    k, forward = line.steps[j]
    end = network.edges[k].b if forward else network.edges[k].a
    round_it = router.way(start, end, factor)
    if not round_it or {k for k, _ in round_it} & set(barred):
        return None
    return [*line.steps[:i], *round_it, *line.steps[j + 1 :]]


def _roadside(world: World, line: Line, duration_s: float, rng: np.random.Generator, why: str) -> Halt | None:
    """A verge far from every fence and from every tunnel."""
    fences = [f.polygon for f in world.town.facilities.values()]
    for _ in range(30):
        at_m = float(rng.uniform(0.15, 0.85) * line.way.length_m)
        k = int(np.searchsorted(line.way.s_m, at_m))
        here = Point(line.way.xy[k])
        dark = any(a - 300 < at_m < b + 300 for a, b in line.way.dark_m)
        if not dark and all(f.distance(here) > FAR_FROM_FENCES_M for f in fences):
            return Halt(at_m, duration_s, float(rng.uniform(6, 16)), 40.0, why)
    return None


def _late(world: World, line: Line, factor: float, rng: np.random.Generator) -> TripPlan | None:
    """Stand so long that the load arrives after `factor` × the planned time."""
    extra_s = (factor - 0.75) * line.planned_minutes * 60.0
    stops = [s for s in line.stops if s.use in ("fuel", "rest") and 500 < s.at_m < line.way.length_m - 500]
    if stops and rng.random() < 0.7:
        stop = stops[int(rng.integers(len(stops)))]
        return TripPlan(line.way, line.end, halts=(halt_at(stop, extra_s),))
    halt = _roadside(world, line, extra_s, rng, "breakdown")
    return TripPlan(line.way, line.end, halts=(halt,)) if halt else None


def _wrong_gate(world: World, load: Load, rng: np.random.Generator) -> TripPlan | None:
    """Another receiver than the paper's: any site or the store."""
    town = world.town
    choices = [f for f in (*town.of_kind("site"), *town.of_kind("store")) if f.id != load.destination]
    order = rng.permutation(len(choices))
    for k in order:
        target = choices[int(k)]
        steps = world.finder.steps(load.origin, target.id)
        if steps:
            return TripPlan(world.finder.along(steps, load.origin, target.id), target.id)
    return None


def _dump(world: World, line: Line, rng: np.random.Generator) -> TripPlan | None:
    """A lonely junction by the water, off every route that is approved from this origin."""
    network = world.town.network
    degree = network.degrees()
    approved = [x for (start, _), lines in world.lines.items() if start == line.start for x in lines]
    fences = [f.polygon for f in world.town.facilities.values()]
    nodes = np.array([n for n in range(len(degree)) if degree[n] > 0])
    spots = np.array([network.nodes[n] for n in nodes])
    home = np.array(world.facility(line.start).centre)
    far = np.hypot(*(spots - home).T)
    lonely = (distances(spots, approved) > 500) & (far > 2_500) & (far < 9_000)
    able = nodes[lonely]
    if not len(able):
        return None
    tries = [int(able[int(k)]) for k in rng.integers(len(able), size=12)]
    tries = [n for n in tries if all(f.distance(Point(network.nodes[n])) > FAR_FROM_FENCES_M for f in fences)]
    if not tries:
        return None
    node = min(tries, key=lambda n: world.town.water.area.distance(Point(network.nodes[n])))
    steps = world.town.router.way(world.finder.gate(line.start), node)
    return TripPlan(world.finder.along(steps, line.start, None), None, node) if steps else None
