"""What happens at the receiver: weigh in, accept, refuse or part-accept, tip, weigh out?"""

from collections.abc import Generator

import numpy as np

from demo.world.clockwork import Process
from demo.world.driving import drive
from demo.world.fleet import Vehicle
from demo.world.loads import Handover, Load
from demo.world.stage import World
from demo.world.trips import note, pace_of

SITE_MIN_DWELL_S = 420.0  # what sites ask for as the least stay
REJECT_SHARE, PART_SHARE = 0.008, 0.010
REJECT_REASONS = ("夹带编织袋等杂物，拒收", "泥质异味明显，待复检，拒收", "料仓检修，暂停接收")
PART_REASONS = ("料仓余量不足，部分接收", "部分污泥夹带杂物，退回")


def _yard(world: World, ident: str) -> tuple[tuple[float, float], tuple[float, float]]:
    yard = world.facility(ident).yard
    if yard is None:
        raise LookupError(f"{ident} has no yard")
    return (float(yard.driveway[-1, 0]), float(yard.driveway[-1, 1])), yard.bay


def unload(
    world: World, vehicle: Vehicle, load: Load, site: str, rng: np.random.Generator
) -> Generator[float, None, str]:
    """Weigh in, decide, tip; returns the facility at which the truck ends up (the plant after a refusal)."""
    del rng
    chance = world.rng("gate", *load.key)
    journal = world.journals[vehicle.id]
    if load.misdeed is not None and load.misdeed.kind == "no_dwell":
        return (yield from _turn_round(world, vehicle, load, site))
    journal.stand(journal.now_s + float(chance.uniform(60, 130)), engine=True)
    load.received_s, load.received_at = journal.now_s, site
    _decide(world, load, chance)
    if load.decision == "rejected":
        journal.shunt(world.slot(site, 3 + vehicle.payload_kg % 7))
        journal.stand(journal.now_s + float(chance.uniform(600, 1_500)), engine=True)
    else:
        yield from _tip(world, vehicle, site, chance, left=1 if load.decision == "part_accepted" else 0)
    load.received_tare_kg = load.tare_kg + float(chance.uniform(5, 45))
    yield journal.now_s
    if load.decision == "accepted":
        return site
    yield from _bring_back(world, vehicle, load, site, chance)
    return load.origin


def _turn_round(world: World, vehicle: Vehicle, load: Load, site: str) -> Generator[float, None, str]:
    """An empty run: over the weighbridge and out again, for a share of the least stay."""
    journal, leg = world.journals[vehicle.id], load.carriages[-1]
    share = load.misdeed.size if load.misdeed else 1.0
    rolling_s = 2.0 * (leg.trip.end_s - (leg.reached_s or leg.trip.end_s))
    load.received_s, load.received_at = journal.now_s + 4.0, site
    journal.stand(journal.now_s + max(8.0, share * SITE_MIN_DWELL_S - rolling_s), engine=True)
    load.received_tare_kg = load.tare_kg + 20.0
    yield journal.now_s
    return site


def _tip(world: World, vehicle: Vehicle, site: str, chance: np.random.Generator, left: int) -> Process:
    """Wait for a bay, put the load down, weigh out."""
    journal = world.journals[vehicle.id]
    scale, bay = _yard(world, site)
    service_s = float(chance.uniform(520, 1_100))
    journal.shunt(world.slot(site, world.order[vehicle.id]))
    start = world.book(site, journal.now_s + 30.0, service_s)
    journal.stand(start, engine=True)
    yield journal.now_s
    journal.shunt(bay)
    journal.stand(journal.now_s + service_s * 0.8, engine=True)
    journal.carry(left)
    journal.stand(journal.now_s + service_s * 0.2, engine=True)
    journal.shunt(scale)
    journal.stand(journal.now_s + float(chance.uniform(50, 100)), engine=True)


def _decide(world: World, load: Load, chance: np.random.Generator) -> None:
    """Rarely a site refuses, wholly or in part; never a load on which something else goes wrong."""
    luck = float(chance.random())
    returns = (load.destination, load.origin) in world.lines
    if not load.direct or load.misdeed is not None or not load.on_paper or not returns:
        return
    if luck < REJECT_SHARE:
        load.decision, load.refused_kg = "rejected", load.wet_kg
        load.reason = REJECT_REASONS[int(chance.integers(len(REJECT_REASONS)))]
    elif luck < REJECT_SHARE + PART_SHARE:
        load.decision = "part_accepted"
        load.refused_kg = float(round(load.wet_kg * chance.uniform(0.2, 0.4) / 20.0) * 20)
        load.reason = PART_REASONS[int(chance.integers(len(PART_REASONS)))]


def _bring_back(
    world: World, vehicle: Vehicle, load: Load, site: str, chance: np.random.Generator
) -> Process:
    """What was refused goes back on a manifest of its own."""
    journal = world.journals[vehicle.id]
    scale, _ = _yard(world, site)
    journal.shunt(scale)
    line = world.lines[site, load.origin][0]
    child = Load(
        key=load.key,
        origin=site,
        destination=load.origin,
        sludge_kind=load.sludge_kind,
        truck=vehicle.id,
        wet_kg=load.refused_kg,
        moisture=load.moisture,
        tare_kg=load.tare_kg,
        issued_s=journal.now_s - 200.0,
        loaded_s=journal.now_s,
        line=line,
        kind="return",
        parent=load,
    )
    load.child = child
    world.loads.append(child)
    journal.stand(journal.now_s + float(chance.uniform(40, 90)), engine=True)
    trip = drive(line.way, journal.now_s, chance, pace=pace_of(world, vehicle.id))
    note(world, child, vehicle.id, line, trip, load.origin)
    yield journal.now_s
    journal.stand(journal.now_s + float(chance.uniform(60, 120)), engine=True)
    child.received_s, child.received_at = journal.now_s, load.origin
    yield from _tip(world, vehicle, load.origin, chance, left=0)
    child.received_tare_kg = child.tare_kg + float(chance.uniform(5, 45))
    yield journal.now_s


def tip_at_wharf(world: World, vehicle: Vehicle, load: Load, wharf: str) -> Process:
    """Weigh in at the wharf and tip straight into the vessel; both sides sign when the truck is empty."""
    chance = world.rng("wharf", *load.key)
    journal = world.journals[vehicle.id]
    journal.stand(journal.now_s + float(chance.uniform(60, 110)), engine=True)
    yield from _tip(world, vehicle, wharf, chance, left=0)
    tare = load.tare_kg + float(chance.uniform(5, 40))
    load.handovers.append(Handover(journal.now_s, wharf, tare))
    hold = next(h for h in world.west if h.voyage == load.voyage)
    hold.waiting.append(load)
    yield journal.now_s
