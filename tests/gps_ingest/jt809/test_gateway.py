"""Does the JT/T 809 gateway let in platforms that prove to be one, and keep what they say of our vehicles?"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from gps_ingest.decoders.jt809_cipher import CipherKeys, disguised
from gps_ingest.decoders.jt809_frames import Edition, Frame, FrameStream, read_frame
from gps_ingest.gateways import jt809
from gps_ingest.store import platforms
from gps_ingest.store.quarantine import Release, release
from models.session import write_sessions
from models.settings import SettingError, Settings
from models.thresholds import DoubtThresholds
from models.vocabulary import Doubt, Protocol, RawStatus
from tests.factories import device, ms, vehicle
from tests.gps_ingest.edges import PATIENCE_S, Running, fixes, raws, running
from tests.gps_ingest.jt809 import speaking
from tests.gps_ingest.jt809.speaking import CENTER, CODE, PASSWORD, USER, frame, later, login, one, position

KEYS = CipherKeys(m1=30_000_000, ia1=20_000_000, ic1=20_000_000)


@pytest.fixture(autouse=True)
def _platform_and_truck(engine: Engine) -> None:
    with write_sessions(engine).begin() as session:
        device(session, vehicle(session), code=CODE, protocol=Protocol.JT809)
        platforms.add_platform(session, str(USER), "运输企业平台", CENTER, PASSWORD)


def converse(
    engine: Engine, talk: Callable[[Running], Awaitable[None]], settings: Settings | None = None
) -> None:
    async def whole() -> None:
        async with running(engine, jt809.start, settings) as gateway:
            await talk(gateway)

    asyncio.run(whole())


class Peer:
    """The other platform."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self._stream, self._frames = FrameStream(), list[bytes]()

    def say(self, *frames: bytes) -> None:
        self.writer.write(b"".join(frames))

    async def hear(self, edition: Edition | None = None) -> Frame:
        while not self._frames:
            data = await asyncio.wait_for(self.reader.read(4096), PATIENCE_S)
            assert data, "the gateway hung up"
            self._frames += self._stream.feed(data, lambda reason: None)
        return read_frame(self._frames.pop(0), edition)

    async def is_hung_up(self) -> bool:
        try:
            return await asyncio.wait_for(self.reader.read(), PATIENCE_S) == b""
        except ConnectionError:
            return True


@asynccontextmanager
async def linked(gateway: Running, *, is_2019: bool | None = False) -> AsyncIterator[Peer]:
    """A connection, logged in by one edition, or not at all (None)."""
    peer = Peer(*await asyncio.open_connection("127.0.0.1", gateway.port))
    if is_2019 is not None:
        peer.say(login(is_2019=is_2019))
        answer = await peer.hear()
        assert (answer.msg_id, answer.body[0], len(answer.body)) == (0x1002, 0, 5)
    yield peer
    peer.writer.close()


def just_now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@pytest.mark.parametrize("is_2019", [False, True])
def test_a_platform_logs_in_and_sends_positions(engine: Engine, is_2019: bool) -> None:
    at = just_now()

    async def talk(gateway: Running) -> None:
        async with linked(gateway, is_2019=is_2019) as peer:
            peer.say(one(at, is_2019=is_2019))
            await gateway.until(lambda: gateway.count("fixes_accepted") == 1)

    converse(engine, talk)
    [fix], [raw] = fixes(engine), raws(engine)
    assert (fix.time_ms, fix.lat_e7, fix.lon_e7, fix.doubts) == (ms(at), 312_500_000, 1_205_000_000, 0)
    assert (raw.device_code, raw.protocol, raw.status) == (CODE, Protocol.JT809, RawStatus.ACCEPTED)
    assert raw.body == one(at, is_2019=is_2019)
    assert raw.source.endswith(f" platform {USER}")


@pytest.mark.parametrize("is_2019", [False, True])
def test_heartbeat_and_goodbye_are_answered_in_the_same_edition(engine: Engine, is_2019: bool) -> None:
    edition = Edition.E2019 if is_2019 else Edition.E2011

    async def talk(gateway: Running) -> None:
        async with linked(gateway, is_2019=is_2019) as peer:
            peer.say(frame(0x1005, is_2019=is_2019), frame(0x1007, b"\0", is_2019=is_2019))
            heartbeat = await peer.hear(edition)
            assert (heartbeat.msg_id, heartbeat.edition, heartbeat.center_id) == (0x1006, edition, CENTER)
            peer.say(frame(0x1003, bytes(12), is_2019=is_2019))
            goodbye = await peer.hear(edition)
            assert (goodbye.msg_id, goodbye.body) == (0x1004, b"")
            assert goodbye.serial == heartbeat.serial + 1
            assert await peer.is_hung_up()

    converse(engine, talk)


