"""Does a sentence give the report that its receiver meant, with blanks for what it does not know?"""

import math
from datetime import UTC, datetime

import pynmea2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gps_ingest.decoders.fix_batch import Decoded
from gps_ingest.decoders.nmea import UNDATED, decode
from gps_ingest.decoders.nmea_sentences import sealed
from gps_ingest.decoders.reception import Reception
from gps_ingest.doubts import doubt_arrivals
from models.thresholds import DoubtThresholds
from models.vocabulary import Doubt
from tests.gps_ingest.nmea.receiving import GGA, NOON_MS, RMC, gga, lines, rmc


def decoded(*some: bytes, offset_minutes: int | None = None) -> Decoded:
    return decode(lines(*some), Reception("N1", NOON_MS, offset_minutes))


def test_an_rmc_is_a_report() -> None:
    result = decoded(rmc())
    assert (result.refusals, len(result)) == ((), 1)
    batch = result.batch
    assert (batch.time_ms[0], batch.position[0], batch.fixed[0]) == (NOON_MS, 1, True)
    assert (batch.lat[0], batch.lon[0]) == (pytest.approx(31.25), pytest.approx(120.5))
    assert (batch.speed_kmh[0], batch.course_deg[0]) == (pytest.approx(7.4 * 1.852), 271.3)
    assert (batch.satellites[0], math.isnan(batch.accuracy_m[0])) == (-1, True)


@pytest.mark.parametrize("talker", ["GP", "GN", "BD", "GB", "GL", "GA", "QZ"])
def test_any_talker_is_read(talker: str) -> None:
    assert len(decoded(rmc(talker=talker))) == 1


@pytest.mark.parametrize("pair", [(rmc(), gga()), (gga(), rmc()), (gga(talker="GN"), rmc())])
def test_the_gga_of_the_same_second_refines_it(pair: tuple[bytes, bytes]) -> None:
    batch = decoded(*pair).batch
    assert (batch.satellites.tolist(), batch.accuracy_m.tolist()) == ([9], [4.5])


def test_the_gga_of_another_second_does_not() -> None:
    result = decoded(gga(time="115959.00"), rmc(), gga(time="120001.00"), rmc(time="120002.00"))
    assert result.batch.satellites.tolist() == [-1, -1]


def test_each_second_of_a_log_is_a_report_of_its_own() -> None:
    log = [line for s in range(50) for line in (gga(time=f"1200{s:02}.00"), rmc(time=f"1200{s:02}.00"))]
    batch = decoded(*log).batch
    assert batch.time_ms.tolist() == [NOON_MS + s * 1000 for s in range(50)]
    assert set(batch.satellites.tolist()) == {9}


def test_the_same_second_of_the_next_day_is_another() -> None:
    batch = decoded(rmc(), rmc(date="030326"), gga()).batch
    assert batch.time_ms.tolist() == [NOON_MS, NOON_MS + 86_400_000]
    assert batch.satellites.tolist() == [-1, 9]


@pytest.mark.parametrize(
    ("fields", "fixed"),
    [
        ({"status": "V"}, False),
        ({"mode": "D"}, True),
        ({"mode": "R"}, True),
        ({"mode": ""}, True),
        ({"mode": "N"}, False),
        ({"mode": "E"}, False),
        ({"mode": "S"}, False),
    ],
)
def test_the_receiver_says_itself_whether_it_has_a_fix(fields: dict[str, str], fixed: bool) -> None:
    batch = decoded(rmc(**fields)).batch
    assert batch.fixed.tolist() == [fixed]
    doubts = doubt_arrivals(batch, DoubtThresholds()).doubts.tolist()
    assert doubts == [Doubt.NONE if fixed else Doubt.NOT_FIXED]


@pytest.mark.parametrize(("quality", "fixed"), [("0", False), ("1", True), ("4", True), ("6", False)])
def test_the_quality_of_the_gga_counts_too(quality: str, fixed: bool) -> None:
    assert decoded(rmc(), gga(quality=quality)).batch.fixed.tolist() == [fixed]


def test_void_without_a_place_is_no_report_and_no_fault() -> None:
    result = decoded(rmc(status="V", lat="", lon="", speed="", course=""), gga(quality="0"))
    assert (len(result), result.refusals) == (0, ())


def test_blanks_stay_blank() -> None:
    batch = decoded(rmc(speed="", course=""), gga(satellites="", hdop="")).batch
    assert math.isnan(batch.speed_kmh[0])
    assert math.isnan(batch.course_deg[0])
    assert math.isnan(batch.accuracy_m[0])
    assert batch.satellites[0] == -1


def test_south_and_west() -> None:
    batch = decoded(rmc(north="S", east="W")).batch
    assert (batch.lat[0], batch.lon[0]) == (pytest.approx(-31.25), pytest.approx(-120.5))


@pytest.mark.parametrize(
    ("date", "time", "moment"),
    [
        ("020326", "120000", datetime(2026, 3, 2, 12, tzinfo=UTC)),
        ("020326", "120000.250", datetime(2026, 3, 2, 12, microsecond=250_000, tzinfo=UTC)),
        ("311216", "235960.00", datetime(2017, 1, 1, tzinfo=UTC)),
        ("290224", "000000.00", datetime(2024, 2, 29, tzinfo=UTC)),
        ("010181", "000000.00", datetime(1981, 1, 1, tzinfo=UTC)),
    ],
)
def test_date_and_time(date: str, time: str, moment: datetime) -> None:
    assert decoded(rmc(date=date, time=time)).batch.time_ms.tolist() == [round(moment.timestamp() * 1000)]


