"""How do vessels take sludge down the river, and who fetches it from the far wharf?"""

from collections.abc import Generator
from dataclasses import replace

import numpy as np

from demo.world.clockwork import Process
from demo.world.driving import Halt, sail
from demo.world.fleet import DAY_S, Vehicle
from demo.world.journal import Journal
from demo.world.lines import Line
from demo.world.loads import Carriage, Handover, Load
from demo.world.receiving import unload
from demo.world.side_trips import crooked_passage
from demo.world.stage import Hold, Voyage, World
from demo.world.trips import honest_plan, note, take_trip
from demo.world.trucks import gate_scale, go
from demo.world.ways import Way

POLL_S = 600.0
FULL_SHARE = 0.78
LOAD_LIMIT_SHARE = 0.94
SAILS_BY_HOUR, LAST_SAILING_HOUR = 14.5, 19.5
FEWEST_LOADS = 3
OF_A_VOYAGE = 10_000  # where keys of loads have their number of the day


def vessel_life(world: World, vehicle: Vehicle) -> Process:
    """Load at the western wharf, sail when full or when the afternoon comes, come back when emptied."""
    journal = world.journals[vehicle.id]
    number = 0
    while journal.now_s < world.end_s:
        number += 1
        hold = Hold(vehicle.id, f"V{number:02d}-{vehicle.id[3:]}", vehicle.payload_kg * LOAD_LIMIT_SHARE)
        world.west.append(hold)
        yield from _wait_for_cargo(world, vehicle, hold)
        hold.open = False
        world.west.remove(hold)
        journal.carry(2)
        yield _voyage(world, vehicle, hold, number)
        world.east.append(hold)
        while hold.waiting:
            journal.stand(journal.now_s + POLL_S, engine=False)
            yield journal.now_s
        world.east.remove(hold)
        journal.carry(0)
        journal.stand(journal.now_s + 900.0, engine=True)
        yield _return(world, vehicle, number)


def _wait_for_cargo(world: World, vehicle: Vehicle, hold: Hold) -> Process:
    journal = world.journals[vehicle.id]
    full_kg = vehicle.payload_kg * LOAD_LIMIT_SHARE
    while True:
        journal.stand(journal.now_s + POLL_S, engine=False)
        yield journal.now_s
        hour = journal.now_s % DAY_S / 3_600
        loaded = full_kg - hold.room_kg
        enough = loaded > FULL_SHARE * full_kg or (hour > SAILS_BY_HOUR and len(hold.loads) >= FEWEST_LOADS)
        if enough:
            hold.open = False  # nobody else may reserve; those under way are waited for
        if enough and len(hold.waiting) == len(hold.loads) and 5.0 < hour < LAST_SAILING_HOUR:
            return


def water_line(world: World) -> Line:
    """The approved route of the vessels."""
    return next(line for lines in world.lines.values() for line in lines if line.mode == "water")


def _voyage(world: World, vehicle: Vehicle, hold: Hold, number: int) -> float:
    """Sail laden; every load of the hold shares this carriage. Returns the time of arrival."""
    rng = world.rng("voyage", world.order[vehicle.id], number)
    line = water_line(world)
    journal = world.journals[vehicle.id]
    halts = _lock_halts(line, rng)
    key = (world.order[vehicle.id], number, OF_A_VOYAGE)
    misdeed = world.plan.get(key)
    passage = crooked_passage(world, line, misdeed, world.rng("passage", *key)) if misdeed else None
    way = passage.way if passage else line.way
    if passage and way is not line.way:  # a longer way: its locks lie further on
        halts = tuple(replace(h, at_m=_further(way, line, h.at_m)) for h in halts)
    trip = sail(way, journal.now_s, rng, (*halts, *(passage.halts if passage else ())))
    first, *others = hold.loads
    made = note(world, first, vehicle.id, line, trip, line.end)
    for load in others:
        load.carriages.append(made)
    silent = None
    if passage and misdeed and misdeed.kind == "vessel_silence":
        silent = _fall_silent(journal, made, misdeed.size, world.rng("silence", *key))
    world.voyages.append(Voyage(key, made, tuple(hold.loads), misdeed if passage else None, silent))
    return journal.now_s


def _further(way: Way, line: Line, at_m: float) -> float:
    """Where on a longer way a place of the line lies: the last time that the way passes it."""
    place = line.way.xy[int(np.searchsorted(line.way.s_m, at_m))]
    near = np.flatnonzero(np.hypot(*(way.xy - place).T) < 30.0)
    return float(way.s_m[near[-1]]) if len(near) else at_m


