"""Does the AIS gateway take what allowed receivers hear of our vessels, once, and nothing else?"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from gps_ingest.decoders.nmea_sentences import read_sentence, sealed
from gps_ingest.gateways import ais
from gps_ingest.store.devices import find_device
from gps_ingest.store.quarantine import Release, release
from models.session import write_sessions
from models.settings import Settings
from models.thresholds import DoubtThresholds
from models.vocabulary import Doubt, Protocol, RawStatus
from tests.factories import device, vehicle
from tests.gps_ingest.ais.speaking import STRANGER, VESSEL, heard, in_parts, lines, one, spoken
from tests.gps_ingest.edges import Running, fixes, raws, running, send


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


def now_s() -> int:
    return int(datetime.now(UTC).timestamp())


@pytest.mark.usefixtures("vessel")
def test_a_position_over_tcp_is_kept_with_its_time_of_receipt(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        await send(gateway.port, lines(one(second=60)))

    before = now_s()
    converse(engine, talk)
    [fix], [raw] = fixes(engine), raws(engine)
    assert before <= fix.time_ms / 1000 <= now_s() + 1
    assert (fix.lat_e7, fix.lon_e7, fix.doubts) == (312_500_000, 1_205_000_000, 0)
    assert (raw.device_code, raw.protocol, raw.status) == (VESSEL, Protocol.AIS, RawStatus.ACCEPTED)
    assert raw.source.startswith("127.0.0.1:")
    assert raw.body.endswith(one(second=60))
    assert read_sentence(raw.body).received_ms == fix.time_ms


@pytest.mark.usefixtures("vessel")
def test_datagrams_and_connections_may_hear_the_same_and_it_counts_once(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        line = one(second=datetime.now(UTC).second)
        datagram(gateway.port, lines(line, one(27, mmsi=STRANGER)))
        await gateway.until(lambda: gateway.count("fixes_accepted") == 1)
        await send(gateway.port, lines(line))
        await send(
            gateway.port, lines(heard(line, (now_s() + 2) * 1000))
        )  # a receiver that keeps its own time
        await gateway.until(lambda: gateway.rejected("heard_twice") == 2)
        assert gateway.count("fixes_accepted") == 1

    converse(engine, talk)
    assert len(fixes(engine)) == 1


@pytest.mark.usefixtures("vessel")
def test_parts_of_two_receivers_do_not_mix(engine: Engine) -> None:
    first, second = in_parts(one(19)), in_parts(one(19, lat=32.0))

    async def talk(gateway: Running) -> None:
        streams = [await asyncio.open_connection("127.0.0.1", gateway.port) for _ in range(2)]
        for index in (0, 1):
            for (_, writer), parts in zip(streams, (first, second), strict=True):
                writer.write(lines(parts[index]))
                await writer.drain()
        await gateway.until(lambda: gateway.count("fixes_accepted") == 2)
        for _, writer in streams:
            writer.close()
            await writer.wait_closed()

    converse(engine, talk)
    assert [fix.lat_e7 for fix in fixes(engine)] == [312_500_000, 320_000_000]
    assert [raw.body.count(b"!AIVDM") for raw in raws(engine)] == [2, 2]


@pytest.mark.usefixtures("vessel")
def test_a_message_of_ours_that_cannot_be_read_is_quarantined(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        cut = one(27).split(b",")[5][:12].decode()
        await send(gateway.port, lines(b"!" + sealed(f"AIVDM,1,1,,A,{cut},0")))
        await gateway.until(lambda: gateway.count("items_refused") == 1)

    converse(engine, talk)
    [raw] = raws(engine)
    assert raw.status is RawStatus.REFUSED
    assert "has 96 bits, this one has 72" in (raw.reason or "")


@pytest.mark.usefixtures("vessel")
def test_static_messages_are_kept_raw(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        await send(gateway.port, lines(*spoken(5, shipname="SU GONG 1")))

    converse(engine, talk)
    [raw] = raws(engine)
    assert (raw.status, len(fixes(engine))) == (RawStatus.ACCEPTED, 0)


@pytest.mark.usefixtures("vessel")
def test_a_line_in_pieces_is_waited_for_but_not_for_ever(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        line = one() + b"\r\n"
        writer.write(line[:20])
        await gateway.until(lambda: bool(gateway.edge.house.connections))
        writer.write(line[20:])
        await gateway.until(lambda: gateway.count("fixes_accepted") == 1)
        writer.write(line[:20])
        await writer.drain()
        house = gateway.edge.house
        [connection] = house.connections
        await gateway.until(lambda: connection.unfinished_since is not None)
        house.clock = lambda: connection.unfinished_since + house.context.settings.gateway_unfinished_s + 1
        connection.heard_at = house.clock()
        house.sweep()
        assert await reader.read() == b""
        assert gateway.rejected("unfinished") == 1
        writer.close()

    converse(engine, talk)


@pytest.mark.usefixtures("vessel")
def test_a_receiver_whose_clock_is_ahead_is_doubted(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        await send(gateway.port, lines(heard(one(), (now_s() + 3600) * 1000)))
        await gateway.until(lambda: gateway.count("fixes_accepted") == 1)

    converse(engine, talk)
    assert fixes(engine)[0].doubts == Doubt.FUTURE


@pytest.mark.usefixtures("vessel")
def test_out_of_service_waits_and_can_be_released(engine: Engine) -> None:
    with write_sessions(engine).begin() as session:
        device(session, None, code=STRANGER, protocol=Protocol.AIS, active=False)

    async def talk(gateway: Running) -> None:
        await send(gateway.port, lines(*(one(mmsi=STRANGER, lat=30 + number) for number in range(3))))
        await gateway.until(lambda: gateway.count("items_quarantined") == 1)
        assert gateway.rejected("no_room") == 2

    converse(engine, talk, Settings(unproven_per_sender=1))
    assert fixes(engine) == []
    with write_sessions(engine).begin() as session:
        find_device(session, STRANGER).active = True
        [released] = release(session, STRANGER, DoubtThresholds(), Release("admin", datetime.now(UTC)))
        assert released.acceptance.accepted == 1
    [fix], [raw] = fixes(engine), raws(engine)
    assert 0 <= (read_sentence(raw.body).received_ms or 0) + 10_000 - fix.time_ms < 60_000


@pytest.mark.usefixtures("vessel")
def test_what_was_read_before_the_end_is_committed(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        writer.write(lines(*(one(lat=31 + number / 100) for number in range(100))))
        await gateway.until(lambda: gateway.count("messages_received") == 100)
        writer.close()

    converse(engine, talk)
    assert len(fixes(engine)) == 100
