"""How does one get a whole believable world in a folder?"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np

from demo.town.basemap import basemap
from demo.world.fleet import devices, organisations
from demo.world.folder import (
    collection,
    feature,
    line_geometry,
    polygon_geometry,
    write_devices,
    write_diversions,
    write_facilities,
    write_json,
    write_lines,
    write_people,
    write_routes,
    write_rows,
    write_track,
)
from demo.world.forgery import forge
from demo.world.ledgers import PLANT_HEADER, SITE_HEADER, plant_days, site_days
from demo.world.lying import reports_of
from demo.world.negatives import negatives, written
from demo.world.paper import Calendar, manifest, number_manifests
from demo.world.paper_forgery import copy_weights
from demo.world.permits import grant_permits
from demo.world.plotting import plot
from demo.world.receiver import Reports
from demo.world.reception import Reception, reception
from demo.world.run import play
from demo.world.scales import SCALE_HEADER, scales
from demo.world.stage import World, set_stage
from demo.world.truth import Witness
from demo.world.weighing import Tickets, numbered, weigh_all
from demo.world.wishes import Wish, read_wish

SHANGHAI = timezone(timedelta(hours=8))
DEFAULT_START = datetime(2026, 3, 2, tzinfo=SHANGHAI)
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """A written world: loads and journals, its calendar, and by vehicle what its devices sent."""

    world: World
    calendar: Calendar
    reports: dict[str, list[Reports]]


def simulate(
    folder: Path,
    *,
    seed: int,
    days: int,
    plants: int,
    vehicles: int,
    violations: str | Path = "default",
    start: datetime = DEFAULT_START,
    noise: str = "normal",
    sampling_s: float | None = None,
    progress: Progress | None = None,
) -> Made:
    """Write a scenario folder (format version 1, a basemap.geojson, a negatives.jsonl): same arguments, same
    bytes. Returns what only its maker knows.

    `violations` is "default", "every", "none" or the path of a JSON file (demo.world.wishes); `noise` and
    `sampling_s` say how terminals see and send (demo.world.reception). The world begins at
    the local midnight of `start`'s day, in its zone; a longer run with the same seed need not begin like a
    shorter one. `progress` is called with what is being done, how much is done, and of how much. Raises
    ValueError for arguments that make no world, RuntimeError where the town has no room for the plants.
    """
    wish, seen = read_wish(violations), reception(noise, sampling_s)
    calendar = Calendar(_midnight(start, days, plants, vehicles))
    tell = progress or _silent
    tell("town", 0, 4)
    stage = set_stage(seed, days, plants, vehicles, calendar.start.weekday())
    tell("days", 1, 4)
    world = _perform(stage, wish)
    tell("paper", 2, 4)
    folder.mkdir(parents=True, exist_ok=True)
    drawn = weigh_all(world)
    copy_weights(world, drawn)
    tickets = numbered(drawn)
    number_manifests(world, calendar)
    _write_world(folder, world, tickets, calendar)
    tell("tracks", 3, 4)
    reports = _write_tracks(folder, world, calendar, seen, tell)
    write_lines(folder / "truth.jsonl", Witness(world, tickets, calendar, reports).all_truths())
    write_lines(folder / "negatives.jsonl", written(negatives(world, reports), calendar))
    return Made(world, calendar, reports)


def _silent(what: str, done: int, total: int) -> None:
    del what, done, total


def _midnight(start: datetime, days: int, plants: int, vehicles: int) -> datetime:
    if start.tzinfo is None:
        raise ValueError("start must name its time zone")
    if days < 1 or plants < 1 or vehicles < 1:
        raise ValueError("a world needs at least one day, one plant and one vehicle")
    return start.replace(hour=0, minute=0, second=0, microsecond=0)


def _perform(stage: World, wish: Wish) -> World:
    """Play once honestly to learn which loads there are, then again with what goes wrong."""
    play(stage)
    counts = wish.counts(len(stage.loads), stage.seed)
    if not counts:
        return stage
    plan = plot(stage, wish, counts)
    world = stage
    if plan:
        world = stage.fresh(plan)
        play(world)
    forge(world, wish, counts)
    return world


def _write_world(folder: Path, world: World, tickets: dict[int, Tickets], calendar: Calendar) -> None:
    cast = [v.role for v in world.fleet.values()]
    haulers = len({v.org for v in world.fleet.values() if v.role != "vessel"})
    people = organisations(
        haulers,
        len(world.town.of_kind("plant")),
        len(world.town.of_kind("site")),
        vessels="vessel" in cast,
        works="dredge" in cast,
    )
    grant_permits(world, people, tickets, calendar)
    name = {"zh": world.town.city.zh, "en": world.town.city.en}
    write_json(
        folder / "scenario.json",
        {
            "version": 1,
            "name": f"{name['zh']} {name['en']}",
            "timezone": "Asia/Shanghai",
            "from": calendar.iso(0),
            "to": calendar.iso(world.end_s),
        },
    )
    write_people(folder, people, world.fleet.values())
    write_facilities(folder, world)
    write_routes(folder, world.town.plane, [x for many in world.lines.values() for x in many])
    write_diversions(folder, world.diversions, calendar)
    write_rows(folder / "scales.csv", SCALE_HEADER, scales(world, calendar))
    write_rows(folder / "plant_days.csv", PLANT_HEADER, plant_days(world, tickets, calendar))
    write_rows(folder / "site_days.csv", SITE_HEADER, site_days(world, tickets, calendar))
    sheets = [
        manifest(world, load, tickets[k], calendar)
        for k, load in enumerate(world.loads)
        if load.on_paper and load.issued_s < world.end_s
    ]
    write_lines(folder / "manifests.jsonl", sheets)
    _write_basemap(folder, world)


def _write_basemap(folder: Path, world: World) -> None:
    plane = world.town.plane
    features = []
    for properties, shape in basemap(world.town):
        drawn = (
            polygon_geometry(plane, shape)
            if shape.geom_type == "Polygon"
            else line_geometry(plane, np.asarray(shape.coords))
        )
        features.append(feature(drawn, **properties))
    write_json(folder / "basemap.geojson", collection(features))


def _write_tracks(
    folder: Path, world: World, calendar: Calendar, seen: Reception, tell: Progress
) -> dict[str, list[Reports]]:
    found: dict[str, list[Reports]] = {}
    terminals = devices(world.seed, list(world.fleet.values()), world.days)
    write_devices(folder, terminals, calendar)
    tracks = folder / "tracks"
    tracks.mkdir(exist_ok=True)
    for old in tracks.glob("*.csv"):
        old.unlink()
    for number, device in enumerate(terminals):
        tell("tracks", number, len(terminals))
        reports = reports_of(world, device, seen)
        write_track(folder, world.town.plane, device, reports, calendar)
        found.setdefault(device.vehicle, []).append(reports)
    tell("tracks", len(terminals), len(terminals))
    return found
