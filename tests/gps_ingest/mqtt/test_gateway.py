"""Is what devices publish stored once and acknowledged after the commit, whoever is away or killed?"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

import orjson
import pytest
from sqlalchemy import Engine, text

from bench.first_page import free_port
from gps_ingest.gateways.mqtt import start
from models.session import write_sessions
from models.settings import PREFIX, Settings
from models.vocabulary import RawStatus
from tests.conftest import PROJECT
from tests.gps_ingest.edges import Running, fixes, raws, running, sample
from tests.gps_ingest.mqtt.broker import PATIENCE_S, Broker

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


@contextmanager
def gateway_process(
    database_url: str, settings: Settings, folder: Path
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """`sludgetrace gateway mqtt` as it is run; the process and its port for the supervisor."""
    health = free_port()
    environ = os.environ | {
        f"{PREFIX}DATABASE_URL": database_url,
        f"{PREFIX}STATE_DIR": str(folder),
        f"{PREFIX}MQTT_BROKER": settings.mqtt_broker,
        f"{PREFIX}MQTT_USERNAME": settings.mqtt_username,
        f"{PREFIX}MQTT_PASSWORD": settings.mqtt_password,
    }
    command = [sys.executable, "-m", "cli.main", "gateway", "mqtt", "--health-bind", f"127.0.0.1:{health}"]
    with (folder / "gateway.log").open("ab") as output:
        process = subprocess.Popen(command, env=environ, cwd=PROJECT, stdout=output, stderr=output)
    try:
        wait_for(lambda: metric(health, "sessions") == 1)
        yield process, health
    finally:
        process.kill()
        process.wait(PATIENCE_S)


def metric(port: int, name: str) -> float | None:
    """A figure of the gateway's own account, None where it does not answer."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
    except OSError:
        return None
    return next((float(line.split()[1]) for line in lines if line.startswith(f"sludgetrace_{name} ")), None)


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_gateway_killed_between_receipt_and_commit_loses_and_doubles_nothing(
    engine: Engine, database_url: str, settings: Settings, broker: Broker, tmp_path: Path
) -> None:
    with gateway_process(database_url, settings, tmp_path) as (process, health):
        with write_sessions(engine).begin() as holding:  # nobody else can commit now
            holding.connection()  # SQLite's lock is taken here
            if engine.dialect.name == "postgresql":
                holding.execute(text("LOCK TABLE raw_message IN ACCESS EXCLUSIVE MODE"))
            broker.publish("owntracks/D1/phone", *[location(second) for second in range(20)])
            wait_for(lambda: metric(health, "messages_received_total") == 20)
            process.kill()
            process.wait(PATIENCE_S)
        assert fixes(engine) == []
    with gateway_process(database_url, settings, tmp_path) as (process, health):
        wait_for(lambda: len(fixes(engine)) == 20)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
    assert len(raws(engine)) == 20
    assert "for-tests-only" not in (tmp_path / "gateway.log").read_text()
    with gateway_process(database_url, settings, tmp_path) as (process, health):
        assert metric(health, "messages_received_total") == 0  # all were acknowledged
