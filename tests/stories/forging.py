"""How is a scenario folder forged: a device that lies in one of the ways that rules on devices know?

Each forgery changes the rows of one device's track file over a time, and writes what it did into truth.jsonl.
"""

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from models.vocabulary import Datum
from tracking.rules.datum import from_wgs84

Row = dict[str, str]


@dataclass(frozen=True)
class Haul:
    """A manifest of one road leg: its vehicle, its device, from loading to receipt."""

    manifest: str
    vehicle: str
    device: str
    pair: tuple[str, str]
    start: datetime
    end: datetime

    @property
    def minutes(self) -> float:
        return (self.end - self.start).total_seconds() / 60


def hauls(folder: Path) -> list[Haul]:
    """The received manifests of one road leg, in order of time, untouched by other truths."""
    devices = {row["vehicle_id"]: row["device_id"] for row in _table(folder / "devices.csv")}
    touched = {truth.get("manifest") for truth in _lines(folder / "truth.jsonl")}
    found = []
    for paper in _lines(folder / "manifests.jsonl"):
        legs = paper["legs"]
        whole = "loaded" in paper and "received" in paper and paper["number"] not in touched
        if len(legs) == 1 and legs[0]["mode"] == "road" and whole and legs[0]["vehicle"] in devices:
            times = (when(paper["loaded"]["at"]), when(paper["received"]["at"]))
            vehicle = legs[0]["vehicle"]
            pair = (paper["origin"], paper["destination"])
            found.append(Haul(paper["number"], vehicle, devices[vehicle], pair, *times))
    return sorted(found, key=lambda haul: haul.start)


def when(text: str) -> datetime:
    return datetime.fromisoformat(text)


def freeze(folder: Path, haul: Haul, after_minutes: float, minutes: float) -> None:
    """The place stays while the odometer goes on."""
    start = haul.start + timedelta(minutes=after_minutes)
    end = start + timedelta(minutes=minutes)
    held: list[Row] = []

    def change(row: Row) -> list[Row]:
        if start <= when(row["recorded_at"]) <= end:
            held.append(row)
            return [row | {"lat": held[0]["lat"], "lon": held[0]["lon"]}]
        return [row]

    rewrite(folder, haul.device, change)
    tell(folder, "frozen_position", haul, start, end)


def replay(folder: Path, haul: Haul, source: Haul) -> None:
    """The way of an earlier haul is sent again, moved in time only."""
    later = haul.start - source.start
    copied = [
        row
        for row in rows_of(folder, source.device)
        if source.start <= when(row["recorded_at"]) <= source.end
    ]
    own = [
        row for row in rows_of(folder, haul.device) if not haul.start <= when(row["recorded_at"]) <= haul.end
    ]
    moved = [row | {"device_id": haul.device} | _shifted(row, later) for row in copied]
    end = max(when(row["recorded_at"]) for row in moved)
    write(
        folder, haul.device, [row for row in own if not haul.start <= when(row["recorded_at"]) <= end] + moved
    )
    tell(folder, "replayed_track", haul, haul.start, end)


def clone(folder: Path, haul: Haul, other: Haul) -> None:
    """A second device sends under the same identity what another truck did, at the same time of day."""
    later = haul.start - other.start
    theirs = [
        row for row in rows_of(folder, other.device) if other.start <= when(row["recorded_at"]) <= other.end
    ]
    second = [row | {"device_id": haul.device} | _shifted(row, later) for row in theirs]
    rng = np.random.default_rng(1)
    for row in second:  # real noise is not the other truck's
        row["lat"] = f"{float(row['lat']) + 0.09 + rng.normal(0, 2e-5):.6f}"
        row["lon"] = f"{float(row['lon']) + rng.normal(0, 2e-5):.6f}"
    write(folder, haul.device, rows_of(folder, haul.device) + second)
    tell(folder, "cloned_device", haul, haul.start, max(when(row["recorded_at"]) for row in second))


def skew(folder: Path, haul: Haul, seconds: float, hours: float) -> None:
    """The clock is behind by some seconds for some hours from the haul on."""
    end = haul.start + timedelta(hours=hours)

    def change(row: Row) -> list[Row]:
        if haul.start <= when(row["recorded_at"]) <= end:
            at = when(row["recorded_at"]) - timedelta(seconds=seconds)
            return [row | {"recorded_at": at.isoformat()}]
        return [row]

    rewrite(folder, haul.device, change)
    tell(folder, "clock_skew", haul, haul.start, end)


def shift_datum(folder: Path, device: str, datum: Datum) -> None:
    """Everything that a device ever sent is in another datum."""

    def change(row: Row) -> list[Row]:
        lat, lon = from_wgs84(np.array([float(row["lat"])]), np.array([float(row["lon"])]), datum)
        return [row | {"lat": f"{lat[0]:.7f}", "lon": f"{lon[0]:.7f}"}]

    rewrite(folder, device, change)
    vehicles = {row["device_id"]: row["vehicle_id"] for row in _table(folder / "devices.csv")}
    line = {"kind": "datum_shift", "vehicle": vehicles[device], "detail": f"sent as {datum.value}"}
    with (folder / "truth.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def tell(folder: Path, kind: str, haul: Haul, start: datetime, end: datetime) -> None:
    """Write a truth."""
    line = {"kind": kind, "manifest": haul.manifest, "vehicle": haul.vehicle, "detail": "forged"}
    line |= {"start": start.isoformat(), "end": end.isoformat()}
    with (folder / "truth.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def rewrite(folder: Path, device: str, change: Callable[[Row], list[Row]]) -> None:
    """A device's rows, each changed to none, one or more."""
    write(folder, device, [new for row in rows_of(folder, device) for new in change(row)])


def rows_of(folder: Path, device: str) -> list[Row]:
    return _table(file_of(folder, device))


def file_of(folder: Path, device: str) -> Path:
    """The track file of a device; each holds one device."""
    paths = sorted((folder / "tracks").glob("*.csv"))
    return next(path for path in paths if f"\n{device}," in path.read_text("utf-8")[:1000])


def write(folder: Path, device: str, rows: list[Row]) -> None:
    with file_of(folder, device).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _shifted(row: Row, later: timedelta) -> Row:
    """Times of a row, moved."""
    return {
        name: (when(row[name]) + later).isoformat() for name in ("recorded_at", "received_at") if row[name]
    }


def _table(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
