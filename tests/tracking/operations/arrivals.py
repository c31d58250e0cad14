"""How does a world come in bit by bit? A scenario folder cut into pieces, as time would have brought them."""

import csv
import json
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

Row = dict[str, str]


def fixes_of(folder: Path) -> list[Row]:
    """All rows of all tracks in order of device time."""
    rows: list[Row] = []
    for path in sorted((folder / "tracks").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file)
    return sorted(rows, key=lambda row: when(row["recorded_at"]))


def when(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def cut_in_time(folder: Path, count: int) -> list[list[Row]]:
    """The rows in `count` pieces of equal size, one after the other."""
    rows = fixes_of(folder)
    return [rows[len(rows) * k // count : len(rows) * (k + 1) // count] for k in range(count)]


def with_late_pieces(pieces: list[list[Row]], chance: Random, share: float = 0.3) -> list[list[Row]]:
    """Stretches of some minutes of single devices are held back and come with a later piece or the last."""
    held: list[list[Row]] = [[] for _ in pieces]
    for index, piece in enumerate(pieces[:-1]):
        stays: list[Row] = []
        for device in sorted({row["device_id"] for row in piece}):
            own = [row for row in piece if row["device_id"] == device]
            begin, end = sorted((chance.randrange(len(own)), chance.randrange(len(own))))
            if chance.random() < share * 2:
                held[chance.randrange(index + 1, len(pieces))] += own[begin:end]
                own = own[:begin] + own[end:]
            stays += own
        pieces[index] = stays
    return [piece + late for piece, late in zip(pieces, held, strict=True)]


def known_at(paper: dict[str, Any], moment: datetime) -> dict[str, Any] | None:
    """A manifest as it was reported up to a moment; None before it was issued."""
    if when(paper["issued_at"]) > moment:
        return None
    known = json.loads(json.dumps(paper))
    for name in ("loaded", "received", "disposed"):
        if name in known and when(known[name]["at"]) > moment:
            del known[name]
    for leg in known["legs"]:
        if "handover" in leg and when(leg["handover"]["at"]) > moment:
            del leg["handover"]
    return dict(known)


def written(source: Path, target: Path, rows: Iterable[Row], until: datetime | None = None) -> Path:
    """The folder with these positions only, and the paper as it was known at `until` (default: all of it)."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("tracks", "basemap.geojson"))
    (target / "tracks").mkdir()
    by_device: dict[str, list[Row]] = {}
    for row in rows:
        by_device.setdefault(row["device_id"], []).append(row)
    for device, own in by_device.items():
        with (target / "tracks" / f"{device}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(own[0]))
            writer.writeheader()
            writer.writerows(own)
    if until is not None:
        lines = (source / "manifests.jsonl").read_text("utf-8").splitlines()
        papers = [known_at(json.loads(line), until) for line in lines]
        told = [json.dumps(paper, ensure_ascii=False) for paper in papers if paper is not None]
        (target / "manifests.jsonl").write_text("".join(f"{line}\n" for line in told), "utf-8")
    return target
