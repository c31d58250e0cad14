"""How is a database of a million manifests made within minutes? By the engine itself, while triggers rest."""

from datetime import datetime

from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from bench.list_cast import Cast, settle
from bench.list_rows import statements
from migrations.sight import OF_ALL, drop_triggers, make_triggers
from models.session import open_engine

TABLES_WITH_GIVEN_IDS = ("manifest", "finding", "correction")


def fill(url: str, count: int, end: datetime) -> None:
    """People, places and `count` manifests up to `end`, with everything that lists read of them, analysed."""
    engine = open_engine(url)
    with Session(engine.execution_options(writes=True)) as session:
        cast = settle(session)
        session.commit()
    if engine.dialect.name == "postgresql":
        fill_postgresql(engine, cast, count, end)
    else:
        fill_sqlite(engine, cast, count, end)
    engine.dispose()


def fill_postgresql(engine: Engine, cast: Cast, count: int, end: datetime) -> None:
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL synchronous_commit = off"))
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        write(connection, cast, count, end)
        for table in TABLES_WITH_GIVEN_IDS:
            connection.execute(
                text(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")  # noqa: S608
            )
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))


def fill_sqlite(engine: Engine, cast: Cast, count: int, end: datetime) -> None:
    raw = engine.raw_connection()
    driver = raw.driver_connection
    assert driver is not None
    for pragma in (
        "foreign_keys = OFF",
        "synchronous = OFF",
        "journal_mode = MEMORY",
        "cache_size = -400000",
    ):
        driver.execute(f"PRAGMA {pragma}")
    raw.close()
    with engine.execution_options(writes=True).begin() as connection:
        for statement in drop_triggers("sqlite"):
            connection.execute(text(statement))
        write(connection, cast, count, end)
        for statement in make_triggers("sqlite"):
            connection.exec_driver_sql(statement)
    with engine.begin() as connection:
        connection.execute(text("ANALYZE"))


def write(connection: Connection, cast: Cast, count: int, end: datetime) -> None:
    """All rows, and where to look for them."""
    for statement in (*statements(cast, connection.dialect.name, count, end), *OF_ALL):
        connection.exec_driver_sql(
            statement.replace("%", "%%") if connection.dialect.name == "postgresql" else statement
        )
