"""Does every test find the database as if nobody had been there before?"""

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.orm import Session

from models.organisations import Organisation
from models.tables import metadata
from models.vocabulary import OrganisationKind
from tests.postgres_server import PostgresServer


def fill(session: Session, count: int) -> None:
    """Rows with a key drawn by the database."""
    session.add_all(
        Organisation(code=f"H{n}", name="运输单位" * 20, kind=OrganisationKind.HAULER) for n in range(count)
    )
    session.commit()


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_tables_are_empty_and_keys_begin_at_one(session: Session, turn: int) -> None:
    for table in metadata.sorted_tables:
        assert session.execute(table.select().limit(1)).first() is None, table.name
    fill(session, turn)
    assert session.query(Organisation.id).order_by(Organisation.id).all() == [(n + 1,) for n in range(turn)]


@pytest.mark.postgres
@pytest.mark.parametrize("count", [5, 6000])
def test_a_lent_database_is_wiped_however_full_and_whoever_still_holds_it(
    postgres: PostgresServer, count: int
) -> None:
    from models.session import open_engine

    with postgres.migrated() as url:
        forgotten = open_engine(url)
        with Session(forgotten) as session:
            fill(session, count)
        held = forgotten.connect()
        held.execute(text("LOCK TABLE organisation"))
    with postgres.migrated() as again:
        engine: Engine = open_engine(again)
        with Session(engine) as session:
            assert session.query(Organisation).count() == 0
        assert inspect(engine).has_table("alembic_version")
        engine.dispose()
    assert again == url
    held.invalidate()
    held.close()
    forgotten.dispose()
