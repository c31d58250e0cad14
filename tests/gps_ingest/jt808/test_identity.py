"""Is a terminal believed to be who it says only when it has proved it?"""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from gps_ingest.store.device_changes import clear_registration
from gps_ingest.store.devices import find_device
from models.fleet import Device
from models.session import write_sessions
from models.vocabulary import Protocol, RawStatus
from tests.factories import device, vehicle
from tests.gps_ingest.edges import Running, fixes, raws
from tests.gps_ingest.jt808.terminal import OTHER_PHONE, PHONE, body_at, converse, terminal

LOCATION, BATCH, GENERAL = 0x0200, 0x0704, 0x8001


@pytest.fixture(autouse=True)
def _truck(engine: Engine) -> None:
    with write_sessions(engine).begin() as session:
        device(session, vehicle(session), code=PHONE, protocol=Protocol.JT808)


def just_now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def test_the_token_is_chance_and_stored_as_its_hash_only(engine: Engine) -> None:
    tokens: list[str] = []

    async def talk(gateway: Running) -> None:
        for _ in range(2):
            async with terminal(gateway.port) as truck:
                tokens.append(await truck.log_in())

    converse(engine, talk)
    assert len(set(tokens)) == 2
    assert all(len(bytes.fromhex(token)) >= 16 for token in tokens)
    with Session(engine) as session:
        stored = session.scalar(select(Device.token_hash).where(Device.code == PHONE))
        assert stored is not None
        assert stored not in tokens
    assert raws(engine) == []  # registration and authentication are not kept


def test_a_wrong_token_is_answered_and_the_connection_closed(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.register()
            assert (await truck.authenticate("f" * 32)).answer[1:] == (0x0102, 1)
            assert await truck.is_closed()
        assert gateway.rejected("wrong_token") == 1

    converse(engine, talk)
    assert raws(engine) == []


def test_the_token_before_the_last_registration_opens_nothing(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            old = await truck.log_in()
            new = await truck.log_in()
        async with terminal(gateway.port) as truck:
            assert (await truck.authenticate(old)).answer[2] == 1
        async with terminal(gateway.port) as truck:
            assert (await truck.authenticate(new)).answer[2] == 0

    converse(engine, talk)


def test_an_unknown_phone_gets_no_token(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port, OTHER_PHONE) as stranger:
            answer = await stranger.register()
            assert (answer.msg_id, answer.body) == (0x8100, stranger.serial.to_bytes(2, "big") + b"\x04")
        assert gateway.rejected("register_unknown") == 1

    converse(engine, talk)


def test_another_terminal_under_a_known_phone_is_refused_until_an_administrator_clears_it(
    engine: Engine,
) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
        async with terminal(gateway.port) as thief:
            assert (await thief.register(terminal=b"THIEF01")).body[2:] == b"\x03"
        assert gateway.rejected("register_other_terminal") == 1
        with write_sessions(engine).begin() as session:
            clear_registration(session, find_device(session, PHONE))
        async with terminal(gateway.port) as replaced:
            assert (await replaced.register(terminal=b"T000002")).body[2] == 0

    converse(engine, talk)


def test_no_token_is_logged(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    tokens: list[str] = []

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            tokens.append(await truck.log_in())
            await truck.authenticate("wrong-token-of-somebody")

    with caplog.at_level(logging.DEBUG):
        converse(engine, talk)
    assert f"terminal {PHONE} registers" in caplog.text
    assert tokens[0] not in caplog.text
    assert "wrong-token" not in caplog.text


def test_who_did_not_authenticate_waits_in_quarantine(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        for phone in (PHONE, OTHER_PHONE):
            async with terminal(gateway.port, phone) as somebody:
                assert (await somebody.say(LOCATION, body_at(just_now()))).answer[1:] == (LOCATION, 0)
        assert gateway.rejected("not_authenticated") == 2

    converse(engine, talk)
    assert fixes(engine) == []
    assert [(raw.device_id, raw.status) for raw in raws(engine)] == [(None, RawStatus.QUARANTINED)] * 2
    assert raws(engine)[0].reason == "the terminal did not authenticate"


def test_a_phone_does_not_speak_for_another(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            truck.phone = OTHER_PHONE
            await truck.say(LOCATION, body_at(just_now()))

    converse(engine, talk)
    assert fixes(engine) == []
    assert [raw.device_code for raw in raws(engine)] == [OTHER_PHONE]


def test_a_second_session_of_a_phone_closes_neither(engine: Engine) -> None:
    at = just_now()

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as first, terminal(gateway.port) as second:
            await first.log_in()
            await second.log_in()
            await first.say(LOCATION, body_at(at))
            await second.say(LOCATION, body_at(at, lat=32.0))
            await first.say(LOCATION, body_at(at + timedelta(seconds=1)))

    converse(engine, talk)
    assert len(fixes(engine)) == 3  # both are kept: only so can a copied phone number be found


def test_after_logging_out_a_terminal_has_to_prove_itself_again(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            assert (await truck.say(0x0003)).answer[1:] == (0x0003, 0)
            await truck.say(LOCATION, body_at(just_now()))

    converse(engine, talk)
    assert fixes(engine) == []
