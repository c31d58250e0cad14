"""What does a truck do all day: shift, plant, road, site, and home again?"""

from collections.abc import Generator

import numpy as np

from demo.town.facilities import Spot
from demo.world.chance import pick
from demo.world.clockwork import Process
from demo.world.contracts import Contract
from demo.world.detours import PHYSICAL, crooked_plan
from demo.world.driving import drive
from demo.world.fleet import DAY_S, Vehicle
from demo.world.loads import Load
from demo.world.receiving import tip_at_wharf, unload
from demo.world.stage import World
from demo.world.trips import TripPlan, honest_plan, pace_of, take_trip

Place = str | int  # a facility, or a junction outside every fence
CEILING = {"wet": 0.790, "deep": 0.589, "dried": 0.386, "dredged": 0.72}


def truck_life(world: World, vehicle: Vehicle) -> Process:
    """All working days of a truck that serves plants or dredging works."""
    journal = world.journals[vehicle.id]
    number = world.order[vehicle.id]
    for day in range(world.days):
        rng = world.rng("shift", number, day)
        start = day * DAY_S + vehicle.shift_start_s + float(rng.normal(0, 480))
        origin = _origin_of_day(world, vehicle, day, rng)
        if (world.weekday + day) % 7 == vehicle.day_off or origin is None or start < journal.now_s:
            continue
        journal.stand(start, engine=False)
        yield journal.now_s
        yield from _workday(world, vehicle, day, origin, start + float(rng.uniform(9.0, 10.5)) * 3_600, rng)


