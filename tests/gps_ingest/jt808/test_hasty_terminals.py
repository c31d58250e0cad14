"""What becomes of terminals that do not read, do not wait, or come while the database is away?"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from gps_ingest.gateways.jt808_admission import Admission
from models.session import open_engine, write_sessions
from models.settings import Settings
from models.vocabulary import Protocol
from tests.factories import device, vehicle
from tests.gps_ingest.edges import Running, fixes, raws
from tests.gps_ingest.jt808.terminal import PHONE, TestTerminal, body_at, converse, terminal

LOCATION = 0x0200


@pytest.fixture(autouse=True)
def _truck(engine: Engine) -> None:
    with write_sessions(engine).begin() as session:
        device(session, vehicle(session), code=PHONE, protocol=Protocol.JT808)


def just_now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def reports(truck: TestTerminal, count: int) -> bytes:
    at = just_now()
    return b"".join(truck.message(LOCATION, body_at(at - timedelta(seconds=each))) for each in range(count))


@contextmanager
def locked(engine: Engine) -> Iterator[Session]:
    """Nobody else can write a message now."""
    with write_sessions(engine).begin() as holding:
        holding.connection()  # SQLite's lock is taken here
        if engine.dialect.name == "postgresql":
            holding.execute(text("LOCK TABLE raw_message IN ACCESS EXCLUSIVE MODE"))
        yield holding


async def hear_answers(truck: TestTerminal, count: int) -> list[int]:
    return [(await truck.hear()).answer[2] for _ in range(count)]


def test_who_does_not_read_its_answers_is_not_read_and_holds_up_nobody(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as deaf, terminal(gateway.port) as truck:
            await deaf.log_in()
            heartbeat = deaf.message(0x0002, b"")
            (connection,) = [each for each in gateway.edge.connections if each.known]
            deaf.writer.write(heartbeat * 500_000)  # 15 bytes each, and 20 in answer
            await gateway.until(lambda: connection.transport.get_write_buffer_size() > 0)
            await gateway.until(lambda: not connection.transport.is_reading())
            assert (await truck.say(0x0002)).answer[2] == 0
            assert connection.transport.get_write_buffer_size() < 1_000_000

    converse(engine, talk)


def test_who_may_not_register_does_not_wait_for_those_who_write(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port, "13900139000") as stranger:
            with locked(engine):
                assert (await stranger.register()).body[2] == 4

    converse(engine, talk)


def test_a_question_that_fails_ends_one_connection(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck, terminal(gateway.port) as other:
            await truck.log_in()
            answer = gateway.edge.admission.authenticate
            gateway.edge.admission.authenticate = None  # as if the code had a mistake
            await other.write(other.message(0x0102, b"token"))
            assert await other.is_closed()
            gateway.edge.admission.authenticate = answer
            assert (await truck.say(LOCATION, body_at(just_now()))).answer[2] == 0
        assert gateway.rejected("no_answer") == 1

    converse(engine, talk)
    assert "could not be answered" in caplog.text


def test_a_terminal_under_another_name_is_bounded_like_a_stranger(engine: Engine) -> None:
    settings = replace(Settings(), gateway_messages_per_address=10)

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            await truck.write(truck.message(LOCATION, body_at(just_now())) * 20)
            assert [(await truck.hear()).answer[2] for _ in range(20)] == [0] * 20  # its own: no bound
            truck.phone = "13900139000"
            await truck.write(truck.message(0x0002, b"") * 20)
            assert await truck.is_closed()
        assert gateway.rejected("flood") == 1

    converse(engine, talk, settings)


def test_who_goes_on_while_its_login_is_looked_up_is_heard_afterwards_up_to_a_bound(engine: Engine) -> None:
    """The gateway stops reading meanwhile; after a pause of all it may read somebody too early."""

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            token = await truck.log_in()
        ask = gateway.edge.admission.authenticate
        go_on = asyncio.Event()

        async def ask_slowly(*question: Any) -> Any:
            await go_on.wait()
            return await ask(*question)

        gateway.edge.admission.authenticate = ask_slowly
        async with terminal(gateway.port) as truck, terminal(gateway.port) as eager:
            for each in (truck, eager):
                await each.write(each.message(0x0102, token.encode()))
            await gateway.until(lambda: sum(each.asking for each in gateway.edge.connections) == 2)
            for connection in gateway.edge.connections:
                connection.transport.resume_reading()
            await truck.write(reports(truck, 3))
            eager.writer.write(b"\x7e" + b"a" * 100_000)
            assert await eager.is_closed()
            await gateway.until(lambda: any(each.backlog for each in gateway.edge.connections))
            go_on.set()
            assert await hear_answers(truck, 4) == [0] * 4
        assert gateway.rejected("flood") == 1

    converse(engine, talk)
    assert len(fixes(engine)) == 3


def test_a_login_while_the_database_is_away_is_for_another_time(engine: Engine) -> None:
    """Nobody is let in who could not be looked up; the terminal comes again by itself."""

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            token = await truck.log_in()
        nowhere = open_engine("postgresql://127.0.0.1:1/nowhere")
        looked_up = gateway.edge.admission
        gateway.edge.admission = Admission(nowhere, Settings())
        async with terminal(gateway.port) as truck:
            await truck.write(truck.message(0x0102, token.encode()) + reports(truck, 3))
            assert await truck.is_closed()
        assert gateway.rejected("database_away") == 1
        gateway.edge.admission = looked_up
        nowhere.dispose()
        async with terminal(gateway.port) as truck:
            assert (await truck.authenticate(token)).answer[2] == 0

    converse(engine, talk)
    assert raws(engine) == []
