"""Does a phone with OwnTracks get in over MQTT, packet by packet as it sends them, its last will included?

As DefaultsProvider.kt and MQTTConnectionConfiguration.kt of OwnTracks for Android have it: MQTT 3.1.1, QoS 1,
session kept, locations retained, a will of type `lwt` without a time.
"""

import asyncio
import socket
import struct

import pytest
from sqlalchemy import Engine

from gps_ingest.gateways.mqtt import start
from models.settings import Settings
from models.vocabulary import RawStatus
from tests.gps_ingest.edges import fixes, raws, running, sample
from tests.gps_ingest.mqtt.broker import PASSWORD, PATIENCE_S, Broker
from tests.gps_ingest.mqtt.test_gateway import NOW_S

pytestmark = pytest.mark.usefixtures("devices")

CONNECT, CONNACK, PUBLISH_RETAINED, PUBACK, SUBSCRIBE, SUBACK = 0x10, 0x20, 0x33, 0x40, 0x82, 0x90
USER_PASSWORD_WILL = 0x80 | 0x40 | 0x04  # session kept, the will with QoS 0
TOPIC = "owntracks/D1/phone"
TOPICS_READ = ("owntracks/+/+", "owntracks/+/+/info", "owntracks/D1/phone/cmd", "owntracks/+/+/event")


def text(value: str | bytes) -> bytes:
    raw = value.encode() if isinstance(value, str) else value
    return struct.pack(">H", len(raw)) + raw


def packet(kind: int, body: bytes) -> bytes:
    length, rest = b"", len(body)
    while True:
        rest, digit = divmod(rest, 128)
        length += bytes([digit | (0x80 if rest else 0)])
        if not rest:
            return bytes([kind]) + length + body


def connect() -> bytes:
    will = '{"_type":"lwt"}'
    head = text("MQTT") + bytes([4, USER_PASSWORD_WILL]) + struct.pack(">H", 3600)
    return packet(CONNECT, head + text("D1phone") + text(TOPIC) + text(will) + text("D1") + text(PASSWORD))


def subscribe() -> bytes:
    return packet(SUBSCRIBE, struct.pack(">H", 1) + b"".join(text(topic) + b"\x01" for topic in TOPICS_READ))


def location(mid: int, second: int) -> bytes:
    payload = (
        f'{{"_type":"location","created_at":{NOW_S},"_id":"{mid:08x}","t":"p","batt":87,"bs":1,"acc":5,"vac":3,'
        f'"lat":31.250001,"lon":120.500002,"alt":3,"vel":42,"cog":90,"tst":{NOW_S - 60 + second},"m":1,'
        '"conn":"m","tid":"ne"}'
    ).encode()
    return packet(PUBLISH_RETAINED, text(TOPIC) + struct.pack(">H", mid) + payload)


def talk(port: int) -> list[tuple[int, bytes]]:
    """The phone's whole conversation, which ends as in a tunnel: without a goodbye. The answers."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        reader = connection.makefile("rb")
        answers = []
        for request in (connect(), subscribe(), location(2, 0), location(3, 1)):
            connection.sendall(request)
            kind, length = reader.read(2)
            answers.append((kind, reader.read(length)))
        return answers


def test_a_phone_s_conversation_and_its_last_will(engine: Engine, settings: Settings, broker: Broker) -> None:
    async def run() -> None:
        async with running(engine, start, settings) as gateway:
            await gateway.until(lambda: sample(gateway.context.metrics, "sludgetrace_sessions") == 1)
            answers = await asyncio.to_thread(talk, broker.port)
            assert [kind for kind, _body in answers] == [CONNACK, SUBACK, PUBACK, PUBACK]
            assert [body for _kind, body in answers[2:]] == [b"\x00\x02", b"\x00\x03"]
            await gateway.until(lambda: gateway.rejected("not_a_report") == 1)  # the will
            await gateway.until(lambda: len(raws(engine)) == 2)

    asyncio.run(run())
    assert [fix.time_ms for fix in fixes(engine)] == [(NOW_S - 60) * 1000, (NOW_S - 59) * 1000]
    assert {fix.speed_kmh for fix in fixes(engine)} == {42.0}
    assert [raw.status for raw in raws(engine)] == [RawStatus.ACCEPTED] * 2
