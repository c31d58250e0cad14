"""Does the JT/T 808 gateway take what terminals report, and answer after the commit?"""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from cli.main import main
from gps_ingest.store.devices import find_device
from gps_ingest.store.quarantine import Release, release
from models.session import write_sessions
from models.thresholds import DoubtThresholds
from models.vocabulary import Doubt, Protocol, RawStatus
from tests.commands import configured
from tests.factories import device, ms, vehicle
from tests.gps_ingest.edges import Running, fixes, raws
from tests.gps_ingest.jt808.terminal import OTHER_PHONE, PHONE, body_at, converse, terminal
from tests.gps_ingest.jt808.wire import batch_of, body_of, field, frame

LOCATION, BATCH, GENERAL = 0x0200, 0x0704, 0x8001


@pytest.fixture(autouse=True)
def _truck(engine: Engine) -> None:
    with write_sessions(engine).begin() as session:
        device(session, vehicle(session), code=PHONE, protocol=Protocol.JT808)


def just_now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.mark.parametrize("is_2019", [False, True], ids=["2013", "2019"])
def test_a_terminal_registers_authenticates_and_reports(engine: Engine, is_2019: bool) -> None:
    at = just_now()

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port, is_2019=is_2019) as truck:
            await truck.log_in()
            assert (await truck.say(0x0002)).answer[1:] == (0x0002, 0)
            answer = await truck.say(LOCATION, body_at(at, fields=field(0x03, b"\x01\xa4")))
            assert answer.answer == (truck.serial, LOCATION, 0)
            assert len(fixes(engine)) == 1  # answered after the commit

    converse(engine, talk)
    [fix], [raw] = fixes(engine), raws(engine)
    assert (fix.time_ms, fix.lat_e7, fix.lon_e7) == (ms(at), 312_500_000, 1_205_000_000)
    assert (fix.speed_kmh, fix.recorder_speed_kmh, fix.load_state, fix.acc) == (42.5, 42.0, 3, 2)
    assert fix.doubts == 0
    assert (raw.status, raw.protocol, raw.device_code) == (RawStatus.ACCEPTED, Protocol.JT808, PHONE)
    assert raw.body[0] == raw.body[-1] == 0x7E


def test_a_batch_fills_a_blind_zone(engine: Engine) -> None:
    at = just_now()
    bodies = [body_at(at - timedelta(minutes=minute, seconds=10)) for minute in range(20)]

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            assert (await truck.say(BATCH, batch_of(bodies, backfill=True))).answer[1:] == (BATCH, 0)
            assert gateway.count("fixes_accepted") == 20
            assert gateway.count("messages_backfill") == 1

    converse(engine, talk)
    late = [fix for fix in fixes(engine) if fix.doubts & Doubt.LATE]
    assert len(fixes(engine)) == 20
    assert len(late) == 15  # those of more than five minutes ago
    assert len(raws(engine)) == 1


