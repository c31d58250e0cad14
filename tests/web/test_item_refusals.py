"""Is everything that a decoder of files may say against an item told in the reader's language?"""

import random
import re

import pytest
from flask import Flask

from gps_ingest.decoders.faults import IN_VAIN, MORE
from gps_ingest.decoders.formats import DECODERS
from gps_ingest.decoders.reception import Reception
from gps_ingest.store.held_back import OUTSIDE_STAYS, TOO_FAR_AHEAD
from models.vocabulary import Protocol
from tests.gps_ingest.nmea.receiving import GGA, RMC, lines, rmc
from web.item_refusals import PLACES, SENTENCES, refusal_sentence, refused_place
from web.kept_reasons import kept_reason

HAN = re.compile(r"[一-鿿]")
CSV = b"recorded_at,lat,lon,load_state\n2026-03-02T00:00:00Z,31.5,120,full\n"
POINT = '<trkpt lat="31.2" lon="120.6"><time>2026-03-02T00:00:00Z</time></trkpt>'
GPX = f'<gpx version="1.1"><trk><trkseg>{POINT}</trkseg></trk></gpx>'.encode()
FEATURE = b'{"type":"Feature","properties":{"time":"2026-03-02T00:00:00Z"},"geometry":%s}'
LINE = b'{"type":"LineString","coordinates":[[120,31]]}'
BAD: dict[Protocol, list[bytes]] = {
    Protocol.CSV: [
        b"",
        b"\xff\xfe",
        b"lat,lon\n",
        b"lat,lat,lon,recorded_at\n",
        b"x" * 20_000,
        CSV + b"2026-03-02T00:00:00,31.5,120,full\n",
        CSV + b"yesterday,x,999,sideways\n,,,\n1,2\n\xff,,,\n1900-01-01T00:00:00Z,1,2,full\n",
        CSV + b"x" * 20_000 + b"\n" + b'"a"b,,,\n' + b"2026-03-02T00:00:00Z,1,2,full\n",
        b"recorded_at,lat,lon,speed_kmh,device_id\n2026-03-02T00:00:00Z,1,2,1e9,D2\n",
        b"recorded_at,lat,lon,device_id\n2026-03-02T00:00:00Z,1,2,D2\n",
        CSV + b"x,y,z,v\n" * 6500,
    ],
    Protocol.GPX: [
        b"no xml",
        b"<kml/>",
        b"<!DOCTYPE gpx><gpx/>",
        b"<gpx/>",
        b"<gpx>" + b"<a>" * 100,
        GPX[:-20],
        GPX.replace(b"<time>2026-03-02T00:00:00Z</time>", b""),
        GPX.replace(b"2026-03", b"2026-13"),
        GPX.replace(b'lat="31.2"', b'lat="north"') + b"<",
    ],
    Protocol.GEOJSON: [
        b"{",
        b"[]",
        b'{"type":"FeatureCollection","features":[]}',
        b'{"type":"FeatureCollection","crs":"EPSG:3857","features":[]}',
        FEATURE % b"null",
        FEATURE % LINE,
        FEATURE % b'{"type":"Polygon"}',
        FEATURE % b'{"type":"Point","coordinates":[1]}',
        FEATURE % b'{"type":"MultiLineString","coordinates":[[[1,2]]]}',
        (FEATURE % LINE).replace(b'"time"', b'"coordTimes":[],"time"'),
        (FEATURE % b'{"type":"Point","coordinates":[1,2]}').replace(b'"time"', b'"device_id":"D2","time"'),
    ],
    Protocol.NMEA: [
        lines(GGA),
        lines(RMC[:-2] + b"00", RMC[:-3], b"junk", b"\xff", b"$" + b"x" * 2000, b"\\c:1*00\\" + RMC),
        lines(rmc(status="X"), rmc(date="320226"), rmc(date="9"), rmc(time="9"), rmc(time="250000.00")),
        lines(rmc(lat="9999.0000"), rmc(lat="3199.0000"), rmc(speed="x"), rmc(course="1e9")),
        lines(b"$GPRMC,1*" + b"%02X" % 0x56),
    ],
}


def said(protocol: Protocol, body: bytes) -> list[tuple[str, str]]:
    refusals = DECODERS[protocol](body, Reception("D1", 1_772_452_800_000)).refusals
    return [(refusal.place, refusal.reason) for refusal in refusals]


@pytest.mark.parametrize("protocol", BAD)
def test_what_is_bad_in_a_file_is_told_in_chinese(protocol: Protocol, service: Flask) -> None:
    with service.test_request_context():
        for body in BAD[protocol]:
            told = said(protocol, body)
            assert told or b"type" in body or b"<" in body or b"GPRMC,1" in body, body[:80]
            for place, reason in told:
                assert HAN.search(refusal_sentence(reason)), reason
                assert HAN.search(refused_place(place)), place


@pytest.mark.parametrize("protocol", BAD)
def test_whatever_chance_makes_of_a_file_is_told_in_chinese(protocol: Protocol, service: Flask) -> None:
    chance = random.Random(20260302)
    sources = [body for body in BAD[protocol] if 0 < len(body) < 1000]
    with service.test_request_context():
        for _ in range(300):
            body = bytearray(chance.choice(sources))
            for _ in range(chance.randint(1, 4)):
                body[chance.randrange(len(body))] = chance.randrange(256)
            for _, reason in said(protocol, bytes(body)):
                assert HAN.search(refusal_sentence(reason)), (reason, bytes(body))


def test_bounds_and_held_back_fixes_are_told_in_chinese(service: Flask) -> None:
    with service.test_request_context():
        reasons = [MORE.format(count=3), IN_VAIN.format(bad=9, good=2, count=1), OUTSIDE_STAYS]
        for reason in [*reasons, TOO_FAR_AHEAD.format(hours=24)]:
            assert HAN.search(refusal_sentence(reason)), reason


def test_what_is_in_a_sentence_is_carried_over_and_an_unknown_one_stays(service: Flask) -> None:
    with service.test_request_context():
        assert refusal_sentence("'x%sy' is not a number") == "'x%sy' 不是数值"
        assert refusal_sentence("the moon is full") == "the moon is full"
        assert (refused_place("line 12"), refused_place("[3]")) == ("第 12 行", "[3]")
        kept = kept_reason("1 not taken: line 2 sentence: the checksum is 00, the content makes 5A")
        assert "第 2 行 sentence: 校验和为 00，按内容应为 5A" in kept


def test_a_reader_of_english_reads_it_as_it_was_said(service: Flask) -> None:
    with service.test_request_context(headers={"Accept-Language": "en"}) as context:
        context.session["language"] = "en"
        for text in (*SENTENCES, *PLACES):
            filled = re.sub(r"%\(\w+\)s", "7", text)
            assert refusal_sentence(filled) == filled
