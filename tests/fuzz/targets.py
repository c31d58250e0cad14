"""What is fuzzed: every decoder with bytes as they are, and with bytes inside a valid envelope.

Bytes alone rarely pass a checksum, so each format with one has a second target that wraps what the fuzzer
made: the checksum is right and the body is anything.
"""

import functools
import operator
import struct
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np
import orjson

from demo.terminals import jt808_wire as wire
from demo.terminals.ais_receiver import sentences
from demo.terminals.course import Whereabouts
from gps_ingest.decoders.fix_batch import COLUMNS, FixBatch
from gps_ingest.decoders.fix_fields import FIRST_MS, LAST_MS, MAX_COORDINATE_DEG
from gps_ingest.decoders.formats import DECODERS
from gps_ingest.decoders.reception import Reception
from models.device_values import VendorField
from models.vocabulary import Protocol
from tests.fuzz import parts

AT = datetime(2026, 3, 2, 4, 5, 6, tzinfo=UTC)
DEVICE = "13900000808"
MMSI = "413900001"
RECEPTION = Reception(
    DEVICE,
    round(AT.timestamp() * 1000),
    vendor_fields=(
        VendorField(0xE1, 0, 4, True, 0.1, "load_kg"),
        VendorField(0xE2, 1, 2, False, 1, "signal"),
    ),
)
REPORT = wire.Report(AT, 31.25, 120.5, 37.2, 271.0, 12.3)
MESSAGE_IDS = (0x0200, 0x0704, 0x0100, 0x0102, 0x0701, 0x0702, 0x0002, 0x0801)


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to fuzz. share: how much of all inputs it gets. wrap: what is put around the input. part: a
    reader beside the protocol's decoder that is fuzzed instead of it (tests/fuzz/parts.py)."""

    name: str
    protocol: Protocol
    share: float
    seeds: tuple[bytes, ...]
    wrap: Callable[[bytes], bytes] = field(default=bytes)
    part: Callable[[bytes], None] | None = None

    def run(self, data: bytes) -> None:
        """Decode; raises whatever the decoder raises, and AssertionError for an answer of the wrong shape."""
        if self.part is not None:
            self.part(data)
            return
        reception = replace(RECEPTION, device_code=MMSI) if self.protocol is Protocol.AIS else RECEPTION
        decoded = DECODERS[self.protocol](self.wrap(data), reception)
        if any(not refusal.reason for refusal in decoded.refusals):
            raise AssertionError("a refusal without a reason")
        check_storable(decoded.batch)


def check_storable(batch: FixBatch) -> None:
    """Whatever a decoder lets pass must fit into the tables, or it would sink its transaction."""
    if len({len(getattr(batch, name)) for name in COLUMNS}) != 1:
        raise AssertionError("columns of different lengths")
    for degrees in (batch.lat, batch.lon):
        if not (np.abs(degrees) <= MAX_COORDINATE_DEG).all():
            raise AssertionError(f"a coordinate that no column holds: {degrees}")
    if not ((batch.time_ms >= FIRST_MS) & (batch.time_ms < LAST_MS)).all():
        raise AssertionError(f"a time out of bounds: {batch.time_ms}")
    for measured in (batch.speed_kmh, batch.course_deg, batch.accuracy_m, batch.odometer_km, batch.load_kg):
        if np.isinf(measured).any():
            raise AssertionError(f"an endless quantity: {measured}")
    if (batch.alarm < 0).any():
        raise AssertionError("alarm bits below 0")


def in_jt808(data: bytes) -> bytes:
    """A frame with a right checksum: the first byte chooses the message and the header's form."""
    choice = data[0] if data else 0
    body = data[1:1024]
    kind = MESSAGE_IDS[choice % len(MESSAGE_IDS)]
    framed = wire.frame(kind, DEVICE, 7, body)
    if choice & 0x80:
        return framed + wire.frame(kind, DEVICE, 8, body[::-1])
    return framed


def in_jt809(data: bytes) -> bytes:
    """A 2011 frame with a right length and CRC: the first byte chooses the message."""
    choice = data[0] if data else 0
    kind = (0x1200, 0x1001, 0x1005, 0x1003)[choice % 4]
    body = data[1:2000]
    head = struct.pack(">IIHI3sBI", 26 + len(body), 7, kind, 1100, b"\x01\x00\x00", choice >> 7, 0)
    plain = head + body
    plain += struct.pack(">H", crc16(plain))
    for byte, escape in ((0x5A, b"\x5a\x02"), (0x5E, b"\x5e\x02")):
        plain = plain.replace(bytes([byte]), escape)
    plain = plain.replace(b"\x5b", b"\x5a\x01").replace(b"\x5d", b"\x5e\x01")
    return b"\x5b" + plain + b"\x5d"


