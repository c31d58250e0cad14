"""How do lines of scenario columns become position reports?

A row is a line: a line break inside quotes is refused. Rows are read in pieces, so that a file of any length
takes little memory; each piece is converted column by column, and only a piece in which something cannot be
read is gone through row by row to say which row and field.
"""

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import numpy as np

from gps_ingest.decoders.faults import Faults
from gps_ingest.decoders.fix_batch import (
    NEVER,
    UNKNOWN_COUNT,
    Decoded,
    FixBatch,
    batch_of,
    make_batch,
    merge,
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
    RECEIPT,
    Readers,
    read_fix,
)
from gps_ingest.decoders.lines import BLANKS_AND_COMMAS, Lines
from models.device_values import DecodedFix
from models.values import ACC_UNKNOWN, LOAD_UNKNOWN, FloatArray, IntArray, Refusal

REQUIRED = ("recorded_at", "lat", "lon")
DEVICE = "device_id"
MAX_LINE_BYTES = 10_000
LINE = "line {}"
ROWS_A_PIECE = 500
SCENARIO_READERS: Readers = {**READERS, **RECEIPT}
FIRST_LINE = re.compile(rb"[^\r\n]*")
BLANK_ROW = re.compile(rb'[\s,]*(?:"[ \t]*"[\s,]*)*')

NumberedLine = tuple[int, bytes]


@dataclass(frozen=True, slots=True)
class CsvRows:
    """Reports of a piece of a file with the device that each row names ("" where it names none)."""

    batch: FixBatch
    devices: list[str]
    refusals: list[Refusal]


@dataclass(frozen=True, slots=True)
class CsvForm:
    """How the rows of a file are read: its columns, what may stand in them, and what goes before the number
    of a line in refusals ("tracks/a.csv:")."""

    columns: Sequence[str]
    readers: Readers
    place: str


class HeaderRefused(ValueError):
    """The first line does not name the columns; the message is the sentence for a person."""


def decode(body: bytes, device_code: str | None = None) -> Decoded:
    """All reports of a file in memory; rows that name another device than `device_code` are refused.

    A column `received_at` is passed over: a file has no say in when its rows were received.
    """
    first_line = FIRST_LINE.match(body)
    try:
        columns = read_header(first_line[0] if first_line else b"")
    except HeaderRefused as refused:
        return nothing_decoded("line 1", "header", str(refused))
    lines, faults = Lines(body, BLANKS_AND_COMMAS), Faults()
    rows = ((number, line) for number, line in lines if number > 1)
    batches = []
    for batch, devices in read_pieces(rows, CsvForm(columns, READERS, "line "), faults):
        own = np.array([device_code is None or code in ("", device_code) for code in devices], dtype=np.bool_)
        for line in batch.position[~own].tolist():
            faults.turn_away([Refusal(f"line {line}", DEVICE, "the row belongs to another device")])
        batches.append(batch if own.all() else batch.take(own))
    if faults.in_vain:
        faults.stop(f"line {lines.number + 1}", lines.left)
    return Decoded(merge(batches), faults.refusals, place=LINE)


def read_header(line: bytes) -> list[str]:
    """The column names of the first line; raises HeaderRefused."""
    if len(line) > MAX_LINE_BYTES:
        raise HeaderRefused(f"the first line is longer than {MAX_LINE_BYTES} bytes")
    try:
        text = line.decode("utf-8-sig").strip()
        names = [name.strip() for name in next(csv.reader([text], strict=True), [])]
    except (UnicodeDecodeError, csv.Error):
        raise HeaderRefused("the first line is not a line of column names in UTF-8") from None
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise HeaderRefused(f"the first line names no column {', '.join(missing)}")
    twice = sorted(name for name, count in Counter(names).items() if name and count > 1)
    if twice:
        raise HeaderRefused(f"the first line names {', '.join(twice)} twice")
    return names


def decode_lines(columns: Sequence[str], lines: Sequence[bytes], first_line: int, place: str) -> CsvRows:
    """The reports of a scenario's `lines`, the first of which is line number `first_line` of its file.

    Its rows say when they were received, and every fault is told: the folder is the operator's own.
    """
    faults = Faults(most_told=sys.maxsize, patience=sys.maxsize)
    form = CsvForm(columns, SCENARIO_READERS, place)
    pieces = list(read_pieces(enumerate(lines, start=first_line), form, faults))
    devices = [code for _, codes in pieces for code in codes]
    return CsvRows(merge([batch for batch, _ in pieces]), devices, list(faults.refusals))


