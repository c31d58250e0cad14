"""On which worlds is detection measured? Simulated towns of seeds on which nothing was tuned.

The seed draws the town as well as the week, so every reporting seed is a city of its own. The terminals of
a world see and send as its condition says; `demo.simulate` writes it in one go.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from demo.simulate import Made, simulate
from demo.town.plane import Points
from demo.world.paper import Calendar
from demo.world.receiver import Reports
from demo.world.stage import World
from demo.world.wishes import EVERY

TUNING_SEEDS = tuple(range(1, 1_000))  # of tests, stories, the demo and every other bench: never reported
BASE_SEEDS = tuple(range(5_201, 5_209))
GRADED_SEEDS = tuple(range(6_201, 6_205))
OF_MANY_LOADS = {  # each takes a whole truck, row of loads or facility
    "repeated_weight": 2,
    "skimming": 1,
    "datum_shift": 1,
    "plant_imbalance": 2,
    "site_imbalance": 2,
    "over_capacity": 2,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """How the terminals of trucks see (a noise of demo.world.reception) and send; vessels keep AIS."""

    name: str
    sampling_s: float  # while moving
    noise: str


NORMAL_10S = Condition("normal_10s", 10.0, "normal")
HARSH_10S = Condition("harsh_10s", 10.0, "harsh")
NORMAL_30S = Condition("normal_30s", 30.0, "normal")
CONDITIONS = (NORMAL_10S, HARSH_10S, NORMAL_30S)


@dataclass(frozen=True, slots=True)
class Extent:
    """How large each world is. each: violations of each kind in a graded one, fewer of OF_MANY_LOADS."""

    days: int = 7
    plants: int = 5
    vehicles: int = 24
    each: int = 4


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """The n fixes of one vehicle in order of device time: s since the world began, metres on its board."""

    t_s: Points  # (n,)
    xy: Points  # (n, 2)


@dataclass(frozen=True, slots=True)
class Staged:
    """A written world, and what only its maker knows: loads, journals, tracks in metres."""

    seed: int
    condition: Condition
    graded: bool
    folder: Path
    world: World
    calendar: Calendar
    courses: dict[str, Course]  # by vehicle


def stage_world(folder: Path, seed: int, condition: Condition, extent: Extent, *, graded: bool) -> Staged:
    """Write the world of a seed under a condition: a graded one holds every kind in all sizes, the others
    violate 2 % of their manifests, every kind in turn."""
    if seed in TUNING_SEEDS:
        raise ValueError(f"seed {seed} is one of those on which rules are tuned")
    folder.mkdir(parents=True, exist_ok=True)
    made: Made = simulate(
        folder / "world",
        seed=seed,
        days=extent.days,
        plants=extent.plants,
        vehicles=extent.vehicles,
        violations=wish_file(folder / "wish.json", extent.each) if graded else "every",
        noise=condition.noise,
        sampling_s=condition.sampling_s,
    )
    courses = {vehicle: course_of(reports) for vehicle, reports in made.reports.items()}
    return Staged(seed, condition, graded, folder / "world", made.world, made.calendar, courses)


def wish_file(path: Path, each: int) -> Path:
    """As many of each kind, with sizes from the undetectable to the gross."""
    counts = {kind: min(each, OF_MANY_LOADS.get(kind, each)) for kind in EVERY}
    path.write_text(json.dumps(counts | {"graded": True}), encoding="utf-8")
    return path


def course_of(parts: list[Reports]) -> Course:
    """All fixes of a vehicle, each moment once."""
    recorded = np.concatenate([part.recorded_s for part in parts])
    xy = np.vstack([part.xy for part in parts])
    moments, first = np.unique(recorded, return_index=True)
    return Course(moments.astype(np.float64), xy[first])