def crc16(data: bytes) -> int:
    """CRC-16/CCITT-FALSE, bit by bit."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def in_sentence(start: bytes) -> Callable[[bytes], bytes]:
    """A line with a right NMEA checksum."""

    def wrap(data: bytes) -> bytes:
        inside = start + data.replace(b"\n", b"").replace(b"\r", b"").replace(b"*", b"")[:150]
        check = functools.reduce(operator.xor, inside, 0)
        return (b"!" if start.startswith(b"AI") else b"$") + inside + b"*%02X\r\n" % check

    return wrap


VESSEL = sentences(MMSI, Whereabouts(31.25, 120.5, 11.0, 90.0, 0.0), AT)
SENDER = VESSEL.split(b",")[5][1:7]  # the MMSI in the armour of a payload


def in_ais(data: bytes) -> bytes:
    """A tagged sentence of our vessel: the first byte chooses the type, the rest is any payload."""
    kind = b"123599BIKK"[(data[0] if data else 0) % 10 :][:1]
    armour = bytes(48 + byte % 40 if byte % 64 < 40 else 96 + byte % 24 for byte in data[1:80])
    line = in_sentence(b"AIVDM,1,1,,A,")(kind + SENDER + armour + b",0")
    tag = b"c:1772424306"
    return b"\\" + tag + b"*%02X" % functools.reduce(operator.xor, tag, 0) + b"\\" + line


GPX_SEED = (
    b'<gpx version="1.1"><trk><name>D</name><trkseg><trkpt lat="31.2" lon="120.5">'
    b"<time>2026-03-02T04:05:06Z</time></trkpt></trkseg></trk></gpx>"
)
CSV_SEED = b"device_id,recorded_at,lat,lon,speed_kmh\n13900000808,2026-03-02T12:00:00+08:00,31.2,120.5,40\n"
JSON_SEED = orjson.dumps({"fixes": [{"time": 1772424306, "lat": 31.2, "lon": 120.5, "satellites": 9}]})
OSMAND_SEED = b"id=13900000808&lat=31.2&lon=120.5&timestamp=1772424306&speed=20.1&bearing=271&accuracy=5"
OSMAND_9_SEED = orjson.dumps(
    {
        "device_id": DEVICE,
        "location": {
            "timestamp": "2026-03-02T04:05:06Z",
            "coords": {"latitude": 31.2, "longitude": 120.5, "speed": 10.1, "heading": 271, "accuracy": 5},
            "odometer": 1234,
        },
    }
)
OWNTRACKS_SEED = orjson.dumps({"_type": "location", "tst": 1772424306, "lat": 31.2, "lon": 120.5, "vel": 40})
GEOJSON_SEED = orjson.dumps(
    {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [120.5, 31.2]},
                "properties": {"recorded_at": "2026-03-02T04:05:06Z"},
            }
        ],
    }
)
RMC_SEED = b"GPRMC,040506.00,A,3115.0000,N,12030.0000,E,20.1,271.0,020326,,,A"
GGA_SEED = b"GPGGA,040506.00,3115.0000,N,12030.0000,E,1,09,0.9,8.0,M,0.0,M,,"
JT809_SEED = bytes.fromhex(
    "5b000000480000000712000000044c0100000000000000b8d3423633323635000000000000000000000000000212020000"
    "0024000200"
) + bytes(20)

FRAME = wire.frame(0x0200, DEVICE, 1, wire.location(REPORT))
PACKET_PLAIN = struct.pack(">HH6sHHH", 0x0704, 0x2003, bytes.fromhex(DEVICE.zfill(12)), 7, 2, 1) + b"\0\1\1"
PACKET = b"\x7e" + PACKET_PLAIN + bytes([functools.reduce(operator.xor, PACKET_PLAIN)]) + b"\x7e"
BODIES = (
    b"\0" + wire.registration("T1", "苏E1"),
    b"\1token",
    b"\2" + struct.pack(">I", 9) + b"LD-000001",
    b"\3\1" + bytes.fromhex("260302120506") + b"\0\4name" + b"L" * 20 + b"\2AA" + bytes.fromhex("20300101"),
)
INSPECTED = (
    b"\0" + FRAME.hex().encode(),
    b"\1" + wire.location(REPORT),
    b"\2" + wire.location(REPORT),
    b"\3$" + RMC_SEED + b"*00",
)

TARGETS = (
    Target("jt808", Protocol.JT808, 0.12, (wire.frame(0x0200, DEVICE, 1, wire.location(REPORT)),)),
    Target(
        "jt808 in a frame",
        Protocol.JT808,
        0.20,
        (
            b"\0" + wire.location(REPORT),
            b"\1" + wire.batch([REPORT] * 3),
            b"\2" + wire.registration("T1", "苏E1"),
        ),
        in_jt808,
    ),
    Target("jt808 stream", Protocol.JT808, 0.02, (b"\5" + 2 * FRAME + PACKET,), part=parts.stream_jt808),
    Target("jt808 bodies", Protocol.JT808, 0.04, BODIES, part=parts.bodies_jt808),
    Target("decode command", Protocol.JT808, 0.02, INSPECTED, part=parts.inspections),
    Target("jt809 stream", Protocol.JT809, 0.02, (b"\5" + 2 * JT809_SEED,), part=parts.stream_jt809),
    Target("jt809", Protocol.JT809, 0.08, (JT809_SEED,)),
    Target("jt809 in a frame", Protocol.JT809, 0.10, (b"\0" + JT809_SEED[23:],), in_jt809),
    Target("nmea", Protocol.NMEA, 0.06, (b"$" + RMC_SEED + b"*00\r\n",)),
    Target("nmea in a sentence", Protocol.NMEA, 0.08, (RMC_SEED, GGA_SEED), in_sentence(b"")),
    Target("ais", Protocol.AIS, 0.04, (VESSEL,)),
    Target("ais in a sentence", Protocol.AIS, 0.04, (bytes(28), b"\0" + VESSEL.split(b",")[5][7:]), in_ais),
    Target("osmand", Protocol.OSMAND, 0.06, (OSMAND_SEED, OSMAND_9_SEED)),
    Target("owntracks", Protocol.OWNTRACKS, 0.05, (OWNTRACKS_SEED,)),
    Target("json", Protocol.JSON, 0.03, (JSON_SEED,)),
    Target("geojson", Protocol.GEOJSON, 0.02, (GEOJSON_SEED,)),
    Target("csv", Protocol.CSV, 0.01, (CSV_SEED,)),
    Target("gpx", Protocol.GPX, 0.01, (GPX_SEED,)),
)
