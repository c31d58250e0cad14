"""Are messages that come in packets put together, asked for again, and answered packet by packet?"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from gps_ingest.decoders.jt808.messages import decode
from gps_ingest.decoders.reception import Reception
from gps_ingest.gateways import jt808
from models.session import write_sessions
from models.vocabulary import Protocol, RawStatus
from tests.factories import device, vehicle
from tests.gps_ingest.edges import Running, fixes, raws
from tests.gps_ingest.jt808.terminal import OTHER_PHONE, PHONE, TestTerminal, body_at, converse, terminal
from tests.gps_ingest.jt808.wire import batch_of, frame

BATCH, UNSUPPORTED = 0x0704, 0x0801


@pytest.fixture(autouse=True)
def _truck(engine: Engine) -> None:
    with write_sessions(engine).begin() as session:
        device(session, vehicle(session), code=PHONE, protocol=Protocol.JT808)


def long_batch(minute: int = 0, count: int = 60) -> bytes:
    """A batch of positions that needs three packets, a second apart."""
    at = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=minute)
    return batch_of([body_at(at - timedelta(seconds=each)) for each in range(count)])


def packets_of(truck: TestTerminal, body: bytes, msg_id: int = BATCH, size: int = 1000) -> list[bytes]:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    messages = []
    for index, piece in enumerate(pieces, start=1):
        truck.serial += 1
        packets = (len(pieces), index)
        messages.append(
            frame(msg_id, truck.phone, truck.serial, piece, is_2019=truck.is_2019, packets=packets)
        )
    return messages


async def hear_all(truck: TestTerminal, count: int) -> list[tuple[int, int, int]]:
    return [(await truck.hear()).answer for _ in range(count)]


@pytest.mark.parametrize("is_2019", [False, True], ids=["2013", "2019"])
def test_a_batch_in_packets_is_one_message_and_each_packet_is_answered(engine: Engine, is_2019: bool) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port, is_2019=is_2019) as truck:
            await truck.log_in()
            first = truck.serial + 1
            messages = packets_of(truck, long_batch())
            assert len(messages) == 3
            for message in messages:
                assert fixes(engine) == []
                await truck.write(message)
            assert await hear_all(truck, 3) == [(first + i, BATCH, 0) for i in range(3)]

    converse(engine, talk)
    assert len(fixes(engine)) == 60
    [raw] = raws(engine)
    assert raw.body.count(b"\x7e") == 6  # the packets as they came, one after the other


def test_interleaved_and_disordered_packets_of_two_messages(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            one, other = packets_of(truck, long_batch(0)), packets_of(truck, long_batch(10))
            for message in (other[1], one[0], one[2], other[0], one[0], one[1], other[2]):
                await truck.write(message)
            answers = [heard for heard in [await truck.hear() for _ in range(7)] if heard.msg_id == 0x8001]
            assert [heard.answer[2] for heard in answers] == [0] * 6

    converse(engine, talk)
    assert len(fixes(engine)) == 120
    assert len(raws(engine)) == 2


@pytest.mark.parametrize("is_2019", [False, True], ids=["2013", "2019"])
@pytest.mark.parametrize("renumbered", [False, True], ids=["same serial", "new serial"])
def test_a_packet_that_did_not_come_is_asked_for(engine: Engine, is_2019: bool, renumbered: bool) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port, is_2019=is_2019) as truck:
            await truck.log_in()
            first = truck.serial + 1
            body = long_batch()
            messages = packets_of(truck, body)
            await truck.write(messages[0] + messages[2])
            asked = await truck.hear()
            count = b"\x00\x01" if is_2019 else b"\x01"
            assert (asked.msg_id, asked.body) == (0x8003, first.to_bytes(2, "big") + count + b"\x00\x02")
            missing = messages[1]
            if renumbered:
                again = truck.serial + 7
                missing = frame(BATCH, PHONE, again, body[1000:2000], is_2019=is_2019, packets=(3, 2))
            await truck.write(missing)
            assert {answer[2] for answer in await hear_all(truck, 3)} == {0}

    converse(engine, talk)
    assert len(fixes(engine)) == 60
    [raw] = raws(engine)
    again = decode(raw.body, Reception(PHONE, 0))  # what is kept tells the same when it is read anew
    assert not again.refusals
    assert sorted(again.batch.time_ms.tolist()) == [fix.time_ms for fix in fixes(engine)]


@pytest.mark.parametrize("spoil", ["another index", "another count", "another phone", "one more"])
def test_packets_of_different_serials_are_one_message_only_where_nothing_else_is(spoil: str) -> None:
    """In a capture nobody knows what was asked for: two halves of two messages are not put together."""
    body = long_batch(count=40)
    phone = OTHER_PHONE if spoil == "another phone" else PHONE
    first = frame(BATCH, phone, 10, body[:900], packets=(2, 2 if spoil == "another index" else 1))
    second = frame(BATCH, PHONE, 77, body[900:], packets=(3 if spoil == "another count" else 2, 2))
    whole = frame(0x0200, PHONE, 90, body_at(datetime.now(UTC))) if spoil == "one more" else b""
    decoded = decode(first + second + whole, Reception(PHONE, 0))
    assert len(decoded) == (1 if whole else 0)
    assert decoded.refusals


def test_what_never_becomes_whole_is_asked_for_and_forgotten(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jt808, "ASK_AGAIN_S", 0.2)
    monkeypatch.setattr(jt808, "ASSEMBLY_S", 2.5)

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            await truck.write(packets_of(truck, long_batch())[0])
            assert (await truck.hear()).msg_id == 0x8003
            await gateway.until(lambda: gateway.rejected("incomplete") == 1)
            assert (await truck.say(0x0002)).msg_id in (0x8001, 0x8003)

    converse(engine, talk)
    assert raws(engine) == []  # nobody was told that it was safe


def test_packets_before_the_login_and_with_impossible_numbers(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            assert (await truck.say(BATCH, b"x", packets=(2, 1))).answer[2] == 1
            await truck.log_in()
            assert (await truck.say(BATCH, b"x", packets=(2, 3))).answer[2] == 2
            assert (await truck.say(BATCH, b"x", packets=(60_000, 1))).answer[2] == 2
        assert gateway.rejected("packet_number") == 2

    converse(engine, talk)


def test_packets_without_end_close_the_connection(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gps_ingest.gateways.jt808_terminal.MOST_PACKET_BYTES", 10_000)

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            for message in packets_of(truck, b"\0" * 40_000, UNSUPPORTED)[:-1]:
                truck.writer.write(message)
            assert await truck.is_closed()
        assert gateway.rejected("oversized") == 1

    converse(engine, talk)


def test_an_unsupported_message_in_packets_is_kept_whole(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            for message in packets_of(truck, b"\x7e\x7d" * 1200, UNSUPPORTED):
                await truck.write(message)
                await asyncio.sleep(0)
            assert [answer[1:] for answer in await hear_all(truck, 3)] == [(UNSUPPORTED, 3)] * 3

    converse(engine, talk)
    [raw] = raws(engine)
    assert raw.status is RawStatus.ACCEPTED


def test_a_batch_in_packets_can_be_sent_again(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            messages: list[Any] = packets_of(truck, long_batch())
            for _ in range(2):
                await truck.write(b"".join(messages))
                assert {answer[2] for answer in await hear_all(truck, 3)} == {0}

    converse(engine, talk)
    assert len(fixes(engine)) == 60
    assert len(raws(engine)) == 1
