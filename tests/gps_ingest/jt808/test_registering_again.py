"""May somebody take a terminal's place by registering again? Not by default, and never without a trace."""

import logging

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gps_ingest.store.device_changes import clear_registration, revoke_token
from gps_ingest.store.devices import find_device, issue_token
from gps_ingest.store.registration import put_in_force
from models.fleet import Device
from models.session import write_sessions
from models.settings import Settings
from models.vocabulary import Protocol
from tests.factories import device, vehicle
from tests.gps_ingest.edges import Running
from tests.gps_ingest.jt808.terminal import PHONE, converse, terminal

DENIED, ALLOWED = Settings(), Settings(jt808_reregister=True)
DONE, FAILED = 0, 1
TAKEN = b"\x03"


@pytest.fixture(autouse=True)
def _truck(engine: Engine) -> None:
    with write_sessions(engine).begin() as session:
        device(session, vehicle(session), code=PHONE, protocol=Protocol.JT808)


def stored(engine: Engine) -> Device:
    with Session(engine) as session:
        return find_device(session, PHONE)


async def registered(gateway: Running) -> str:
    """The token of a terminal that registers and hangs up."""
    async with terminal(gateway.port) as truck:
        answer = await truck.register()
        assert answer.body[2] == DONE
        return answer.body[3:].decode()


async def result_of(gateway: Running, token: str) -> int:
    async with terminal(gateway.port) as truck:
        return (await truck.authenticate(token)).answer[2]


def test_by_default_nobody_registers_again_once_the_token_was_shown(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            token = await truck.log_in()
        async with terminal(gateway.port) as again:
            assert (await again.register()).body[2:] == TAKEN
        assert await result_of(gateway, token) == DONE
        assert gateway.rejected("register_again") == 1
        with write_sessions(engine).begin() as session:
            clear_registration(session, find_device(session, PHONE))
        assert await result_of(gateway, token) == FAILED
        assert await result_of(gateway, await registered(gateway)) == DONE

    converse(engine, talk, DENIED)


def test_a_terminal_whose_answer_got_lost_may_ask_again(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        lost, kept = await registered(gateway), await registered(gateway)
        assert await result_of(gateway, lost) == FAILED
        assert await result_of(gateway, kept) == DONE
        assert gateway.count("terminals_registered_again") == 0

    converse(engine, talk, DENIED)


def test_the_older_token_opens_until_the_fresh_one_was_shown(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            older = await truck.log_in()
        fresh = await registered(gateway)
        assert gateway.count("terminals_registered_again") == 1
        assert await result_of(gateway, older) == DONE
        assert await result_of(gateway, fresh) == DONE
        assert await result_of(gateway, older) == FAILED
        assert await result_of(gateway, fresh) == DONE

    with caplog.at_level(logging.WARNING):
        converse(engine, talk, ALLOWED)
    assert f"terminal {PHONE} registers again from 127.0.0.1" in caplog.text
    assert stored(engine).pending_token_hash is None


def test_of_two_fresh_tokens_the_later_one_counts(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            older = await truck.log_in()
        first, second = await registered(gateway), await registered(gateway)
        assert [await result_of(gateway, each) for each in (first, older, second)] == [FAILED, DONE, DONE]

    converse(engine, talk, ALLOWED)


@pytest.mark.parametrize("settings", [DENIED, ALLOWED], ids=["denied", "allowed"])
def test_nobody_registers_over_a_token_that_an_administrator_issued(
    engine: Engine, settings: Settings
) -> None:
    with write_sessions(engine).begin() as session:
        token = issue_token(session, PHONE)

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as somebody:
            assert (await somebody.register()).body[2:] == TAKEN
        assert await result_of(gateway, token) == DONE

    converse(engine, talk, settings)


def test_what_an_administrator_does_ends_a_token_that_waits_too(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        waiting = await registered(gateway)
        with write_sessions(engine).begin() as session:
            issued = issue_token(session, PHONE)
        assert [await result_of(gateway, each) for each in (waiting, issued)] == [FAILED, DONE]
        with write_sessions(engine).begin() as session:
            revoke_token(session, find_device(session, PHONE))
        async with terminal(gateway.port) as truck:
            assert (await truck.register()).body[2:] == TAKEN  # revoked: only an administrator lets it in

    converse(engine, talk, DENIED)
    assert stored(engine).token_hash is stored(engine).pending_token_hash is None


def test_a_token_that_was_replaced_meanwhile_is_not_put_in_force(engine: Engine) -> None:
    """Between the question whether it is the device's and the answer."""
    tokens: list[str] = []

    async def talk(gateway: Running) -> None:
        tokens.extend([await registered(gateway), await registered(gateway)])

    converse(engine, talk, DENIED)
    replaced, fresh = (token.encode() for token in tokens)
    with write_sessions(engine).begin() as session:
        assert not put_in_force(session, PHONE, replaced)
        assert put_in_force(session, PHONE, fresh)
        assert put_in_force(session, PHONE, fresh)  # shown on two connections at once
        assert not put_in_force(session, "another", fresh)


def test_the_token_of_a_device_of_another_protocol_opens_nothing(engine: Engine) -> None:
    with write_sessions(engine).begin() as session:
        find_device(session, PHONE).protocol = Protocol.NMEA
        token = issue_token(session, PHONE)

    async def talk(gateway: Running) -> None:
        assert await result_of(gateway, token) == FAILED
        assert gateway.rejected("wrong_token") == 1

    converse(engine, talk, DENIED)
