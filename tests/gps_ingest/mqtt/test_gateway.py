"""Is what devices publish stored once and acknowledged after the commit, whoever is away or killed?"""

import asyncio
import shutil
import signal
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from sqlalchemy import Engine, text

from gps_ingest.gateways.intake import Intake
from gps_ingest.gateways.lifecycle import fault_of
from gps_ingest.gateways.mqtt import start
from gps_ingest.gateways.mqtt_broker import BrokerAddress, broker_address
from models.session import write_sessions
from models.settings import SettingError, Settings
from models.vocabulary import RawStatus
from tests.gps_ingest.edges import Running, fixes, raws, running, sample
from tests.gps_ingest.mqtt.broker import GATEWAY, PASSWORD, Broker, running_broker

pytestmark = pytest.mark.usefixtures("devices")

NOW_S = int(datetime.now(UTC).timestamp())


def location(second: int = 0, **more: object) -> bytes:
    """A message of OwnTracks."""
    return orjson.dumps(
        {"_type": "location", "tst": NOW_S - 60 + second, "lat": 31.25, "lon": 120.5, "acc": 5, **more}
    )


def in_gateway(
    engine: Engine, settings: Settings, broker: Broker, conversation: Callable[[Running], Awaitable[None]]
) -> None:
    """Run a conversation against the gateway, once it has its broker."""

    async def run() -> None:
        async with running(engine, start, settings) as gateway:
            await gateway.until(lambda: sessions(gateway) == 1)
            await conversation(gateway)

    asyncio.run(run())


def sessions(gateway: Running) -> float:
    return sample(gateway.context.metrics, "sludgetrace_sessions")


async def publish(broker: Broker, topic: str, *payloads: bytes, person: str = "D1") -> None:
    await asyncio.to_thread(lambda: broker.publish(topic, *payloads, person=person))


def test_both_kinds_of_topics(engine: Engine, settings: Settings, broker: Broker) -> None:
    batch = orjson.dumps({"fixes": [{"time": NOW_S - n, "lat": 31.3, "lon": 120.6} for n in range(3)]})

    async def talk(gateway: Running) -> None:
        await publish(broker, "owntracks/D1/phone", location(vel=36))
        await publish(broker, "sludgetrace/D2/fixes", batch, person="D2")
        await gateway.until(lambda: len(fixes(engine)) == 4)

    in_gateway(engine, settings, broker, talk)
    by_device = {raw.device_code: raw for raw in raws(engine)}
    assert {code: raw.protocol.value for code, raw in by_device.items()} == {"D1": "owntracks", "D2": "mqtt"}
    assert by_device["D1"].source == "mqtt owntracks/D1/phone"
    assert [fix.speed_kmh for fix in fixes(engine)].count(36.0) == 1


def test_nobody_writes_for_another(engine: Engine, settings: Settings, broker: Broker) -> None:
    async def talk(gateway: Running) -> None:
        await publish(broker, "owntracks/D2/phone", location(), person="D1")
        await publish(broker, "sludgetrace/D2/fixes", b"[]", person="D1")
        await publish(broker, "owntracks/D1/phone", location())
        await gateway.until(lambda: len(fixes(engine)) == 1)

    in_gateway(engine, settings, broker, talk)
    assert [raw.device_code for raw in raws(engine)] == ["D1"]


