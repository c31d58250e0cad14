"""How do fixes get into their table, none twice?

SQLite: executemany into the integer-keyed table. PostgreSQL: binary COPY (copied_fixes). On both a fix that
is there already stays as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, text

from gps_ingest.decoders.fix_batch import NEVER, UNKNOWN_COUNT, FixBatch
from gps_ingest.store.copied_fixes import LIST, WIDTHS, Cells, insert_by_copy
from gps_ingest.store.fix_months import make_room
from models.values import BoolArray, IntArray
from models.vocabulary import E7

KEY = ("device_id", "time_ms", "lat_e7", "lon_e7")
MARKS = ", ".join("?" * len(WIDTHS))
INSERT_SQLITE = f"INSERT INTO fix ({LIST}) VALUES ({MARKS}) ON CONFLICT DO NOTHING"  # noqa: S608 - column names of copied_fixes
OF_A_DEVICE = text(
    "SELECT time_ms, lat_e7, lon_e7, raw_id FROM fix "
    "WHERE device_id = :device AND time_ms BETWEEN :first AND :last"
)

FixKey = tuple[int, int, int, int]  # device, time, latitude, longitude


@dataclass(frozen=True, slots=True, eq=False)
class FixRows:
    """n fixes as they go into the table: of which device, from which message, with which doubts."""

    device_id: IntArray
    raw_id: IntArray
    batch: FixBatch
    doubts: npt.NDArray[np.uint32]

    def __len__(self) -> int:
        return int(self.device_id.size)

    def lat_e7(self) -> IntArray:
        return np.rint(self.batch.lat * E7).astype(np.int64)

    def lon_e7(self) -> IntArray:
        return np.rint(self.batch.lon * E7).astype(np.int64)

    def take(self, where: BoolArray | IntArray) -> "FixRows":
        """The rows of a mask or index array."""
        return FixRows(self.device_id[where], self.raw_id[where], self.batch.take(where), self.doubts[where])


def insert_fixes(
    connection: Connection, rows: FixRows, known_raws: frozenset[int] = frozenset()
) -> BoolArray:
    """Insert the fixes; which of them were not there before, in the order of `rows`.

    known_raws: messages among rows.raw_id that were kept before, whose fixes may be there by their name.
    """
    if not len(rows):
        return np.zeros(0, dtype=np.bool_)
    make_room(connection, rows.batch.time_ms)
    before = _stored_by(connection, rows, known_raws) if known_raws else set()
    columns = _columns(rows)
    if connection.dialect.name == "sqlite":
        inserted = _insert_sqlite(connection, columns)
    else:
        inserted = insert_by_copy(connection, columns, hopeful=not known_raws and _all_differ(columns))
    if inserted == len(rows):
        return np.ones(len(rows), dtype=np.bool_)
    if inserted == 0:
        return np.zeros(len(rows), dtype=np.bool_)
    fresh = _stored_by(connection, rows, frozenset(np.unique(rows.raw_id).tolist())) - before
    return _first_of(rows, fresh)


def _stored_by(connection: Connection, rows: FixRows, raws: frozenset[int]) -> set[tuple[FixKey, int]]:
    """(key, message) of the stored fixes that came by one of these messages."""
    found = set()
    concerned = np.isin(rows.raw_id, np.fromiter(raws, dtype=np.int64))
    for device in np.unique(rows.device_id[concerned]).tolist():
        times = rows.batch.time_ms[concerned & (rows.device_id == device)]
        bounds = {"device": device, "first": int(times.min()), "last": int(times.max())}
        for time_ms, lat_e7, lon_e7, raw_id in connection.execute(OF_A_DEVICE, bounds):
            if raw_id in raws:
                found.add(((device, time_ms, lat_e7, lon_e7), raw_id))
    return found


def _first_of(rows: FixRows, fresh: set[tuple[FixKey, int]]) -> BoolArray:
    """Marks the first row of each fresh fix; a message may name the same fix twice."""
    keys = zip(
        rows.device_id.tolist(),
        rows.batch.time_ms.tolist(),
        rows.lat_e7().tolist(),
        rows.lon_e7().tolist(),
        strict=True,
    )
    marks = np.zeros(len(rows), dtype=np.bool_)
    for index, (key, raw_id) in enumerate(zip(keys, rows.raw_id.tolist(), strict=True)):
        if (key, raw_id) in fresh:
            fresh.discard((key, raw_id))
            marks[index] = True
    return marks


def _columns(rows: FixRows) -> dict[str, Cells]:
    """The columns of the table in the order of the key: it fills the index in order, and two writers of the
    same fixes cannot lock up."""
    batch, lat_e7, lon_e7 = rows.batch, rows.lat_e7(), rows.lon_e7()
    order = np.lexsort((lon_e7, lat_e7, batch.time_ms, rows.device_id))
    plain: dict[str, npt.NDArray[Any]] = {
        **{"device_id": rows.device_id, "time_ms": batch.time_ms, "lat_e7": lat_e7, "lon_e7": lon_e7},
        **{"load_state": batch.load_state, "acc": batch.acc, "doubts": rows.doubts, "raw_id": rows.raw_id},
        "alarm": batch.alarm,
    }
    columns = {name: Cells(values[order]) for name, values in plain.items()}
    for name in ("speed_kmh", "course_deg", "accuracy_m", "odometer_km", "recorder_speed_kmh", "load_kg"):
        values = getattr(batch, name)[order]
        columns[name] = _with_blanks(values, np.isnan(values))
    for name, blank in (("received_ms", NEVER), ("satellites", UNKNOWN_COUNT), ("signal", UNKNOWN_COUNT)):
        values = getattr(batch, name)[order]
        columns[name] = _with_blanks(values, values == blank)
    return columns


def _with_blanks(values: npt.NDArray[Any], blank: BoolArray) -> Cells:
    return Cells(values, blank if blank.any() else None)


def _all_differ(columns: dict[str, Cells]) -> bool:
    """Is no fix among them twice? They stand in the order of the key."""
    same = np.ones(max(0, len(columns["time_ms"].values) - 1), dtype=np.bool_)
    for name in KEY:
        same &= np.diff(columns[name].values) == 0
    return not bool(same.any())


def _insert_sqlite(connection: Connection, columns: dict[str, Cells]) -> int:
    lists = [_list_of(columns[name]) for name in WIDTHS]
    return connection.exec_driver_sql(INSERT_SQLITE, list(zip(*lists, strict=True))).rowcount


def _list_of(cells: Cells) -> Sequence[Any]:
    """The column as Python numbers, None for a blank."""
    numbers: list[Any] = cells.values.tolist()
    if cells.blank is None:
        return numbers
    if cells.blank.all():
        return [None] * len(numbers)
    return [None if blank else value for value, blank in zip(numbers, cells.blank.tolist(), strict=True)]
