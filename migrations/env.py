"""Against which database do the migrations run, and with what comparison rules?

Alembic runs this file. models/migrate.py hands it an open connection; the `alembic` command of a developer
gets one from the settings.
"""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from models.base import UtcDateTime, Word
from models.migrate import migration_engine, refuse_broken_references
from models.settings import read_settings
from models.tables import metadata


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write the plain column type into a new step: a step must not change when models/base.py does."""
    if kind == "type" and isinstance(item, Word | UtcDateTime):
        return f"sa.{item.impl_instance!r}"
    return False


def run(connection: Connection) -> None:
    """Run the chosen steps in the connection's transaction, so that they happen wholly or not at all."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        render_item=render_item,
        compare_server_default=True,
        render_as_batch=connection.dialect.name == "sqlite",  # SQLite alters a table by copying it
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_from_settings() -> None:
    """For the `alembic` command: the database of SLUDGETRACE_DATABASE_URL."""
    engine = migration_engine(read_settings().database_url)
    try:
        with engine.execution_options(writes=True).begin() as connection:
            run(connection)
            refuse_broken_references(connection)
    finally:
        engine.dispose()


if context.is_offline_mode():
    raise SystemExit("the migrations look at the database they change: give them one, not --sql")

handed_over = context.config.attributes.get("connection")
if handed_over is None:
    run_from_settings()
else:
    run(handed_over)
