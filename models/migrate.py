"""How does a database get its tables? By the numbered steps in migrations/, here driven from Python.

Nothing else creates tables: `sludgetrace migrate`, the demo and the tests all come through here.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, event, text

from models.session import open_engine

FOLDER = Path(__file__).resolve().parent.parent / "migrations"
POSTGRES_LOCK = 0x51D6E  # any number that no other program uses: two migrations at once wait for each other


class DatabaseNewerError(Exception):
    """The database stands at a step that this program does not know: it was migrated by a newer one."""


def migration_config() -> Config:
    """Alembic's view of the migrations folder; no ini file takes part."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config


def upgrade(database_url: str, revision: str = "head") -> None:
    """Bring the database to `revision`, wholly or not at all; a database already there is left alone.

    Raises DatabaseNewerError for a database that a newer program has migrated.
    """
    _run(database_url, command.upgrade, revision)


def downgrade(database_url: str, revision: str) -> None:
    """Take the database back to `revision` ("base" for nothing), wholly or not at all."""
    _run(database_url, command.downgrade, revision)


def _run(database_url: str, move: Callable[[Config, str], None], revision: str) -> None:
    engine = migration_engine(database_url)
    try:
        if revision == "head" and _is_up_to_date(engine):
            return
        with engine.execution_options(writes=True).begin() as connection:
            _wait_for_other_migrations(connection)
            config = migration_config()
            config.attributes["connection"] = connection
            move(config, revision)
            refuse_broken_references(connection)
    finally:
        engine.dispose()


def migration_engine(database_url: str) -> Engine:
    """An engine for migrations alone: on SQLite its connections do not enforce references.

    A table that others refer to can there only be changed by writing it anew, and that setting cannot be
    changed inside a transaction.
    """
    engine = open_engine(database_url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _without_references)
    return engine


def _without_references(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA foreign_keys=OFF").close()


def refuse_broken_references(connection: Connection) -> None:
    """SQLite: what was not enforced on the way must hold at the end. Raises LookupError."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise LookupError(f"after the migration, a row of {broken[0]} refers to nothing in {broken[2]}")


def _is_up_to_date(engine: Engine) -> bool:
    # A look without a lock: every command comes through here, also while another process writes.
    found = database_revision(engine)
    known = {step.revision for step in ScriptDirectory.from_config(migration_config()).walk_revisions()}
    if found is not None and found not in known:
        raise DatabaseNewerError(
            f"the database is at step {found}, this program knows up to {head_revision()}"
        )
    return found == head_revision()


def _wait_for_other_migrations(connection: Connection) -> None:
    # SQLite needs no such lock: BEGIN IMMEDIATE, which `writes` asks for, already lets one in at a time.
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": POSTGRES_LOCK})


def head_revision() -> str:
    """The newest step this program knows; raises CommandError unless there is exactly one."""
    head = ScriptDirectory.from_config(migration_config()).get_current_head()
    if head is None:
        raise LookupError(f"no migration found in {FOLDER}")
    return head


def database_revision(engine: Engine) -> str | None:
    """The step the database stands at; None for one that was never migrated."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()
