"""Does the NMEA gateway let in only receivers that prove who they are?"""

import asyncio

import pytest
from sqlalchemy import Engine

from gps_ingest.decoders.nmea_sentences import sealed
from gps_ingest.gateways.nmea_receiver import login_of
from gps_ingest.store.devices import issue_token
from models.session import write_sessions
from models.settings import Settings
from models.vocabulary import Protocol
from tests.factories import device
from tests.gps_ingest.edges import PATIENCE_S, Running, raws
from tests.gps_ingest.nmea.receiving import GGA, RMC, lines
from tests.gps_ingest.nmea.talking import HELLO, connected, converse, line_of, login, ok

NO = b"$" + sealed("PSLUD,NO") + b"\r\n"


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        (RMC, "no_login"),
        (b"GET / HTTP/1.1", "no_login"),
        (b"$PSLUD,N1", "no_login"),
        (b"$PSLUD,N1,", "no_login"),
        (b"$PSLUD,,token", "no_login"),
        (b"$PSLUD,N1,token*00", "no_login"),
        (b"\xff\xfe", "no_login"),
        (b"$PSLUD,N1,wrong", "wrong_token"),
        (b"$PSLUD,N2,wrong", "wrong_token"),
    ],
)
@pytest.mark.usefixtures("token")
def test_who_does_not_say_who_he_is_leaves_nothing_behind(engine: Engine, first: bytes, reason: str) -> None:
    async def talk(gateway: Running) -> None:
        async with connected(gateway) as (reader, writer):
            writer.write(lines(first, RMC))
            assert await asyncio.wait_for(reader.read(), PATIENCE_S) == NO
        assert gateway.rejected(reason) == 1

    converse(engine, talk)
    assert raws(engine) == []


def test_tokens_of_others_out_of_service_or_of_another_protocol_open_nothing(
    engine: Engine, token: str
) -> None:
    with write_sessions(engine).begin() as session:
        device(session, None, code="N2", protocol=Protocol.NMEA)
        device(session, None, code="N3", protocol=Protocol.NMEA, active=False)
        device(session, None, code="T4", protocol=Protocol.JT808)
        resting, terminals = issue_token(session, "N3"), issue_token(session, "T4")

    async def talk(gateway: Running) -> None:
        for code, shown in (("N2", token), ("N3", resting), ("T4", terminals)):
            async with connected(gateway) as (reader, writer):
                writer.write(login(shown, code) + lines(RMC))
                assert await asyncio.wait_for(reader.read(), PATIENCE_S) == NO
        assert gateway.rejected("wrong_token") == 3

    converse(engine, talk)
    assert raws(engine) == []


def test_a_login_may_be_sealed_and_repeated_but_not_exchanged(engine: Engine, token: str) -> None:
    sealed_login = b"$" + sealed(f"PSLUD,N1,{token}") + b"\r\n"

    async def talk(gateway: Running) -> None:
        async with connected(gateway) as (reader, writer):
            writer.write(sealed_login + sealed_login + lines(RMC) + login(token) + lines(GGA))
            assert [await line_of(reader), await line_of(reader)] == [HELLO, ok(2)]
            writer.write(login(token, "N2"))
            assert await asyncio.wait_for(reader.read(), PATIENCE_S) == b""
        assert gateway.rejected("second_login") == 1

    converse(engine, talk)
    assert [raw.body for raw in raws(engine)] == [RMC + b"\n" + GGA]


@pytest.mark.usefixtures("token")
def test_a_flood_of_logins_from_one_address_is_stopped(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        for _ in range(5):
            async with connected(gateway) as (reader, writer):
                writer.write(login("guess"))
                await asyncio.wait_for(reader.read(), PATIENCE_S)
        assert (gateway.rejected("wrong_token"), gateway.rejected("flood")) == (3, 2)

    converse(engine, talk, Settings(gateway_messages_per_address=3))


@pytest.mark.parametrize(
    ("line", "read"),
    [
        (b"$PSLUD,N1,abc", ("N1", b"abc")),
        (b"$" + sealed("PSLUD,N1,abc"), ("N1", b"abc")),
        (b"$PSLUD,a,b,abc", ("a,b", b"abc")),
        (b"$PSLUD,N1,abc*00", ("", b"")),
        (b"PSLUD,N1,abc", ("", b"")),
        (b"$PSLUD,N\0,abc", ("", b"")),
        (b"$PSLUD," + b"N" * 65 + b",abc", ("", b"")),
        ("$PSLUD,车,abc".encode(), ("", b"")),
        (b"", ("", b"")),
    ],
)
def test_a_login_line(line: bytes, read: tuple[str, bytes]) -> None:
    assert login_of(line) == read
