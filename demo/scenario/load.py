"""How does a scenario folder get into the database: in which order, and what if it is there already?

Every step is a transaction of its own, and each is idempotent: a load that was killed is simply run
again. Places come before what refers to them, paper before the tracks that it is compared with.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from demo.scenario.corrections import read_corrections, write_corrections
from demo.scenario.families import sort_families
from demo.scenario.folder import Folder, Read, open_folder
from demo.scenario.outcome import LoadResult, Progress
from demo.scenario.paper_signatures import read_paper_signatures, write_paper_signatures
from demo.scenario.read_fleet import (
    read_devices,
    read_plant_days,
    read_scales,
    read_site_days,
    read_vehicles,
)
from demo.scenario.read_manifests import read_manifests
from demo.scenario.read_places import (
    read_diversions,
    read_facilities,
    read_map,
    read_organisations,
    read_routes,
)
from demo.scenario.sheet_rows import read_sheet, write_sheet
from demo.scenario.sheets import AFTER_MANIFESTS, BEFORE_MANIFESTS, Sheet
from demo.scenario.step_files import read_step_files, write_step_files
from demo.scenario.write_fleet import (
    write_devices,
    write_plant_days,
    write_scales,
    write_site_days,
    write_vehicles,
)
from demo.scenario.write_manifests import write_manifests
from demo.scenario.write_places import (
    write_diversions,
    write_facilities,
    write_map,
    write_organisations,
    write_routes,
)
from demo.scenario.write_tracks import write_tracks
from models.manifests import Manifest
from models.session import read_sessions, write_sessions
from models.thresholds import Thresholds
from models.values import Refusal
from models.worlds import Scenario
from tracking.operations.seed_limits import seed_limits

MANIFESTS_A_PIECE = 500

Writer = Callable[[Session, Sequence[Any], LoadResult], Iterator[Refusal]]


@dataclass(frozen=True, slots=True)
class Step:
    """One file and what becomes of its rows."""

    kind: str
    read: Callable[[Folder], Read]
    write: Writer


STEPS = (
    Step("organisations", read_organisations, write_organisations),
    Step("facilities", read_facilities, write_facilities),
    Step("routes", read_routes, write_routes),
    Step("map", read_map, write_map),
    Step("vehicles", read_vehicles, write_vehicles),
    Step("devices", read_devices, write_devices),
    Step("scales", read_scales, write_scales),
    Step("diversions", read_diversions, write_diversions),
    Step("plant_days", read_plant_days, write_plant_days),
    Step("site_days", read_site_days, write_site_days),
)
"""Everything that stands before paper and tracks, in the order of reference."""


def load_scenario(
    engine: Engine,
    path: Path,
    *,
    now: datetime,
    thresholds: Thresholds,
    progress: Progress = lambda what, done, total: None,
) -> LoadResult:
    """Load the folder at `path`; raises FolderRefused when it is none.

    A row that cannot be stored is refused and the rest loads; a second load changes nothing. `truth.jsonl`
    is never read here.
    """
    folder = open_folder(path)
    result = LoadResult()
    with write_sessions(engine).begin() as session:
        seed_limits(session)
        _write_scenario(session, folder, now)
    for done, step in enumerate(STEPS):
        progress(step.kind, done, len(STEPS))
        _run(engine, step, folder, result)
    for sheet in BEFORE_MANIFESTS:
        _load_sheet(engine, folder, sheet, result)
    _load_manifests(engine, folder, result, progress)
    for sheet in AFTER_MANIFESTS:
        _load_sheet(engine, folder, sheet, result)
    _run(engine, Step("corrections", read_corrections, write_corrections), folder, result)
    _run(engine, Step("step_files", read_step_files, write_step_files), folder, result)
    papers = Step("paper_signatures", read_paper_signatures, write_paper_signatures)
    _run(engine, papers, folder, result)
    write_tracks(engine, folder, result, now=now, limits=thresholds.doubt, progress=progress)
    return result


def _write_scenario(session: Session, folder: Folder, now: datetime) -> None:
    """Remember the world and how far it reaches; a later version may reach further."""
    scenario = session.scalar(select(Scenario).where(Scenario.name == folder.name))
    if scenario is None:
        scenario = Scenario(
            name=folder.name,
            timezone=folder.zone.key,
            reaches_from=folder.reaches_from,
            reaches_to=folder.reaches_to,
            loaded_at=now,
        )
        session.add(scenario)
    scenario.reaches_from = min(scenario.reaches_from, folder.reaches_from)
    scenario.reaches_to = max(scenario.reaches_to, folder.reaches_to)


def _run(engine: Engine, step: Step, folder: Folder, result: LoadResult) -> None:
    read = step.read(folder)
    result.refusals += read.refusals
    if not read.rows:
        return
    with write_sessions(engine).begin() as session:
        result.refusals += step.write(session, read.rows, result)


def _load_sheet(engine: Engine, folder: Folder, sheet: Sheet, result: LoadResult) -> None:
    read = read_sheet(folder, sheet)
    result.refusals += read.refusals
    if read.rows:
        with write_sessions(engine).begin() as session:
            result.refusals += write_sheet(session, sheet, read.rows, result)


def _load_manifests(engine: Engine, folder: Folder, result: LoadResult, progress: Progress) -> None:
    read = read_manifests(folder)
    result.refusals += read.refusals
    with read_sessions(engine)() as session:
        stored = set(session.scalars(select(Manifest.number)))
    families = sort_families(read.rows, stored)
    result.refusals += families.refusals
    tally = result.tally("manifests")
    for start in range(0, len(families.rows), MANIFESTS_A_PIECE):
        progress("manifests", start, len(families.rows))
        piece = families.rows[start : start + MANIFESTS_A_PIECE]
        with write_sessions(engine).begin() as session:
            result.refusals += write_manifests(session, piece, families.parents, tally)
