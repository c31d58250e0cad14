"""Which steps can no vehicle make, and what is left out because of them?"""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.thresholds import DoubtThresholds
from models.values import Track
from models.vocabulary import Mode
from tests.tracking.ground import Point, day, drive, stand, track
from tracking.rules.jumps import EXCURSION_FIXES, find_jumps, outliers, top_speed_kmh

LIMITS = DoubtThresholds()


def slow_road(count: int) -> list[Point]:
    return [(100.0 * i, 0.0) for i in range(count)]


def test_an_honest_drive_has_none() -> None:
    assert find_jumps(day(drive([(0, 0), (20_000, 0)], speed_m_s=25.0)), Mode.ROAD, LIMITS) == []


def test_three_fixes_elsewhere_are_one_excursion() -> None:
    points = slow_road(10)
    points[4:7] = [(5_000.0, 5_000.0)] * 3
    (jump,) = find_jumps(track(range(0, 100, 10), points), Mode.ROAD, LIMITS)
    assert (jump.before, jump.first, jump.last, jump.after) == (3, 4, 6, 7)
    assert jump.distance_m > 6_800
    assert jump.implied_kmh > 2_400
    assert outliers(10, [jump]).tolist() == [False] * 4 + [True] * 3 + [False] * 3


def test_a_jump_without_return_cuts_the_track_and_drops_nothing() -> None:
    far = [(9_000.0 + x, y) for x, y in slow_road(5)]
    (jump,) = find_jumps(track(range(0, 100, 10), slow_road(5) + far), Mode.ROAD, LIMITS)
    assert (jump.before, jump.first, jump.last, jump.after) == (4, 5, 5, None)
    assert not outliers(10, [jump]).any()


def test_an_excursion_of_too_many_fixes_is_a_stay_elsewhere() -> None:
    away = EXCURSION_FIXES + 5
    there = day(
        drive([(0, 0), (500, 0)]),
        stand((8_000, 0), 60, 10 * away),
        drive([(600, 0), (900, 0)], start_s=10 * away + 80),
    )
    jumps = find_jumps(there, Mode.ROAD, LIMITS)
    assert [jump.after for jump in jumps] == [None, None]
    assert not outliers(len(there), jumps).any()


def test_less_than_a_kilometre_is_no_jump_however_fast() -> None:
    assert find_jumps(track([0, 1, 2], [(0, 0), (900, 0), (0, 0)]), Mode.ROAD, LIMITS) == []


def test_equal_times_are_taken_as_a_second_apart() -> None:
    (jump,) = find_jumps(track([0, 0, 10], [(0, 0), (2_000, 0), (30, 0)]), Mode.ROAD, LIMITS)
    assert (jump.first, jump.last, jump.after) == (1, 1, 2)
    assert round(jump.implied_kmh) == 7_200


def test_a_vessel_is_slower_than_a_truck() -> None:
    fast = track([0, 60], [(0, 0), (1_200, 0)])  # 72 km/h
    assert find_jumps(fast, Mode.ROAD, LIMITS) == []
    assert len(find_jumps(fast, Mode.WATER, LIMITS)) == 1
    assert top_speed_kmh(Mode.WATER, LIMITS) == 35.0


def test_across_the_antimeridian_nothing_jumps() -> None:
    lon = np.array([179.999, -179.9995, -179.998])
    crossing = track([0, 10, 20], [(0, 0)] * 3)
    moved = Track(**{name: getattr(crossing, name) for name in Track.__dataclass_fields__} | {"lon": lon})
    assert find_jumps(moved, Mode.ROAD, LIMITS) == []


def test_a_device_that_jumps_at_every_fix_is_judged_in_good_time() -> None:
    """50,000 fixes, every second one elsewhere: the work grows with the fixes, not with their square."""
    count = 50_000
    points = np.zeros((count, 2))
    points[1::2] = (5_000.0, 0.0)
    jumps = find_jumps(track(np.arange(count) * 10.0, points), Mode.ROAD, LIMITS)
    assert len(jumps) == count // 2
    assert [jump.after for jump in jumps[-2:]] == [count - 2, None]


@given(st.lists(st.tuples(st.floats(-20_000, 20_000), st.floats(-20_000, 20_000)), max_size=40))
def test_jumps_follow_each_other_and_lie_inside_the_track(points: list[Point]) -> None:
    there = track(np.arange(len(points)) * 15.0, points)
    jumps = find_jumps(there, Mode.ROAD, LIMITS)
    reached = 0
    for jump in jumps:
        assert reached <= jump.before < jump.first <= jump.last < len(there)
        assert jump.after is None or jump.after == jump.last + 1
        assert jump.distance_m >= LIMITS.teleport_min_m
        reached = jump.last if jump.after is None else jump.after
    kept = there.take(~outliers(len(there), jumps))
    assert len(kept) == len(there) - sum(j.last - j.first + 1 for j in jumps if j.after is not None)