def test_what_is_bad_is_acknowledged_and_does_not_come_again(
    engine: Engine, settings: Settings, broker: Broker
) -> None:
    bad = [
        b"",
        b"no json",
        b"\xff\x00",
        location(lat="north"),
        location(tst=NOW_S + 90_000),
        orjson.dumps({"_type": "card", "face": "x"}),
        b" " * 5000,
    ]

    async def talk(gateway: Running) -> None:
        await publish(broker, "owntracks/D1/phone", *bad, location())
        await gateway.until(lambda: gateway.count("fixes_accepted") == 1)
        assert gateway.rejected("empty") == 1
        assert gateway.rejected("oversized") == 1
        assert gateway.rejected("not_a_report") == 1
        assert gateway.count("items_refused") == 3
        assert gateway.count("items_quarantined") == 1

    small = replace(settings, max_batch_bytes=4000)
    in_gateway(engine, small, broker, talk)
    statuses = sorted(raw.status.value for raw in raws(engine))
    assert statuses == ["accepted", "quarantined", "refused", "refused", "refused"]

    async def nothing_left(gateway: Running) -> None:
        await publish(broker, "owntracks/D1/phone", location(1))
        await gateway.until(lambda: len(fixes(engine)) == 2)
        assert gateway.count("messages_received") == 1

    in_gateway(engine, small, broker, nothing_left)


def test_an_unknown_device_waits(engine: Engine, settings: Settings, broker: Broker) -> None:
    with write_sessions(engine).begin() as session:
        session.execute(text("DELETE FROM device WHERE code = 'D2'"))

    async def talk(gateway: Running) -> None:
        await publish(broker, "owntracks/D2/phone", location(), person="D2")
        await gateway.until(lambda: len(raws(engine)) == 1)

    in_gateway(engine, settings, broker, talk)
    assert [raw.status for raw in raws(engine)] == [RawStatus.QUARANTINED]


def test_a_retained_message_counts_once_however_often_it_comes(
    engine: Engine, settings: Settings, broker: Broker
) -> None:
    broker.publish("owntracks/D1/phone", location(), retain=True)

    async def talk(gateway: Running) -> None:
        await gateway.until(lambda: gateway.count("messages_received") == 1)
        await gateway.until(lambda: len(fixes(engine)) == 1)

    in_gateway(engine, settings, broker, talk)
    in_gateway(engine, settings, broker, talk)
    assert len(raws(engine)) == 1


def test_what_comes_while_the_gateway_is_away_waits_with_the_broker(
    engine: Engine, settings: Settings, broker: Broker
) -> None:
    async def nothing(gateway: Running) -> None:
        """Only make the session known to the broker."""

    in_gateway(engine, settings, broker, nothing)
    broker.publish("owntracks/D1/phone", *[location(second) for second in range(50)])
    broker.stop()  # and the broker itself may be stopped meanwhile
    broker.start()

    async def talk(gateway: Running) -> None:
        await gateway.until(lambda: len(fixes(engine)) == 50)

    in_gateway(engine, settings, broker, talk)


def test_a_broker_that_is_killed_is_found_again(engine: Engine, settings: Settings, broker: Broker) -> None:
    async def talk(gateway: Running) -> None:
        await publish(broker, "owntracks/D1/phone", location())
        await gateway.until(lambda: len(fixes(engine)) == 1)
        await asyncio.to_thread(broker.stop, signal.SIGKILL)
        await gateway.until(lambda: sessions(gateway) == 0)
        await asyncio.to_thread(broker.start)
        await gateway.until(lambda: sessions(gateway) == 1)
        await publish(broker, "owntracks/D1/phone", location(1))
        await gateway.until(lambda: len(fixes(engine)) == 2)

    in_gateway(engine, settings, broker, talk)


def test_a_broker_that_is_away_at_the_start_is_waited_for(
    engine: Engine, settings: Settings, broker: Broker
) -> None:
    broker.stop()

    async def run() -> None:
        async with running(engine, start, settings) as gateway:
            await asyncio.sleep(0.2)
            assert sessions(gateway) == 0
            await asyncio.to_thread(broker.start)
            await gateway.until(lambda: sessions(gateway) == 1)
            await publish(broker, "owntracks/D1/phone", location())
            await gateway.until(lambda: len(fixes(engine)) == 1)

    asyncio.run(run())


