"""How is the database opened? One engine a URL, SQLite made durable, PostgreSQL by psycopg 3."""

import re
import select
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InvalidatePoolError, OperationalError
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker

from models.write_turns import Turns

SQLITE_BUSY_MS = 30_000  # a writer waits for another this long before giving up
LOOK_AGAIN_S = 0.001
ASK_AFTER_S = 1.0
PROMPT_S = 20.0  # what somebody waits for takes milliseconds; a proxy has given up by then


def open_engine(database_url: str) -> Engine:
    """An engine for `database_url`; plain postgresql:// URLs use psycopg 3."""
    url = make_url(re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", database_url))
    if url.get_backend_name() != "sqlite":
        engine = create_engine(url, hide_parameters=True)
        event.listen(engine, "checkin", note_rest)
        event.listen(engine, "checkout", look_after_rest)
        return engine
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, hide_parameters=True)  # an error must not carry a token into the log
    event.listen(engine, "connect", make_durable)
    turns = Turns(engine)
    event.listen(engine, "begin", lambda connection: begin_at_once(connection, turns))
    return engine


def note_rest(_connection: Any, record: Any) -> None:
    """When a connection came back into the pool."""
    record.info["rests_since"] = time.monotonic()


def look_after_rest(connection: Any, record: Any, _proxy: Any) -> None:
    """Ask a connection that has rested whether its server is still there; if not, all are opened anew.

    One that was used a moment ago and has heard nothing since is not asked: a busy service would spend a
    good part of its time on it. A server that hangs up says so, and that is heard without asking.
    """
    since = record.info.get("rests_since")
    if since is None:
        return
    if time.monotonic() - since < ASK_AFTER_S and not has_heard(connection):
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.rollback()
    except connection.OperationalError as error:
        raise InvalidatePoolError from error


def has_heard(connection: Any) -> bool:
    """Has the server said something while nobody asked, or is the connection closed already?

    By poll, not select: a gateway with thousands of terminals has descriptors beyond what select takes.
    """
    if connection.closed:
        return True
    ear = select.poll()
    ear.register(connection.fileno(), select.POLLIN)
    return bool(ear.poll(0))


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


def begin_at_once(connection: Any, turns: Turns) -> None:
    """sqlite3 opens no transaction before the first write; a snapshot must start at BEGIN.

    A transaction that will write takes the lock at once: one that reads first and then writes would
    be refused, not made to wait, when another process wrote in between.
    """
    if connection.get_execution_options().get("writes", False):
        wait_to_write(connection, turns)
    else:
        connection.exec_driver_sql("BEGIN")


def wait_to_write(connection: Any, turns: Turns) -> None:
    """Take the lock of the writer as soon as it is free.

    Writers here hold it for milliseconds; SQLite's own waiting would look again after up to a tenth of a
    second, and the lock would lie idle meanwhile. Raises OperationalError after SQLITE_BUSY_MS.
    """
    until = time.monotonic() + SQLITE_BUSY_MS / 1000
    turns.take(connection, SQLITE_BUSY_MS / 1000)
    driver = connection.connection.dbapi_connection
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if not is_busy(error) or time.monotonic() > until:
                    turns.give_back(connection.connection.record_info)
                    raise OperationalError("BEGIN IMMEDIATE", None, error) from error
            time.sleep(LOOK_AGAIN_S)
    finally:
        driver.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_MS}")


def is_busy(error: BaseException | None) -> bool:
    """Is it only that another one writes?"""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF == sqlite3.SQLITE_BUSY


def read_sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions that only read: one consistent snapshot each."""
    return sessionmaker(engine, expire_on_commit=False)


def look_sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions for one look without a snapshot: on PostgreSQL without the round trips of a transaction."""
    if engine.dialect.name == "postgresql":
        return read_sessions(engine.execution_options(isolation_level="AUTOCOMMIT"))
    return read_sessions(engine)


def write_sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions that write; use as `with write_sessions(engine).begin() as session`."""
    return sessionmaker(engine.execution_options(writes=True), expire_on_commit=False)


def prompt_sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions that write for somebody who waits: a transaction older than PROMPT_S commits no more.

    Who reads what changed since a moment relies on it (tracking/queries/settled.py): a row must not appear
    long after the time that stands in it. Raises OperationalError at such a commit, which rolls back.
    """
    made = write_sessions(engine)
    event.listen(made, "after_transaction_create", note_beginning)
    event.listen(made, "before_commit", refuse_late_commit)
    return made


def note_beginning(session: Session, transaction: SessionTransaction) -> None:
    """When the transaction was asked for: before it waited for a connection or a lock."""
    if transaction.parent is None:
        session.info["began"] = time.monotonic()


def refuse_late_commit(session: Session) -> None:
    """Raise OperationalError where the transaction has taken too long."""
    taken_s = time.monotonic() - session.info["began"]
    if taken_s > PROMPT_S:
        late = TimeoutError(f"a transaction of {taken_s:.0f} s is too old to commit")
        raise OperationalError("COMMIT", None, late)