@pytest.mark.parametrize("is_2019", [False, True])
@pytest.mark.parametrize(
    ("said", "result", "reason"),
    [
        ({"password": "wrong888"}, 4, "login_wrong_password"),
        ({"password": ""}, 4, "login_wrong_password"),
        ({"user": 1002}, 3, "login_unknown"),
        ({"center_id": 12}, 2, "login_wrong_center"),
    ],
)
def test_who_does_not_prove_it_hears_so_and_is_hung_up(
    engine: Engine, is_2019: bool, said: dict[str, int | str], result: int, reason: str
) -> None:
    async def talk(gateway: Running) -> None:
        async with linked(gateway, is_2019=None) as peer:
            peer.say(login(is_2019=is_2019, **said), one(just_now(), is_2019=is_2019))  # type: ignore[arg-type]
            assert (await peer.hear()).body == bytes((result, 0, 0, 0, 0))
            assert await peer.is_hung_up()
        assert gateway.rejected(reason) == 1

    converse(engine, talk)
    assert raws(engine) == []


@pytest.mark.parametrize("first", [one(just_now()), frame(0x1005), frame(0x1300, b"x")])
def test_nothing_is_heard_before_the_login(engine: Engine, first: bytes) -> None:
    async def talk(gateway: Running) -> None:
        async with linked(gateway, is_2019=None) as peer:
            peer.say(first)
            assert await peer.is_hung_up()
        assert gateway.rejected("no_login") == 1

    converse(engine, talk)
    assert raws(engine) == []


def test_what_comes_right_behind_the_login_is_taken_too(engine: Engine) -> None:
    at = just_now()

    async def talk(gateway: Running) -> None:
        async with linked(gateway, is_2019=None) as peer:
            peer.say(login(), one(at), frame(0x1005))
            peer.writer.write_eof()
            assert [(await peer.hear()).msg_id for _ in range(2)] == [0x1002, 0x1006]
            assert await peer.is_hung_up()

    converse(engine, talk)
    assert [fix.time_ms for fix in fixes(engine)] == [ms(at)]


