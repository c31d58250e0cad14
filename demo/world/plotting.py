"""Which loads fall victim to the violations that happen on the road? Decided on a rehearsal of the world."""

from dataclasses import replace

from demo.world.detours import PHYSICAL, crooked_plan
from demo.world.driving import drive
from demo.world.loads import Key, Load, Misdeed
from demo.world.side_trips import VESSEL_KINDS, crooked_passage
from demo.world.stage import World
from demo.world.trips import pace_of
from demo.world.wishes import Wish

LAST_CALL_S = 2.5 * 3_600.0  # nothing begins that could not be seen through
GREY_LATENESS = (1.38, 1.72)  # of the planned time: nobody could say whether that is overdue


def plot(rehearsal: World, wish: Wish, counts: dict[str, int]) -> dict[Key, Misdeed]:
    """One misdeed for each chosen load, at most one a truck and day, drawn from the fitting loads."""
    plan: dict[Key, Misdeed] = {}
    for kind in PHYSICAL:
        wanted = counts.get(kind, 0)
        rng = rehearsal.rng("plot", kind)
        able = [load for load in rehearsal.loads if _may(rehearsal, load)]
        for k in rng.permutation(len(able)):
            if wanted <= 0:
                break
            load = able[int(k)]
            if any(key[:2] == load.key[:2] for key in plan):
                continue
            misdeed = wish.draw(kind, rng)
            if _works_out(rehearsal, load, misdeed):
                plan[load.key] = misdeed
                wanted -= 1
    return plan | _at_sea(rehearsal, wish, counts)


def _at_sea(rehearsal: World, wish: Wish, counts: dict[str, int]) -> dict[Key, Misdeed]:
    """One misdeed for each chosen voyage that comes to its end."""
    plan: dict[Key, Misdeed] = {}
    for kind in VESSEL_KINDS:
        rng = rehearsal.rng("plot", kind)
        done = [v for v in rehearsal.voyages if v.carriage.trip.end_s < rehearsal.end_s - LAST_CALL_S]
        free = [v for v in done if v.key not in plan]
        for k in rng.permutation(len(free))[: counts.get(kind, 0)]:
            misdeed, voyage = wish.draw(kind, rng), free[int(k)]
            chance = rehearsal.rng("passage", *voyage.key)
            if crooked_passage(rehearsal, voyage.carriage.line, misdeed, chance) is not None:
                plan[voyage.key] = misdeed
    return plan


def untouched(world: World, load: Load) -> bool:
    """A complete ordinary load on a single road leg, with nothing else wrong."""
    complete = load.received_s is not None and load.received_s < world.end_s - 600
    whole = load.misdeed is None and load.on_paper and not {"shared", "shifted", "copied"} & load.extra.keys()
    return load.direct and whole and load.decision == "accepted" and complete


def _may(world: World, load: Load) -> bool:
    early = load.loaded_s < world.end_s - LAST_CALL_S
    return untouched(world, load) and early and load.sludge_kind != "dredged"


def _works_out(world: World, load: Load, misdeed: Misdeed) -> bool:
    """Does the place allow it, and is it plain afterwards whether the load was overdue? The same stream of
    chance decides again when it is really done."""
    trial = replace(load, misdeed=misdeed, carriages=[])
    chance = world.rng("trip", *load.key)
    plan = crooked_plan(world, trial, load.destination, chance)
    if trial.misdeed is None:
        return False
    start_s = load.carriages[0].trip.start_s
    trip = drive(plan.way, start_s, chance, plan.halts, plan.beside, pace_of(world, load.truck))
    share = (trip.end_s - load.loaded_s) / (load.line.planned_minutes * 60.0)
    clear = misdeed.graded or not GREY_LATENESS[0] < share < GREY_LATENESS[1]
    return plan.to != load.destination or clear
