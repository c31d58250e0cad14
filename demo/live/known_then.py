"""What of a world was known at a moment? A scenario folder cut at "now", for a demo that goes on.

Fixes count as known when they were received, paper when it was signed.
"""

import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

STEADY = (
    "scenario.json",
    "organisations.csv",
    "facilities.geojson",
    "routes.geojson",
    "vehicles.csv",
    "devices.csv",
    "scales.csv",
    "diversions.jsonl",
    "basemap.geojson",
)
BY_DAY = ("plant_days.csv", "site_days.csv")
RECENT = timedelta(days=3)  # paper older than this no longer changes


def cut_world(world: Path, target: Path, until: datetime) -> None:
    """Write to `target` what of the scenario folder `world` was known at `until`."""
    target.mkdir(parents=True, exist_ok=True)
    for name in STEADY:
        if (world / name).exists():
            shutil.copyfile(world / name, target / name)
    for name in BY_DAY:
        if (world / name).exists():
            cut_days(world / name, target / name, until)
    write_manifests(target, manifests_known(world, until))
    (target / "tracks").mkdir(exist_ok=True)
    for track in sorted((world / "tracks").glob("*.csv")):
        cut_track(track, target / "tracks" / track.name, until)


def cut_paper(world: Path, target: Path, until: datetime) -> int:
    """Write to `target` only the paper of the last days as known at `until`; returns the manifests."""
    target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(world / "scenario.json", target / "scenario.json")
    recent = [
        known
        for known in manifests_known(world, until)
        if datetime.fromisoformat(known["issued_at"]) > until - RECENT
    ]
    write_manifests(target, recent)
    return len(recent)


def manifests_known(world: Path, until: datetime) -> list[dict[str, Any]]:
    """Each manifest issued by `until`, without what was signed later."""
    lines = (world / "manifests.jsonl").read_bytes().splitlines()
    known = (manifest_then(orjson.loads(line), until) for line in lines if line.strip())
    return [manifest for manifest in known if manifest is not None]


def manifest_then(manifest: dict[str, Any], until: datetime) -> dict[str, Any] | None:
    """A manifest as it stood at a moment; None before it was issued."""
    if later(manifest["issued_at"], until):
        return None
    then = dict(manifest)
    for block in ("loaded", "received", "disposed"):
        if block in then and later(then[block]["at"], until):
            del then[block]
    then["legs"] = [
        {key: value for key, value in leg.items() if key != "handover" or not later(value["at"], until)}
        for leg in then["legs"]
    ]
    return then


def later(moment: str, until: datetime) -> bool:
    """Is a moment in ISO 8601 after another?"""
    return datetime.fromisoformat(moment) > until


def write_manifests(target: Path, manifests: list[dict[str, Any]]) -> None:
    """manifests.jsonl of a folder."""
    text = "".join(json.dumps(manifest, ensure_ascii=False) + "\n" for manifest in manifests)
    (target / "manifests.jsonl").write_text(text, encoding="utf-8")


def cut_days(source: Path, target: Path, until: datetime) -> None:
    """The rows of days that were over; the second column is the date."""
    lines = source.read_text(encoding="utf-8").splitlines()
    today = until.date().isoformat()
    kept = [line for line in lines[1:] if line.split(",")[1] < today]
    target.write_text("\n".join([lines[0], *kept]) + "\n", encoding="utf-8")


def cut_track(source: Path, target: Path, until: datetime) -> None:
    """The rows of a track that had been received."""
    header, *lines = source.read_text(encoding="utf-8").splitlines()
    received = header.split(",").index("received_at")
    kept = [line for line in lines if not later(line.split(",")[received], until)]
    target.write_text("\n".join([header, *kept]) + "\n", encoding="utf-8")
