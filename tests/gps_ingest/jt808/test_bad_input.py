"""What becomes of bytes that are no good message, and of senders that are no good terminal?"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from models.session import write_sessions
from models.settings import Settings
from models.vocabulary import Protocol, RawStatus
from tests.factories import device, vehicle
from tests.gps_ingest.edges import Running, fixes, raws
from tests.gps_ingest.jt808.terminal import OTHER_PHONE, PHONE, body_at, converse, registration, terminal
from tests.gps_ingest.jt808.wire import body_of, frame

LOCATION, BATCH = 0x0200, 0x0704


@pytest.fixture(autouse=True)
def _truck(engine: Engine) -> None:
    with write_sessions(engine).begin() as session:
        device(session, vehicle(session), code=PHONE, protocol=Protocol.JT808)


def just_now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def spoiled(message: bytes) -> bytes:
    """The same with a wrong checksum."""
    return message[:-2] + bytes((message[-2] ^ 0x01,)) + message[-1:]


@pytest.mark.parametrize(
    ("junk", "reason"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "junk"),
        (b"\x00" * 100, "junk"),
        (b"half a message\x7e", "junk"),
        (b"\x7e\x02\x00\x7e", "truncated"),
        (spoiled(frame(LOCATION, PHONE, 9, b"\x01" * 30)), "checksum"),
    ],
    ids=["HTTP", "zeros", "the end of a message", "truncated", "wrong checksum"],
)
def test_what_is_no_message_is_skipped_and_counted_and_the_next_one_taken(
    engine: Engine, junk: bytes, reason: str
) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.write(junk)
            await truck.log_in()
            await truck.write(junk + truck.message(LOCATION, body_at(just_now())))
            assert (await truck.hear()).answer == (truck.serial, LOCATION, 0)
        assert gateway.rejected(reason) >= 1
        assert gateway.rejected("junk") + gateway.rejected("truncated") + gateway.rejected("checksum") == 2

    converse(engine, talk)
    assert len(fixes(engine)) == len(raws(engine)) == 1


def test_messages_that_share_their_delimiters_are_all_taken(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            messages = [truck.message(LOCATION, body_at(just_now() - timedelta(seconds=s))) for s in range(4)]
            await truck.write(b"\x7e" + b"\x7e".join(each[1:-1] for each in messages) + b"\x7e")
            for _ in messages:
                assert (await truck.hear()).answer[2] == 0

    converse(engine, talk)
    assert len(fixes(engine)) == 4


def test_a_message_that_comes_byte_by_byte_is_taken(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            for byte in truck.message(LOCATION, body_at(just_now(), lat=31.0 + 0.0002125)):
                await truck.write(bytes((byte,)))
                await asyncio.sleep(0)
            assert (await truck.hear()).answer[2] == 0

    converse(engine, talk)
    assert len(fixes(engine)) == 1


@pytest.mark.parametrize("whole", [False, True], ids=["without an end", "with an end"])
def test_what_is_longer_than_any_message_closes_the_connection(engine: Engine, whole: bool) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            await truck.write(b"\x7e" + b"a" * 5000 + (b"\x7e" if whole else b""))
            assert await truck.is_closed()
        assert gateway.rejected("oversized") == 1

    converse(engine, talk)


def test_a_slow_loris_is_hung_up_on(engine: Engine) -> None:
    settings = replace(Settings(), gateway_unfinished_s=0.5)

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            await truck.write(truck.message(LOCATION, body_at(just_now()))[:10])
            assert await truck.is_closed()
        assert gateway.rejected("unfinished") == 1

    converse(engine, talk, settings)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (replace(Settings(), gateway_login_s=0.3), "no_login"),
        (replace(Settings(), gateway_idle_s=0.3), "idle"),
    ],
    ids=["no login", "idle"],
)
def test_who_does_not_say_anything_is_hung_up_on(engine: Engine, settings: Settings, reason: str) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as stranger:
            assert await stranger.is_closed()
        assert gateway.rejected(reason) == 1

    converse(engine, talk, settings)


def test_a_flood_from_one_address_is_stopped(engine: Engine) -> None:
    settings = replace(Settings(), gateway_messages_per_address=10)

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port, OTHER_PHONE) as stranger:
            await stranger.write(b"".join(stranger.message(0x0002, b"") for _ in range(100)))
            assert await stranger.is_closed()
        assert gateway.rejected("flood") == 1
        async with terminal(gateway.port, OTHER_PHONE) as again:
            await again.write(again.message(0x0002, b""))
            assert await again.is_closed()
        assert gateway.rejected("flood") == 2

    converse(engine, talk, settings)


def test_what_nobody_proved_has_bounded_room(engine: Engine) -> None:
    settings = replace(Settings(), unproven_per_sender=3)

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port, OTHER_PHONE) as stranger:
            results = [
                (await stranger.say(LOCATION, body_at(just_now() - timedelta(seconds=s)))).answer[2]
                for s in range(5)
            ]
            assert results == [0, 0, 0, 1, 1]
        assert gateway.rejected("no_room") == 2

    converse(engine, talk, settings)
    assert len(raws(engine)) == 3


@pytest.mark.parametrize(
    ("fault", "result", "name"),
    [({"encryption": 1}, 3, "encrypted"), ({"told_bytes": 20}, 2, "length")],
    ids=["encrypted", "wrong length"],
)
def test_what_cannot_be_read_is_answered_and_kept_with_the_reason(
    engine: Engine, fault: dict[str, int], result: int, name: str
) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            assert (await truck.say(LOCATION, body_of(), **fault)).answer == (truck.serial, LOCATION, result)
            assert (await truck.say(LOCATION, body_at(just_now()))).answer[2] == 0  # its queue goes on
        assert gateway.rejected(name) == 1

    converse(engine, talk)
    bad, good = raws(engine)
    assert (bad.status, good.status) == (RawStatus.REFUSED, RawStatus.ACCEPTED)
    assert name in str(bad.reason)
    assert len(fixes(engine)) == 1


def test_a_registration_that_cannot_be_read_is_told_so(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            assert (await truck.say(0x0100, b"\0" * 10)).answer[1:] == (0x0100, 2)
            assert (await truck.register()).body[2] == 0
        assert gateway.rejected("registration") == 1

    converse(engine, talk)


def test_only_registered_terminals_of_this_protocol_get_a_token(engine: Engine) -> None:
    with write_sessions(engine).begin() as session:
        device(session, vehicle(session), code=OTHER_PHONE, protocol=Protocol.OSMAND)

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port, OTHER_PHONE) as phone:
            assert (await phone.register()).body[2] == 4

    converse(engine, talk)


def test_too_many_connections_of_one_address_are_turned_away(engine: Engine) -> None:
    settings = replace(Settings(), gateway_connections_per_address=2)

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as first, terminal(gateway.port) as second:
            await first.say(0x0002)
            await second.say(0x0002)
            async with terminal(gateway.port) as third:
                assert await third.is_closed()
            assert (await first.say(0x0002)).answer[2] == 0
        assert gateway.rejected("too_many_connections_of_address") == 1

    converse(engine, talk, settings)


def test_a_terminal_that_writes_no_more_still_gets_its_answers(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            await truck.write(truck.message(LOCATION, body_at(just_now())))
            truck.writer.write_eof()
            assert (await truck.hear()).answer[2] == 0
            assert await truck.is_closed()

    converse(engine, talk)
    assert len(fixes(engine)) == 1


def test_a_registration_of_2011(engine: Engine) -> None:
    """Its model has 8 bytes where that of 2013 has 20."""
    body = bytes.fromhex("002c0064") + b"MAKER" + b"MODEL".ljust(8) + b"T000001" + b"\x02" + b"A12345"
    assert len(body) < len(registration(b"MAKER", b"T000001"))

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            answer = await truck.say(0x0100, body)
            assert answer.body[2] == 0

    converse(engine, talk)
