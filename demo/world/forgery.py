"""Which violations are committed with paper, scales and devices, after the driving is done?"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from demo.world.chance import pick
from demo.world.contracts import LIMITS
from demo.world.device_forgery import blind, clone, freeze, replay, set_clock, shift
from demo.world.fleet import DAY_S, Vehicle
from demo.world.journal import MOVING, Leap
from demo.world.loads import Load, Misdeed
from demo.world.meetings import arrange_meetings
from demo.world.paper_forgery import (
    break_permit,
    drift_tare,
    falsify_books,
    hand_over_early,
    repeat_weight,
    skim,
)
from demo.world.plotting import untouched
from demo.world.stage import World
from demo.world.weighing import U_MOISTURE, U_WEIGHING
from demo.world.wishes import Wish

PLANT_LIMIT = 0.80
WHOLE_LEG_SHARE = 0.25
Crime = Callable[[World, Load, Misdeed, np.random.Generator], bool]


def forge(world: World, wish: Wish, counts: dict[str, int]) -> None:
    """Commit the wished numbers on untouched loads, one misdeed a load, as far as loads fit."""
    _sign_false_receipts(world)
    arrange_meetings(world)
    taken: set[tuple[int, int]] = {load.key[:2] for load in world.loads if load.misdeed}
    for kind, crime in CRIMES.items():
        wanted = counts.get(kind, 0)
        rng = world.rng("forge", kind)
        able = [load for load in world.loads if untouched(world, load) and load.sludge_kind != "dredged"]
        fresh = [load for load in able if load.key[:2] not in taken]
        for load in _shuffled(rng, fresh) + _shuffled(rng, [x for x in able if x.key[:2] in taken]):
            if wanted <= 0:
                break
            misdeed = wish.draw(kind, rng)
            if load.misdeed is None and crime(world, load, misdeed, rng):
                taken.add(load.key[:2])
                wanted -= 1
    hand_over_early(world, wish, counts.get("handover_mismatch", 0))
    falsify_books(world, wish, counts)
    world.loads.sort(key=lambda x: (x.issued_s, x.key, x.kind))


def _shuffled(rng: np.random.Generator, loads: list[Load]) -> list[Load]:
    return [loads[int(k)] for k in rng.permutation(len(loads))]


def _sign_false_receipts(world: World) -> None:
    """A load that went elsewhere is received on paper where it should have been, at a likely time."""
    for load in world.loads:
        if load.misdeed and load.misdeed.kind == "wrong_destination":
            load.received_at = load.destination
            load.received_s = load.loaded_s + load.misdeed.size * load.line.planned_minutes * 60.0


def parked(world: World, vehicle: Vehicle, from_s: float, to_s: float) -> bool:
    """Did the vehicle stand the whole time, with its device working?"""
    journal = world.journals[vehicle.id]
    moved = any(a < to_s and b > from_s and state == MOVING for a, b, state in journal.states)
    return not moved and not any(a < to_s and b > from_s for a, b in journal.silent)


def _other_truck(world: World, load: Load, rng: np.random.Generator) -> Vehicle | None:
    """A registered truck that stood parked while this load was on the road."""
    until = load.received_s or world.end_s
    fleet = [
        v
        for v in world.fleet.values()
        if v.role == "main" and v.id != load.truck and v.payload_kg >= load.wet_kg
    ]
    for k in rng.permutation(len(fleet)):
        if parked(world, fleet[int(k)], load.issued_s - 2_400, until + 1_800):
            return fleet[int(k)]
    return None


def _wrong_vehicle(world: World, load: Load, misdeed: Misdeed, rng: np.random.Generator) -> bool:
    other = _other_truck(world, load, rng)
    if other is None:
        return False
    load.misdeed, load.paper_vehicle = misdeed, other.id
    load.tare_kg = other.tare_kg + float(rng.normal(0, 20))
    load.received_tare_kg = load.tare_kg + float(rng.uniform(5, 40))
    return True


def _unknown_vehicle(world: World, load: Load, misdeed: Misdeed, rng: np.random.Generator) -> bool:
    """The paper names a plate that nobody registered."""
    load.misdeed, load.paper_vehicle = misdeed, f"SE-Z{int(rng.integers(1000, 10_000))}"
    return load.paper_vehicle not in world.fleet


def _phantom_manifest(world: World, load: Load, misdeed: Misdeed, rng: np.random.Generator) -> bool:
    """A complete paper for a truck that stood in its depot; the given load only lends day and likeness."""
    trucks = [v for v in world.fleet.values() if v.role == "main"]
    truck = trucks[int(rng.integers(len(trucks)))]
    deal = world.deals[world.homes[truck.id]]
    day = int(load.loaded_s // DAY_S)
    loaded_s = day * DAY_S + float(rng.uniform(6.5, 15.5)) * 3_600
    site = pick(rng, deal.sites)
    line = world.lines[deal.origin, site][0]
    received_s = loaded_s + misdeed.size * line.planned_minutes * 60.0 + 240.0
    if received_s > world.end_s - 3_600 or not parked(world, truck, loaded_s - 5_400, received_s + 5_400):
        return False
    false = _invented(world, truck, load, (deal.origin, site), loaded_s, received_s, misdeed, rng)
    false.sludge_kind = deal.sludge_kind
    false.moisture = deal.moisture + float(rng.normal(0, 0.002))
    return True


def _shared_trip(world: World, load: Load, misdeed: Misdeed, rng: np.random.Generator) -> bool:
    """A second paper for a trip that was made once."""
    truck = world.fleet[load.truck]
    received_s = (load.received_s or 0.0) + misdeed.size * float(rng.uniform(0.3, 1.0))
    if received_s > world.end_s - 600:
        return False
    pair = (load.origin, load.destination)
    false = _invented(world, truck, load, pair, load.loaded_s + misdeed.size, received_s, misdeed, rng)
    false.parent, false.moisture = load, load.moisture + float(rng.normal(0, 0.002))
    load.extra["shared"] = 1.0
    return True


def _invented(
    world: World,
    truck: Vehicle,
    model: Load,
    pair: tuple[str, str],
    loaded_s: float,
    received_s: float,
    misdeed: Misdeed,
    rng: np.random.Generator,
) -> Load:
    tare = truck.tare_kg + float(rng.normal(0, 20))
    number = 50 + len(world.loads)
    false = Load(
        key=(world.order[truck.id], int(loaded_s // DAY_S), number),
        origin=pair[0],
        destination=pair[1],
        sludge_kind=model.sludge_kind,
        truck=truck.id,
        wet_kg=truck.payload_kg * float(rng.uniform(0.86, 0.96)),
        moisture=model.moisture,
        tare_kg=tare,
        issued_s=loaded_s - float(rng.uniform(300, 900)),
        loaded_s=loaded_s,
        line=world.lines[pair][0],
        received_s=received_s,
        received_at=pair[1],
        received_tare_kg=tare + 20.0,
        misdeed=misdeed,
        extra={"invented": 1.0},
    )
    world.loads.append(false)
    return false


def _signal_gap(world: World, load: Load, misdeed: Misdeed, rng: np.random.Generator) -> bool:
    """The terminal is switched off, for a part of the leg or from before the gate until after the other."""
    leg = load.carriages[0]
    reached = leg.reached_s or leg.trip.end_s
    room_s = reached - leg.left_s - 240.0
    silent = world.journals[load.truck].silent
    if rng.random() < WHOLE_LEG_SHARE:
        silent.append((load.loaded_s - float(rng.uniform(300, 700)), (load.received_s or reached) + 300.0))
        load.extra |= {"gap_from_s": leg.left_s, "gap_to_s": reached, "whole": 1.0}
        load.misdeed = misdeed
        return True
    size = min(misdeed.size, 0.8 * room_s)
    if size < 330.0 and not misdeed.graded:
        return False
    start = leg.left_s + 120.0 + float(rng.uniform(0, room_s - size))
    xs = [np.interp((start, start + size), leg.trip.t_s, leg.trip.xy[:, k]) for k in (0, 1)]
    if np.hypot(xs[0][1] - xs[0][0], xs[1][1] - xs[1][0]) < (
        min(1_200.0, 3.0 * size) if misdeed.graded else 1_200.0
    ):
        return False
    silent.append((start, start + size))
    load.extra |= {"gap_from_s": start, "gap_to_s": start + size}
    load.misdeed = misdeed
    return True


def _teleport(world: World, load: Load, misdeed: Misdeed, rng: np.random.Generator) -> bool:
    """From one report to the next the device is far ahead on the route; at the gate truth catches up."""
    trip = load.carriages[0].trip
    total = float(trip.s_m[-1])
    at_m = float(rng.uniform(0.15, 0.45)) * total
    start = trip.when_at(at_m)
    shadow = any(a - 200 < start < b + 200 for a, b in (*trip.dark, *((x, y) for x, y, _ in trip.halts)))
    if total - at_m < misdeed.size + 3_000 or shadow:
        return False
    later = trip.s_m > at_m
    claimed = total - (total - trip.s_m[later]) * (total - at_m - misdeed.size) / (total - at_m)
    xy = np.column_stack([np.interp(claimed, trip.s_m, trip.xy[:, k]) for k in (0, 1)])
    world.journals[load.truck].leaps.append(Leap(start, trip.end_s, trip.t_s[later], xy))
    load.extra["leap_s"] = start
    load.misdeed = misdeed
    return True


def _dry_spread(moisture: float) -> float:
    """Relative standard uncertainty of a difference of two dry masses."""
    return float(np.sqrt(2.0) * np.hypot(U_WEIGHING, U_MOISTURE / (1.0 - moisture)))


def _plain_share(misdeed: Misdeed, load: Load) -> float:
    return misdeed.size if misdeed.graded else max(misdeed.size, 5.3 * _dry_spread(load.moisture))


def _wet_gap(world: World, load: Load, misdeed: Misdeed, rng: np.random.Generator) -> bool:
    """Part of the load is gone. In the grey zone of the dry balance the loss is made larger."""
    del world, rng
    spread = _dry_spread(load.moisture)
    grey = 2.0 * spread < misdeed.size < 5.3 * spread and not misdeed.graded
    share = 5.3 * spread if grey else misdeed.size
    load.misdeed = replace(misdeed, size=share)
    load.received_wet_kg = load.wet_kg * (1.0 - share)
    return True


def _dry_gap(world: World, load: Load, misdeed: Misdeed, rng: np.random.Generator) -> bool:
    """Sludge is gone and part of it was replaced by water."""
    del world, rng
    share = _plain_share(misdeed, load)
    load.misdeed = replace(misdeed, size=share)
    load.received_wet_kg = load.wet_kg * (1.0 - 0.4 * share)
    load.received_moisture = 1.0 - (1.0 - load.moisture) * (1.0 - share) / (1.0 - 0.4 * share)
    return True


def _dilution(world: World, load: Load, misdeed: Misdeed, rng: np.random.Generator) -> bool:
    """The weight is right because water took the place of sludge."""
    del world, rng
    share = _plain_share(misdeed, load)
    load.misdeed = replace(misdeed, size=share)
    load.received_wet_kg = load.wet_kg
    load.received_moisture = 1.0 - (1.0 - load.moisture) * (1.0 - share)
    return True


def _overload(world: World, load: Load, misdeed: Misdeed, rng: np.random.Generator) -> bool:
    del rng
    load.misdeed = misdeed
    load.wet_kg = world.fleet[load.truck].payload_kg * (1.0 + misdeed.size)
    return True


def _moisture_over_limit(world: World, load: Load, misdeed: Misdeed, rng: np.random.Generator) -> bool:
    del rng
    limit = min(PLANT_LIMIT, LIMITS[world.facility(load.destination).method or "incineration"])
    load.misdeed = misdeed
    load.moisture = limit + misdeed.size
    return True


CRIMES: dict[str, Crime] = {
    "wrong_vehicle": _wrong_vehicle,
    "unknown_vehicle": _unknown_vehicle,
    "phantom_manifest": _phantom_manifest,
    "shared_trip": _shared_trip,
    "signal_gap": _signal_gap,
    "teleport": _teleport,
    "wet_gap": _wet_gap,
    "dry_gap": _dry_gap,
    "dilution": _dilution,
    "overload": _overload,
    "moisture_over_limit": _moisture_over_limit,
    "tare_drift": drift_tare,
    "not_permitted": break_permit,
    "frozen_position": freeze,
    "replayed_track": replay,
    "cloned_device": clone,
    "clock_skew": set_clock,
    "device_tamper": blind,
    "repeated_weight": repeat_weight,
    "skimming": skim,
    "datum_shift": shift,
}
