"""Does a message give the position that its vessel meant, with blanks for what it does not know?"""

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyais import decode as peer_decode
from pyais.exceptions import AISBaseException

from gps_ingest.decoders.ais import decode, messages, own_lines
from gps_ingest.decoders.ais_assembly import AisMessage
from gps_ingest.decoders.ais_reports import POSITION_TYPES, read_report, sender_of, sent_ms
from gps_ingest.decoders.fix_batch import Decoded, FixBatch
from gps_ingest.decoders.nmea_sentences import SentenceRefused, receipt_stamp, sealed
from gps_ingest.decoders.reception import Reception
from gps_ingest.doubts import doubt_arrivals
from models.thresholds import DoubtThresholds
from models.values import Refusal
from models.vocabulary import Doubt
from tests.gps_ingest.ais.speaking import NOON_MS, STRANGER, VESSEL, heard, lines, one, spoken

CARRIES_A_SECOND = (1, 2, 3, 18, 19)


def decoded(*said: bytes, code: str = VESSEL, at_ms: int = NOON_MS) -> Decoded:
    return decode(lines(*said), Reception(code, at_ms))


def only(result: Decoded) -> FixBatch:
    assert result.refusals == ()
    assert len(result.batch) == 1
    return result.batch


@pytest.mark.parametrize("kind", CARRIES_A_SECOND)
def test_a_position_of_each_type(kind: int) -> None:
    batch = only(decoded(*spoken(kind, lat=31.2512345, lon=-120.5)))
    assert batch.time_ms.tolist() == [NOON_MS - 30_000]
    assert batch.lat[0] == pytest.approx(31.2512345, abs=2e-6)
    assert batch.lon[0] == pytest.approx(-120.5, abs=2e-6)
    assert batch.speed_kmh[0] == pytest.approx(7.4 * 1.852)
    assert batch.course_deg[0] == pytest.approx(271.3)
    assert (batch.accuracy_m[0], batch.fixed[0]) == (10.0, True)


def test_a_long_range_position_is_coarse_and_of_the_time_of_receipt() -> None:
    batch = only(decoded(one(27, speed=7, course=271)))
    assert batch.time_ms.tolist() == [NOON_MS]
    assert batch.lat[0] == pytest.approx(31.25, abs=1 / 600)
    assert batch.speed_kmh[0] == pytest.approx(7 * 1.852)
    assert batch.course_deg[0] == 271


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        *[(kind, {"speed": 102.3, "course": 360}) for kind in CARRIES_A_SECOND],
        (27, {"speed": 63, "course": 511}),
    ],
)
def test_what_the_vessel_does_not_know_is_blank(kind: int, told: dict[str, Any]) -> None:
    batch = only(decoded(*spoken(kind, accuracy=0, **told)))
    assert math.isnan(batch.speed_kmh[0])
    assert math.isnan(batch.course_deg[0])
    assert math.isnan(batch.accuracy_m[0])


@pytest.mark.parametrize("kind", sorted(POSITION_TYPES))
def test_the_reserved_position_is_kept_and_doubted(kind: int) -> None:
    batch = only(decoded(*spoken(kind, lat=91.0, lon=181.0)))
    assert (batch.lat[0], batch.lon[0]) == (91.0, 181.0)
    assert doubt_arrivals(batch, DoubtThresholds()).doubts.tolist() == [Doubt.RANGE]


@pytest.mark.parametrize(("second", "fixed"), [(60, True), (61, False), (62, False), (63, False)])
def test_a_second_that_is_none_says_how_the_position_was_had(second: int, fixed: bool) -> None:
    batch = only(decoded(one(second=second)))
    assert (batch.time_ms[0], bool(batch.fixed[0])) == (NOON_MS, fixed)


@pytest.mark.parametrize(
    ("heard_ms", "second", "behind_ms"),
    [
        (NOON_MS, 0, 0),
        (NOON_MS, 30, 30_000),
        (NOON_MS, 51, 9_000),
        (NOON_MS, 50, 10_000),
        (NOON_MS, 5, -5_000),  # the receiver's clock is a little behind
        (NOON_MS, 10, -10_000),
        (NOON_MS, 11, 49_000),
        (NOON_MS + 250, 59, 1_250),
    ],
)
def test_the_receiver_completes_the_second(heard_ms: int, second: int, behind_ms: int) -> None:
    assert heard_ms - sent_ms(heard_ms, second) == behind_ms


@given(st.integers(0, 2**41), st.integers(0, 59))
def test_the_completed_second_is_the_told_one_and_near(heard_ms: int, second: int) -> None:
    time_ms = sent_ms(heard_ms, second)
    assert time_ms % 60_000 == second * 1000
    assert -10_000 <= heard_ms - time_ms < 50_000


def test_a_tag_block_tells_the_time_of_receipt() -> None:
    batch = only(decoded(heard(one(), NOON_MS - 86_400_000)))
    assert batch.time_ms.tolist() == [NOON_MS - 86_400_000 - 30_000]


