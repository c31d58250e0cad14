"""How much may come by way of the broker, of whom, and does anybody else have to wait for it?"""

import asyncio
import time
from dataclasses import replace

import orjson
import pytest
from sqlalchemy import Engine

from gps_ingest.gateways.mqtt_messages import OTHER_PROTOCOL
from gps_ingest.store.device_changes import set_service
from gps_ingest.store.devices import find_device
from models.session import write_sessions
from models.settings import Settings
from models.vocabulary import Protocol, RawStatus
from tests.gps_ingest.edges import Running, fixes, raws
from tests.gps_ingest.mqtt.broker import Broker
from tests.gps_ingest.mqtt.test_gateway import NOW_S, in_gateway, location, publish

pytestmark = pytest.mark.usefixtures("devices")

MOST_LAG_S = 0.5


def batch(count: int) -> bytes:
    return orjson.dumps([{"time": NOW_S - n, "lat": 31.3, "lon": 120.6} for n in range(count)])


def test_a_device_of_another_protocol_cannot_be_spoken_for(
    engine: Engine, settings: Settings, broker: Broker
) -> None:
    with write_sessions(engine).begin() as session:
        find_device(session, "D2").protocol = Protocol.JT808

    async def talk(gateway: Running) -> None:
        await publish(broker, "owntracks/D2/phone", location(), person="D2")
        await publish(broker, "owntracks/D1/phone", location())
        await gateway.until(lambda: gateway.count("fixes_accepted") == 1)
        assert gateway.count("items_quarantined") == 1

    in_gateway(engine, settings, broker, talk)
    [of_other, own] = raws(engine)
    assert (of_other.device_code, of_other.status) == ("D2", RawStatus.QUARANTINED)
    assert (of_other.device_id, of_other.reason) == (None, OTHER_PROTOCOL)
    assert own.status is RawStatus.ACCEPTED


def test_what_waits_of_a_sender_is_bounded(engine: Engine, settings: Settings, broker: Broker) -> None:
    with write_sessions(engine).begin() as session:
        set_service(session, find_device(session, "D2"), False)

    async def talk(gateway: Running) -> None:
        sent = [location(second) for second in range(5)]
        await publish(broker, "owntracks/D2/phone", *sent, person="D2")
        await publish(broker, "owntracks/D1/phone", *sent)
        await gateway.until(lambda: gateway.count("fixes_accepted") == 5)
        assert gateway.rejected("no_room") == 3

    in_gateway(engine, replace(settings, unproven_per_sender=2), broker, talk)
    assert [raw.device_code for raw in raws(engine) if raw.device_id is None] == ["D2", "D2"]


def test_a_batch_of_too_many_is_kept_and_none_of_it_taken(
    engine: Engine, settings: Settings, broker: Broker
) -> None:
    async def talk(gateway: Running) -> None:
        await publish(broker, "sludgetrace/D1/fixes", batch(4), batch(3))
        await gateway.until(lambda: gateway.count("fixes_accepted") == 3)
        assert gateway.count("items_refused") == 1

    in_gateway(engine, replace(settings, max_batch_fixes=3), broker, talk)
    assert [raw.status for raw in raws(engine)] == [RawStatus.REFUSED, RawStatus.ACCEPTED]


def test_messages_of_a_device_keep_their_order(engine: Engine, settings: Settings, broker: Broker) -> None:
    sent = [batch(1000) if n % 10 == 0 else location(n) for n in range(60)]
    topics = ["sludgetrace/D1/fixes" if n % 10 == 0 else "owntracks/D1/phone" for n in range(60)]

    async def talk(gateway: Running) -> None:
        for topic, payload in zip(topics, sent, strict=True):
            await publish(broker, topic, payload)
        await gateway.until(
            lambda: gateway.count("messages_received") == 60 and not gateway.context.intake.waiting
        )

    in_gateway(engine, settings, broker, talk)
    times = [raw.received_at for raw in raws(engine)]
    assert times == sorted(times)
    assert [raw.body for raw in raws(engine) if raw.protocol is Protocol.OWNTRACKS] == [
        payload for payload, topic in zip(sent, topics, strict=True) if topic.startswith("owntracks")
    ]


def test_a_long_message_does_not_keep_the_loop(engine: Engine, settings: Settings, broker: Broker) -> None:
    long = b"[" + b"{}," * 300_000 + b"{}]"

    async def talk(gateway: Running) -> None:
        await publish(broker, "sludgetrace/D1/fixes", long)
        lag_s, before = 0.0, time.perf_counter()
        while not gateway.count("items_refused"):
            await asyncio.sleep(0.005)
            now = time.perf_counter()
            lag_s, before = max(lag_s, now - before), now
        assert lag_s < MOST_LAG_S

    in_gateway(engine, replace(settings, max_batch_fixes=1_000_000), broker, talk)
    assert fixes(engine) == []