def test_a_gateway_that_the_broker_turns_away_says_so(
    engine: Engine, settings: Settings, broker: Broker
) -> None:
    async def run() -> None:
        async with running(engine, start, replace(settings, mqtt_password="wrong")) as gateway:
            await gateway.until(lambda: gateway.rejected("turned_away_by_broker") > 0)
            assert sessions(gateway) == 0

    asyncio.run(run())


def test_nothing_is_lost_or_doubled_when_the_gateway_stops_in_the_middle(
    engine: Engine, settings: Settings, broker: Broker
) -> None:
    """Drained ten times while three hundred messages come."""
    messages = [location(second) for second in range(300)]

    async def run() -> None:
        publishing: asyncio.Task[None] | None = None
        for _ in range(10):
            async with running(engine, start, settings) as gateway:
                await gateway.until(lambda: sessions(gateway) == 1)
                publishing = publishing or asyncio.create_task(
                    publish(broker, "owntracks/D1/phone", *messages)
                )
                await asyncio.sleep(0.05)
        assert publishing is not None
        await publishing
        async with running(engine, start, settings) as gateway:
            await gateway.until(lambda: len(fixes(engine)) == 300)

    asyncio.run(run())
    assert len(raws(engine)) == 300


def test_a_flood_without_acknowledgements_stops_at_a_full_gateway(
    engine: Engine, settings: Settings, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def talk(gateway: Running) -> None:
        with monkeypatch.context() as full:
            full.setattr(Intake, "is_full", True)
            await asyncio.to_thread(lambda: broker.publish("owntracks/D1/phone", location(1), qos=0))
            await gateway.until(lambda: gateway.rejected("unacknowledged_flood") == 1)
            await publish(broker, "owntracks/D1/phone", location(2))  # the broker's window bounds these
            await gateway.until(lambda: len(fixes(engine)) == 1)
        await asyncio.to_thread(lambda: broker.publish("owntracks/D1/phone", location(3), qos=0))
        await gateway.until(lambda: len(fixes(engine)) == 2)

    in_gateway(engine, settings, broker, talk)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # paho leaves the socket to
# the garbage collector after a certificate that it does not trust
def test_an_encrypted_broker_and_one_that_is_not_whom_it_says(
    engine: Engine, program: str, tmp_path: Path
) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl, which makes the certificate, is not installed")
    with running_broker(program, tmp_path / "safe", encrypted=True) as broker:
        trusting = Settings(
            mqtt_broker=f"mqtts://127.0.0.1:{broker.port}",
            mqtt_username=GATEWAY,
            mqtt_password=PASSWORD,
            mqtt_ca_file=str(tmp_path / "safe" / "ca.crt"),
        )

        async def talk(gateway: Running) -> None:
            await publish(broker, "owntracks/D1/phone", location())
            await gateway.until(lambda: len(fixes(engine)) == 1)

        in_gateway(engine, trusting, broker, talk)

        async def distrust() -> None:
            async with running(engine, start, replace(trusting, mqtt_ca_file="")) as gateway:
                await asyncio.sleep(1)
                assert sessions(gateway) == 0
                monotonic = asyncio.get_running_loop().time()
                gateway.edge._away_since = monotonic - 31
                assert "has been away for 31 s" in str(fault_of(gateway.context.intake, [gateway.edge]))

        asyncio.run(distrust())


@pytest.mark.parametrize(
    "url",
    ["", "http://host", "mqtt://", "mqtt://user:word@host", "mqtt://host:x", "mqtt://host/path", "host:1883"],
)
def test_an_address_that_is_none_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(SettingError, match="expected mqtt://HOST:PORT") as refused:
        broker_address(url)
    assert "word" not in str(refused.value)


def test_addresses_of_brokers() -> None:
    assert broker_address("mqtt://b") == BrokerAddress("b", 1883, encrypted=False)
    assert broker_address("mqtts://b/") == BrokerAddress("b", 8883, encrypted=True)
    assert str(broker_address("mqtts://b:99")) == "b:99"
