"""Are figures written with their unit, sign and uncertainty as people expect them?"""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.quantities import clock, distance, duration, figure, mass_t, moment, number, odds, percent


@pytest.mark.parametrize(
    ("name", "value", "zh", "en"),
    [
        ("max_distance_m", 322, "322 m", "322 m"),
        ("max_distance_m", 999.4, "999 m", "999 m"),
        ("max_distance_m", 999.6, "1.0 km", "1.0 km"),
        ("travelled_m", 12_345.6, "12.3 km", "12.3 km"),
        ("travelled_km", 12.3456, "12.3 km", "12.3 km"),
        ("stood_s", 399, "6 分 39 秒", "6 min 39 s"),
        ("stood_s", 0, "0 秒", "0 s"),
        ("stood_s", 59.6, "1 分", "1 min"),
        ("stood_s", 3_905, "1 小时 5 分", "1 h 5 min"),
        ("stood_s", 90_000, "1 天 1 小时", "1 d 1 h"),
        ("late_s", -45, "−45 秒", "−45 s"),
        ("planned_minutes", 90, "1 小时 30 分", "1 h 30 min"),
        ("net_kg", 17_100, "17.10 t", "17.10 t"),
        ("gap_kg", -2_560.0, "−2.56 t", "−2.56 t"),
        ("gap_kg", 3, "3 kg", "3 kg"),
        ("gap_kg", -0.001, "0 kg", "0 kg"),
        ("ash_t", 1_234.5, "1,234.50 t", "1,234.50 t"),
        ("moisture_fraction", 0.13, "13.0 %", "13.0 %"),
        ("speed_kmh", 44.6, "45 km/h", "45 km/h"),
        ("course_deg", 270.2, "270°", "270°"),
        ("fixes", 12_345, "12,345", "12,345"),
        ("gap_u", 13.414, "13.4", "13.4"),
        ("ratio", 0.01234, "0.0123", "0.0123"),
        ("seen_ms", 1_769_445_011_000, "2026-01-27 00:30:11", "2026-01-27 00:30:11"),
        ("facility", "S1", "S1", "S1"),
        ("facility", None, "—", "—"),
    ],
)
def test_the_suffix_says_the_unit(name: str, value: float | str | None, zh: str, en: str) -> None:
    assert figure(name, value, "zh") == zh
    assert figure(name, value, "en") == en


def test_a_mass_carries_its_uncertainty() -> None:
    assert mass_t(17_100, 31) == "17.10 ± 0.03 t"
    assert mass_t(17_100) == "17.10 t"
    assert mass_t(-2_560.4, 70) == "−2.56 ± 0.07 t"


def test_a_rounded_zero_has_no_sign() -> None:
    assert (mass_t(-0.3), percent(-0.0001), number(-0.001, "en")) == ("0.00 t", "0.0 %", "0")


def test_what_is_no_number_is_a_dash() -> None:
    assert number(float("nan"), "zh") == number(float("inf"), "en") == "—"


def test_times_are_the_citys() -> None:
    at = datetime(2026, 1, 26, 16, 30, 11, tzinfo=UTC)
    assert moment(at) == "2026-01-27 00:30:11"
    assert moment(at, "Europe/London", seconds=False) == "2026-01-26 16:30"
    assert clock(1_769_445_011_000) == "00:30:11"


@given(st.floats(-1e7, 1e7))
def test_a_distance_reads_back_to_within_its_last_digit(metres: float) -> None:
    digits, unit = distance(metres, "en").replace(",", "").replace("−", "-").split()
    scale, half_step = (1, 0.5) if unit == "m" else (1000, 50)
    assert float(digits) * scale == pytest.approx(metres, abs=half_step * 1.0001)


@given(st.floats(0, 1e8))
def test_a_duration_never_overstates_by_more_than_half_a_second(seconds: float) -> None:
    size = {"d": 86_400, "h": 3_600, "min": 60, "s": 1}
    words = duration(seconds, "en").replace(",", "").split()
    total = sum(int(count) * size[unit] for count, unit in zip(words[::2], words[1::2], strict=True))
    assert total <= seconds + 0.5
    assert seconds - total < size[words[1]] + 0.5


@pytest.mark.parametrize(
    ("chance", "zh", "en"),
    [
        (4e-8, "约 2500 万分之一", "about 1 in 25 million"),
        (1e-6, "约 100 万分之一", "about 1 in 1 million"),
        (3e-10, "约 33 亿分之一", "about 1 in 3.3 billion"),
        (2e-4, "约 5000 分之一", "about 1 in 5000"),
        (5e-14, "不足万亿分之一", "less than 1 in a million million"),
    ],
)
def test_a_tiny_chance_is_told_as_people_say_it(chance: float, zh: str, en: str) -> None:
    assert (odds(chance, "zh"), odds(chance, "en")) == (zh, en)
