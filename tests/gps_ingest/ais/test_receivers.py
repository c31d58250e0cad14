"""Which receivers may feed the AIS gateway, and how much may they send?"""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import Engine

from gps_ingest.decoders.nmea_sentences import MAX_LINE_BYTES, sealed
from gps_ingest.gateways import ais
from gps_ingest.gateways.ais_sources import MOST_STRANGERS, Strangers, is_source, read_sources
from models.session import write_sessions
from models.settings import SettingError, Settings
from models.vocabulary import Protocol
from tests.factories import device, vehicle
from tests.gps_ingest.ais.speaking import STRANGER, VESSEL, lines, one
from tests.gps_ingest.edges import Running, raws, running, send


@pytest.fixture
def vessel(engine: Engine) -> None:
    """A registered vessel, and a truck whose code could be an MMSI."""
    with write_sessions(engine).begin() as session:
        device(session, vehicle(session), code=VESSEL, protocol=Protocol.AIS)
        device(session, vehicle(session), code="013912345", protocol=Protocol.JT808)


def converse(
    engine: Engine, talk: Callable[[Running], Awaitable[None]], settings: Settings | None = None
) -> None:
    async def whole() -> None:
        async with running(engine, ais.start, settings) as gateway:
            await talk(gateway)

    asyncio.run(whole())


def datagram(port: int, data: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(data, ("127.0.0.1", port))


@pytest.mark.usefixtures("vessel")
def test_strangers_are_counted_told_and_not_stored(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    async def talk(gateway: Running) -> None:
        await send(gateway.port, lines(one(mmsi=STRANGER), one(mmsi=STRANGER), one(mmsi="013912345")))
        await gateway.until(lambda: gateway.rejected("stranger") == 3)
        assert gateway.edge.feed.strangers.latest == [("013912345", 1), (STRANGER, 2)]

    with caplog.at_level(logging.INFO, logger="gps_ingest.gateways.ais_sources"):
        converse(engine, talk)
    assert f"013912345 (1), {STRANGER} (2)" in caplog.text
    assert raws(engine) == []


@pytest.mark.usefixtures("vessel")
def test_a_vessel_registered_later_is_heard_without_a_restart(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        with write_sessions(engine).begin() as session:
            device(session, None, code=STRANGER, protocol=Protocol.AIS)
        await gateway.edge.feed.roster.refresh()
        await send(gateway.port, lines(one(mmsi=STRANGER)))
        await gateway.until(lambda: gateway.count("fixes_accepted") == 1)

    converse(engine, talk)


@pytest.mark.usefixtures("vessel")
def test_foreign_receivers_are_refused_on_both_ways_in(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        assert await send(gateway.port, lines(one())) == b""
        datagram(gateway.port, lines(one()))
        await gateway.until(lambda: gateway.rejected("foreign_source") == 2)

    converse(engine, talk, Settings(ais_sources="10.0.0.0/8, 192.168.7.1"))
    assert raws(engine) == []


def test_sources_that_cannot_be_read_are_a_wrong_setting(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        raise AssertionError("it must not start")

    with pytest.raises(SettingError, match=r"SLUDGETRACE_AIS_SOURCES='10.0.0.0/99'"):
        converse(engine, talk, Settings(ais_sources="10.0.0.0/99"))


@pytest.mark.usefixtures("vessel")
@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (one()[:-1] + b"g\n", "not_a_sentence"),
        (b"junk" + one() + b"\n", "not_a_sentence"),
        (one().replace(b",A,", b",B,") + b"\n", "bad_checksum"),
        (one()[:-3] + b"\n", "bad_checksum"),
        (b"$" + sealed("GPZDA,120000,02,03,2026,,") + b"\n", "not_ais"),
        (b"x" * (MAX_LINE_BYTES + 1), "oversized"),
    ],
)
def test_what_is_no_sentence_is_counted_by_reason(engine: Engine, sent: bytes, reason: str) -> None:
    async def talk(gateway: Running) -> None:
        await send(gateway.port, sent)
        await gateway.until(lambda: gateway.rejected(reason) == 1)

    converse(engine, talk)
    assert raws(engine) == []


@pytest.mark.usefixtures("vessel")
def test_datagrams_beyond_what_can_wait_are_counted(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    async def talk(gateway: Running) -> None:
        monkeypatch.setattr(gateway.context.intake, "_most_waiting", 0)
        datagram(gateway.port, lines(one()))
        await gateway.until(lambda: gateway.rejected("overload") == 1)

    converse(engine, talk)
    assert raws(engine) == []


@pytest.mark.usefixtures("vessel")
def test_an_address_may_keep_so_many_connections_and_no_more(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        streams = [await asyncio.open_connection("127.0.0.1", gateway.port) for _ in range(3)]
        assert await streams[2][0].read() == b""
        streams[0][1].write(lines(one()))
        await gateway.until(lambda: gateway.count("fixes_accepted") == 1)
        assert gateway.rejected("too_many_connections_of_address") == 1
        for _, writer in streams:
            writer.close()

    converse(engine, talk, Settings(gateway_connections_per_address=2))


@pytest.mark.parametrize(
    ("host", "heard"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("192.168.7.1", True),
        ("192.168.7.2", False),
        ("fe80::1%eth0", True),
        ("2001:db8::1", False),
    ],
)
def test_addresses_and_networks(host: str, heard: bool) -> None:
    networks = read_sources("10.0.0.0/8, 192.168.7.1,fe80::/10,")
    assert is_source(host, networks) is heard


def test_the_list_of_strangers_stays_short() -> None:
    strangers = Strangers()
    for number in range(MOST_STRANGERS + 5):
        strangers.hear(str(number))
    assert len(strangers.latest) == MOST_STRANGERS
    assert strangers.latest[0] == (str(MOST_STRANGERS + 4), 1)
    strangers.tell()
    assert strangers.latest == []
