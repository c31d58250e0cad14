"""How fast can this engine take rows into this table at all? The denominator of every rate of ingest.

Batches of 1,000 rows of Python numbers, one writer, one durable commit a batch, by the engine's best way that
leaves out what is there already: executemany on SQLite; on PostgreSQL COPY into a staging table and one
INSERT … SELECT … ON CONFLICT DO NOTHING. No decoding, no doubts, no messages, no devices looked up.
"""

import time
from typing import Any

from sqlalchemy import Engine

from bench.databases import fresh_database
from bench.postgres_server import PostgresServer
from models.session import open_engine

BATCHES, BATCH_ROWS, DEVICES = 200, 1000, 200
START_MS = 1_772_323_200_000
COLUMNS = (
    "device_id, time_ms, lat_e7, lon_e7, speed_kmh, course_deg, accuracy_m, odometer_km, received_ms, "
    "load_state, acc, doubts, raw_id, satellites, signal, recorder_speed_kmh, load_kg, alarm"
)
SQLITE = f"INSERT INTO fix ({COLUMNS}) VALUES ({', '.join('?' * 18)}) ON CONFLICT DO NOTHING"  # noqa: S608
STAGE = "CREATE TEMPORARY TABLE staged (LIKE fix) ON COMMIT DELETE ROWS"
COPY = f"COPY staged ({COLUMNS}) FROM STDIN"
MOVE = f"INSERT INTO fix ({COLUMNS}) SELECT {COLUMNS} FROM staged ON CONFLICT DO NOTHING"  # noqa: S608
Row = tuple[Any, ...]


def raw_insert_rate(server: PostgresServer | None, batches: int = BATCHES) -> float:
    """Committed rows/s of bare batches into a fresh database."""
    rows = [rows_of(number) for number in range(batches)]
    with fresh_database(server) as url:
        engine = open_engine(url)
        try:
            seconds = _on_sqlite(engine, rows) if server is None else _on_postgresql(engine, rows)
        finally:
            engine.dispose()
    return batches * BATCH_ROWS / seconds


def rows_of(batch: int) -> list[Row]:
    """One batch: five fixes of each of 200 devices, in the order of the key."""
    rounds = BATCH_ROWS // DEVICES
    return [
        (device, START_MS + (batch * rounds + turn) * 30_000, 312_000_000 + batch * 97 + turn,
         1_206_000_000 + device, 42.5, 90.0, None, 1234.5, START_MS + 800, 1, 1, 0, 1, 12, 25, 42.0, None, 0)
        for device in range(1, DEVICES + 1)
        for turn in range(rounds)
    ]  # fmt: skip


def _on_sqlite(engine: Engine, batches: list[list[Row]]) -> float:
    connection: Any = engine.raw_connection().driver_connection
    began = time.perf_counter()
    for rows in batches:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(SQLITE, rows)
        connection.execute("COMMIT")
    return time.perf_counter() - began


def _on_postgresql(engine: Engine, batches: list[list[Row]]) -> float:
    connection: Any = engine.raw_connection().driver_connection
    for month in (3, 4):
        connection.execute("SELECT create_fix_month(2026, %s)", [month])
    connection.execute(STAGE)
    connection.commit()
    began = time.perf_counter()
    for rows in batches:
        with connection.cursor() as cursor:
            with cursor.copy(COPY) as copy:
                copy.write(_copy_text(rows))
            cursor.execute(MOVE)
        connection.commit()
    return time.perf_counter() - began


def _copy_text(rows: list[Row]) -> str:
    return "".join(
        "\t".join([r"\N" if value is None else repr(value) for value in row]) + "\n" for row in rows
    )
