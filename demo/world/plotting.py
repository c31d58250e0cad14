"""Which loads fall victim to the violations that happen on the road? Decided on a rehearsal of the world."""

from dataclasses import replace

from demo.world.detours import PHYSICAL, crooked_plan
from demo.world.loads import Key, Load, Misdeed
from demo.world.stage import World
from demo.world.wishes import Wish

LAST_CALL_S = 2.5 * 3_600.0  # nothing begins so near the end of the world that it cannot be seen through


def plot(rehearsal: World, wish: Wish, counts: dict[str, int]) -> dict[Key, Misdeed]:
    """One misdeed for each chosen load, at most one a truck and day; chosen by seed among the fitting loads."""
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
            misdeed = Misdeed(kind, float(rng.uniform(*wish.size_range(kind))))
            if _works_out(rehearsal, load, misdeed):
                plan[load.key] = misdeed
                wanted -= 1
    return plan


def untouched(world: World, load: Load) -> bool:
    """A complete ordinary load on a single road leg, with nothing else wrong."""
    complete = load.received_s is not None and load.received_s < world.end_s - 600
    return load.direct and load.decision == "accepted" and complete and load.misdeed is None and load.on_paper


def _may(world: World, load: Load) -> bool:
    early = load.loaded_s < world.end_s - LAST_CALL_S
    return untouched(world, load) and early and load.sludge_kind != "dredged"


def _works_out(world: World, load: Load, misdeed: Misdeed) -> bool:
    """Does the place allow it? The same stream of chance decides again when it is really done."""
    trial = replace(load, misdeed=misdeed, carriages=[])
    crooked_plan(world, trial, load.destination, world.rng("trip", *load.key))
    return trial.misdeed is not None
