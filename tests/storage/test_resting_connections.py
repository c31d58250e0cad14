"""Is a connection whose server hung up while it rested opened anew, without anybody noticing?"""

import fcntl
import os
import resource
import socket
from types import SimpleNamespace

import pytest
from sqlalchemy import Engine, create_engine, text

import models.session
from models.session import has_heard, open_engine
from tests.postgres_server import PostgresServer


@pytest.mark.postgres
@pytest.mark.parametrize("ask_after_s", [0.0, 600.0], ids=["asked", "heard"])
def test_a_connection_that_was_cut_while_it_rested_is_replaced(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch, ask_after_s: float
) -> None:
    """All connections of the pool are: what cut one cut them all."""
    monkeypatch.setattr(models.session, "ASK_AFTER_S", ask_after_s)
    with postgres.empty() as url:
        engine = open_engine(url)
        with engine.connect() as one, engine.connect() as other:
            pids = [each.execute(text("SELECT pg_backend_pid()")).scalar_one() for each in (one, other)]
        cut(engine, pids)
        with engine.connect() as connection:
            assert connection.execute(text("SELECT 1")).scalar_one() == 1
        engine.dispose()


def test_what_was_said_is_heard_by_a_process_with_thousands_of_connections() -> None:
    """A descriptor beyond what select takes, as a gateway with many terminals has them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))
    here, there = socket.socketpair()
    high = fcntl.fcntl(here, fcntl.F_DUPFD, 2_000)
    try:
        connection = SimpleNamespace(closed=False, fileno=lambda: high)
        assert not has_heard(connection)
        there.send(b"farewell")
        assert has_heard(connection)
        assert has_heard(SimpleNamespace(closed=True))
    finally:
        os.close(high)
        here.close()
        there.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def cut(engine: Engine, pids: list[int]) -> None:
    """As a server does that is restarted."""
    other = create_engine(engine.url)
    with other.begin() as connection:
        for pid in pids:
            connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    other.dispose()
