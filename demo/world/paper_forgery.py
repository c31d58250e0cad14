"""Which registers, weighings and daily books are made to lie, after the driving is done?"""

from dataclasses import replace

import numpy as np

from demo.world.loads import Load, Misdeed
from demo.world.paper import disposed_s
from demo.world.stage import FalseBook, World
from demo.world.weighing import Ticket, Tickets
from demo.world.wishes import Wish

WRONG_METHODS = {
    "incineration": "landfill",
    "co_processing": "land_use",
    "landfill": "land_use",
    "composting": "landfill",
    "building_material": "landfill",
    "land_use": "landfill",
}
SOON_S = 3_600.0
MOST_EARLY_S = 12_000.0
FEWEST_SKIMMED = 5
BOOKS = ("plant_imbalance", "site_imbalance", "over_capacity")


def drift_tare(world: World, load: Load, misdeed: Misdeed, rng: np.random.Generator) -> bool:
    """Ballast rides along, tared and weighed with the truck: tomorrow it stays at home."""
    up = bool(rng.random() < 0.7)
    registered_kg = world.fleet[load.truck].tare_kg
    off_kg = registered_kg * misdeed.size * (1.0 if up else -1.0)
    load.misdeed = misdeed
    load.tare_kg += off_kg
    if load.received_tare_kg is not None:
        load.received_tare_kg += off_kg
    load.extra["size_fraction"] = off_kg / registered_kg
    return True


def break_permit(world: World, load: Load, misdeed: Misdeed, rng: np.random.Generator) -> bool:
    """Sludge of a kind that the site may not take, or disposed of as its permit does not say."""
    method = world.facility(load.destination).method or ""
    load.misdeed = misdeed
    told = load.received_s is not None and disposed_s(world, load, load.received_s) < world.end_s
    if rng.random() < 0.5 or method not in WRONG_METHODS or not told:
        load.sludge_kind = "liquid"
    else:
        load.wrong_method = WRONG_METHODS[method]
    return True


def repeat_weight(world: World, load: Load, misdeed: Misdeed, rng: np.random.Generator) -> bool:
    """A scale clerk writes one pair of weights for so many loads of a truck in a row."""
    del rng
    count = round(misdeed.size)
    own = [x for x in world.loads if x.truck == load.truck and x.origin == load.origin and x.on_paper]
    own = [x for x in own if "invented" not in x.extra]
    own.sort(key=lambda x: x.loaded_s)
    start = next(k for k, x in enumerate(own) if x is load)
    chain = own[start : start + count]
    plain = all(x.misdeed is None and x.direct and x.arrived and x.decision == "accepted" for x in chain)
    if (
        len(chain) < count
        or not plain
        or not all(x.received_s and x.received_s < world.end_s - 600 for x in chain)
    ):
        return False
    for number, each in enumerate(chain):
        each.misdeed, each.copied_from = misdeed, chain[0]
        each.extra["size_loads"] = number + 1.0
    return True


def copy_weights(world: World, drawn: dict[int, Tickets]) -> None:
    """Write the first load's weights onto the tickets of those that repeat it."""
    place = {id(load): k for k, load in enumerate(world.loads)}
    for k, load in enumerate(world.loads):
        if load.copied_from is None or load.copied_from is load:
            continue
        model, own = drawn[place[id(load.copied_from)]], drawn[k]
        own.loaded = _with_weights(own.loaded, model.loaded)
        if own.received is not None and model.received is not None:
            own.received = _with_weights(own.received, model.received)


def _with_weights(ticket: Ticket, model: Ticket) -> Ticket:
    return replace(ticket, gross_kg=model.gross_kg, tare_kg=model.tare_kg)


def skim(world: World, load: Load, misdeed: Misdeed, rng: np.random.Generator) -> bool:
    """A little of every load of one truck, from the first of its loads to the last."""
    del rng
    own = [
        x
        for x in world.loads
        if x.truck == load.truck
        and x.direct
        and x.misdeed is None
        and x.on_paper
        and x.decision == "accepted"
        and x.received_s is not None
        and x.sludge_kind != "dredged"
        and "shared" not in x.extra
    ]
    if len(own) < FEWEST_SKIMMED:
        return False
    for each in own:
        each.misdeed = misdeed
        each.received_wet_kg = each.wet_kg * (1.0 - misdeed.size)
        each.extra["skim_of"] = float(len(own))
    own[0].extra["skim_from_s"] = own[0].loaded_s
    own[0].extra["skim_to_s"] = own[-1].received_s or own[-1].loaded_s
    return True


def hand_over_early(world: World, wish: Wish, wanted: int) -> None:
    """Paper has the far wharf's truck take over a load from a vessel that had not come yet."""
    rng = world.rng("forge", "handover_mismatch")
    able = [x for x in world.loads if x.voyage and len(x.handovers) == 2 and x.arrived and x.misdeed is None]
    waits_s = [x.handovers[1].at_s - (x.carriages[1].reached_s or x.carriages[1].trip.end_s) for x in able]
    order = rng.permutation(len(able)).tolist()
    for k in sorted(order, key=lambda k: waits_s[k] > SOON_S):  # rather those that were fetched soon
        load = able[k]
        misdeed = wish.draw("handover_mismatch", rng)
        came_s = load.carriages[1].reached_s or load.carriages[1].trip.end_s
        if wanted <= 0:
            break
        if misdeed.size + load.handovers[1].at_s - came_s > MOST_EARLY_S:
            continue  # fetched the next day: paper of the day before would be of no trip at all
        wanted -= 1
        load.handovers[1] = replace(load.handovers[1], at_s=came_s - misdeed.size)
        if load.handovers[1].at_s < load.handovers[0].at_s + 120.0:
            load.handovers[1] = replace(load.handovers[1], at_s=load.handovers[0].at_s + 120.0)
        load.extra |= {"handed_s": load.handovers[1].at_s, "came_s": came_s}
        load.misdeed = misdeed


def falsify_books(world: World, wish: Wish, counts: dict[str, int]) -> None:
    """Plants and sites whose daily figures do not close, and sites beyond their permit."""
    for kind in BOOKS:
        rng = world.rng("forge", kind)
        places = world.town.of_kind("plant" if kind == "plant_imbalance" else "site")
        used = {book.facility for book in world.false_books}
        free = [place.id for place in places if place.id not in used]
        for k in rng.permutation(len(free))[: counts.get(kind, 0)]:
            first = int(rng.integers(0, max(1, world.days // 2)))
            world.false_books.append(FalseBook(free[int(k)], wish.draw(kind, rng), first, world.days - 1))
