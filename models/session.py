"""How is the database opened? One engine a URL, SQLite made durable, PostgreSQL by psycopg 3."""

import re
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

SQLITE_BUSY_MS = 30_000  # a writer waits for another this long before giving up
LOOK_AGAIN_S = 0.001


def open_engine(database_url: str) -> Engine:
    """An engine for `database_url`; plain postgresql:// URLs use psycopg 3."""
    url = make_url(re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", database_url))
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, hide_parameters=True)  # an error must not carry a token into the log
    event.listen(engine, "connect", make_durable)
    event.listen(engine, "begin", begin_at_once)
    return engine


def make_durable(connection: Any, _record: Any) -> None:
    """WAL with a full sync on commit: an acknowledged row survives a power cut."""
    connection.isolation_level = None  # SQLAlchemy's own BEGIN, see begin_at_once
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={SQLITE_BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",  # else INSERT OR REPLACE deletes past the insert-only triggers
        "cache_size=-65536",
        "wal_autocheckpoint=8000",  # 32 MB: a page that many transactions touch is copied back once
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def begin_at_once(connection: Any) -> None:
    """sqlite3 opens no transaction before the first write; a snapshot must start at BEGIN.

    A transaction that will write takes the lock at once: one that reads first and then writes would
    be refused, not made to wait, when another process wrote in between.
    """
    if connection.get_execution_options().get("writes", False):
        wait_to_write(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def wait_to_write(connection: Any) -> None:
    """Take the lock of the writer as soon as it is free.

    Writers here hold it for milliseconds; SQLite's own waiting would look again after up to a tenth of a
    second, and the lock would lie idle meanwhile. Raises OperationalError after SQLITE_BUSY_MS.
    """
    until = time.monotonic() + SQLITE_BUSY_MS / 1000
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                return
            except OperationalError as error:
                if not is_busy(error) or time.monotonic() > until:
                    raise
            time.sleep(LOOK_AGAIN_S)
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={SQLITE_BUSY_MS}")


def is_busy(error: OperationalError) -> bool:
    """Is it only that another one writes?"""
    code: int = getattr(error.orig, "sqlite_errorcode", 0)
    return code & 0xFF == sqlite3.SQLITE_BUSY


def read_sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions that only read: one consistent snapshot each."""
    return sessionmaker(engine, expire_on_commit=False)


def write_sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions that write; use as `with write_sessions(engine).begin() as session`."""
    return sessionmaker(engine.execution_options(writes=True), expire_on_commit=False)
