"""What do the permits of the facilities say, and to whom do they belong?"""

from collections import defaultdict

from demo.world.contracts import LIMITS, METHODS
from demo.world.fleet import DAY_S, Organisation
from demo.world.paper import Calendar
from demo.world.receiving import SITE_MIN_DWELL_S
from demo.world.stage import World
from demo.world.weighing import Tickets

KIND_OF_GRADE = {"wet": "dewatered", "deep": "dewatered", "dried": "dried", "dredged": "dredged"}
SITE_OWNERS = {
    "incineration": "SO1",
    "co_processing": "SO2",
    "landfill": "SO3",
    "composting": "SO4",
    "dredged_treatment": "SO5",
    "building_material": "SO6",
    "land_use": "SO4",
}
BEYOND = "over_capacity"
HEADROOM = 1.35  # permits leave room over the busiest day


def grant_permits(
    world: World, people: list[Organisation], tickets: dict[int, Tickets], calendar: Calendar
) -> None:
    """Fill in owner, permit, storage and validity of every facility."""
    owners = [o.code for o in people if o.kind == "plant_operator"]
    known = {o.code for o in people}
    busiest = busiest_day_t(tickets)
    for number, plant in enumerate(world.town.of_kind("plant")):
        plant.org = owners[number % len(owners)]
        plant.facts |= {"storage_t": 900 + 150 * (number % 4), "max_moisture": 0.8, "min_dwell_s": 480}
    for site in world.town.of_kind("site"):
        method = site.method or ""
        site.org = SITE_OWNERS[method] if SITE_OWNERS[method] in known else "SO1"
        daily = max(100, 50 * round(HEADROOM * busiest.get(site.id, 80.0) / 50 + 0.5))
        beyond = next(
            (b for b in world.false_books if (b.facility, b.misdeed.kind) == (site.id, BEYOND)), None
        )
        if beyond is not None and site.id in busiest:  # the permit is smaller than the trade
            daily = max(1, int(busiest[site.id] / (1.0 + beyond.misdeed.size)))
        accepts = sorted({KIND_OF_GRADE[g] for g, methods in METHODS.items() if method in methods})
        site.facts |= {
            "permit_t_per_day": daily,
            "permit_t_per_year": daily * 340,
            "storage_t": daily * 4,
            "max_moisture": LIMITS[method],
            "accepts": accepts,
            "min_dwell_s": round(SITE_MIN_DWELL_S),
            "valid_from": calendar.iso(-400 * DAY_S),
            "valid_to": calendar.iso(900 * DAY_S),
        }
    for wharf in world.town.of_kind("transfer"):
        wharf.org = "HS"
        wharf.facts |= {"storage_t": 1_200, "accepts": ["dewatered"], "min_dwell_s": 360}
    for store in world.town.of_kind("store"):
        store.org = "SO1"
        store.facts |= {"storage_t": 800, "max_moisture": 0.8, "accepts": ["dewatered"], "min_dwell_s": 360}
    for depot in world.town.of_kind("depot"):
        depot.org = f"H{int(depot.id[1:])}"
    _works(world, calendar)


def _works(world: World, calendar: Calendar) -> None:
    """Dredging moves on: each works has its days."""
    works = world.town.of_kind("works")
    for number, place in enumerate(works):
        place.org = "WO"
        first = -(-number * world.days // len(works))
        last = -(-(number + 1) * world.days // len(works))
        place.facts |= {
            "valid_from": calendar.iso((first - 1) * DAY_S),
            "valid_to": calendar.iso((last + 1) * DAY_S),
        }


def received_t(tickets: dict[int, Tickets]) -> dict[tuple[str, int], float]:
    """Wet tonnes over each receiver's scale on each day, by (facility, day)."""
    daily: dict[tuple[str, int], float] = defaultdict(float)
    for t in tickets.values():
        if t.received:
            daily[t.received.scale.split("-")[0], int(t.received.at_s // DAY_S)] += (
                t.received.net_kg / 1_000.0
            )
    return daily


def busiest_day_t(tickets: dict[int, Tickets]) -> dict[str, float]:
    """The most of any day, by facility."""
    busiest: dict[str, float] = {}
    for (site, _), tonnes in received_t(tickets).items():
        busiest[site] = max(busiest.get(site, 0.0), tonnes)
    return busiest