def test_a_message_that_is_repeated_changes_nothing_and_is_answered(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            message = truck.message(LOCATION, body_at(just_now()))
            for _ in range(3):
                await truck.write(message)
                assert (await truck.hear()).answer == (truck.serial, LOCATION, 0)
            assert gateway.count("fixes_repeated") == 2

    converse(engine, talk)
    assert len(fixes(engine)) == len(raws(engine)) == 1


def test_a_further_alarm_within_the_same_second_and_place_is_counted_and_logged(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """The fix stays what it was; the alarm is in the raw bytes, and somebody is told in which."""
    at = just_now()
    power_cut, speeding = 1 << 8, 1 << 1

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            for alarm in (
                speeding,
                speeding,
                0,
                speeding | power_cut,
            ):  # the second and third tell nothing new
                assert (await truck.say(LOCATION, body_at(at, alarm=alarm))).answer[2] == 0
            assert gateway.count("fixes_repeated") == 3
            assert gateway.count("alarms_in_raw_only") == 1
            bodies = [body_at(at + timedelta(seconds=1), alarm=alarm) for alarm in (0, power_cut)]
            await truck.say(BATCH, batch_of(bodies))
            assert gateway.count("alarms_in_raw_only") == 2

    with caplog.at_level(logging.WARNING):
        converse(engine, talk)
    assert [fix.alarm for fix in fixes(engine)] == [speeding, 0]
    told = [raw.id for raw in raws(engine)][-2:]
    assert len(raws(engine)) == 5
    assert caplog.text.count("alarm 0x100 of a repeated fix") == 2
    assert all(f"stands in raw message {raw_id} only" in caplog.text for raw_id in told)


def test_reports_that_come_out_of_order_are_all_kept(engine: Engine) -> None:
    at = just_now()
    times = [at - timedelta(seconds=each) for each in (10, 40, 0, 30, 20)]

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            await truck.write(b"".join(truck.message(LOCATION, body_at(each)) for each in times))
            for _ in times:
                assert (await truck.hear()).answer[2] == 0

    converse(engine, talk)
    assert [fix.time_ms for fix in fixes(engine)] == sorted(ms(each) for each in times)


def test_terminals_that_go_on_without_waiting_are_heard_in_order(engine: Engine) -> None:
    """Some send their positions right behind the authentication."""
    at = just_now()

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            token = await truck.log_in()
        async with terminal(gateway.port) as truck:
            reports = [truck.message(LOCATION, body_at(at - timedelta(seconds=each))) for each in range(50)]
            await truck.write(truck.message(0x0102, token.encode()) + b"".join(reports))
            answers = [(await truck.hear()).answer for _ in range(51)]
            assert [answer[1] for answer in answers] == [0x0102] + [LOCATION] * 50
            assert {answer[2] for answer in answers} == {0}

    converse(engine, talk)
    assert len(fixes(engine)) == 50
    assert {raw.status for raw in raws(engine)} == {RawStatus.ACCEPTED}


def test_the_time_is_told_to_anybody(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port, is_2019=True) as truck:
            answer = await truck.say(0x0004)
            told = datetime.strptime(answer.body.hex() + "+0000", "%y%m%d%H%M%S%z")
            assert answer.msg_id == 0x8004
            assert abs(told - datetime.now(UTC)) < timedelta(seconds=5)

    converse(engine, talk)


def test_a_device_in_another_time_zone(engine: Engine) -> None:
    """Its clock shows UTC where the standard wants GMT+8; the administrator said so."""
    at = just_now()
    with write_sessions(engine).begin() as session:
        find_device(session, PHONE).utc_offset_minutes = 0

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            await truck.say(LOCATION, body_at(at - timedelta(hours=8)))

    converse(engine, talk)
    [fix] = fixes(engine)
    assert fix.time_ms == ms(at)


def test_answers_of_one_read_leave_in_one_write(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port) as truck:
            await truck.log_in()
            await truck.write(b"".join(truck.message(0x0002, b"") for _ in range(20)))
            answers = await truck.reader.readexactly(15)
            answers += await truck.reader.read(65_536)
            assert answers.count(b"\x7e") == 40

    converse(engine, talk)


def test_what_waited_can_be_let_out_by_an_administrator(engine: Engine) -> None:
    """Also a batch in packets, of a terminal that was not registered when it came."""
    at = just_now()
    body = batch_of([body_at(at - timedelta(seconds=each)) for each in range(20)])

    async def talk(gateway: Running) -> None:
        async with terminal(gateway.port, OTHER_PHONE) as stranger:
            await stranger.say(BATCH, body)
            await stranger.say(LOCATION, body_at(at, lat=32.0))

    converse(engine, talk)
    assert fixes(engine) == []
    with write_sessions(engine).begin() as session:
        device(session, vehicle(session), code=OTHER_PHONE, protocol=Protocol.JT808)
    with write_sessions(engine).begin() as session:
        how = Release("guan", datetime.now(UTC), distrusted=True)
        released = list(release(session, OTHER_PHONE, DoubtThresholds(), how))
    assert [each.acceptance.accepted for each in released] == [20, 1]
    assert len(fixes(engine)) == 21


def test_a_file_of_messages_comes_in_by_hand(
    engine: Engine, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "capture.hex"
    messages = [frame(LOCATION, PHONE, each, body_of(bcd=f"2605040830{each:02}")) for each in range(9)]
    file.write_text("\n".join(each.hex() for each in messages))
    words = ["ingest", str(file), "--format", "jt808", "--device", PHONE]
    with configured(database_url, monkeypatch):
        result = CliRunner().invoke(main, words)
        assert result.exit_code == 0, result.output
        assert result.stdout.startswith("accepted 9, repeated 0")
    assert len(fixes(engine)) == 9
