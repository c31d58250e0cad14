"""Which files does a scenario folder have, and how are they opened?"""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson

from demo.scenario.fields import Fields
from models.values import Refusal

VERSIONS = (1, 2)  # 2 adds what live custody knows; a folder of version 1 means the same as ever
MAX_LINE_BYTES = 4 * 1024 * 1024  # a manifest with thousands of legs is still far below
EXTRA = None  # where csv puts cells beyond the last column
Row = TypeVar("Row")


class FolderRefused(ValueError):
    """This is no scenario folder; the message is the sentence for a person."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A scenario folder: what scenario.json says."""

    path: Path
    name: str
    zone: ZoneInfo
    reaches_from: datetime
    reaches_to: datetime


@dataclass(frozen=True, slots=True)
class Read:
    """The rows of a file that can be read, and why the others cannot."""

    rows: list[Any]
    refusals: list[Refusal]


def open_folder(path: Path) -> Folder:
    """Raises FolderRefused for anything but a folder with a readable scenario.json of a known version."""
    if not path.is_dir():
        raise FolderRefused(f"{path} is not a folder")
    head = path / "scenario.json"
    if not head.is_file():
        raise FolderRefused(f"{path} has no scenario.json, so it is not a scenario folder")
    try:
        values = orjson.loads(head.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise FolderRefused(f"{head} cannot be read as JSON: {error}") from error
    if not isinstance(values, dict):
        raise FolderRefused(f"{head} is not a JSON object")
    version = values.get("version")
    if version not in VERSIONS or isinstance(version, bool):
        read = " and ".join(map(str, VERSIONS))
        raise FolderRefused(f"{head} is of version {version!r}; this program reads versions {read}")
    return _folder(path, values)


def _folder(path: Path, values: dict[str, object]) -> Folder:
    fields = Fields(values, f"{path / 'scenario.json'}")
    zone_name = fields.text("timezone")
    try:
        zone = ZoneInfo(zone_name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = ZoneInfo("UTC")
        fields.refuse("timezone", f"'{zone_name}' is not a time zone")
    folder = Folder(path, fields.text("name", 200), zone, fields.time("from"), fields.time("to"))
    fields.ordered("from", folder.reaches_from, folder.reaches_to, "to")
    if fields.refusals:
        fault = fields.refusals[0]
        raise FolderRefused(f"{fault.place}: {fault.field} {fault.reason}")
    return folder


def read_csv(folder: Folder, name: str, required: tuple[str, ...], read: Callable[[Fields], Row]) -> Read:
    """Each row of a CSV file by `read`; a row with any fault is refused. An absent file has no rows."""
    path = folder.path / name
    if not path.is_file():
        return Read([], [])
    try:
        text = path.read_bytes().decode("utf-8-sig")
        table = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        columns = table.fieldnames or []
    except (UnicodeDecodeError, csv.Error) as error:
        return Read([], [Refusal(f"{name}:1", "file", f"is not a UTF-8 table: {error}")])
    missing = [column for column in required if column not in columns]
    if missing:
        return Read([], [Refusal(f"{name}:1", "header", f"names no column {', '.join(missing)}")])
    return _gather(_csv_fields(folder, name, table), read)


def _csv_fields(folder: Folder, name: str, table: "csv.DictReader[str]") -> Iterator[Fields]:
    while True:
        try:
            values = next(table)
        except StopIteration:
            return
        except csv.Error as error:
            faulty = Fields({}, f"{name}:{table.reader.line_num}")
            faulty.refuse("row", f"is not a row of cells: {error}")
            yield faulty
            continue
        fields = Fields(values, f"{name}:{table.line_num}", folder.zone)
        if EXTRA in values:
            fields.refuse("row", f"has more cells than the {len(table.fieldnames or [])} columns")
        yield fields


def read_jsonl(folder: Folder, name: str, read: Callable[[Fields], Row]) -> Read:
    """Each line of a JSON-lines file by `read`; an absent file has no rows."""
    path = folder.path / name
    return _gather(_jsonl_fields(folder, path, name), read) if path.is_file() else Read([], [])


def _jsonl_fields(folder: Folder, path: Path, name: str) -> Iterator[Fields]:
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            values, fault = _json_object(line)
            fields = Fields(values, f"{name}:{number}", folder.zone)
            if fault:
                fields.refuse("line", fault)
            yield fields


def _json_object(line: bytes) -> tuple[dict[str, object], str | None]:
    if len(line) > MAX_LINE_BYTES:
        return {}, f"is longer than {MAX_LINE_BYTES} bytes"
    try:
        values = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return {}, f"is not JSON: {error}"
    return (values, None) if isinstance(values, dict) else ({}, "is not a JSON object")


def read_features(folder: Folder, name: str, read: Callable[[Fields, object], Row]) -> Read:
    """Each feature of a GeoJSON file by `read(properties, geometry)`; an absent file has no rows."""
    path = folder.path / name
    if not path.is_file():
        return Read([], [])
    try:
        collection = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        return Read([], [Refusal(name, "file", f"is not JSON: {error}")])
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list):
        return Read([], [Refusal(name, "file", "is not a GeoJSON FeatureCollection")])
    geometries = [feature.get("geometry") if isinstance(feature, dict) else None for feature in features]

    def read_next(fields: Fields) -> Row:
        return read(fields, geometries[int(fields.place.rpartition("[")[2][:-1])])

    return _gather(_feature_fields(folder, name, features), read_next)


def _feature_fields(folder: Folder, name: str, features: list[object]) -> Iterator[Fields]:
    for index, feature in enumerate(features):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        fields = Fields(
            properties if isinstance(properties, dict) else {}, f"{name}:features[{index}]", folder.zone
        )
        if not isinstance(properties, dict):
            fields.refuse("properties", "is not an object")
        yield fields


def _gather(each: Iterator[Fields], read: Callable[[Fields], Row]) -> Read:
    """Read row by row; one with any fault is left out whole and its faults kept."""
    rows: list[Row] = []
    refusals: list[Refusal] = []
    for fields in each:
        if not fields.refusals:
            row = read(fields)
            if not fields.refusals:
                rows.append(row)
        refusals += fields.refusals
    return Read(rows, refusals)
