"""Is nothing acknowledged that could be lost: at a stop, while the database is away, when all is full?"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from gps_ingest.gateways.intake import Intake
from models.session import write_sessions
from models.settings import PREFIX
from models.vocabulary import Protocol
from tests.conftest import PROJECT
from tests.factories import device, vehicle
from tests.gps_ingest.edges import Running, fixes, raws
from tests.gps_ingest.jt808.terminal import PHONE, TestTerminal, body_at, converse, terminal

LOCATION = 0x0200


PATIENCE_S = 90.0  # a machine may be busy


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


def test_nothing_is_answered_before_the_commit(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            with locked(engine):
                await truck.write(truck.message(LOCATION, body_at(just_now())))
                await gateway.until(lambda: gateway.context.intake.waiting == 1)
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(truck.reader.read(1), 0.3)
            assert (await truck.hear()).answer[2] == 0

    converse(engine, talk)
    assert len(fixes(engine)) == 1


@pytest.mark.parametrize(
    "database_kind", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)
def test_a_database_that_goes_away_in_between_is_waited_for(engine: Engine) -> None:
    """PostgreSQL's connections are really cut in the middle of a transaction; SQLite has none to lose."""
    cut = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            with locked(engine) as holding:
                await truck.write(reports(truck, 30))
                await gateway.until(lambda: gateway.context.intake.waiting == 30)
                await asyncio.sleep(0.1)  # the writer waits for the lock
                holding.execute(cut)
            answers = [(await truck.hear()).answer[2] for _ in range(30)]
            assert answers == [0] * 30
        assert gateway.count("commit_retries") >= 1

    converse(engine, talk)
    assert len(fixes(engine)) == len(raws(engine)) == 30


def test_terminals_keep_what_the_gateway_cannot_take(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    defaults: Any = Intake.__init__.__kwdefaults__
    monkeypatch.setitem(defaults, "most_waiting", 50)
    count = 4000  # more than fits into the buffers between the terminal and the gateway

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            answers = asyncio.create_task(hear_answers(truck, count))
            with locked(engine):
                truck.writer.write(reports(truck, count))
                await gateway.until(lambda: gateway.edge.is_paused)
                await asyncio.sleep(0.2)
                assert gateway.context.intake.waiting < count
                async with terminal(gateway.port) as late:
                    late.writer.write(late.message(0x0002, b""))
                    with pytest.raises(TimeoutError):
                        await asyncio.wait_for(late.reader.read(1), 0.2)
            assert await answers == [0] * count

    converse(engine, talk)
    assert len(fixes(engine)) == count


async def hear_answers(truck: TestTerminal, count: int) -> list[int]:
    return [(await truck.hear()).answer[2] for _ in range(count)]


def test_a_stop_in_full_flow_answers_what_was_committed_and_commits_what_was_read(engine: Engine) -> None:
    answered: list[int] = []

    async def listen(truck: TestTerminal) -> None:
        while True:
            try:
                answered.append((await truck.hear()).answer[2])
            except (asyncio.IncompleteReadError, ConnectionError):
                return

    async def talk(gateway: Running) -> None:
        connection = terminal(gateway.port)
        truck = await connection.__aenter__()
        await truck.log_in()
        listening = asyncio.create_task(listen(truck))
        truck.writer.write(reports(truck, 3000))
        await gateway.until(lambda: gateway.count("messages_received") > 100)
        await gateway.edge.stop_accepting()
        await gateway.context.intake.drain()
        await gateway.edge.close()
        await listening
        await connection.__aexit__(None, None, None)

    converse(engine, talk)
    assert 100 < len(answered) <= 3000
    assert set(answered) == {0}
    assert len(fixes(engine)) == len(answered)


def test_a_question_that_is_under_way_when_the_gateway_stops_is_answered(engine: Engine) -> None:
    """What came right behind an authentication is committed too."""

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            token = await truck.log_in()
        ask = gateway.edge.admission.authenticate

        async def ask_slowly(*question: Any) -> Any:
            await asyncio.sleep(0.3)
            return await ask(*question)

        gateway.edge.admission.authenticate = ask_slowly
        async with terminal(gateway.port) as truck:
            await truck.write(truck.message(0x0102, token.encode()) + reports(truck, 5))
            await gateway.until(lambda: any(each.asking for each in gateway.edge.connections))
            await gateway.edge.stop_accepting()
            await gateway.context.intake.drain()
            assert await hear_answers(truck, 6) == [0] * 6

    converse(engine, talk)
    assert len(fixes(engine)) == 5


@contextmanager
def gateway_process(database_url: str, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """`sludgetrace gateway jt808` as it is run, and its port."""
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        port, health = one.getsockname()[1], other.getsockname()[1]
    addresses = ["--bind", f"127.0.0.1:{port}", "--health-bind", f"127.0.0.1:{health}"]
    environ = os.environ | {f"{PREFIX}DATABASE_URL": database_url, f"{PREFIX}STATE_DIR": str(folder)}
    command = [sys.executable, "-m", "cli.main", "gateway", "jt808", *addresses]
    with (folder / "gateway.log").open("ab") as log:
        process = subprocess.Popen(command, env=environ, cwd=PROJECT, stdout=log, stderr=log)
    try:
        yield process, port
    finally:
        process.kill()
        process.wait(PATIENCE_S)


async def connected(port: int) -> TestTerminal:
    """A terminal on the process, as soon as it listens."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                return TestTerminal(*await asyncio.open_connection("127.0.0.1", port), PHONE)
            except ConnectionError:
                await asyncio.sleep(0.05)


def test_the_command_drains_on_sigterm(engine: Engine, database_url: str, tmp_path: Path) -> None:
    with gateway_process(database_url, tmp_path) as (process, port):

        async def talk() -> int:
            truck = await connected(port)
            await truck.log_in()
            truck.writer.write(reports(truck, 2000))
            answered = 0
            while True:
                try:
                    assert (await truck.hear()).answer[2] == 0
                except (asyncio.IncompleteReadError, ConnectionError):
                    truck.writer.close()
                    return answered
                answered += 1
                if answered == 1:
                    process.send_signal(signal.SIGTERM)

        answered = asyncio.run(talk())
        assert process.wait(PATIENCE_S) == 0
    assert answered >= 1
    assert len(fixes(engine)) == answered
    log = (tmp_path / "gateway.log").read_text()
    assert "Traceback" not in log
    assert "jt808 stops" in log
