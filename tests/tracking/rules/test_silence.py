"""When was a device silent for longer than its habit explains? It reports every 10 s on the move."""

import numpy as np
import pytest

from models.values import ACC_OFF, Track
from models.vocabulary import Mode
from tests.tracking.ground import THRESHOLDS, at, day, drive, stand, track
from tracking.rules.silence import Gap, find_gaps, open_gap

LIMITS = THRESHOLDS.track


def gaps(there: Track, mode: Mode = Mode.ROAD) -> list[Gap]:
    return find_gaps(there, mode, LIMITS)


def hole(for_s: float, jump_m: float, every_s: float = 10.0) -> Track:
    """3 km of driving, silence in which it got `jump_m` further, 3 km of driving."""
    return day(
        drive([(0, 0), (3_000, 0)], every_s=every_s),
        drive([(3_000 + jump_m, 0), (6_000 + jump_m, 0)], start_s=300 + for_s, every_s=every_s),
    )


def test_silence_on_the_move() -> None:
    """20 minutes, 5 km further: 360 s at 50 km/h, so 840 s were to spare."""
    (gap,) = gaps(hole(1_200, 5_000))
    assert gap.before == 30
    assert gap.duration_s == 1_200.0
    assert gap.expected_s == 10.0
    assert gap.distance_m == pytest.approx(5_000, abs=1)
    assert gap.free_flow_s == pytest.approx(360, abs=1)
    assert gap.slack_s == pytest.approx(840, abs=1)


@pytest.mark.parametrize(("for_s", "found"), [(240, 0), (241, 1)])
def test_tunnels_are_shorter_than_four_minutes(for_s: float, found: int) -> None:
    assert len(gaps(hole(for_s, 3_000))) == found


def test_time_that_the_way_itself_needs_is_no_slack() -> None:
    (gap,) = gaps(hole(600, 20_000))
    assert gap.slack_s == 0.0


def test_a_device_that_reports_seldom_is_given_time() -> None:
    """Every 100 s: six intervals are ten minutes."""
    assert gaps(hole(590, 5_000, every_s=100)) == []
    assert len(gaps(hole(610, 5_000, every_s=100))) == 1


def test_a_truck_that_slept_where_it_stood_was_parked() -> None:
    night = day(
        drive([(0, 0), (3_000, 0)]), stand((3_000, 0), 310, 300), drive([(3_100, 0), (6_000, 0)], 36_000)
    )
    assert gaps(night) == []


def test_a_truck_that_drove_into_silence_and_came_back_was_not() -> None:
    """Driving at the last fix, back at the same place: longer than a standing device's slowest heartbeat."""
    heartbeat_s = LIMITS.still_report_s
    assert len(gaps(hole(heartbeat_s + 600, 100))) == 1
    assert gaps(hole(heartbeat_s - 60, 100)) == []


def test_a_device_that_woke_up_elsewhere_was_silent() -> None:
    there = day(
        drive([(0, 0), (3_000, 0)]), stand((3_000, 0), 310, 300), drive([(9_000, 0), (12_000, 0)], 4_000)
    )
    (gap,) = gaps(there)
    assert gap.distance_m == pytest.approx(6_000, abs=1)


def test_ignition_off_says_standing_whatever_the_speed() -> None:
    there = hole(7_200, 150)
    off = np.where(np.arange(len(there)) == 30, ACC_OFF, 0).astype(np.uint8)
    asleep = Track(**{name: getattr(there, name) for name in Track.__dataclass_fields__} | {"acc": off})
    assert gaps(asleep) == []
    assert len(gaps(there)) == 1


def test_a_vehicle_that_sets_off_is_given_no_time() -> None:
    """Standing it reports every 3 minutes; just driven off, 15 minutes of silence are not of that habit."""
    there = day(
        drive([(0, 0), (3_000, 0)]),
        stand((3_000, 0), 480, 3_600, every_s=180),
        drive([(3_100, 0), (3_200, 0)], start_s=4_200),
        drive([(6_000, 0), (9_000, 0)], start_s=4_210 + 900),
    )
    (gap,) = gaps(there)
    assert gap.duration_s == 900


def test_a_vehicle_that_halts_is_given_the_time_of_one_that_stands() -> None:
    """It reports every 3 minutes while it stands: 15 minutes after it has halted are of that habit."""
    halted = day(
        drive([(0, 0), (3_000, 0)]),
        stand((3_000, 0), 480, 3_600, every_s=180),
        drive([(3_100, 0), (6_000, 0)], start_s=4_200),
        stand((6_000, 0), 4_600, 20),
        drive([(6_400, 0), (9_000, 0)], start_s=4_620 + 900),
    )
    assert gaps(halted) == []


def test_a_vessel_is_given_more_time_for_its_way() -> None:
    (truck,), (vessel,) = gaps(hole(1_800, 5_000)), gaps(hole(1_800, 5_000), Mode.WATER)
    assert vessel.free_flow_s > truck.free_flow_s


def test_a_month_of_silence() -> None:
    (gap,) = gaps(hole(30 * 86_400, 40_000))
    assert gap.duration_s == 30 * 86_400


@pytest.mark.parametrize("seconds", [[], [0], [0, 0, 0], [0, 5_000]], ids=str)
def test_few_fixes(seconds: list[float]) -> None:
    found = gaps(track(seconds, [(1_000 * k, 0) for k in range(len(seconds))]))
    assert len(found) == (seconds == [0, 5_000])


@pytest.mark.parametrize(("silent_s", "speaks"), [(240, False), (250, True), (7_200, True)])
def test_silence_that_goes_on_speaks_when_the_vehicle_was_moving(silent_s: float, speaks: bool) -> None:
    """3 km of driving, then nothing up to now."""
    gap = open_gap(day(drive([(0, 0), (3_000, 0)])), at(300 + silent_s), Mode.ROAD, LIMITS)
    assert (gap is not None) is speaks
    if gap is not None:
        assert (gap.before, gap.duration_s) == (30, silent_s)


@pytest.mark.parametrize(("silent_s", "speaks"), [(1_700, False), (1_900, True)])
def test_one_that_was_standing_is_given_half_an_hour(silent_s: float, speaks: bool) -> None:
    there = day(drive([(0, 0), (3_000, 0)]), stand((3_000, 0), 310, 300))
    assert (open_gap(there, at(610 + silent_s), Mode.ROAD, LIMITS) is not None) is speaks


def test_one_fix_has_no_habit_and_a_clock_behind_the_device_no_silence() -> None:
    assert open_gap(track([0], [(0, 0)]), at(9_000), Mode.ROAD, LIMITS) is None
    assert open_gap(day(drive([(0, 0), (3_000, 0)])), at(100), Mode.ROAD, LIMITS) is None
