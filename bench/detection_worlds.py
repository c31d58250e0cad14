"""On which worlds is detection measured? Simulated towns of seeds on which nothing was tuned.

The seed draws the town as well as the week, so every reporting seed is a city of its own. A world is
written as a scenario folder by `demo.simulate`; then its tracks are written once more, as the terminals
of the wished condition would have sent them.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from demo.simulate import DEFAULT_START, simulate
from demo.town.plane import Points
from demo.world.chance import stream
from demo.world.fleet import Device, devices
from demo.world.folder import write_track
from demo.world.forgery import forge
from demo.world.noise import add_bursts, bursts
from demo.world.paper import Calendar, number_manifests
from demo.world.plotting import plot
from demo.world.receiver import Reports, report
from demo.world.run import play
from demo.world.stage import World, set_stage
from demo.world.wishes import KINDS, Wish, read_wish

TUNING_SEEDS = tuple(range(1, 1_000))  # of tests, stories, the demo and every other bench: never reported
BASE_SEEDS = tuple(range(5_101, 5_109))
GRADED_SEEDS = tuple(range(6_101, 6_105))
SIZES = {  # from below what can be detected to far above it
    "off_route": (90.0, 1_400.0),
    "unplanned_stop": (120.0, 2_400.0),
    "signal_gap": (330.0, 2_400.0),
    "teleport": (1_200.0, 7_000.0),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """How the terminals of trucks see and send; vessels keep the intervals of AIS."""

    name: str
    sampling_s: float  # while moving
    sigma_factor: float  # on each device's own 3 to 7 m
    more_bursts: int  # reflections between houses: times one per 80 minutes, beyond the usual one


NORMAL_10S = Condition("normal_10s", 10.0, 1.0, 0)
HARSH_10S = Condition("harsh_10s", 10.0, 1.5, 3)
NORMAL_30S = Condition("normal_30s", 30.0, 1.0, 0)
CONDITIONS = (NORMAL_10S, HARSH_10S, NORMAL_30S)


@dataclass(frozen=True, slots=True)
class Extent:
    """How large each world is. each: violations of each kind in a graded one."""

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
    """Write the world of a seed under a condition; `graded` ones hold every kind, the others 2 %."""
    if seed in TUNING_SEEDS:
        raise ValueError(f"seed {seed} is one of those on which rules are tuned")
    folder.mkdir(parents=True, exist_ok=True)
    violations: str | Path = wish_file(folder / "wish.json", extent.each) if graded else "default"
    simulate(
        folder / "world",
        seed=seed,
        days=extent.days,
        plants=extent.plants,
        vehicles=extent.vehicles,
        violations=violations,
    )
    calendar = Calendar(DEFAULT_START)
    world = perform(seed, extent, calendar, read_wish(violations))
    number_manifests(world, calendar)
    courses = rewrite_tracks(folder / "world", world, calendar, condition)
    return Staged(seed, condition, graded, folder / "world", world, calendar, courses)


def wish_file(path: Path, each: int) -> Path:
    """As many of each kind, with sizes from the undetectable to the gross."""
    path.write_text(json.dumps(dict.fromkeys(KINDS, each) | {"sizes": SIZES}), encoding="utf-8")
    return path


def perform(seed: int, extent: Extent, calendar: Calendar, wish: Wish) -> World:
    """The very world that `simulate` wrote, in memory."""
    stage = set_stage(seed, extent.days, extent.plants, extent.vehicles, calendar.start.weekday())
    play(stage)
    counts = wish.counts(len(stage.loads), seed)
    plan = plot(stage, wish, counts)
    world = stage.fresh(plan) if plan else stage
    if plan:
        play(world)
    forge(world, wish, counts)
    return world


def rewrite_tracks(folder: Path, world: World, calendar: Calendar, condition: Condition) -> dict[str, Course]:
    """Let every terminal report as the condition says; returns the courses by vehicle."""
    parts: dict[str, list[Reports]] = {}
    for device in devices(world.seed, list(world.fleet.values()), world.days):
        under = outfitted(device, condition)
        rng = stream(world.seed, "signal", device.id)
        reports = reflected(
            report(world.journals[device.vehicle], under, rng, world.end_s), under, world, condition
        )
        write_track(folder, world.town.plane, under, reports, calendar)
        parts.setdefault(device.vehicle, []).append(reports)
    return {vehicle: course_of(reports) for vehicle, reports in parts.items()}


def outfitted(device: Device, condition: Condition) -> Device:
    """The device under the condition."""
    moving_s = device.moving_s if device.protocol == "ais" else condition.sampling_s
    return replace(device, moving_s=moving_s, sigma_m=device.sigma_m * condition.sigma_factor)


def reflected(reports: Reports, device: Device, world: World, condition: Condition) -> Reports:
    """With the further reflections of the condition."""
    if not condition.more_bursts:
        return reports
    rng = stream(world.seed, "streets", device.id)
    order = np.argsort(reports.recorded_s, kind="stable")
    t_s = reports.recorded_s[order].astype(np.float64)
    offset = np.zeros((len(t_s), 2))
    for _ in range(condition.more_bursts):
        add_bursts(t_s, offset, bursts(rng, world.end_s))
    xy = reports.xy.copy()
    xy[order] += offset
    return replace(reports, xy=xy)


def course_of(parts: list[Reports]) -> Course:
    """All fixes of a vehicle, each moment once."""
    recorded = np.concatenate([part.recorded_s for part in parts])
    xy = np.vstack([part.xy for part in parts])
    moments, first = np.unique(recorded, return_index=True)
    return Course(moments.astype(np.float64), xy[first])
