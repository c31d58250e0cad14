"""Is a connection whose server hung up while it rested opened anew, without anybody noticing?"""

import pytest
from sqlalchemy import Engine, create_engine, text

import models.session
from models.session import open_engine
from tests.postgres_server import PostgresServer


@pytest.mark.postgres
def test_a_connection_that_was_cut_while_it_rested_is_replaced(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All connections of the pool are: what cut one cut them all."""
    monkeypatch.setattr(models.session, "ASK_AFTER_S", 0.0)
    with postgres.empty() as url:
        engine = open_engine(url)
        with engine.connect() as one, engine.connect() as other:
            pids = [each.execute(text("SELECT pg_backend_pid()")).scalar_one() for each in (one, other)]
        cut(engine, pids)
        with engine.connect() as connection:
            assert connection.execute(text("SELECT 1")).scalar_one() == 1
        engine.dispose()


def cut(engine: Engine, pids: list[int]) -> None:
    """As a server does that is restarted."""
    other = create_engine(engine.url)
    with other.begin() as connection:
        for pid in pids:
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    other.dispose()
