"""How fast are messages decoded? JT/T 808 beside its five steps written bare, AIS and NMEA beside peers.

Bare is the least that anybody would write for a location 0x0200: unescape, XOR, unpack, binary-coded time,
walk over the fields; nothing checked, no objects made. pyais and pynmea2 turn a sentence into an object; ours
goes on to a position report that is ready to be stored, pyais inside it.
"""

import calendar
import struct
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import xor
from typing import Any

import pyais
import pynmea2

from demo.terminals import jt808_wire as wire
from gps_ingest.decoders import ais, nmea
from gps_ingest.decoders.jt808.bcd_times import offset_ms
from gps_ingest.decoders.jt808.frames import read_frame
from gps_ingest.decoders.jt808.messages import Profile, decode_message
from gps_ingest.decoders.reception import Reception

MESSAGES, ROUNDS = 10_000, 7
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CORE = struct.Struct(">IIIIhHH6s")
USUAL = Profile(offset_ms(None))
Run = Callable[[], Any]


def measure() -> dict[str, dict[str, float]]:
    """Messages/s of ours and of the peers, and the ratios of one run."""
    frames = [frame_of(number).strip(b"\x7e") for number in range(MESSAGES)]
    for frame in frames[:100]:
        assert bare(frame)[0] == decoded(frame).batch.time_ms[0]
    lines = [ais_line(number) for number in range(MESSAGES)]
    sentences = [rmc_line(number) for number in range(MESSAGES)]
    receipt = Reception("", 1_772_452_800_000)
    pairs: dict[tuple[str, str], tuple[Run, Run]] = {
        ("jt808_0200", "five_steps_bare"): (
            lambda: [decoded(frame) for frame in frames],
            lambda: [bare(frame) for frame in frames],
        ),
        ("ais", "pyais"): (
            lambda: ais.decode(b"\r\n".join(lines), receipt),
            lambda: [pyais.decode(line) for line in lines],
        ),
        ("nmea_rmc", "pynmea2"): (
            lambda: nmea.decode(b"\r\n".join(sentences), receipt),
            lambda: [pynmea2.parse(line.decode()) for line in sentences],
        ),
    }
    figures, peers, ratios = {}, {}, {}
    for (name, peer), (own_run, peer_run) in pairs.items():
        own_s, peer_s = best_of_both(own_run, peer_run)
        figures[f"decode_{name}_per_s"] = MESSAGES / own_s
        peers[f"decode_{peer}_per_s"] = MESSAGES / peer_s
        ratios[f"decode_{name}_to_{peer}"] = peer_s / own_s
    return {"figures": figures, "peers": peers, "ratios": ratios}


def best_of_both(own: Run, peer: Run) -> tuple[float, float]:
    """Seconds of the best of some rounds of each, in turns: others run on this machine too."""
    best = [float("inf"), float("inf")]
    for _ in range(ROUNDS):
        for index, run in enumerate((own, peer)):
            began = time.perf_counter()
            run()
            best[index] = min(best[index], time.perf_counter() - began)
    return best[0], best[1]


def decoded(content: bytes) -> Any:
    """What the gateway does with the bytes of a message."""
    frame = read_frame(content)
    assert frame is not None
    return decode_message(frame, USUAL)


def bare(content: bytes) -> tuple[Any, ...]:
    """The five steps."""
    message = content.replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d")
    good = reduce(xor, message) == 0
    alarm, status, lat, lon, altitude, speed, course, bcd = CORE.unpack_from(message, 12)
    digits = bcd.hex()
    parts = [int(digits[start : start + 2]) for start in range(0, 12, 2)]
    time_ms = 1000 * calendar.timegm((2000 + parts[0], *parts[1:])) - 8 * 3_600_000
    fields = {}
    position, end = 40, len(message) - 1
    while position < end:
        length = message[position + 1]
        fields[message[position]] = message[position + 2 : position + 2 + length]
        position += 2 + length
    return time_ms, good, alarm, status, lat / 1e6, lon / 1e6, altitude, speed / 10, course, fields


def frame_of(number: int) -> bytes:
    """A location with mileage, speed of the recorder, signal and satellites."""
    at = NOON + timedelta(seconds=number)
    report = wire.Report(at, 31.2 + number * 1e-5, 120.6, 42.5, number % 360, 1234.5 + number)
    return wire.frame(wire.LOCATION, "13900000001", number, wire.location(report))


def ais_line(number: int) -> bytes:
    """A position report of type 1, as a receiver passes it on."""
    payload = pyais.messages.MessageType1.create(
        mmsi=413_000_000 + number % 50, lat=31.2 + number * 1e-5, lon=121.5, speed=8.5, course=90.0, second=30
    )
    line: str = pyais.encode_msg(payload)[0]
    return line.encode()


def rmc_line(number: int) -> bytes:
    """A sentence RMC."""
    at = NOON + timedelta(seconds=number)
    minutes = 12 + number % 1000 / 1000
    body = f"GNRMC,{at:%H%M%S}.00,A,31{minutes:07.4f},N,12030.0000,E,22.9,90.0,{at:%d%m%y},,,A"
    return f"${body}*{reduce(xor, body.encode()):02X}".encode()
