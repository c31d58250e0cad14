"""Is a platform let in by its own password only, and does it hear what the standard says?"""

import pytest
from sqlalchemy import Engine

from gps_ingest.decoders.jt809_cipher import CipherKeys, disguised
from gps_ingest.decoders.jt809_frames import Edition, read_frame
from gps_ingest.store import platforms
from models.session import write_sessions
from models.settings import SettingError, Settings
from tests.factories import ms
from tests.gps_ingest.edges import Running, fixes, raws
from tests.gps_ingest.jt809 import speaking
from tests.gps_ingest.jt809.linking import converse, just_now, linked
from tests.gps_ingest.jt809.speaking import CENTER, USER, frame, login, one, position

pytestmark = pytest.mark.usefixtures("platform_and_truck")
KEYS = CipherKeys(m1=30_000_000, ia1=20_000_000, ic1=20_000_000)


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


@pytest.mark.parametrize(
    "first",
    [one(just_now()), frame(0x1005), frame(0x1300, b"x")],
    ids=["position", "keep alive", "unsupported"],
)
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


def test_a_flood_before_the_login_is_stopped(engine: Engine) -> None:
    async def talk(gateway: Running) -> None:
        for _ in range(4):
            async with linked(gateway, is_2019=None) as peer:
                peer.say(b"\x5b\x5d" * 2)
                peer.writer.write_eof()
                assert await peer.is_hung_up()
        assert gateway.rejected("flood") >= 1

    converse(engine, talk, Settings(gateway_messages_per_address=5))
