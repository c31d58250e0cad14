"""How do fixes get into their table, none twice?

SQLite: executemany into the integer-keyed table. PostgreSQL: COPY into a staging table of the
connection, then one INSERT … SELECT. On both a fix that is there already stays as it is.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, text

from gps_ingest.decoders.fix_batch import NEVER, FixBatch
from models.values import IntArray
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
)
LIST = ", ".join(COLUMNS)
KEY = "(device_id, time_ms, lat_e7, lon_e7)"
INSERT_SQLITE = (
    f"INSERT INTO fix ({LIST}) VALUES ({', '.join('?' * len(COLUMNS))}) ON CONFLICT {KEY} DO NOTHING"  # noqa: S608 - column names of this file
)
STAGE = "CREATE TEMPORARY TABLE IF NOT EXISTS fix_staging (LIKE fix) ON COMMIT DELETE ROWS"
COPY = f"COPY fix_staging ({LIST}) FROM STDIN"
INSERT_STAGED = (
    f"INSERT INTO fix ({LIST}) SELECT {LIST} FROM fix_staging ON CONFLICT {KEY} DO NOTHING RETURNING time_ms"  # noqa: S608 - the same
)
EMPTY_STAGE = "DELETE FROM fix_staging"


def insert_fixes(
    connection: Connection, device_id: int, raw_id: int, batch: FixBatch, doubts: npt.NDArray[np.uint32]
) -> IntArray:
    """Insert the fixes of one device and message; the times of those that were not there before.

    batch, doubts: n fixes. Returns m <= n times in ms UTC, in any order.
    """
    if not len(batch):
        return np.array([], dtype=np.int64)
    columns = _columns(device_id, raw_id, batch, doubts)
    if connection.dialect.name == "sqlite":
        return _insert_sqlite(connection, device_id, raw_id, columns, batch.time_ms)
    return _insert_postgresql(connection, columns)


def _columns(
    device_id: int, raw_id: int, batch: FixBatch, doubts: npt.NDArray[np.uint32]
) -> list[Sequence[Any]]:
    """The columns of the table as lists, in the order of the key so that the index is filled in order."""
    count = len(batch)
    lat_e7, lon_e7 = (np.rint(axis * E7).astype(np.int64) for axis in (batch.lat, batch.lon))
    order = np.lexsort((lon_e7, lat_e7, batch.time_ms))
    received: list[Any] = np.where(batch.received_ms == NEVER, np.nan, batch.received_ms)[order].tolist()
    return [
        [device_id] * count,
        batch.time_ms[order].tolist(),
        lat_e7[order].tolist(),
        lon_e7[order].tolist(),
        *(_blanks_as_none(values[order]) for values in _quantities(batch)),
        [None if value != value else int(value) for value in received],
        batch.load_state[order].tolist(),
        batch.acc[order].tolist(),
        doubts[order].tolist(),
        [raw_id] * count,
    ]


def _quantities(batch: FixBatch) -> tuple[npt.NDArray[np.float64], ...]:
    return batch.speed_kmh, batch.course_deg, batch.accuracy_m, batch.odometer_km


def _blanks_as_none(values: npt.NDArray[np.float64]) -> list[Any]:
    blank = np.isnan(values)
    if not blank.any():
        return values.tolist()  # type: ignore[no-any-return]  # numpy types tolist as Any
    if blank.all():
        return [None] * values.size
    return [None if value != value else value for value in values.tolist()]


def _insert_sqlite(
    connection: Connection, device_id: int, raw_id: int, columns: list[Sequence[Any]], times: IntArray
) -> IntArray:
    rows = list(zip(*columns, strict=True))
    inserted = connection.exec_driver_sql(INSERT_SQLITE, rows).rowcount
    if inserted == len(rows):
        return times
    if inserted == 0:
        return np.array([], dtype=np.int64)
    ours = text(
        "SELECT time_ms FROM fix "
        "WHERE device_id = :device AND time_ms BETWEEN :first AND :last AND raw_id = :raw"
    )
    bounds = {"first": int(times.min()), "last": int(times.max())}
    found = connection.execute(ours, {"device": device_id, "raw": raw_id, **bounds})
    return np.array(found.scalars().all(), dtype=np.int64)


def _insert_postgresql(connection: Connection, columns: list[Sequence[Any]]) -> IntArray:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        cursor.execute(
            "SET LOCAL client_min_messages = warning"
        )  # the table is there from the second message on
        cursor.execute(STAGE)
        with cursor.copy(COPY) as copy:
            for piece in _copy_text(columns):
                copy.write(piece)
        cursor.execute(INSERT_STAGED)
        times = np.array([row[0] for row in cursor.fetchall()], dtype=np.int64)
        cursor.execute(EMPTY_STAGE)  # the next device of the same transaction begins anew
    return times


def _copy_text(columns: list[Sequence[Any]], rows_a_piece: int = 5_000) -> Iterator[str]:
    r"""COPY's text format: cells by tab, \N for a blank. All cells are numbers, so nothing needs escaping."""
    texts = [[r"\N" if value is None else repr(value) for value in column] for column in columns]
    lines = ["\t".join(row) for row in zip(*texts, strict=True)]
    for start in range(0, len(lines), rows_a_piece):
        yield "\n".join(lines[start : start + rows_a_piece]) + "\n"
