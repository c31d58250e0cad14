"""How do tests read a simulated scenario folder, without the project's own loader?"""

import csv
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

Row = dict[str, str]


@dataclass(frozen=True)
class Folder:
    """A scenario folder as plain rows and objects."""

    path: Path

    def rows(self, name: str) -> list[Row]:
        with (self.path / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def lines(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.path / name).read_text("utf-8").splitlines()]

    def features(self, name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads((self.path / name).read_text("utf-8"))["features"]
        return found

    @cached_property
    def manifests(self) -> list[dict[str, Any]]:
        return self.lines("manifests.jsonl")

    @cached_property
    def truths(self) -> list[dict[str, Any]]:
        return self.lines("truth.jsonl")

    @cached_property
    def facilities(self) -> dict[str, dict[str, Any]]:
        return {f["properties"]["id"]: f for f in self.features("facilities.geojson")}

    @cached_property
    def fences(self) -> dict[str, BaseGeometry]:
        return {ident: shape(f["geometry"]) for ident, f in self.facilities.items()}

    @cached_property
    def vehicles(self) -> dict[str, Row]:
        return {v["id"]: v for v in self.rows("vehicles.csv")}

    @cached_property
    def tracks(self) -> dict[str, list[Row]]:
        """Rows of each vehicle in order of device time."""
        owner = {d["device_id"]: d["vehicle_id"] for d in self.rows("devices.csv")}
        found: dict[str, list[Row]] = {}
        for path in sorted((self.path / "tracks").glob("*.csv")):
            found.setdefault(owner[path.stem], []).extend(self.rows(f"tracks/{path.name}"))
        return {vehicle: sorted(rows, key=lambda r: r["recorded_at"]) for vehicle, rows in found.items()}

    def fixes(self, vehicle: str, start: str, end: str) -> list[Row]:
        """A vehicle's rows between two times with zone."""
        lo, hi = when(start), when(end)
        return [r for r in self.tracks[vehicle] if lo <= when(r["recorded_at"]) <= hi]


def when(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    assert moment.tzinfo is not None, text
    return moment
