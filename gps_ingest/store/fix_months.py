"""Is there a place for fixes of these months? On PostgreSQL a month is a partition, made when first needed.

A month is made in a short transaction of its own, so that writers of other months go on meanwhile and none
waits for the whole of a long transaction (docs/decisions/0107). SQLite has one table and needs none of this.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, text

from models.values import IntArray

FIRST_MONTH, END_MONTH = 50 * 12, 130 * 12  # 2020-01 and 2100-01, since 1970: outside lie two open partitions
MOST_WAIT = text("SET LOCAL lock_timeout = '10s'")  # a migration under way: let the caller try again
CREATE = text("SELECT create_fix_month(:year, :month)")
KNOWN = "sludgetrace_fix_months"
MONTHS = text(
    "SELECT relname FROM pg_class WHERE relnamespace = 'fix_months'::regnamespace AND relkind = 'r'"
)


def make_room(connection: Connection, times_ms: IntArray) -> None:
    """Have a partition for each month of these times; nothing to do for months that this connection knows.

    Raises OperationalError when the table is locked for longer than a few seconds.
    """
    if connection.dialect.name != "postgresql" or not times_ms.size:
        return
    known = connection.info.setdefault(KNOWN, set())  # lives as long as the connection to the server
    missing = [month for month in months_of(times_ms) if month not in known]
    if not missing:
        return
    with own_engine(connection.engine.url).connect() as own, own.begin():
        own.execute(MOST_WAIT)
        there = {str(name) for (name,) in own.execute(MONTHS)}
        for month in missing:
            if FIRST_MONTH <= month < END_MONTH and name_of(month) not in there:
                own.execute(CREATE, {"year": 1970 + month // 12, "month": 1 + month % 12})
    known.update(missing)


@lru_cache
def own_engine(url: URL) -> Engine:
    """Connections that are nobody else's: writers that hold all of a pool would wait for one another."""
    return create_engine(url, poolclass=NullPool)


def months_of(times_ms: IntArray) -> list[int]:
    """The months since January 1970, UTC, in which these times lie."""
    months: Any = times_ms.astype("datetime64[ms]").astype("datetime64[M]").astype(np.int64)
    first, last = int(months.min()), int(months.max())
    return [first] if first == last else [int(month) for month in np.unique(months)]


def name_of(month: int) -> str:
    """The name of a month's partition in the schema fix_months."""
    return f"fix_{1970 + month // 12}_{1 + month % 12:02}"
