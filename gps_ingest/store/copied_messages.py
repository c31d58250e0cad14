"""How do messages get into PostgreSQL, each content of a device once? COPY first, as if all were new.

As with fixes (copied_fixes): where one is there already, COPY fails as a whole, is undone to a savepoint, and
the rows go by INSERT … ON CONFLICT DO NOTHING. A cell of binary COPY is its length and its bytes; a row
begins with the number of its cells, ten.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from struct import Struct
from typing import Any

from psycopg.errors import UniqueViolation
from sqlalchemy import Connection

from gps_ingest.store.copied_fixes import END, HEAD

COLUMNS = "id, device_code, device_id, protocol, received_at, body, sha256, source, status, reason"
COPY = f"COPY raw_message ({COLUMNS}) FROM STDIN (FORMAT binary)"
INSERT = (
    f"INSERT INTO raw_message ({COLUMNS}) SELECT * FROM unnest("  # noqa: S608 - column names of this file
    "%s::bigint[], %s::text[], %s::bigint[], %s::text[], %s::timestamptz[], "
    "%b::bytea[], %s::text[], %s::text[], %s::text[], %s::text[]) ON CONFLICT DO NOTHING"
)
NEXT_IDS = (
    "SELECT nextval(sequence.id) FROM generate_series(1, %s), "
    "(SELECT pg_get_serial_sequence('raw_message', 'id')::regclass AS id OFFSET 0) AS sequence"
)
CODE, DIGEST = 1, 6  # where they stand in a row

ROW_HEAD = Struct(">hiq")  # ten cells; eight bytes: the id
EIGHT = Struct(">iq")
LENGTH = Struct(">i")
BLANK = LENGTH.pack(-1)
POSTGRES_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
Row = Sequence[Any]


def insert_messages(connection: Connection, rows: Sequence[Row]) -> int:
    """Insert rows of COLUMNS; how many were new. They go in by (device, digest), so that two writers of the
    same bytes cannot lock up."""
    rows = sorted(rows, key=lambda row: (row[CODE], row[DIGEST]))
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        if _copy_all(cursor, rows):
            return len(rows)
        cursor.execute(INSERT, [list(column) for column in zip(*rows, strict=True)])
        inserted: int = cursor.rowcount
    return inserted


def next_ids(connection: Connection, count: int) -> list[int]:
    """Row ids that nobody else has or will have."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        return [number for (number,) in cursor.execute(NEXT_IDS, [count]).fetchall()]


def _copy_all(cursor: Any, rows: Sequence[Row]) -> bool:
    """False, and nothing changed, when one of the messages is there already or twice among them."""
    cursor.execute("SAVEPOINT hopeful")
    try:
        with cursor.copy(COPY) as copy:
            copy.write(copy_bytes(rows))
    except UniqueViolation:
        cursor.execute("ROLLBACK TO SAVEPOINT hopeful")
        return False
    cursor.execute("RELEASE SAVEPOINT hopeful")
    return True


def copy_bytes(rows: Sequence[Row]) -> bytes:
    """The whole of a COPY … (FORMAT binary) of rows of COLUMNS."""
    pieces = [HEAD]
    for row_id, *cells in rows:
        pieces.append(ROW_HEAD.pack(10, 8, row_id))
        for value in cells:
            if value is None:
                pieces.append(BLANK)
            elif isinstance(value, int):
                pieces.append(EIGHT.pack(8, value))
            elif isinstance(value, datetime):
                pieces.append(EIGHT.pack(8, (value - POSTGRES_EPOCH) // MICROSECOND))
            else:
                data = value.encode() if isinstance(value, str) else value
                pieces.append(LENGTH.pack(len(data)))
                pieces.append(data)
    pieces.append(END)
    return b"".join(pieces)
