"""Which plant makes what sludge, where may it go, and which truck serves whom?"""

from dataclasses import dataclass

import numpy as np

from demo.town.facilities import Facility
from demo.town.town import Town
from demo.world.chance import stream
from demo.world.fleet import Vehicle

MOISTURE = {"wet": (0.766, 0.784), "deep": (0.552, 0.578), "dried": (0.31, 0.37), "dredged": (0.60, 0.70)}
METHODS = {
    "wet": ("incineration", "co_processing"),
    "deep": ("landfill", "composting", "land_use"),
    "dried": ("building_material", "co_processing"),
    "dredged": ("dredged_treatment",),
}
LIMITS = {
    "incineration": 0.80,
    "co_processing": 0.80,
    "landfill": 0.60,
    "composting": 0.60,
    "land_use": 0.60,
    "building_material": 0.40,
    "dredged_treatment": 0.85,
}  # what each site writes into its own permit
MAIN_AND_OTHERS = (0.72, 0.2, 0.08)
PATTERN = ("wet", "deep", "wet", "deep", "wet", "dried")


@dataclass(frozen=True)
class Contract:
    """An origin's sludge and its approved receivers with their shares."""

    origin: str
    grade: str  # wet · deep · dried · dredged
    moisture: float
    sites: dict[str, float]
    by_water: bool = False

    @property
    def sludge_kind(self) -> str:
        return {"dried": "dried", "dredged": "dredged"}.get(self.grade, "dewatered")


def contracts(town: Town, seed: int) -> dict[str, Contract]:
    """One contract for every plant and works."""
    rng = stream(seed, "contracts")
    plants = town.of_kind("plant")
    sites = town.of_kind("site")
    wharf_plant = None
    if town.wharves:
        west = np.array(town.wharves[0].centre)
        wharf_plant = min(plants, key=lambda p: float(np.hypot(*(np.array(p.centre) - west)))).id
    has_bricks = any(s.method == "building_material" for s in sites)
    turn: dict[str, int] = {}  # plants of a grade take the sites' first places in turn
    found: dict[str, Contract] = {}
    for k, plant in enumerate(plants):
        by_water = plant.id == wharf_plant
        grade = PATTERN[k % len(PATTERN)]
        if by_water or (grade == "dried" and not has_bricks):
            grade = "wet"
        turn[grade] = turn.get(grade, 0) + (0 if by_water else 1)
        shares = _shares(sites_for(sites, grade), turn[grade] - 1)
        found[plant.id] = Contract(plant.id, grade, _moisture(rng, grade), shares, by_water)
    for works in town.of_kind("works"):
        found[works.id] = Contract(
            works.id, "dredged", _moisture(rng, "dredged"), dict.fromkeys(sites_for(sites, "dredged"), 1.0)
        )
    return found


def sites_for(sites: list[Facility], grade: str) -> list[str]:
    return [s.id for s in sites if s.method in METHODS[grade]]


def _moisture(rng: np.random.Generator, grade: str) -> float:
    lo, hi = MOISTURE[grade]
    return float(rng.uniform(lo + 0.25 * (hi - lo), hi - 0.25 * (hi - lo)))


def _shares(sites: list[str], turn: int) -> dict[str, float]:
    """A main receiver, and one or two that take the rest."""
    first = turn % len(sites)
    order = [*sites[first:], *sites[:first]][:3]
    return dict(zip(order, MAIN_AND_OTHERS, strict=False))


def home_plants(town: Town, seed: int, fleet: list[Vehicle]) -> dict[str, str]:
    """Each main truck's plant: every plant has at least one truck while there are enough, then by size."""
    rng = stream(seed, "homes")
    plants = [p.id for p in town.of_kind("plant")]
    size = rng.uniform(0.6, 1.8, len(plants))
    trucks = [v for v in fleet if v.role == "main"]
    homes: dict[str, str] = {}
    for k, truck in enumerate(trucks):
        if k < len(plants):
            homes[truck.id] = plants[k]
        else:
            homes[truck.id] = plants[int(rng.choice(len(plants), p=size / size.sum()))]
    return homes
