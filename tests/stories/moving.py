"""What stays when a whole world is moved elsewhere, renamed and re-dated? Makes such a copy of a folder.

Positions keep their metres (through a flat frame around the world's middle), every code, number and name is
another, every time is later by the same span. Nothing else of the folder changes.
"""

import csv
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from tracking.rules.geometry import frame_at

NAMED = {  # fields that hold a code, a number or a name
    "id",
    "code",
    "name",
    "name_en",
    "org",
    "vehicle",
    "vehicle_id",
    "device_id",
    "facility",
    "from",
    "to",
    "origin",
    "destination",
    "number",
    "manifest",
    "route",
    "scale",
    "ticket",
    "driver",
}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True)
class Move:
    """From around one place (lat, lon) to around another, later by a span."""

    here: tuple[float, float]
    there: tuple[float, float]
    later: timedelta = timedelta()

    def point(self, lon: float, lat: float) -> tuple[float, float]:
        """(lon, lat) of the same place in the moved world, in [-180, 180)."""
        x_m, y_m = frame_at(*self.here).to_xy(np.array(lat), np.array(lon))
        moved_lat, moved_lon = frame_at(*self.there).to_degrees(x_m, y_m)
        return round(float(moved_lon), 7), round(float(moved_lat), 7)

    def value(self, field: str, value: Any) -> Any:
        """A value of any file, moved."""
        if isinstance(value, dict):
            return {key: self.value(key, each) for key, each in value.items()}
        if isinstance(value, list):
            if field == "coordinates":
                return self.coordinates(value)
            return [self.value(field, each) for each in value]
        if not isinstance(value, str):
            return value
        if TIME.fullmatch(value):
            return (datetime.fromisoformat(value) + self.later).isoformat()
        return renamed(value) if value and field in NAMED else value

    def coordinates(self, value: list[Any]) -> list[Any]:
        """GeoJSON coordinates of any depth."""
        if isinstance(value[0], int | float):
            return list(self.point(*value[:2]))
        return [self.coordinates(each) for each in value]


def renamed(code: str) -> str:
    """Another code for a code, always the same one."""
    return f"x{sha256(code.encode()).hexdigest()[:9]}"


def moved_copy(source: Path, target: Path, move: Move) -> Path:
    """The scenario folder `source`, moved, written to `target`."""
    (target / "tracks").mkdir(parents=True)
    for path in sorted(source.rglob("*")):
        if path.suffix in (".json", ".geojson"):
            whole = move.value("", json.loads(path.read_text("utf-8")))
            (target / path.name).write_text(json.dumps(whole), "utf-8")
        elif path.suffix == ".jsonl":
            lines = [move.value("", json.loads(line)) for line in path.read_text("utf-8").splitlines()]
            (target / path.name).write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
        elif path.suffix == ".csv":
            move_table(path, target / path.relative_to(source), move)
    return target


def move_table(source: Path, target: Path, move: Move) -> None:
    """A CSV file, row by row."""
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        for field in row:
            row[field] = move.value(field, row[field])
        if row.get("lat"):
            lon, lat = move.point(float(row["lon"]), float(row["lat"]))
            row["lon"], row["lat"] = str(lon), str(lat)
    name = renamed(target.stem) if target.parent.name == "tracks" else target.stem
    with (target.parent / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
