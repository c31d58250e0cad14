"""How do the folder's tracks get in? Through the same door as a device's messages.

A file is read in pieces of whole lines; in each piece the lines of one device become one message (its
raw bytes are the header and these lines). A piece is one transaction, so a load that is killed goes on
where it stopped: messages that are there already change nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

import numpy as np
from sqlalchemy import Engine

from demo.scenario.folder import Folder
from demo.scenario.outcome import LoadResult, Progress
from gps_ingest.decoders.csv_fixes import (
    DEVICE,
    CsvRows,
    HeaderRefused,
    decode_lines,
    read_header,
)
from gps_ingest.decoders.fix_batch import Decoded
from gps_ingest.decoders.fix_fields import device_code_fault
from gps_ingest.decoders.gpx import decode as decode_gpx
from gps_ingest.store.acceptance import UNKNOWN_DEVICE, Acceptance, accept
from gps_ingest.store.raw_messages import Message
from models.session import write_sessions
from models.thresholds import DoubtThresholds
from models.values import Refusal
from models.vocabulary import Protocol

LINES_A_PIECE = 50_000
FIXES, MESSAGES = "fixes", "messages"


@dataclass(frozen=True, slots=True)
class Piece:
    """Messages of one transaction, and what of the piece could not be read."""

    messages: list[tuple[Message, Decoded]]
    refusals: list[Refusal]
    bytes_read: int


def write_tracks(
    engine: Engine,
    folder: Folder,
    result: LoadResult,
    *,
    now: datetime,
    limits: DoubtThresholds,
    progress: Progress,
) -> None:
    """Every file of tracks/, in the order of their names; counts and refusals go into `result`."""
    files = track_files(folder)
    total, done = sum(path.stat().st_size for path in files), 0
    progress("tracks", 0, total)
    for path in files:
        read = csv_pieces if path.suffix.lower() == ".csv" else gpx_pieces
        for piece in read(path, f"tracks/{path.name}", now):
            with write_sessions(engine).begin() as session:
                taken = [
                    (message, accept(session, message, decoded, limits, stamp_receipt=False))
                    for message, decoded in piece.messages
                ]
            for message, acceptance in taken:
                _count(message, acceptance, result)
            result.refusals += piece.refusals
            done += piece.bytes_read
            progress("tracks", done, total)


def track_files(folder: Folder) -> list[Path]:
    """tracks/*.csv and tracks/*.gpx."""
    tracks = folder.path / "tracks"
    if not tracks.is_dir():
        return []
    return sorted(
        path for path in tracks.iterdir() if path.suffix.lower() in (".csv", ".gpx") and path.is_file()
    )


def _count(message: Message, acceptance: Acceptance, result: LoadResult) -> None:
    fixes = result.tally(FIXES)
    fixes.new += acceptance.accepted
    fixes.unchanged += acceptance.repeated
    for each in acceptance.quarantined:
        result.refusals.append(Refusal(f"{message.source}:{each.place}", each.field, each.reason))
    if acceptance.waiting:
        waiting = f"{UNKNOWN_DEVICE}: the fixes of '{message.device_code}' wait in quarantine"
        result.refusals.append(Refusal(message.source, DEVICE, waiting))


def csv_pieces(path: Path, place: str, now: datetime) -> Iterator[Piece]:
    """The pieces of a CSV file; one whose first line names no columns is refused whole."""
    with path.open("rb") as file:
        header = file.readline(1_000_000)
        try:
            columns = read_header(header)
            if DEVICE not in columns:
                raise HeaderRefused(f"the first line names no column {DEVICE}")
        except HeaderRefused as refused:
            yield Piece([], [Refusal(f"{place}:1", "header", str(refused))], path.stat().st_size)
            return
        first_line = 2
        size = len(header)
        while lines := list(islice(file, LINES_A_PIECE)):
            size += sum(map(len, lines))
            rows = decode_lines(columns, lines, first_line, f"{place}:")
            messages, refusals = _messages_by_device(header, lines, first_line, rows, place, now)
            yield Piece(messages, rows.refusals + refusals, size)
            first_line, size = first_line + len(lines), 0


def _messages_by_device(
    header: bytes, lines: list[bytes], first_line: int, rows: CsvRows, place: str, now: datetime
) -> tuple[list[tuple[Message, Decoded]], list[Refusal]]:
    devices, owner = np.unique(np.array(rows.devices, dtype=object), return_inverse=True)
    messages = []
    refusals = []
    for index, code in enumerate(devices.tolist()):
        where = np.flatnonzero(owner == index)
        fault = device_code_fault(code)
        if fault:
            refusals += [
                Refusal(f"{place}:{line}", DEVICE, fault) for line in rows.batch.position[where].tolist()
            ]
            continue
        own = [lines[line - first_line] for line in rows.batch.position[where].tolist()]
        body = header.rstrip(b"\r\n") + b"\n" + b"".join(line.rstrip(b"\r\n") + b"\n" for line in own)
        message = Message(code, Protocol.CSV, body, place, now)
        messages.append((message, Decoded(rows.batch.take(where), place="{}")))
    return messages, refusals


def gpx_pieces(path: Path, place: str, now: datetime) -> Iterator[Piece]:
    """A GPX file is one message of the device that its <name> gives."""
    body = path.read_bytes()
    decoded = decode_gpx(body)
    refusals = [Refusal(f"{place}: {each.place}", each.field, each.reason) for each in decoded.refusals]
    code = decoded.device_code or ""
    fault = device_code_fault(code)
    if fault:
        refusals.append(Refusal(place, "name", f"the track's <name>, which says whose it is, {fault}"))
        yield Piece([], refusals, len(body))
        return
    message = Message(code, Protocol.GPX, body, place, now)
    yield Piece([(message, decoded)], refusals, len(body))
