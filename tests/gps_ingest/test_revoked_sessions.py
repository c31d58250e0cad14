"""Does a session end when an administrator takes the device's leave to speak away?"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gps_ingest.gateways import jt808, nmea, standing
from gps_ingest.store.device_changes import clear_registration, revoke_token, set_service
from gps_ingest.store.devices import find_device, issue_token
from models.session import write_sessions
from models.settings import Settings
from models.vocabulary import Protocol
from tests.factories import device, vehicle
from tests.gps_ingest.edges import PATIENCE_S, Running, fixes, running
from tests.gps_ingest.jt808.terminal import PHONE, body_at, terminal

LOCATION = 0x0200


def revoke(session: Session, code: str) -> None:
    revoke_token(session, find_device(session, code))


def issue(session: Session, code: str) -> None:
    issue_token(session, code)


def clear(session: Session, code: str) -> None:
    clear_registration(session, find_device(session, code))


def out_of_service(session: Session, code: str) -> None:
    set_service(session, find_device(session, code), False)


def acts(engine: Engine, change: Callable[[Session, str], None], code: str) -> None:
    with write_sessions(engine).begin() as session:
        change(session, code)


@pytest.mark.parametrize("change", [revoke, issue, clear, out_of_service])
def test_a_terminal_is_hung_up_on(
    engine: Engine, change: Callable[[Session, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "REFRESH_S", 0.02)
    with write_sessions(engine).begin() as session:
        device(session, vehicle(session), code=PHONE, protocol=Protocol.JT808)

    async def talk() -> None:
        async with running(engine, jt808.start) as gateway, terminal(gateway.port) as truck:
            token = await truck.log_in()
            assert (await truck.say(LOCATION, body_at(datetime.now(UTC)))).answer[2] == 0
            await asyncio.sleep(0.1)  # looked at several times, and left alone
            assert gateway.rejected("revoked") == 0
            acts(engine, change, PHONE)
            assert await truck.is_closed()
            assert gateway.rejected("revoked") == 1
            async with terminal(gateway.port) as again:
                assert (await again.authenticate(token)).answer[2] == 1

    asyncio.run(talk())
    assert len(fixes(engine)) == 1


def test_a_fresh_registration_ends_no_session(engine: Engine) -> None:
    """Two terminals under one number go on side by side: that is the evidence of a cloned one."""
    with write_sessions(engine).begin() as session:
        device(session, vehicle(session), code=PHONE, protocol=Protocol.JT808)

    async def talk() -> None:
        async with (
            running(engine, jt808.start, Settings(jt808_reregister=True)) as gateway,
            terminal(gateway.port) as first,
            terminal(gateway.port) as second,
        ):
            before = await first.log_in()
            assert await second.log_in() != before
            await gateway.edge.standing.look()
            for truck in (first, second):
                assert (await truck.say(LOCATION, body_at(datetime.now(UTC)))).answer[2] == 0
            assert gateway.rejected("revoked") == 0

    asyncio.run(talk())


@pytest.mark.parametrize("change", [revoke, issue, out_of_service])
def test_a_receiver_is_hung_up_on(engine: Engine, change: Callable[[Session, str], None]) -> None:
    with write_sessions(engine).begin() as session:
        device(session, vehicle(session), code="N1", protocol=Protocol.NMEA)
        device(session, vehicle(session), code="N2", protocol=Protocol.NMEA)
        tokens = {code: issue_token(session, code) for code in ("N1", "N2")}

    async def log_in(gateway: Running, code: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        writer.write(f"$PSLUD,{code},{tokens[code]}\r\n".encode())
        assert b"HELLO" in await asyncio.wait_for(reader.readline(), PATIENCE_S)
        return reader, writer

    async def talk() -> None:
        async with running(engine, nmea.start) as gateway:
            reader, writer = await log_in(gateway, "N1")
            _, other = await log_in(gateway, "N2")
            await gateway.edge.standing.look()
            assert gateway.rejected("revoked") == 0
            acts(engine, change, "N1")
            await gateway.edge.standing.look()
            assert await asyncio.wait_for(reader.read(), PATIENCE_S) == b""
            assert gateway.rejected("revoked") == 1
            assert {each.code for each in gateway.edge.connections if each.known} >= {"N2"}
            writer.close()
            other.close()

    asyncio.run(talk())
