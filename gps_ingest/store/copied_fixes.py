"""How do fixes get into PostgreSQL, none twice? COPY in binary, first as if all were new.

Almost always all are: a message that came before is known by its bytes. Then COPY into the table itself is
the whole work. Where one is there already, COPY fails as a whole, is undone to a savepoint, and the rows go
by a staging table and INSERT … ON CONFLICT DO NOTHING, at half the speed.

A row of binary COPY is its count of cells (i16), then for each cell its length (i32) and its bytes, most
significant first; a blank has the length -1 and no bytes. All cells of a column are of one width, so the rows
are laid out by NumPy with room for everything, and the bytes of blanks are left out at the end.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from psycopg.errors import UniqueViolation
from sqlalchemy import Connection

HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)  # signature, no flags, no extension
END = b"\xff\xff"
BLANK = -1
WIDTHS = {
    "device_id": ">i8",
    "time_ms": ">i8",
    "lat_e7": ">i4",
    "lon_e7": ">i4",
    "speed_kmh": ">f4",
    "course_deg": ">f4",
    "accuracy_m": ">f4",
    "odometer_km": ">f8",
    "received_ms": ">i8",
    "load_state": ">i2",
    "acc": ">i2",
    "doubts": ">i8",
    "raw_id": ">i8",
    "satellites": ">i2",
    "signal": ">i2",
    "recorder_speed_kmh": ">f4",
    "load_kg": ">f4",
    "alarm": ">i8",
}
"""Columns and their types in the table, as NumPy names them."""

LIST = ", ".join(WIDTHS)
COPY_ALL = f"COPY fix ({LIST}) FROM STDIN (FORMAT binary)"
STAGE = "CREATE TEMPORARY TABLE IF NOT EXISTS fix_staging (LIKE fix) ON COMMIT DELETE ROWS"
COPY_STAGED = f"COPY fix_staging ({LIST}) FROM STDIN (FORMAT binary)"
MOVE_STAGED = f"INSERT INTO fix ({LIST}) SELECT {LIST} FROM fix_staging ON CONFLICT DO NOTHING"  # noqa: S608 - column names of this file
EMPTY_STAGE = "DELETE FROM fix_staging"


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """One column of n rows: its values, and where it is blank (None: nowhere)."""

    values: npt.NDArray[Any]
    blank: npt.NDArray[np.bool_] | None = None


def insert_by_copy(connection: Connection, columns: dict[str, Cells], *, hopeful: bool) -> int:
    """Insert the rows, which stand in the order of the key, so that two writers of the same fixes cannot lock
    up; how many were new. `hopeful`: there is no sign that any of them is there already.

    Raises OverflowError for a number that its column cannot hold.
    """
    data = copy_bytes(columns)
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        if hopeful and _copy_all(cursor, data):
            return len(columns["time_ms"].values)
        cursor.execute("SET LOCAL client_min_messages = warning")  # the stage is there from its second use on
        cursor.execute(STAGE)
        with cursor.copy(COPY_STAGED) as copy:
            copy.write(data)
        inserted: int = cursor.execute(MOVE_STAGED).rowcount
        cursor.execute(EMPTY_STAGE)  # the next batch of the same transaction begins anew
    return inserted


def _copy_all(cursor: Any, data: bytes) -> bool:
    """Copy straight into the table; False, and nothing changed, when one of the rows is there already."""
    cursor.execute("SAVEPOINT hopeful")
    try:
        with cursor.copy(COPY_ALL) as copy:
            copy.write(data)
    except UniqueViolation:
        cursor.execute("ROLLBACK TO SAVEPOINT hopeful")
        return False
    cursor.execute("RELEASE SAVEPOINT hopeful")
    return True


def copy_bytes(columns: dict[str, Cells]) -> bytes:
    """The whole of a COPY … (FORMAT binary) of these columns."""
    count = len(columns["time_ms"].values)
    layout: list[tuple[str, str]] = [("cells", ">i2")]
    for name, width in WIDTHS.items():
        layout += [(f"{name} length", ">i4"), (name, width)]
    rows = np.empty(count, dtype=layout)
    rows["cells"] = len(WIDTHS)
    for name, width in WIDTHS.items():
        size, cells = np.dtype(width).itemsize, columns[name]
        values = cells.values if cells.blank is None else np.where(cells.blank, 0, cells.values)
        rows[f"{name} length"] = size if cells.blank is None else np.where(cells.blank, BLANK, size)
        rows[name] = values
        if "i" in width and not np.array_equal(rows[name], values):
            raise OverflowError(f"{name} does not fit in {size} bytes")
    return HEAD + _without_blanks(rows, columns) + END


def _without_blanks(rows: npt.NDArray[np.void], columns: dict[str, Cells]) -> bytes:
    """The bytes of the rows but those of blank cells."""
    blanks = {name: cells.blank for name, cells in columns.items() if cells.blank is not None}
    if not blanks:
        return rows.tobytes()
    matrix = rows.view(np.uint8).reshape(len(rows), rows.dtype.itemsize)
    kept = np.ones(matrix.shape, dtype=np.bool_)
    fields: Any = rows.dtype.fields
    for name, blank in blanks.items():
        kind, offset = fields[name][:2]
        kept[:, offset : offset + kind.itemsize] = ~blank[:, None]
    return matrix[kept].tobytes()
