"""Does the NMEA gateway let in whom it knows, keep what is said, and tell so after the commit?"""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from gps_ingest.decoders.nmea_sentences import sealed
from gps_ingest.gateways import nmea
from gps_ingest.gateways.nmea_receiver import MOST_LINE_BYTES
from models.vocabulary import Doubt, Protocol, RawStatus
from tests.factories import ms
from tests.gps_ingest.edges import PATIENCE_S, Running, fixes, raws, running
from tests.gps_ingest.nmea.receiving import GGA, RMC, gga, lines, rmc
from tests.gps_ingest.nmea.talking import HELLO, connected, converse, line_of, login, ok


def at(moment: datetime) -> dict[str, str]:
    return {"time": f"{moment:%H%M%S}.00", "date": f"{moment:%d%m%y}"}


def just_now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def test_positions_are_kept_and_then_told(engine: Engine, token: str) -> None:
    now = just_now()

    async def talk(gateway: Running) -> None:
        async with connected(gateway, token) as (reader, writer):
            writer.write(lines(gga(time=at(now)["time"]), b"$" + sealed("GPVTG,1"), rmc(**at(now))))
            assert await line_of(reader) == ok(3)
            assert len(fixes(engine)) == 1  # told after the commit
            writer.write(lines(rmc(**at(now + timedelta(seconds=1))), rmc(**at(now + timedelta(seconds=2)))))
            assert [await line_of(reader), await line_of(reader)] == [ok(4), ok(5)]

    converse(engine, talk)
    first, *_ = fixes(engine)
    assert (first.time_ms, first.lat_e7, first.satellites, first.doubts) == (ms(now), 312_500_000, 9, 0)
    [raw, *_] = raws(engine)
    assert (raw.device_code, raw.protocol, raw.status) == ("N1", Protocol.NMEA, RawStatus.ACCEPTED)
    assert b"VTG" not in raw.body
    assert all(token.encode() not in raw.body for raw in raws(engine))


def test_a_backlog_is_taken_and_the_sender_may_hang_up_its_side(engine: Engine, token: str) -> None:
    begin = just_now() - timedelta(hours=2)
    log = [
        line
        for second in range(300)
        for line in (
            rmc(**at(begin + timedelta(seconds=second))),
            gga(time=at(begin + timedelta(seconds=second))["time"]),
        )
    ]

    async def talk(gateway: Running) -> None:
        async with connected(gateway) as (reader, writer):
            writer.write(login(token) + lines(*log))
            writer.write_eof()
            told = (await asyncio.wait_for(reader.read(), PATIENCE_S)).splitlines(keepends=True)
            assert (told[0], told[-1]) == (HELLO, ok(600))

    converse(engine, talk)
    rows = fixes(engine)
    assert len(rows) == 300
    assert {(row.satellites, row.doubts) for row in rows} == {(9, Doubt.LATE)}


def test_repeated_and_out_of_order_lines_count_once(engine: Engine, token: str) -> None:
    moments = [just_now() - timedelta(seconds=back) for back in (1, 3, 2, 1, 3)]

    async def talk(gateway: Running) -> None:
        async with connected(gateway, token) as (reader, writer):
            writer.write(lines(*(rmc(**at(moment)) for moment in moments)))
            while await line_of(reader) != ok(5):
                pass
        assert (gateway.count("fixes_accepted"), gateway.count("fixes_repeated")) == (3, 2)

    converse(engine, talk)
    assert len(fixes(engine)) == 3


def test_damaged_lines_are_kept_with_their_reason_beside_the_good_ones(engine: Engine, token: str) -> None:
    now = just_now()

    async def talk(gateway: Running) -> None:
        async with connected(gateway, token) as (reader, writer):
            writer.write(lines(rmc(**at(now)), RMC[:-2] + b"00", b"junk"))
            assert await line_of(reader) == ok(3)
        assert (gateway.rejected("bad_checksum"), gateway.rejected("not_a_sentence")) == (1, 1)
        assert gateway.count("items_refused") == 2

    converse(engine, talk)
    [raw] = raws(engine)
    assert (raw.status, len(fixes(engine))) == (RawStatus.QUARANTINED, 1)
    assert "line 2 sentence: the checksum is 00" in (raw.reason or "")


def test_a_clock_far_ahead_is_quarantined_and_acknowledged(engine: Engine, token: str) -> None:
    now = just_now()

    async def talk(gateway: Running) -> None:
        async with connected(gateway, token) as (reader, writer):
            writer.write(lines(rmc(**at(now + timedelta(hours=1))), rmc(**at(now + timedelta(days=2)))))
            while await line_of(reader) != ok(2):
                pass

    converse(engine, talk)
    [fix] = fixes(engine)
    assert fix.doubts == Doubt.FUTURE
    assert [raw.status for raw in raws(engine)].count(RawStatus.REFUSED) == 0
    assert any("more than 24 h after" in (raw.reason or "") for raw in raws(engine))


def test_lines_without_a_date_are_passed_over(engine: Engine, token: str) -> None:
    async def talk(gateway: Running) -> None:
        async with connected(gateway, token) as (reader, writer):
            writer.write(lines(gga(time="115958.00"), gga(time="115959.00"), RMC))
            assert await line_of(reader) == ok(3)

    converse(engine, talk)
    assert [raw.body for raw in raws(engine)] == [RMC]


def test_a_line_too_long_and_a_line_without_end_close_the_connection(engine: Engine, token: str) -> None:
    async def talk(gateway: Running) -> None:
        async with connected(gateway, token) as (reader, writer):
            writer.write(b"$" + b"x" * MOST_LINE_BYTES)
            assert await asyncio.wait_for(reader.read(), PATIENCE_S) == b""
        assert gateway.rejected("oversized") == 1
        async with connected(gateway, token) as (reader, writer):
            writer.write(RMC[:30])
            house = gateway.edge
            await gateway.until(lambda: any(each.unfinished_since is not None for each in house.connections))
            [slow] = house.connections
            later = slow.unfinished_since + house.context.settings.gateway_unfinished_s + 1
            slow.heard_at = later
            house.clock = lambda: later
            house.sweep()
            assert await asyncio.wait_for(reader.read(), PATIENCE_S) == b""
        assert gateway.rejected("unfinished") == 1

    converse(engine, talk)


def test_what_was_read_before_the_end_is_committed_and_told(engine: Engine, token: str) -> None:
    told: list[bytes] = []

    async def whole() -> None:
        async with running(engine, nmea.start) as gateway:
            reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
            writer.write(login(token) + lines(rmc(**at(just_now()))))
            assert await line_of(reader) == HELLO
            await gateway.until(lambda: any(len(each.seconds) for each in gateway.edge.connections))
        told.append(await line_of(reader))
        writer.close()

    asyncio.run(whole())
    assert told == [ok(1)]
    assert len(fixes(engine)) == 1


def test_empty_lines_behind_the_login_are_passed_over(engine: Engine, token: str) -> None:
    async def talk(gateway: Running) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        writer.write(login(token) + b"\r\n" * 50_000 + lines(RMC, GGA))
        writer.write_eof()
        assert await line_of(reader) == HELLO
        assert await line_of(reader) == b"$" + sealed("PSLUD,OK,2") + b"\r\n"
        writer.close()

    converse(engine, talk)
    assert len(fixes(engine)) == 1