def _fall_silent(
    journal: Journal, made: Carriage, size_s: float, rng: np.random.Generator
) -> tuple[float, float]:
    """The transponder is off for a part of the passage."""
    reached_s = made.reached_s or made.trip.end_s
    length_s = min(size_s, 0.8 * (reached_s - made.left_s))
    start_s = made.left_s + float(rng.uniform(0.05, 0.95)) * (reached_s - made.left_s - length_s)
    journal.silent.append((start_s, start_s + length_s))
    return start_s, start_s + length_s


def _lock_halts(line: Line, rng: np.random.Generator) -> tuple[Halt, ...]:
    """The lock always, a crew change at the mooring now and then."""
    halts = []
    for stop in line.stops:
        if stop.use == "lock":
            halts.append(Halt(stop.at_m, float(rng.uniform(420, 2_300)), 0.0, why="lock"))
        elif rng.random() < 0.2:
            halts.append(Halt(stop.at_m, float(rng.uniform(900, 2_000)), 0.0, why="mooring"))
    return tuple(halts)


def _return(world: World, vehicle: Vehicle, number: int) -> float:
    rng = world.rng("return", world.order[vehicle.id], number)
    journal = world.journals[vehicle.id]
    way = world.finder.sailing(downstream=False)
    line = water_line(world)
    halts = tuple(
        Halt(way.length_m - s.at_m, float(rng.uniform(300, 1_500)), 0.0, why="lock")
        for s in line.stops
        if s.use == "lock"
    )
    journal.follow(sail(way, journal.now_s, rng, halts))
    return journal.now_s


def relay_life(world: World, vehicle: Vehicle) -> Process:
    """A truck that fetches loads from vessels at the far wharf while it is on shift."""
    journal = world.journals[vehicle.id]
    if world.town.wharves is None:
        return
    wharf, depot = world.town.wharves[1].id, world.depot(vehicle)
    for day in range(world.days):
        rng = world.rng("relay", world.order[vehicle.id], day)
        start = day * DAY_S + float(rng.uniform(5.2, 6.2)) * 3_600
        end = day * DAY_S + float(rng.uniform(19.5, 20.8)) * 3_600
        if start < journal.now_s:
            start = journal.now_s + 600
        journal.stand(start, engine=False)
        yield journal.now_s
        place = depot
        while journal.now_s < end:
            load = _next_load(world)
            if load is None:
                if place != depot:
                    yield go(world, vehicle, place, depot)
                    journal.shunt(world.slot(depot, world.order[vehicle.id]))
                    place = depot
                journal.stand(journal.now_s + POLL_S, engine=False)
                yield journal.now_s
                continue
            yield go(world, vehicle, place, wharf)
            place = yield from _fetch(world, vehicle, load, rng)
        if place != depot:
            yield go(world, vehicle, place, depot)
            journal.shunt(world.slot(depot, world.order[vehicle.id]))


def _next_load(world: World) -> Load | None:
    """Reserve the next load on board of a vessel at the far wharf."""
    for hold in world.east:
        for load in hold.waiting:
            if not load.planned_relay:
                load.planned_relay = "reserved"
                return load
    return None


def _fetch(
    world: World, vehicle: Vehicle, load: Load, rng: np.random.Generator
) -> Generator[float, None, str]:
    """Take one load from the vessel to the kiln; returns the kiln."""
    journal = world.journals[vehicle.id]
    hold = next(h for h in world.east if h.voyage == load.voyage)
    wharf, kiln = hold_wharf(world), load.destination
    yard = world.facility(wharf).yard
    if yard is None:
        raise LookupError(f"{wharf} has no yard")
    load.planned_relay = vehicle.id
    service_s = float(rng.uniform(540, 900))
    journal.shunt(world.slot(wharf, world.order[vehicle.id]))
    journal.stand(world.book(wharf, journal.now_s + 30.0, service_s), engine=True)
    yield journal.now_s
    journal.shunt(yard.bay)
    journal.stand(journal.now_s + service_s, engine=True)
    journal.carry(2)
    hold.waiting.remove(load)
    yield journal.now_s
    journal.shunt(gate_scale(world, wharf))
    journal.stand(journal.now_s + float(rng.uniform(60, 120)), engine=True)
    load.handovers.append(Handover(journal.now_s, wharf, vehicle.tare_kg + float(rng.normal(0, 25))))
    load.tare_kg = load.handovers[-1].tare_kg
    line = world.lines[wharf, kiln][0]
    trip_rng = world.rng("trip3", *load.key)
    plan = honest_plan(world, (wharf, kiln), trip_rng)
    take_trip(world, load, vehicle.id, line, plan, journal.now_s, trip_rng)
    yield journal.now_s
    yield from unload(world, vehicle, load, kiln, rng)
    return kiln


def hold_wharf(world: World) -> str:
    if world.town.wharves is None:
        raise LookupError("this town has no wharves")
    return world.town.wharves[1].id
