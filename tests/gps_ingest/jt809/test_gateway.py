"""Does the JT/T 809 gateway keep what a platform says of our vehicles, once, and nothing else?"""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from gps_ingest.gateways import jt809
from gps_ingest.gateways.jt809_link import NO_PLATFORM, OTHER_PLATFORM
from gps_ingest.store import platforms
from gps_ingest.store.devices import find_device
from gps_ingest.store.quarantine import Release, release
from models.session import write_sessions
from models.settings import Settings
from models.thresholds import DoubtThresholds
from models.vocabulary import Doubt, Protocol, RawStatus
from tests.factories import device, ms, vehicle
from tests.gps_ingest.edges import Running, fixes, raws, running
from tests.gps_ingest.jt809 import speaking
from tests.gps_ingest.jt809.linking import converse, just_now, linked
from tests.gps_ingest.jt809.speaking import CODE, PASSWORD, USER, frame, later, login, one, position

pytestmark = pytest.mark.usefixtures("platform_and_truck")


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
    ids=lambda value: "" if isinstance(value, bytes) else None,  # bytes with the time in them name no test
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


def test_what_was_read_before_the_end_is_committed(engine: Engine) -> None:
    begin = just_now() - timedelta(hours=1)
    frames = [one(begin + timedelta(seconds=second)) for second in range(200)]

    async def whole() -> None:
        async with running(engine, jt809.start) as gateway, linked(gateway) as peer:
            peer.say(*frames)
            await gateway.until(lambda: gateway.count("messages_received") == 200)

    asyncio.run(whole())
    assert len(fixes(engine)) == 200


@pytest.mark.parametrize("tied_to", [None, "2002"])
def test_a_platform_speaks_for_its_own_vehicles_only(engine: Engine, tied_to: str | None) -> None:
    with write_sessions(engine).begin() as session:
        platforms.add_platform(session, "2002", "另一平台", 22, PASSWORD)
        platforms.tie_to_platform(session, find_device(session, CODE), tied_to)

    async def talk(gateway: Running) -> None:
        async with linked(gateway) as peer:
            peer.say(one(just_now()))
            await gateway.until(lambda: gateway.count("items_quarantined") == 1)
            with write_sessions(engine).begin() as session:
                platforms.tie_to_platform(session, find_device(session, CODE), str(USER))
            await gateway.edge.roster.refresh()
            peer.say(one(just_now() + timedelta(seconds=1)))
            await gateway.until(lambda: gateway.count("fixes_accepted") == 1)

    converse(engine, talk)
    [refused, taken] = raws(engine)
    assert (refused.device_id, refused.reason) == (None, OTHER_PLATFORM if tied_to else NO_PLATFORM)
    assert taken.status is RawStatus.ACCEPTED
