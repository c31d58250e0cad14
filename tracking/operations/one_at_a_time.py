"""How is it made sure that only one analysis runs on a database at a time?

Two would judge the same blocks and write the same links. The second waits for the first: on PostgreSQL
for an advisory lock, which ends with the connection, on SQLite for a lock on a file beside the database,
which ends with the process. Neither can be left behind by a killed run.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

ANALYSIS_LOCK = 0x51D6F  # any number that no other program uses


@contextmanager
def only_analysis(engine: Engine) -> Iterator[None]:
    """Wait until no other analysis runs on this database, then be the one."""
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            connection.detach()  # closed at the end, not pooled: a run that fails can leave no lock behind
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ANALYSIS_LOCK})
            connection.commit()
            yield
        return
    database = engine.url.database
    if not database or database == ":memory:":
        yield
        return
    with Path(f"{database}.analysis-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