def _origin_of_day(world: World, vehicle: Vehicle, day: int, rng: np.random.Generator) -> Contract | None:
    if vehicle.role == "dredge":
        works = [f.id for f in world.town.of_kind("works")]
        return (
            world.deals[works[min(day * len(works) // max(1, world.days), len(works) - 1)]] if works else None
        )
    plants = [d for d in world.deals.values() if d.grade != "dredged" and not d.by_water]
    home = world.deals[world.homes[vehicle.id]]
    if not home.by_water and plants and rng.random() < 0.12:
        return plants[int(rng.integers(len(plants)))]
    return home


def _workday(
    world: World, vehicle: Vehicle, day: int, deal: Contract, end_s: float, rng: np.random.Generator
) -> Process:
    journal = world.journals[vehicle.id]
    place: Place = world.depot(vehicle)
    eaten = False
    for number in range(12):
        yield go(world, vehicle, place, deal.origin)
        load = yield from _take_on(world, vehicle, deal, day, number)
        place = yield from _deliver(world, vehicle, load, rng)
        if not eaten and 10.8 * 3_600 < journal.now_s % DAY_S < 14 * 3_600 and isinstance(place, str):
            eaten = True
            begun_s = journal.now_s
            journal.shunt(world.slot(place, 20 + world.order[vehicle.id] % 10))
            journal.stand(journal.now_s + float(rng.uniform(1_400, 2_600)), engine=False)
            yield journal.now_s
            journal.shunt(gate_scale(world, place))
            journal.shunted.append((begun_s, journal.now_s))
        if journal.now_s + (2.0 * load.line.planned_minutes + 45.0) * 60.0 > end_s:
            break
    home = world.depot(vehicle)
    yield go(world, vehicle, place, home)
    journal.shunt(world.slot(home, world.order[vehicle.id]))


def gate_scale(world: World, ident: str) -> Spot:
    """The weighbridge behind a facility's gate: where ways begin and end."""
    yard = world.facility(ident).yard
    if yard is None:
        raise LookupError(f"{ident} has no yard")
    return float(yard.driveway[-1, 0]), float(yard.driveway[-1, 1])


def go(world: World, vehicle: Vehicle, start: Place, end: str) -> float:
    """Drive empty; returns the time of arrival."""
    journal = world.journals[vehicle.id]
    rng = world.rng("empty", world.order[vehicle.id], round(journal.now_s))
    if start == end:
        return journal.now_s
    if isinstance(start, str):
        journal.shunt(gate_scale(world, start))
        way = world.finder.between(start, end)
    else:
        steps = world.town.router.way(start, world.finder.gate(end))
        way = world.finder.along(steps, None, end)
    journal.follow(drive(way, journal.now_s, rng, pace=pace_of(world, vehicle.id) * 1.04))
    return journal.now_s


def _take_on(
    world: World, vehicle: Vehicle, deal: Contract, day: int, number: int
) -> Generator[float, None, Load]:
    """Queue, load and weigh out; the paper is issued while the truck is being loaded."""
    key = (world.order[vehicle.id], day, number)
    rng = world.rng("load", *key)
    journal = world.journals[vehicle.id]
    place = world.facility(deal.origin)
    yard = place.yard
    if yard is None:
        raise LookupError(f"{deal.origin} has no yard")
    service_s = float(rng.uniform(620, 1_250))
    journal.shunt(world.slot(deal.origin, number + world.order[vehicle.id]))
    start = world.book(deal.origin, journal.now_s + 60.0, service_s)
    journal.stand(start, engine=True)
    yield journal.now_s
    journal.shunt(yard.bay)
    journal.stand(journal.now_s + service_s, engine=bool(rng.random() < 0.6))
    planned = world.plan.get(key)
    if planned is None or planned.kind != "no_dwell":  # an empty run is paper only
        journal.carry(2)
    yield journal.now_s
    journal.shunt(gate_scale(world, deal.origin))
    journal.stand(journal.now_s + float(rng.uniform(60, 120)), engine=True)
    load = _new_load(world, vehicle, deal, key, rng)
    journal.stand(journal.now_s + float(rng.uniform(25, 70)), engine=True)
    return load


def _new_load(
    world: World, vehicle: Vehicle, deal: Contract, key: tuple[int, int, int], rng: np.random.Generator
) -> Load:
    journal = world.journals[vehicle.id]
    share = float(rng.uniform(0.85, 0.965)) * (0.82 if deal.grade == "dried" else 1.0)
    mood = float(world.rng("cake", deal.origin, key[1]).normal(0, 0.003))
    moisture = min(deal.moisture + mood + float(rng.normal(0, 0.0025)), CEILING[deal.grade])
    destination = pick(rng, deal.sites)
    load = Load(
        key=key,
        origin=deal.origin,
        destination=destination,
        sludge_kind=deal.sludge_kind,
        truck=vehicle.id,
        wet_kg=vehicle.payload_kg * share,
        moisture=moisture,
        tare_kg=vehicle.tare_kg + float(rng.normal(0, 25)),
        issued_s=journal.now_s - float(rng.uniform(420, 1_500)),
        loaded_s=journal.now_s,
        line=world.lines[deal.origin, destination][0],
        misdeed=world.plan.get(key),
    )
    world.loads.append(load)
    if deal.by_water:
        _by_water_if_possible(world, load)
    if load.voyage is None:
        _divert_if_ordered(world, load)
    return load


def _by_water_if_possible(world: World, load: Load) -> None:
    """Reserve room in a vessel that lies at the wharf, unless a misdeed is planned for this load."""
    hold = next((h for h in world.west if h.open and h.room_kg >= load.wet_kg), None)
    if hold is None or load.misdeed is not None or world.town.wharves is None:
        return
    west, east = world.town.wharves
    hold.room_kg -= load.wet_kg
    hold.loads.append(load)
    load.voyage = hold.voyage
    load.destination = next(end for start, end in world.lines if start == east.id)
    load.line = world.lines[load.origin, west.id][0]


def _divert_if_ordered(world: World, load: Load) -> None:
    for order in world.diversions:
        inside = order.from_s < load.loaded_s < order.to_s - 4_000
        if inside and load.destination == order.from_site and (load.origin, order.to_site) in world.lines:
            load.diversion, load.misdeed = order.id, None


def _deliver(
    world: World, vehicle: Vehicle, load: Load, rng: np.random.Generator
) -> Generator[float, None, Place]:
    """Bring the load where it goes; returns where the truck then stands."""
    journal = world.journals[vehicle.id]
    if load.voyage and world.town.wharves:
        to = world.town.wharves[0].id
    else:
        order = next((d for d in world.diversions if d.id == load.diversion), None)
        to = order.to_site if order else load.destination
    trip_rng = world.rng("trip", *load.key)
    crooked = load.misdeed is not None and load.misdeed.kind in PHYSICAL
    plan = (
        crooked_plan(world, load, to, trip_rng)
        if crooked
        else honest_plan(world, (load.origin, to), trip_rng)
    )
    take_trip(world, load, vehicle.id, load.line, plan, journal.now_s, trip_rng)
    yield journal.now_s
    if plan.to is None:
        yield from _tip_in_the_open(world, vehicle, load, trip_rng)
        return _node(plan)
    if load.voyage:
        yield from tip_at_wharf(world, vehicle, load, plan.to)
        return plan.to
    back = yield from unload(world, vehicle, load, plan.to, rng)
    return back


def _node(plan: TripPlan) -> int:
    if plan.node is None:
        raise LookupError("a trip into the open ends at a junction")
    return plan.node


def _tip_in_the_open(world: World, vehicle: Vehicle, load: Load, rng: np.random.Generator) -> Process:
    """Stand at the roadside with nobody about, and drive on empty."""
    journal = world.journals[vehicle.id]
    size = load.misdeed.size if load.misdeed else 900.0
    at = journal.here
    journal.shunt((at[0] + float(rng.uniform(8, 18)), at[1] + float(rng.uniform(-12, 12))))
    load.extra["dump_from_s"] = journal.now_s
    journal.stand(journal.now_s + 0.6 * size, engine=True)
    journal.carry(0)
    journal.stand(journal.now_s + 0.4 * size, engine=True)
    load.extra["dump_to_s"] = journal.now_s
    load.extra["dump_x"], load.extra["dump_y"] = journal.here
    yield journal.now_s
    journal.shunt(at)
