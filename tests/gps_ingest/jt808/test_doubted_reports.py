"""Which reports of a terminal are kept with a doubt, set right, or taken in part?"""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from models.session import write_sessions
from models.vocabulary import Doubt, Protocol, RawStatus
from tests.factories import device, ms, vehicle
from tests.gps_ingest.edges import Running, fixes, raws
from tests.gps_ingest.jt808.terminal import PHONE, body_at, converse, terminal
from tests.gps_ingest.jt808.wire import batch_of, body_of

LOCATION, BATCH = 0x0200, 0x0704


@pytest.fixture(autouse=True)
def _truck(engine: Engine) -> None:
    with write_sessions(engine).begin() as session:
        device(session, vehicle(session), code=PHONE, protocol=Protocol.JT808)


def just_now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.mark.parametrize(
    "body",
    [b"", b"\0" * 27, body_of(bcd="261399000000"), body_of(bcd="000000000000"), body_of(lat=300.0)],
    ids=["empty", "too short", "no such month", "no time", "no such place"],
)
def test_a_position_that_cannot_be_read_is_answered_as_faulty_and_kept(engine: Engine, body: bytes) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            assert (await truck.say(LOCATION, body)).answer[2] == 2
        assert gateway.count("items_refused") == 1

    converse(engine, talk)
    [raw] = raws(engine)
    assert raw.status is RawStatus.REFUSED
    assert fixes(engine) == []


def test_a_bad_item_does_not_sink_its_batch(engine: Engine) -> None:
    at = just_now()
    bodies = [body_at(at), body_of(bcd="999999999999"), body_at(at - timedelta(seconds=30)), b"short"]

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            assert (await truck.say(BATCH, batch_of(bodies))).answer[2] == 0
        assert gateway.count("items_refused") == 2

    converse(engine, talk)
    [raw] = raws(engine)
    assert raw.status is RawStatus.QUARANTINED  # taken in part: it stays visible with its reasons
    assert len(fixes(engine)) == 2


def test_a_clock_in_the_future_is_doubted_and_far_in_the_future_quarantined(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            assert (await truck.say(LOCATION, body_at(just_now() + timedelta(hours=1)))).answer[2] == 0
            assert (await truck.say(LOCATION, body_at(just_now() + timedelta(days=2)))).answer[2] == 0

    converse(engine, talk)
    [fix] = fixes(engine)
    assert fix.doubts & Doubt.FUTURE
    assert [raw.status for raw in raws(engine)] == [RawStatus.ACCEPTED, RawStatus.QUARANTINED]


def test_a_receiver_that_fell_back_1024_weeks_is_set_right_and_marked(engine: Engine) -> None:
    at = just_now()

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            await truck.say(LOCATION, body_at(at - timedelta(weeks=1024)))

    converse(engine, talk)
    [fix] = fixes(engine)
    assert fix.time_ms == ms(at)
    assert fix.doubts & Doubt.WEEK_ROLLOVER


def test_what_the_terminal_itself_doubts_is_doubted(engine: Engine) -> None:
    at = just_now()

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            await truck.say(LOCATION, body_at(at, status=0x01))  # not fixed
            await truck.say(LOCATION, body_at(at + timedelta(seconds=1), alarm=1 << 5))  # antenna cut off
            await truck.say(LOCATION, body_at(at + timedelta(seconds=2), fields=b"\x31\x01\x03"))

    converse(engine, talk)
    assert [Doubt(fix.doubts) for fix in fixes(engine)] == [Doubt.NOT_FIXED, Doubt.TAMPER, Doubt.LOW_QUALITY]