def test_a_receiver_that_tells_local_time() -> None:
    batch = decoded(rmc(time="200000.00"), offset_minutes=480).batch
    assert batch.time_ms.tolist() == [NOON_MS]


def test_a_receiver_that_fell_back_1024_weeks_is_brought_forward() -> None:
    batch = decoded(rmc(date="170706")).batch  # 1024 weeks before 2026-03-02
    received = decode(lines(rmc()), Reception("N1", NOON_MS)).batch.time_ms
    object.__setattr__(batch, "received_ms", received)
    doubted = doubt_arrivals(batch, DoubtThresholds())
    assert doubted.batch.time_ms.tolist() == [NOON_MS]
    assert doubted.doubts.tolist() == [Doubt.WEEK_ROLLOVER]


@pytest.mark.parametrize(
    ("line", "field", "sentence"),
    [
        (rmc()[:-2] + b"00", "sentence", "the checksum is 00"),
        (rmc()[:40], "sentence", "ends without a checksum"),
        (b"hello", "sentence", "is no sentence"),
        (rmc(lat="9100.0"), "RMC", "is no place on Earth"),
        (rmc(lat="3160.0"), "RMC", "is no place on Earth"),
        (rmc(lat="12030.0"), "RMC", "no place as degrees and minutes"),
        (rmc(lon="2030.0"), "RMC", "no place as degrees and minutes"),
        (rmc(lon=""), "RMC", "no place as degrees and minutes"),
        (rmc(north=""), "RMC", "no place as degrees and minutes"),
        (rmc(north="X"), "RMC", "no place as degrees and minutes"),
        (rmc(date="310226"), "RMC", "'310226' is no date"),
        (rmc(date=""), "RMC", "is no date as ddmmyy"),
        (rmc(time="240000.00"), "RMC", "is no time"),
        (rmc(date="010180"), "RMC", "lies outside 1980-01-06"),
        (rmc(time="120061.00"), "RMC", "is no time"),
        (rmc(time="12:00"), "RMC", "is no date and time"),
        (rmc(speed="fast"), "RMC", "is not a number"),
        (rmc(status="X"), "RMC", "neither A nor V"),
        (b"$" + sealed("GPRMC,120000,A"), "RMC", "has 2 fields"),
        (b"$" + sealed("GPGGA,120000,A"), "GGA", "has 2 fields"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(line: bytes, field: str, sentence: str) -> None:
    result = decoded(rmc(time="115959.00"), line)
    assert len(result) == 1
    [refusal] = result.refusals
    assert (refusal.place, refusal.field) == ("line 2", field)
    assert sentence in refusal.reason


def test_gga_alone_has_no_date() -> None:
    assert decoded(gga(), gga(time="120001.00")).refusals == UNDATED


@given(
    st.integers(0, 89),
    st.integers(0, 179),
    st.integers(0, 59_999_999),
    st.integers(0, 59_999_999),
    st.floats(0, 99.9),
    st.datetimes(datetime(1980, 1, 6), datetime(2079, 12, 31)),  # noqa: DTZ001 - UTC by the format
)
def test_a_peer_reads_the_same(
    lat_deg: int, lon_deg: int, lat_min_e6: int, lon_min_e6: int, knots: float, at: datetime
) -> None:
    line = rmc(
        lat=f"{lat_deg:02}{lat_min_e6 / 1e6:09.6f}",
        lon=f"{lon_deg:03}{lon_min_e6 / 1e6:09.6f}",
        speed=f"{knots:.2f}",
        date=f"{at:%d%m%y}",
        time=f"{at:%H%M%S}.{at.microsecond // 1000:03}",
    )
    peer = pynmea2.parse(line.decode(), check=True)
    batch = decoded(line).batch
    assert batch.lat[0] == pytest.approx(peer.latitude, abs=1e-9)
    assert batch.lon[0] == pytest.approx(peer.longitude, abs=1e-9)
    assert batch.speed_kmh[0] == pytest.approx(peer.spd_over_grnd * 1.852)
    clock = peer.timestamp
    told = datetime(at.year, at.month, at.day, clock.hour, clock.minute, clock.second, clock.microsecond, UTC)
    assert batch.time_ms[0] == round(told.timestamp() * 1000)


@given(st.binary(max_size=300))
def test_arbitrary_bytes_never_raise(body: bytes) -> None:
    assert isinstance(decode(body, Reception("N1", NOON_MS)), Decoded)


@given(st.lists(st.text(st.characters(codec="ascii", exclude_characters="*,\r\n"), max_size=12), max_size=15))
def test_any_fields_are_read_or_refused(fields: list[str]) -> None:
    for address in ("GPRMC", "GPGGA"):
        result = decode(b"$" + sealed(",".join([address, *fields])), Reception("N1", NOON_MS))
        assert all(refusal.reason for refusal in result.refusals)


@given(st.sampled_from([RMC, GGA]), st.data())
def test_any_damage_to_one_character_is_noticed(line: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(line) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda value: value != line[at]))
    damaged = line[:at] + bytes((other,)) + line[at + 1 :]
    result = decode(damaged, Reception("N1", NOON_MS))
    assert len(result) == 0 or damaged.upper() == line