def test_static_messages_and_others_bring_no_fix_and_no_fault() -> None:
    static = spoken(5, shipname="SU GONG 1", callsign="BXYZ", draught=2.1)
    assert len(static) == 2
    result = decoded(*static, one(24, partno=0, shipname="SU GONG 1"), one(4))
    assert (len(result.batch), result.refusals, result.device_code) == (0, (), VESSEL)
    [(_, message)] = messages(lines(*static), NOON_MS)
    assert isinstance(message, AisMessage)
    report = read_report(message, NOON_MS)
    assert (report.mmsi, report.type, report.fix) == (VESSEL, 5, None)
    assert report.facts["shipname"] == "SU GONG 1"
    assert report.facts["draught"] == 2.1


def test_only_the_asked_vessel_is_read() -> None:
    result = decoded(one(), one(mmsi=STRANGER), one(second=31))
    assert result.batch.position.tolist() == [1, 3]
    assert len(decoded(one(), one(mmsi=STRANGER), code="").batch) == 2


def test_lines_of_others_are_dropped_before_anything_is_kept() -> None:
    mixed = lines(one(), *spoken(5, mmsi=STRANGER), heard(one(second=31)), b"$GPGGA,junk", one(mmsi=STRANGER))
    own = own_lines(mixed, VESSEL, NOON_MS)
    assert (own.own, own.others, own.undated) == (2, 2, 1)
    stamped = receipt_stamp(NOON_MS) + one()
    assert own.body.splitlines() == [stamped, b"", b"", heard(one(second=31)), b"$GPGGA,junk", b""]
    assert own_lines(own.body, VESSEL, 0).body == own.body
    assert decode(own.body, Reception(VESSEL, NOON_MS)).batch.position.tolist() == [1, 4]


@pytest.mark.parametrize(
    ("line", "field", "sentence"),
    [
        (one()[:-2] + b"00", "sentence", "the checksum is 00"),
        (one()[:20], "sentence", "ends without a checksum"),
        (b"!" + sealed("AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR,0"), "sentence", "has 168 bits, this one has 120"),
        (b"!" + sealed("AIVDM,1,1,,A,15M,0"), "sentence", "too short for the number"),
        (b"!" + sealed("AIVDM,1,1,,A,100000000000000000000000000,0"), "sentence", "0 is not the number"),
        (spoken(5)[0], "parts", "the other parts of its message are missing"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(line: bytes, field: str, sentence: str) -> None:
    result = decoded(b"# a log", line, code="")
    [refusal] = result.refusals
    assert (refusal.place, refusal.field) == ("line 2", field)
    assert sentence in refusal.reason
    assert len(result.batch) == 0


def test_a_bad_line_does_not_sink_the_others() -> None:
    result = decoded(one(), one()[:-1], one(second=31), b"", b"!" + sealed("AIVDM,1,1,,B,,0"))
    assert len(result.batch) == 2
    assert [refusal.place for refusal in result.refusals] == ["line 2"]


def test_lonely_parts_of_others_are_no_fault_of_ours() -> None:
    assert decoded(spoken(5, mmsi=STRANGER)[0], spoken(5)[1]).refusals == ()
    assert len(decoded(spoken(5)[0]).refusals) == 1


@pytest.mark.parametrize("name", ["libais.aivdm", "pyais_sample.nmea"])
def test_real_sentences_read_as_a_peer_reads_them(shared: Path, name: str) -> None:
    body = (shared / "data" / "ais" / name).read_bytes()
    compared = 0
    for _, item in messages(body, NOON_MS):
        if isinstance(item, Refusal):
            continue
        try:
            peer = peer_decode(*(line.split(b"*")[0] + b"*00" for line in item.lines)).asdict()
            report = read_report(item, NOON_MS)
        except (AISBaseException, SentenceRefused):
            continue
        assert (int(report.mmsi), report.type) == (peer["mmsi"], peer["msg_type"])
        if report.fix is None:
            assert report.type not in POSITION_TYPES
            continue
        assert (report.fix.lat, report.fix.lon) == (peer["lat"], peer["lon"])
        if report.fix.speed_kmh is not None:
            assert report.fix.speed_kmh == pytest.approx(float(str(peer["speed"])) * 1.852)
        compared += 1
    # libais keeps one sentence whose longitude of 218 degrees no table holds
    assert compared == {"libais.aivdm": 33, "pyais_sample.nmea": 762}[name]


def test_every_position_of_the_real_sample_is_taken(shared: Path) -> None:
    body = (shared / "data" / "ais" / "pyais_sample.nmea").read_bytes()
    senders = {sender_of(item)[1] for _, item in messages(body, NOON_MS) if not isinstance(item, Refusal)}
    taken = sum(len(decode(body, Reception(mmsi, NOON_MS)).batch) for mmsi in senders)
    assert taken == len(decode(body, Reception("", NOON_MS)).batch) == 762


@given(st.binary(max_size=300))
def test_arbitrary_bytes_never_raise(body: bytes) -> None:
    assert isinstance(decode(body, Reception("", NOON_MS)), Decoded)
    own_lines(body, VESSEL, NOON_MS)


@given(
    st.text(st.sampled_from([chr(code) for code in (*range(48, 88), *range(96, 120))]), max_size=80),
    st.integers(0, 6),
    st.integers(0, 3),
)
def test_any_payload_is_read_or_refused(payload: str, fill: int, total: int) -> None:
    result = decode(b"!" + sealed(f"AIVDM,{total},1,1,A,{payload},{fill}"), Reception("", NOON_MS))
    assert all(refusal.reason for refusal in result.refusals)
