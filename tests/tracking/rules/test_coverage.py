"""For how much of a time was a vehicle heard? Fixes every 10 s unless a test says otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracking.ground import THRESHOLDS, at, day, drive, stand, track
from tracking.rules.coverage import heard_fraction

LIMITS = THRESHOLDS.track


def test_heard_all_the_way() -> None:
    assert heard_fraction(day(drive([(0, 0), (10_000, 0)])), at(0), at(1_000), LIMITS) == 1.0


def test_half_of_the_time_is_half() -> None:
    """Heard from 0 to 500 s, then gone for good."""
    assert heard_fraction(day(drive([(0, 0), (5_000, 0)])), at(0), at(1_000), LIMITS) == 0.5


def test_a_hole_on_the_way_is_not_heard() -> None:
    """300 s of silence in 1,000 s, while the vehicle went 3 km."""
    there = day(drive([(0, 0), (4_000, 0)]), drive([(7_000, 0), (10_000, 0)], start_s=700))
    assert heard_fraction(there, at(0), at(1_000), LIMITS) == pytest.approx(0.7)


def test_silence_while_standing_is_heard() -> None:
    there = day(drive([(0, 0), (4_000, 0)]), drive([(4_050, 0), (7_000, 0)], start_s=700))
    assert heard_fraction(there, at(0), at(900), LIMITS) == 1.0


def test_but_not_a_day_of_it() -> None:
    there = day(stand((0, 0), 0, 100), stand((0, 0), 86_400, 100))
    assert heard_fraction(there, at(100), at(86_400), LIMITS) == 0.0


def test_a_device_that_always_reports_every_three_minutes_is_heard() -> None:
    there = day(drive([(0, 0), (20_000, 0)], every_s=180))
    assert heard_fraction(there, at(0), at(2_000), LIMITS) == 1.0


def test_a_device_that_reports_twice_an_hour_is_no_supervision() -> None:
    there = day(drive([(0, 0), (90_000, 0)], every_s=1_800))
    assert heard_fraction(there, at(0), at(9_000), LIMITS) == 0.0


def test_fixes_before_and_after_bridge_the_ends() -> None:
    assert heard_fraction(day(drive([(0, 0), (1_000, 0)])), at(45), at(55), LIMITS) == 1.0


def test_a_moment_is_heard_when_there_is_a_fix() -> None:
    there = day(drive([(0, 0), (1_000, 0)]))
    assert heard_fraction(there, at(40), at(40), LIMITS) == 1.0
    assert heard_fraction(there, at(41), at(41), LIMITS) == 0.0


def test_no_fixes_and_one_fix() -> None:
    assert heard_fraction(track([], []), at(0), at(100), LIMITS) == 0.0
    assert heard_fraction(track([50], [(0, 0)]), at(0), at(100), LIMITS) == 0.0


@given(st.lists(st.floats(0, 5_000), max_size=60).map(sorted), st.floats(-1_000, 6_000), st.floats(0, 5_000))
def test_always_a_share(seconds: list[float], start_s: float, length_s: float) -> None:
    there = track(seconds, [(second * 12.0, 0) for second in seconds])
    assert 0.0 <= heard_fraction(there, at(start_s), at(start_s + length_s), LIMITS) <= 1.0
