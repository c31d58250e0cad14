"""How is everything written out as a scenario folder that `load` reads (SCENARIO.md, version 2)?

A round trip changes nothing: what is exported, loaded into an empty database and exported again is the same
to the byte, and loading it where it came from adds nothing. Logins, tokens, signatures (but those of
emergency paper), raw messages and conclusions stay: they belong to this server, and a folder is a world, not
a backup.
"""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from demo.scenario import export_fleet, export_places
from demo.scenario.corrections import FILE as CORRECTIONS
from demo.scenario.corrections import correction_lines
from demo.scenario.export_manifests import manifests
from demo.scenario.export_tracks import write_device_tracks
from demo.scenario.outcome import Progress
from demo.scenario.paper_signatures import FILE as PAPER_SIGNATURES
from demo.scenario.paper_signatures import paper_signature_lines
from demo.scenario.sheet_rows import sheet_lines, written
from demo.scenario.sheets import AFTER_MANIFESTS, BEFORE_MANIFESTS
from demo.scenario.step_files import FILE as STEP_FILES
from demo.scenario.step_files import step_file_lines
from models.manifests import Manifest
from models.session import read_sessions
from models.worlds import Scenario

VERSION = 2


class ExportRefused(ValueError):
    """The folder cannot be written; the message is the sentence for a person."""


def export_scenario(
    engine: Engine,
    folder: Path,
    *,
    timezone: str,
    now: datetime,
    progress: Progress = lambda what, done, total: None,
) -> dict[str, int]:
    """Write the whole database as a folder, from one snapshot; rows by kind. Raises ExportRefused."""
    if folder.exists() and any(folder.iterdir()):
        raise ExportRefused(f"{folder} is not empty: an export never mixes with what is there")
    folder.mkdir(parents=True, exist_ok=True)
    with read_sessions(engine)() as session:
        counts = write_plain(session, folder)
        for sheet in (*BEFORE_MANIFESTS, *AFTER_MANIFESTS):
            counts[sheet.kind] = write_lines(folder / sheet.file, sheet_lines(session, sheet))
        progress("manifests", 0, 1)
        counts["manifests"] = write_lines(folder / "manifests.jsonl", manifests(session))
        counts["corrections"] = write_lines(folder / CORRECTIONS, correction_lines(session))
        counts["step_files"] = write_lines(folder / STEP_FILES, step_file_lines(session, folder))
        papers = paper_signature_lines(session, folder)
        counts["paper_signatures"] = write_lines(folder / PAPER_SIGNATURES, papers)
        counts["fixes"] = write_device_tracks(session, folder, progress)
        # Last: a folder without it is none, so that an export that was killed is not taken for a whole one.
        write_json(folder / "scenario.json", head(session, folder.name, timezone, now))
    return counts


def write_plain(session: Session, folder: Path) -> dict[str, int]:
    """The tables and maps of version 1."""
    tables: tuple[tuple[str, Sequence[str], Iterable[Sequence[Any]]], ...] = (
        ("organisations", export_places.ORGANISATIONS, export_places.organisations(session)),
        ("vehicles", export_fleet.VEHICLES, export_fleet.vehicles(session)),
        ("devices", export_fleet.DEVICES, export_fleet.devices(session)),
        ("scales", export_fleet.SCALES, export_fleet.scales(session)),
        ("plant_days", export_fleet.PLANT_DAYS, export_fleet.plant_days(session)),
        ("site_days", export_fleet.SITE_DAYS, export_fleet.site_days(session)),
    )
    counts = {name: write_table(folder / f"{name}.csv", header, rows) for name, header, rows in tables}
    maps = {
        "facilities": export_places.facilities(session),
        "routes": export_places.routes(session),
        "basemap": export_places.base_map(session),
    }
    for name, collection in maps.items():
        write_json(folder / f"{name}.geojson", collection)
        counts[name] = len(collection["features"])
    counts["diversions"] = write_lines(folder / "diversions.jsonl", export_places.diversions(session))
    return counts


def head(session: Session, name: str, timezone: str, now: datetime) -> dict[str, Any]:
    """scenario.json: the loaded worlds together, or what the paper reaches where none was loaded."""
    worlds = session.scalars(select(Scenario).order_by(Scenario.reaches_to)).all()
    if worlds:
        return {
            "version": VERSION,
            "name": worlds[-1].name,
            "timezone": worlds[-1].timezone,
            "from": written(min(world.reaches_from for world in worlds)),
            "to": written(worlds[-1].reaches_to),
        }
    first = session.scalar(select(func.min(Manifest.issued_at)))
    day_before = now - timedelta(days=1)
    begin = day_before if first is None else first.replace(tzinfo=first.tzinfo or now.tzinfo)
    return {
        "version": VERSION,
        "name": name,
        "timezone": timezone,
        "from": written(min(begin, day_before)),
        "to": written(now),
    }


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """A CSV file; how many rows."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(["" if cell is None else cell for cell in row])
            count += 1
    return count


def write_lines(path: Path, lines: Iterable[Mapping[str, Any]]) -> int:
    """A JSON-lines file; how many lines. A file without any is not written: absent means none."""
    rows = iter(lines)
    first = next(rows, None)
    if first is None:
        return 0
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        for line in chain((first,), rows):
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            count += 1
    return count


def write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
