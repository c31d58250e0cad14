"""How do fixes get into their table, none twice?

SQLite: executemany into the integer-keyed table. PostgreSQL: COPY into a staging table of the
connection, then one INSERT … SELECT. On both a fix that is there already stays as it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, text

from gps_ingest.decoders.fix_batch import NEVER, UNKNOWN_COUNT, FixBatch
from gps_ingest.store.fix_months import make_room
from models.values import BoolArray, IntArray
from models.vocabulary import E7

COLUMNS = (
    "device_id",
    "time_ms",
    "lat_e7",
    "lon_e7",
    "speed_kmh",
    "course_deg",
    "accuracy_m",
    "odometer_km",
    "received_ms",
    "load_state",
    "acc",
    "doubts",
    "raw_id",
    "satellites",
    "signal",
    "recorder_speed_kmh",
    "load_kg",
    "alarm",
)
LIST = ", ".join(COLUMNS)
KEY = "(device_id, time_ms, lat_e7, lon_e7)"
INSERT_SQLITE = (
    f"INSERT INTO fix ({LIST}) VALUES ({', '.join('?' * len(COLUMNS))}) ON CONFLICT {KEY} DO NOTHING"  # noqa: S608 - column names of this file
)
STAGE = "CREATE TEMPORARY TABLE IF NOT EXISTS fix_staging (LIKE fix) ON COMMIT DELETE ROWS"
COPY = f"COPY fix_staging ({LIST}) FROM STDIN"
INSERT_STAGED = f"INSERT INTO fix ({LIST}) SELECT {LIST} FROM fix_staging ON CONFLICT {KEY} DO NOTHING"  # noqa: S608 - the same
EMPTY_STAGE = "DELETE FROM fix_staging"
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
    on_sqlite = connection.dialect.name == "sqlite"
    inserted = (_insert_sqlite if on_sqlite else _insert_postgresql)(connection, columns)
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


def _columns(rows: FixRows) -> list[Sequence[Any]]:
    """The columns of the table as lists, in the order of the key: it fills the index in order, and two
    writers of the same fixes cannot lock up."""
    batch, lat_e7, lon_e7 = rows.batch, rows.lat_e7(), rows.lon_e7()
    order = np.lexsort((lon_e7, lat_e7, batch.time_ms, rows.device_id))
    numbers = (rows.device_id, batch.time_ms, lat_e7, lon_e7)
    measured = (batch.speed_kmh, batch.course_deg, batch.accuracy_m, batch.odometer_km)
    return [
        *(column[order].tolist() for column in numbers),
        *(_blanks_as_none(column[order]) for column in measured),
        _none_where(batch.received_ms[order], NEVER),
        *(column[order].tolist() for column in (batch.load_state, batch.acc, rows.doubts, rows.raw_id)),
        *(_none_where(column[order], UNKNOWN_COUNT) for column in (batch.satellites, batch.signal)),
        *(_blanks_as_none(column[order]) for column in (batch.recorder_speed_kmh, batch.load_kg)),
        batch.alarm[order].tolist(),
    ]


def _blanks_as_none(values: npt.NDArray[np.float64]) -> list[Any]:
    blank = np.isnan(values)
    if not blank.any():
        return values.tolist()  # type: ignore[no-any-return]  # numpy types tolist as Any
    if blank.all():
        return [None] * values.size
    return [None if value != value else value for value in values.tolist()]


def _none_where(values: npt.NDArray[Any], blank: int) -> list[Any]:
    if not (values == blank).any():
        return values.tolist()  # type: ignore[no-any-return]  # numpy types tolist as Any
    return [None if value == blank else value for value in values.tolist()]


def _insert_sqlite(connection: Connection, columns: list[Sequence[Any]]) -> int:
    return connection.exec_driver_sql(INSERT_SQLITE, list(zip(*columns, strict=True))).rowcount


def _insert_postgresql(connection: Connection, columns: list[Sequence[Any]]) -> int:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        cursor.execute(
            "SET LOCAL client_min_messages = warning"
        )  # the table is there from the second message on
        cursor.execute(STAGE)
        with cursor.copy(COPY) as copy:
            for piece in _copy_text(columns):
                copy.write(piece)
        inserted: int = cursor.execute(INSERT_STAGED).rowcount
        cursor.execute(EMPTY_STAGE)  # the next batch of the same transaction begins anew
    return inserted


def _copy_text(columns: list[Sequence[Any]], rows_a_piece: int = 5_000) -> Iterator[str]:
    r"""COPY's text format: cells by tab, \N for a blank. All cells are numbers, so nothing needs escaping."""
    texts = [[r"\N" if value is None else repr(value) for value in column] for column in columns]
    lines = ["\t".join(row) for row in zip(*texts, strict=True)]
    for start in range(0, len(lines), rows_a_piece):
        yield "\n".join(lines[start : start + rows_a_piece]) + "\n"
