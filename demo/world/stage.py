"""What do all processes of the world share: the town, the fleet, the clock's queues, the records?"""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from demo.town.facilities import Facility, Spot
from demo.town.town import Town, build_town
from demo.world.chance import stream
from demo.world.contracts import Contract, contracts, home_plants
from demo.world.fleet import DAY_S, Vehicle, hauler_count, roles, vehicles
from demo.world.journal import Journal
from demo.world.lines import Line, approve_road, approve_water, find_stops, place_road_stops
from demo.world.loads import Carriage, Key, Load, Misdeed
from demo.world.ways import WayFinder

BAYS = {"plant": 2, "site": 3, "transfer": 2, "works": 1, "store": 1}


@dataclass(frozen=True)
class Diversion:
    """For a while, what was meant for one site goes to another."""

    id: str
    from_site: str
    to_site: str
    from_s: float
    to_s: float
    reason: str


@dataclass
class Hold:
    """A vessel's hold on one voyage."""

    vessel: str
    voyage: str
    room_kg: float
    loads: list[Load] = field(default_factory=list)
    waiting: list[Load] = field(default_factory=list)  # not yet taken over the far wharf
    open: bool = True


@dataclass(frozen=True)
class Voyage:
    """One laden passage of a vessel as it was made, and what went wrong on it."""

    key: Key  # vessel, number of the voyage, OF_A_VOYAGE
    carriage: Carriage
    loads: tuple[Load, ...]
    misdeed: Misdeed | None
    silent: tuple[float, float] | None = None


@dataclass(frozen=True)
class FalseBook:
    """A facility whose daily figures hide something from one day to another (both included)."""

    facility: str
    misdeed: Misdeed
    from_day: int
    to_day: int


@dataclass
class World:
    """The stage of one run; everything that happens is written into its journals and loads."""

    seed: int
    days: int
    weekday: int  # of day 0
    town: Town
    finder: WayFinder
    fleet: dict[str, Vehicle]
    order: dict[str, int]
    deals: dict[str, Contract]
    homes: dict[str, str]
    lines: dict[tuple[str, str], list[Line]]
    diversions: list[Diversion]
    plan: dict[Key, Misdeed] = field(default_factory=dict)
    journals: dict[str, Journal] = field(default_factory=dict)
    bays: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    loads: list[Load] = field(default_factory=list)
    west: list[Hold] = field(default_factory=list)
    east: list[Hold] = field(default_factory=list)
    voyages: list[Voyage] = field(default_factory=list)
    false_books: list[FalseBook] = field(default_factory=list)

    @property
    def end_s(self) -> float:
        return self.days * DAY_S

    def rng(self, *tags: int | str) -> np.random.Generator:
        return stream(self.seed, *tags)

    def facility(self, ident: str) -> Facility:
        return self.town.facilities[ident]

    def book(self, ident: str, now_s: float, duration_s: float) -> float:
        """Take the first free bay of a facility; returns when service begins."""
        bays = self.bays[ident]
        if not bays:
            bays.extend([0.0] * BAYS[self.facility(ident).kind])
        k = min(range(len(bays)), key=bays.__getitem__)
        start = max(now_s, bays[k])
        bays[k] = start + duration_s
        return start

    def fresh(self, plan: dict[Key, Misdeed]) -> "World":
        """The same stage before anything happened, with a plan of misdeeds."""
        return World(
            self.seed,
            self.days,
            self.weekday,
            self.town,
            self.finder,
            self.fleet,
            self.order,
            self.deals,
            self.homes,
            self.lines,
            self.diversions,
            plan,
        )

    def depot(self, vehicle: Vehicle) -> str:
        return f"D{int(vehicle.org[1:]):02d}"

    def slot(self, ident: str, number: int) -> Spot:
        yard = self.facility(ident).yard
        if yard is None:
            raise LookupError(f"{ident} has no yard")
        return yard.slots[number % len(yard.slots)]


def set_stage(seed: int, days: int, plants: int, count: int, weekday: int) -> World:
    """Build town, fleet, contracts and approved routes. Raises RuntimeError where they cannot be."""
    cast = roles(count)
    haulers = hauler_count(count)
    works = 0 if not cast["dredge"] else 1 if days < 4 else 2
    town = build_town(seed, plants=plants, haulers=haulers, vessels=cast["vessel"] > 0, works=works)
    if town.wharves is None and cast["vessel"]:
        raise RuntimeError("the river of this town has no bank with room for two wharves: try another seed")
    fleet = vehicles(seed, count, haulers)
    deals = contracts(town, seed)
    finder = WayFinder(town)
    lines = _lines(town, finder, seed, deals)
    return World(
        seed,
        days,
        weekday,
        town,
        finder,
        {v.id: v for v in fleet},
        {v.id: k for k, v in enumerate(fleet)},
        deals,
        home_plants(town, seed, fleet),
        lines,
        _diversions(town, seed, days),
    )


def _lines(
    town: Town, finder: WayFinder, seed: int, deals: dict[str, Contract]
) -> dict[tuple[str, str], list[Line]]:
    pairs = [(d.origin, s) for d in deals.values() for s in d.sites]
    pairs += [(s, d.origin) for d in deals.values() if d.grade != "dredged" for s in d.sites]
    if town.wharves:
        west, east = town.wharves
        pairs += [(d.origin, west.id) for d in deals.values() if d.by_water]
        pairs.append((east.id, kiln_of(town)))
    found = approve_road(town, finder, seed, pairs)
    place_road_stops(town, seed, [line for line in found if line.start in deals])
    if town.wharves:
        found.append(approve_water(finder))
    table: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in found:
        find_stops(town, line)
        table[line.start, line.end].append(line)
    return dict(table)


def kiln_of(town: Town) -> str:
    """The site behind the far wharf."""
    return next(s.id for s in town.of_kind("site") if s.method == "co_processing")


def _diversions(town: Town, seed: int, days: int) -> list[Diversion]:
    """One authorised change of destination: the incinerator stops for maintenance."""
    sites = town.of_kind("site")
    burner = next((s.id for s in sites if s.method == "incineration"), None)
    if burner is None:
        return []
    rng = stream(seed, "diversion")
    day = days // 2
    start = day * DAY_S + float(rng.integers(8, 10)) * 3_600
    hours = 5 if days < 3 else 26
    reason = "焚烧线计划检修，应急调度至协同处置"
    return [Diversion("DV-01", burner, kiln_of(town), start, start + hours * 3_600, reason)]
