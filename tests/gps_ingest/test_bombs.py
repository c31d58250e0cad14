"""Do files full of what cannot be read cost little, count honestly, and cost sound files nothing?"""

import json
from time import process_time

import pytest

from gps_ingest.decoders.faults import MOST_TOLD, PATIENCE
from gps_ingest.decoders.fix_batch import Decoded
from gps_ingest.decoders.formats import DECODERS
from gps_ingest.decoders.jt808.frames import DELIMITER, HEAD_2013, SUB_PACKET, escaped, xor_of
from gps_ingest.decoders.lines import Lines
from gps_ingest.decoders.reception import Reception
from models.values import not_taken
from models.vocabulary import Protocol

N = 900_000
HEAD = b"recorded_at,lat,lon\n"
ROW = b"2026-01-01T00:00:00Z,31,121\n"
GPX = b"<gpx version='1.1' xmlns='http://www.topografix.com/GPX/1/1'><trk><trkseg>"
GPX_END = b"</trkseg></trk></gpx>"
MOST_S = 2.0  # of the processor; a second and less on an idle machine


def decoded(protocol: Protocol, body: bytes) -> Decoded:
    return DECODERS[protocol](body, Reception("1", 1_790_000_000_000))


def packet(number: int) -> bytes:
    head = HEAD_2013.pack(0x0704, 0x2000, bytes.fromhex("000000000001"), number * 7 % 65536)
    message = head + SUB_PACKET.pack(1024, 1 + number % 1024)
    return DELIMITER + escaped(message + bytes((xor_of(message),))) + DELIMITER


BOMBS = {
    "csv of short rows": (Protocol.CSV, HEAD + b"a,b,c\n" * (N // 6)),
    "csv of quotes": (Protocol.CSV, HEAD + b'"\n' * (N // 2)),
    "csv of blank rows": (Protocol.CSV, HEAD + b",\n" * (N // 2)),
    "csv of returns": (Protocol.CSV, HEAD + b"\r" * N),
    "csv of columns": (Protocol.CSV, b"recorded_at,lat,lon," + b",".join(b"%d" % n for n in range(100_000))),
    "gpx of bad points": (Protocol.GPX, GPX + b"<trkpt lat='x' lon='y'/>" * (N // 24) + GPX_END),
    "gpx without times": (Protocol.GPX, GPX + b"<trkpt lat='1' lon='2'/>" * (N // 24) + GPX_END),
    "geojson of nothing": (
        Protocol.GEOJSON,
        b'{"type":"FeatureCollection","features":[' + b"0," * N + b"0]}",
    ),
    "json of nothing": (Protocol.JSON, b"[" + b"{}," * (N // 3) + b"{}]"),
    "osmand of nothing": (Protocol.OSMAND, b"[" + b"{}," * (N // 3) + b"{}]"),
    "nmea of letters": (Protocol.NMEA, b"a\n" * (N // 2)),
    "ais of letters": (Protocol.AIS, b"a\n" * (N // 2)),
    "jt808 of delimiters": (Protocol.JT808, b"\x7ea" * (N // 2)),
    "jt808 of lonely packets": (Protocol.JT808, b"".join(map(packet, range(40_000)))),
    "jt809 of empty frames": (Protocol.JT809, b"\x5b\x5d" * (N // 2)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_little(name: str) -> None:
    protocol, body = BOMBS[name]
    began = process_time()
    result = decoded(protocol, body)
    assert process_time() - began < MOST_S
    assert (len(result), len(result.refusals) <= 3 * MOST_TOLD + 2) == (0, True)


@pytest.mark.parametrize(
    ("protocol", "body", "items"),
    [
        (Protocol.CSV, HEAD + b'"\n' * 50_000, 50_000),
        (Protocol.JSON, b"[" + b"0," * 49_999 + b"0]", 50_000),
        (Protocol.NMEA, b"a\n" * 50_000, 50_000),
        (Protocol.AIS, b"a\n" * 50_000, 50_000),
        (Protocol.JT809, b"\x5b\x5d" * 50_000, 50_000),
        (Protocol.JT808, b"\x7ea" * 50_000, 50_000),
        (Protocol.GPX, GPX + b"<trkpt lat='x' lon='y'><time>1</time></trkpt>" * 50_000 + GPX_END, 50_000),
    ],
)
def test_the_count_is_whole(protocol: Protocol, body: bytes, items: int) -> None:
    refusals = decoded(protocol, body).refusals
    places = {refusal.place for refusal in refusals if refusal.count == 1}
    assert len(places) + sum(refusal.count for refusal in refusals if refusal.count > 1) == items
    assert "reading stops here" in refusals[-1].reason


def test_one_bad_line_in_a_hundred_and_a_bad_beginning_lose_nothing() -> None:
    body = HEAD + b"x,y,z\n" * (PATIENCE - 1) + (ROW * 99 + b"x,y,z\n") * 200
    result = decoded(Protocol.CSV, body)
    assert len(result) == 99 * 200
    assert not_taken(result.refusals[-1:]) == PATIENCE - 1 + 200 - MOST_TOLD
    items = [{"time": 1_770_000_000, "lat": "31", "lon": 121}] * 99 + [{}]
    assert len(decoded(Protocol.JSON, json.dumps(items * 100).encode())) == 9_900


@pytest.mark.parametrize("text", [b"", b"a", b"a\n", b"a\r\nb\r\r\n \nc", b"\n\nx\n", b"\r\n,,\n,\nq"])
def test_lines_are_numbered_as_python_numbers_them(text: bytes) -> None:
    told = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    lines = Lines(text)
    assert [*lines] == told
    assert lines.number + lines.left == max(1, len(text.splitlines()))
