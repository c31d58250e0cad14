"""How are the fixes of a fleet over weeks turned into service figures without reading them anew each time?

A day of a device is read once and kept as its figures. Fixes are only ever added, so a day with as many fixes
as before is the day that was read before; counting is answered from the index alone.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from sqlalchemy import bindparam, func, select, text
from sqlalchemy.orm import Session

from models.fixes import FixRow
from models.thresholds import Thresholds
from models.values import TRACK_DTYPES, make_track
from models.vocabulary import E7, Mode
from tracking.rules.service_figures import NOTHING, Stretch, joined, stretch_of

BUCKET_MS = 86_400_000
MOST_KEPT = 100_000  # days of devices: three years of a fleet of ninety, some 30 MB
FIXES_AT_ONCE = 150_000  # bounds what is in memory; one question as long as there is less
COLUMNS = ("time_ms", "lat", "lon", "speed_kmh", "course_deg", "doubts")
FIXES = text(
    "SELECT device_id, time_ms, lat_e7, lon_e7, speed_kmh, course_deg, doubts FROM fix"
    " WHERE device_id IN :devices AND time_ms BETWEEN :start AND :end"
    " ORDER BY device_id, time_ms, lat_e7, lon_e7"
).bindparams(bindparam("devices", expanding=True))


@dataclass(frozen=True, slots=True)
class Bound:
    """A stay of a device on a vehicle over [from, to) in ms UTC."""

    device_id: int
    code: str
    active: bool
    vehicle_id: int
    mode: Mode
    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a stay within one bucket of the period; the bucket's count of fixes tells if it is new."""

    device_id: int
    mode: Mode
    start_ms: int
    end_ms: int
    bucket_fixes: int


class StretchCache:
    """Figures of pieces of time, for one set of thresholds; forgets what was unused the longest."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Piece, Stretch] = OrderedDict()
        self._lock = Lock()

    def get(self, piece: Piece) -> Stretch | None:
        with self._lock:
            found = self._kept.get(piece)
            if found is not None:
                self._kept.move_to_end(piece)
            return found

    def put(self, piece: Piece, stretch: Stretch) -> None:
        with self._lock:
            self._kept[piece] = stretch
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)


def stretches(
    session: Session,
    bound: Sequence[Bound],
    period_ms: tuple[int, int],
    limits: Thresholds,
    cache: StretchCache,
) -> dict[Bound, Stretch]:
    """The figures of each stay within the period [start, end) in ms UTC."""
    counts = _counts(session, sorted({one.device_id for one in bound}), period_ms)
    pieces = {one: _pieces(one, period_ms, counts) for one in bound}
    wanted = {piece for several in pieces.values() for piece in several}
    found = {piece: kept for piece in wanted if (kept := cache.get(piece)) is not None}
    for piece, stretch in _read(session, sorted(wanted - found.keys(), key=_place), limits):
        cache.put(piece, stretch)
        found[piece] = stretch
    told = {}
    for one, several in pieces.items():
        whole = NOTHING
        for piece in several:
            whole = joined(whole, found[piece], limits.service)
        told[one] = whole
    return told


def _place(piece: Piece) -> tuple[int, int]:
    return (piece.device_id, piece.start_ms)


def _counts(session: Session, devices: list[int], period_ms: tuple[int, int]) -> dict[tuple[int, int], int]:
    """(device, number of the bucket) → fixes; buckets begin at the beginning of the period."""
    start, end = period_ms
    bucket = (FixRow.time_ms - start) // BUCKET_MS
    query = (
        select(FixRow.device_id, bucket, func.count())
        .where(FixRow.device_id.in_(devices), FixRow.time_ms >= start, FixRow.time_ms < end)
        .group_by(FixRow.device_id, bucket)
    )
    return {(device_id, int(number)): count for device_id, number, count in session.execute(query)}


def _pieces(one: Bound, period_ms: tuple[int, int], counts: dict[tuple[int, int], int]) -> list[Piece]:
    """The parts of a stay that hold fixes, in order of time."""
    start, end = period_ms
    low, high = max(one.from_ms, start), min(one.to_ms, end)
    pieces = []
    for number in range((low - start) // BUCKET_MS, -(-(high - start) // BUCKET_MS)):
        fixes = counts.get((one.device_id, number), 0)
        if fixes:
            since = start + number * BUCKET_MS
            bounds = (max(low, since), min(high, since + BUCKET_MS))
            pieces.append(Piece(one.device_id, one.mode, *bounds, fixes))
    return pieces


def _read(session: Session, pieces: list[Piece], limits: Thresholds) -> Iterator[tuple[Piece, Stretch]]:
    """The figures of pieces that are not known, some devices at a time."""
    for some in _portions(pieces):
        bounds = {
            "devices": sorted({piece.device_id for piece in some}),
            "start": min(piece.start_ms for piece in some),
            "end": max(piece.end_ms for piece in some) - 1,
        }
        # Raw tuples of the driver: Row objects would take longer than the arithmetic on them.
        rows: Any = session.execute(FIXES, bounds).cursor.fetchall()  # type: ignore[attr-defined]
        columns = [np.array(column) for column in zip(*rows, strict=True)] if rows else []
        for piece in some:
            yield piece, _stretch(columns, piece, limits)


def _portions(pieces: list[Piece]) -> Iterator[list[Piece]]:
    """Pieces in order, cut where a portion would hold too many fixes."""
    portion: list[Piece] = []
    fixes = 0
    for piece in pieces:
        if portion and fixes + piece.bucket_fixes > FIXES_AT_ONCE:
            yield portion
            portion, fixes = [], 0
        portion.append(piece)
        fixes += piece.bucket_fixes
    if portion:
        yield portion


def _stretch(columns: list[Any], piece: Piece, limits: Thresholds) -> Stretch:
    """The figures of one piece out of the columns of its portion, sorted by device and time."""
    if not columns:
        return NOTHING
    device, time_ms = columns[0], columns[1]
    low, high = np.searchsorted(device, [piece.device_id, piece.device_id + 1])
    first, last = low + np.searchsorted(time_ms[low:high], [piece.start_ms, piece.end_ms])
    part = {
        name: np.asarray(
            column[first:last], dtype=np.float64 if name in ("lat", "lon") else TRACK_DTYPES[name]
        )
        for name, column in zip(COLUMNS, columns[1:], strict=True)
    }
    part["lat"] /= E7
    part["lon"] /= E7
    return stretch_of(make_track(**part), piece.mode, limits.doubt, limits.service)