def read_pieces(
    lines: Iterable[NumberedLine], form: CsvForm, faults: Faults
) -> Iterator[tuple[FixBatch, list[str]]]:
    """The reports of some rows at a time, with the device that each names; ends where it is in vain.

    Blank rows are passed over.
    """
    rows = ((number, line) for number, line in lines if not BLANK_ROW.fullmatch(line))
    while not faults.in_vain and (piece := list(islice(rows, ROWS_A_PIECE))):
        try:
            batch, devices = _decode_columns(form, piece)
        except (ValueError, TypeError, OverflowError, KeyError, csv.Error):
            batch, devices = _decode_rows(form, piece, faults)
        faults.good += len(batch)
        yield batch, devices


def _decode_columns(form: CsvForm, piece: Sequence[NumberedLine]) -> tuple[FixBatch, list[str]]:
    """The quick way, for a piece without any fault; raises one of several errors otherwise."""
    lines = [line for _, line in piece]
    rows = list(csv.reader([line.decode() for line in lines], strict=True))
    if len(rows) != len(lines) or max(map(len, lines)) > MAX_LINE_BYTES:
        raise ValueError("a row is not a line")
    by_name = dict(zip(form.columns, zip(*rows, strict=True), strict=True))
    received = by_name["received_at"] if form.readers.keys() & by_name.keys() & RECEIPT.keys() else None
    batch = make_batch(
        time_ms=_times(by_name["recorded_at"]),
        lat=_bounded(_numbers(by_name["lat"], blank=None), MAX_COORDINATE_DEG),
        lon=_bounded(_numbers(by_name["lon"], blank=None), MAX_COORDINATE_DEG),
        **{name: _quantities(by_name[name]) for name in QUANTITIES if name in by_name},
        **({} if received is None else {"received_ms": _optional_times(received)}),
        **(
            {"load_state": _words(by_name["load_state"], LOAD_STATES, LOAD_UNKNOWN)}
            if "load_state" in by_name
            else {}
        ),
        **({"acc": _words(by_name["acc"], ACCS, ACC_UNKNOWN)} if "acc" in by_name else {}),
        **{name: _counts(by_name[name]) for name in COUNTS if name in by_name},
        position=np.array([number for number, _ in piece]),
    )
    devices = [code.strip() for code in by_name[DEVICE]] if DEVICE in by_name else [""] * len(lines)
    return batch, devices


QUANTITIES = ("speed_kmh", "course_deg", "accuracy_m", "odometer_km")
COUNTS = ("satellites", "signal")


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


def _counts(texts: Sequence[str]) -> FloatArray:
    counts = _quantities(texts)
    return np.where(np.isnan(counts), UNKNOWN_COUNT, np.minimum(counts, 999)).astype(np.float64)


def _words(texts: Sequence[str], words: dict[str, int], blank: int) -> list[int]:
    return [words[text] if text else blank for text in texts]


def _decode_rows(form: CsvForm, piece: Sequence[NumberedLine], faults: Faults) -> tuple[FixBatch, list[str]]:
    """The patient way: each row by itself, with every reason for refusing it."""
    fixes: list[DecodedFix] = []
    positions: list[int] = []
    devices: list[str] = []
    for number, line in piece:
        place = f"{form.place}{number}"
        values = _row_values(form, line, place)
        if isinstance(values, list):
            faults.refuse(values)
            continue
        fix = read_fix(values, place, form.readers)
        if isinstance(fix, list):
            faults.refuse(fix)
        else:
            fixes.append(fix)
            positions.append(number)
            devices.append(values.get(DEVICE, "").strip())
    return batch_of(fixes, positions), devices


def _row_values(form: CsvForm, line: bytes, place: str) -> dict[str, str] | list[Refusal]:
    """The named cells of a line, or why it cannot be read."""
    if len(line) > MAX_LINE_BYTES:
        return [Refusal(place, "row", f"the line is longer than {MAX_LINE_BYTES} bytes")]
    try:
        text = line.decode().strip("\r\n")
        cells = next(csv.reader([text], strict=True), [])
    except UnicodeDecodeError:
        return [Refusal(place, "row", "the line is not UTF-8 text")]
    except csv.Error as error:
        return [Refusal(place, "row", f"the line is not a row of cells: {error}")]
    if len(cells) != len(form.columns):
        return [Refusal(place, "row", f"{len(cells)} cells under {len(form.columns)} columns")]
    named = zip(form.columns, cells, strict=True)
    return {name: cell for name, cell in named if name in form.readers or name == DEVICE}