def test_guessing_is_stopped(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        results = []
        for _ in range(12):
            async with linked(gateway, is_2019=None) as peer:
                peer.say(login("guess000"))
                results.append((await peer.hear()).body[0])
        assert results == [4] * 10 + [5] * 2
        assert gateway.rejected("flood") == 2

    converse(engine, talk)


def test_a_platform_out_of_service_is_hung_up_and_may_not_come_back(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with linked(gateway) as peer:
            with write_sessions(engine).begin() as session:
                platforms.set_active(session, str(USER), active=False)
            await gateway.edge.roster.refresh()
            assert await peer.is_hung_up()
        assert gateway.rejected("disabled") == 1
        async with linked(gateway, is_2019=None) as peer:
            peer.say(login())
            assert (await peer.hear()).body[0] == 3

    converse(engine, talk)


def test_re_uploaded_repeated_and_out_of_order_positions_count_once(engine: Engine) -> None:
    moments = [just_now() - timedelta(minutes=30) + timedelta(seconds=30 * number) for number in range(5)]

    async def talk(gateway: Running) -> None:
        async with linked(gateway) as peer:
            peer.say(one(moments[3]), one(moments[1]), one(moments[3]), one(moments[3], serial=9))
            peer.say(later([position(at) for at in moments]))
            await gateway.until(lambda: gateway.count("messages_received") == 5)
            await gateway.until(lambda: gateway.count("fixes_repeated") == 4)

    converse(engine, talk)
    rows = fixes(engine)
    assert [row.time_ms for row in rows] == [ms(at) for at in moments]
    assert {row.doubts for row in rows} == {Doubt.LATE}
    assert len(raws(engine)) == 4  # the same bytes are kept once


def test_a_vehicle_that_is_not_registered_waits_and_can_be_released(engine: Engine) -> None:
    at, code = just_now(), "沪D99999-1"
    body = speaking.vehicle(0x1202, position(at), plate="沪D99999", colour=1)

    async def talk(gateway: Running) -> None:
        async with linked(gateway) as peer:
            peer.say(frame(0x1200, body))
            await gateway.until(lambda: gateway.count("items_quarantined") == 1)

    converse(engine, talk)
    assert fixes(engine) == []
    with write_sessions(engine).begin() as session:
        device(session, None, code=code, protocol=Protocol.JT809)
        [released] = release(session, code, DoubtThresholds(), Release("admin", just_now()))
        assert released.acceptance.accepted == 1
    assert [fix.time_ms for fix in fixes(engine)] == [ms(at)]


def test_strangers_may_not_fill_the_quarantine(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with linked(gateway) as peer:
            for plate in ("沪D00001", "沪D00002", "沪D00003"):
                for second in range(3):
                    at = just_now() + timedelta(seconds=second)
                    peer.say(frame(0x1200, speaking.vehicle(0x1202, position(at), plate=plate)))
            peer.say(one(just_now()))
            await gateway.until(lambda: gateway.count("fixes_accepted") == 1)
        assert gateway.rejected("no_room") == 6

    converse(engine, talk, Settings(unproven_per_sender=2, unproven_in_all=3))
    assert sum(raw.status is RawStatus.QUARANTINED for raw in raws(engine)) == 3


def test_a_plate_cannot_speak_for_a_device_of_another_protocol(engine: Engine) -> None:
    with write_sessions(engine).begin() as session:
        device(session, vehicle(session), code="truck-2", protocol=Protocol.OWNTRACKS)

    async def talk(gateway: Running) -> None:
        async with linked(gateway) as peer:
            peer.say(frame(0x1200, speaking.vehicle(0x1202, position(just_now()), plate="truck")))
            await gateway.until(lambda: gateway.count("items_quarantined") == 1)

    converse(engine, talk)
    [raw] = raws(engine)
    assert (raw.device_id, raw.reason) == (None, "the device is registered with another protocol")
    assert fixes(engine) == []


@pytest.mark.parametrize(
    ("said", "reason", "kept"),
    [
        (one(just_now())[:-3] + b"\0\0\x5d", "bad_checksum", True),
        (frame(0x1200, speaking.vehicle(0x1202, position(just_now())), told_bytes=4), "wrong_length", True),
        (one(just_now())[:50] + b"\x5a\x09" + one(just_now())[50:], "bad_escape", True),
        (frame(0x1200, speaking.vehicle(0x1202, position(just_now())), key=7), "encrypted", True),
        (frame(0x1200, b"short"), "vehicle", True),
        (frame(0x1200, speaking.vehicle(0x1202, b"", plate=b"\xff\xff")), "vehicle", True),
        (login()[:-3] + b"\0\0\x5d", "bad_checksum", False),
        (b"\x5b\x5d", "truncated", False),
        (b"junk before it" + frame(0x1005), "junk", False),
        (one(just_now())[:-1] + frame(0x1005), "truncated", False),
        (frame(0x1400, b"short"), "unsupported", False),
        (frame(0x1300, b"x"), "unsupported", False),
    ],
)
def test_what_cannot_be_read_is_counted_and_kept_unless_it_may_hold_a_password(
    engine: Engine, said: bytes, reason: str, kept: bool
) -> None:
    async def talk(gateway: Running) -> None:
        async with linked(gateway) as peer:
            peer.say(said, frame(0x1005))
            assert (await peer.hear()).msg_id == 0x1006  # the link goes on
        assert gateway.rejected(reason) == 1

    converse(engine, talk)
    found = raws(engine)
    assert len(found) == kept
    for raw in found:
        assert (raw.status, raw.device_code, raw.body) == (RawStatus.QUARANTINED, f"jt809:{USER}", said)
        assert (raw.reason or "").startswith(reason)
    assert all(PASSWORD.encode() not in raw.body for raw in found)


def test_a_position_that_makes_no_sense_is_refused_and_kept(engine: Engine) -> None:
    said = frame(0x1200, speaking.vehicle(0x1202, b"\0\x1f\x02" + position(just_now())[3:]))

    async def talk(gateway: Running) -> None:
        async with linked(gateway) as peer:
            peer.say(said)
            await gateway.until(lambda: gateway.count("items_refused") == 1)

    converse(engine, talk)
    [raw] = raws(engine)
    assert (raw.status, raw.device_code) == (RawStatus.REFUSED, CODE)


def test_other_messages_about_a_vehicle_are_kept_raw(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with linked(gateway) as peer:
            peer.say(frame(0x1200, speaking.vehicle(0x1201, bytes(49))))
            peer.say(frame(0x1400, speaking.vehicle(0x1402, bytes(20))))
            await gateway.until(lambda: gateway.count("messages_received") == 2)

    converse(engine, talk)
    assert [(raw.status, raw.device_code) for raw in raws(engine)] == [(RawStatus.ACCEPTED, CODE)] * 2


@pytest.mark.parametrize("is_2019", [False, True])
def test_encrypted_bodies_are_read_with_the_keys_and_kept_in_the_clear(engine: Engine, is_2019: bool) -> None:
    at = just_now()
    body = speaking.vehicle(0x1202, speaking.position_2019(at) if is_2019 else position(at))
    sealed_login = login(is_2019=is_2019)
    clear = read_frame(sealed_login)

    async def talk(gateway: Running) -> None:
        async with linked(gateway, is_2019=None) as peer:
            peer.say(frame(0x1001, disguised(clear.body, KEYS, 99), is_2019=is_2019, key=99))
            assert (await peer.hear()).body[0] == 0
            peer.say(frame(0x1200, disguised(body, KEYS, 256_178), is_2019=is_2019, key=256_178))
            await gateway.until(lambda: gateway.count("fixes_accepted") == 1)

    converse(engine, talk, Settings(jt809_keys=f"7:1:2:3, {CENTER}:{KEYS.m1}:{KEYS.ia1}:{KEYS.ic1}"))
    assert [fix.time_ms for fix in fixes(engine)] == [ms(at)]
    assert raws(engine)[0].body == one(at, is_2019=is_2019)


@pytest.mark.parametrize("setting", ["1:2:3", "a:1:2:3", "1:2:3:4294967296"])
def test_keys_that_cannot_be_read_are_a_wrong_setting_and_not_repeated(engine: Engine, setting: str) -> None:
    async def talk(gateway: Running) -> None:
        raise AssertionError("it must not start")

    with pytest.raises(SettingError) as caught:
        converse(engine, talk, Settings(jt809_keys=setting))
    assert setting not in str(caught.value)


def test_clocks_ahead_and_fallen_back_are_doubted(engine: Engine) -> None:
    now = just_now()
    times = [now + timedelta(hours=1), now + timedelta(days=3), now - timedelta(weeks=1024)]

    async def talk(gateway: Running) -> None:
        async with linked(gateway) as peer:
            peer.say(*(one(at) for at in times))
            await gateway.until(lambda: gateway.count("messages_received") == 3)
            await gateway.until(lambda: gateway.count("items_quarantined") == 1)

    converse(engine, talk)
    assert {row.time_ms: row.doubts for row in fixes(engine)} == {
        ms(times[0]): Doubt.FUTURE,
        ms(now): Doubt.WEEK_ROLLOVER,
    }


def test_frames_too_long_and_frames_without_end_close_the_link(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        async with linked(gateway) as peer:
            peer.say(b"\x5b" + bytes(70_000))
            assert await peer.is_hung_up()
        assert gateway.rejected("oversized") == 1
        async with linked(gateway) as peer:
            peer.say(one(just_now())[:30])
            house = gateway.edge
            await gateway.until(lambda: any(each.unfinished_since is not None for each in house.connections))
            [slow] = house.connections
            moment = slow.unfinished_since + house.context.settings.gateway_unfinished_s + 1
            slow.heard_at = moment
            house.clock = lambda: moment
            house.sweep()
            assert await peer.is_hung_up()
        assert gateway.rejected("unfinished") == 1

    converse(engine, talk)


def test_a_flood_before_the_login_is_stopped(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        for _ in range(4):
            async with linked(gateway, is_2019=None) as peer:
                peer.say(b"\x5b\x5d" * 2)
                peer.writer.write_eof()
                assert await peer.is_hung_up()
        assert gateway.rejected("flood") >= 1

    converse(engine, talk, Settings(gateway_messages_per_address=5))


def test_what_was_read_before_the_end_is_committed(engine: Engine) -> None:
    begin = just_now() - timedelta(hours=1)
    frames = [one(begin + timedelta(seconds=second)) for second in range(200)]

    async def whole() -> None:
        async with running(engine, jt809.start) as gateway, linked(gateway) as peer:
            peer.say(*frames)
            await gateway.until(lambda: gateway.count("messages_received") == 200)

    asyncio.run(whole())
    assert len(fixes(engine)) == 200
