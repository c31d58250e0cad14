"""Which weighbridges are there, and until when are they certified?"""

from demo.world.fleet import DAY_S
from demo.world.paper import Calendar
from demo.world.stage import World
from demo.world.weighing import DIVISION_KG, scale_of

SCALE_HEADER = ("id", "facility", "class", "division_kg", "max_kg", "certificate_valid_to")
WEIGHING_KINDS = ("plant", "works", "site", "transfer", "store")


def scales(world: World, calendar: Calendar) -> list[tuple[object, ...]]:
    """One class III weighbridge a place; sewer works have a mobile one of the same class."""
    rows: list[tuple[object, ...]] = []
    for place in world.town.facilities.values():
        if place.kind in WEIGHING_KINDS:
            days = int(world.rng("certificate", place.id).integers(60, 340))
            largest = 60_000 if place.kind == "works" else 80_000
            rows.append(
                (scale_of(place.id), place.id, "III", DIVISION_KG, largest, calendar.iso(days * DAY_S))
            )
    return rows
