"""How is a world played from its first second to its last?"""

from demo.world.clockwork import Process, run
from demo.world.fleet import Vehicle
from demo.world.journal import Journal
from demo.world.stage import World
from demo.world.trucks import truck_life
from demo.world.vessels import relay_life, vessel_life


def play(world: World) -> None:
    """Let every vehicle live its days; afterwards the journals and loads tell what happened."""
    for vehicle in world.fleet.values():
        world.journals[vehicle.id] = Journal(_home(world, vehicle))
    run([_life(world, v) for v in world.fleet.values()], world.end_s)
    for journal in world.journals.values():
        journal.stand(world.end_s, engine=False)
    world.loads.sort(key=lambda load: (load.issued_s, load.key))


def _home(world: World, vehicle: Vehicle) -> tuple[float, float]:
    if vehicle.mode == "road":
        return world.slot(world.depot(vehicle), world.order[vehicle.id])
    if world.town.wharves is None or world.town.wharves[0].yard is None:
        raise LookupError("a vessel needs a wharf")
    berth = world.town.wharves[0].yard.berth
    if berth is None:
        raise LookupError("a wharf needs a berth")
    return berth


def _life(world: World, vehicle: Vehicle) -> Process:
    lives = {"vessel": vessel_life, "relay": relay_life, "main": truck_life, "dredge": truck_life}
    return lives[vehicle.role](world, vehicle)
