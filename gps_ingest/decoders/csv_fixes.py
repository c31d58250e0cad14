"""How do lines of scenario columns become position reports?

A row is a line: a line break inside quotes is refused. Files are read in pieces of whole lines, so that
a file of any length takes little memory; each piece is converted column by column, and only a piece in
which something cannot be read is gone through row by row to say which row and field.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from gps_ingest.decoders.fix_batch import (
    NEVER,
    UNKNOWN_COUNT,
    Decoded,
    FixBatch,
    batch_of,
    make_batch,
    nothing_decoded,
)
from gps_ingest.decoders.fix_fields import (
    ACCS,
    EPOCH,
    FIRST_MS,
    LAST_MS,
    LOAD_STATES,
    MAX_COORDINATE_DEG,
    MAX_QUANTITY,
    MILLISECOND,
    READERS,
    read_fix,
)
from models.values import ACC_UNKNOWN, LOAD_UNKNOWN, DecodedFix, FloatArray, IntArray, Refusal

REQUIRED = ("recorded_at", "lat", "lon")
DEVICE = "device_id"
MAX_LINE_BYTES = 10_000
LINE = "line {}"


@dataclass(frozen=True, slots=True)
class CsvRows:
    """Reports of a piece of a file with the device that each row names ("" where it names none)."""

    batch: FixBatch
    devices: list[str]
    refusals: list[Refusal]


class HeaderRefused(ValueError):
    """The first line does not name the columns; the message is the sentence for a person."""


def decode(body: bytes, device_code: str | None = None) -> Decoded:
    """All reports of a file in memory; rows that name another device than `device_code` are refused."""
    lines = body.splitlines(keepends=True)
    try:
        columns = read_header(lines[0] if lines else b"")
    except HeaderRefused as refused:
        return nothing_decoded("line 1", "header", str(refused))
    rows = decode_lines(columns, lines[1:], 2, "line ")
    if device_code is None:
        return Decoded(rows.batch, tuple(rows.refusals), place=LINE)
    own = np.array([code in ("", device_code) for code in rows.devices], dtype=np.bool_)
    foreign = [
        Refusal(f"line {line}", DEVICE, "the row belongs to another device")
        for line in rows.batch.position[~own].tolist()
    ]
    return Decoded(rows.batch.take(own), tuple(rows.refusals + foreign), place=LINE)


def read_header(line: bytes) -> list[str]:
    """The column names of the first line; raises HeaderRefused."""
    try:
        text = line.decode("utf-8-sig").strip()
        names = [name.strip() for name in next(csv.reader([text], strict=True), [])]
    except (UnicodeDecodeError, csv.Error):
        raise HeaderRefused("the first line is not a line of column names in UTF-8") from None
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise HeaderRefused(f"the first line names no column {', '.join(missing)}")
    twice = {name for name in names if name and names.count(name) > 1}
    if twice:
        raise HeaderRefused(f"the first line names {', '.join(sorted(twice))} twice")
    return names


def decode_lines(columns: Sequence[str], lines: Sequence[bytes], first_line: int, place: str) -> CsvRows:
    """The reports of `lines`, the first of which is line number `first_line` of its file.

    `place` goes before the line number in refusals ("tracks/a.csv:"). Blank lines are passed over.
    """
    try:
        return _decode_columns(columns, lines, first_line)
    except (ValueError, TypeError, OverflowError, KeyError, csv.Error):
        return _decode_rows(columns, lines, first_line, place)


def _decode_columns(columns: Sequence[str], lines: Sequence[bytes], first_line: int) -> CsvRows:
    """The quick way, for a piece without any fault; raises one of several errors otherwise."""
    if not lines:
        return CsvRows(batch_of([], []), [], [])
    rows = list(csv.reader([line.decode() for line in lines], strict=True))
    if len(rows) != len(lines) or max(map(len, lines)) > MAX_LINE_BYTES:
        raise ValueError("a row is not a line")
    by_name = dict(zip(columns, zip(*rows, strict=True), strict=True))
    batch = make_batch(
        time_ms=_times(by_name["recorded_at"]),
        lat=_bounded(_numbers(by_name["lat"], blank=None), MAX_COORDINATE_DEG),
        lon=_bounded(_numbers(by_name["lon"], blank=None), MAX_COORDINATE_DEG),
        **{name: _quantities(by_name[name]) for name in QUANTITIES if name in by_name},
        **({"received_ms": _optional_times(by_name["received_at"])} if "received_at" in by_name else {}),
        **(
            {"load_state": _words(by_name["load_state"], LOAD_STATES, LOAD_UNKNOWN)}
            if "load_state" in by_name
            else {}
        ),
        **({"acc": _words(by_name["acc"], ACCS, ACC_UNKNOWN)} if "acc" in by_name else {}),
        **({"satellites": _satellites(by_name["satellites"])} if "satellites" in by_name else {}),
        position=np.arange(first_line, first_line + len(lines)),
    )
    devices = [code.strip() for code in by_name[DEVICE]] if DEVICE in by_name else [""] * len(lines)
    return CsvRows(batch, devices, [])


QUANTITIES = ("speed_kmh", "course_deg", "accuracy_m", "odometer_km")


def _times(texts: Sequence[str]) -> IntArray:
    read = datetime.fromisoformat
    times = np.array([(read(text) - EPOCH) // MILLISECOND for text in texts], dtype=np.int64)
    if times.min() < FIRST_MS or times.max() >= LAST_MS:
        raise ValueError("a time out of bounds")
    return times


def _optional_times(texts: Sequence[str]) -> IntArray:
    known = [text for text in texts if text]
    times = np.full(len(texts), NEVER, dtype=np.int64)
    if known:
        times[np.array([bool(text) for text in texts])] = _times(known)
    return times


def _numbers(texts: Sequence[str], blank: float | None) -> FloatArray:
    if "_" in "".join(texts):
        raise ValueError("1_000 is Python, not a number of a device")
    known = texts if blank is None else [text or blank for text in texts]
    return np.array(list(map(float, known)), dtype=np.float64)


def _bounded(degrees: FloatArray, limit: float) -> FloatArray:
    if not bool(np.all(np.abs(degrees) <= limit)):  # NaN and infinity fail this too
        raise ValueError("not a coordinate")
    return degrees


def _quantities(texts: Sequence[str]) -> FloatArray:
    if not any(texts):
        return np.full(len(texts), np.nan)
    amounts = _numbers(texts, blank=-1.0)
    if not bool(np.all(amounts <= MAX_QUANTITY)) or not bool(np.all(np.isfinite(amounts))):
        raise ValueError("beyond any such quantity")
    return np.where(amounts < 0, np.nan, amounts)


def _satellites(texts: Sequence[str]) -> FloatArray:
    counts = _quantities(texts)
    return np.where(np.isnan(counts), UNKNOWN_COUNT, np.minimum(counts, 999)).astype(np.float64)


def _words(texts: Sequence[str], words: dict[str, int], blank: int) -> list[int]:
    return [words[text] if text else blank for text in texts]


def _decode_rows(columns: Sequence[str], lines: Sequence[bytes], first_line: int, place: str) -> CsvRows:
    """The patient way: each row by itself, with every reason for refusing it."""
    fixes: list[DecodedFix] = []
    positions: list[int] = []
    devices: list[str] = []
    refusals: list[Refusal] = []
    for number, line in enumerate(lines, start=first_line):
        values = _row_values(columns, line, f"{place}{number}")
        if values is None:
            continue
        if isinstance(values, list):
            refusals += values
            continue
        fix = read_fix(values, f"{place}{number}")
        if isinstance(fix, list):
            refusals += fix
        else:
            fixes.append(fix)
            positions.append(number)
            devices.append(values.get(DEVICE, "").strip())
    return CsvRows(batch_of(fixes, positions), devices, refusals)


def _row_values(columns: Sequence[str], line: bytes, place: str) -> dict[str, str] | list[Refusal] | None:
    """The named cells of a line, None for a blank line, or why it cannot be read."""
    if len(line) > MAX_LINE_BYTES:
        return [Refusal(place, "row", f"the line is longer than {MAX_LINE_BYTES} bytes")]
    try:
        text = line.decode().strip("\r\n")
        cells = next(csv.reader([text], strict=True), [])
    except UnicodeDecodeError:
        return [Refusal(place, "row", "the line is not UTF-8 text")]
    except csv.Error as error:
        return [Refusal(place, "row", f"the line is not a row of cells: {error}")]
    if not "".join(cells).strip():
        return None
    if len(cells) != len(columns):
        return [Refusal(place, "row", f"{len(cells)} cells under {len(columns)} columns")]
    return {
        name: cell for name, cell in zip(columns, cells, strict=True) if name in READERS or name == DEVICE
    }
