"""Where did a vehicle stand? A truck within 100 m for 240 s, a vessel within 150 m for 900 s."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.vocabulary import Mode
from tests.tracking.ground import HOME, THRESHOLDS, Point, day, drive, stand, track
from tracking.rules.stops import Stop, find_stops, stop_bounds

TRUCK = stop_bounds(Mode.ROAD, THRESHOLDS.track)
VESSEL = stop_bounds(Mode.WATER, THRESHOLDS.track)


def spans(stops: list[Stop]) -> list[tuple[int, int]]:
    return [(stop.first, stop.last) for stop in stops]


@pytest.mark.parametrize(("for_s", "found"), [(220, 0), (240, 1)])
def test_four_minutes_are_a_stop(for_s: float, found: int) -> None:
    there = day(
        drive([(-5_000, 0), (-200, 0)]),
        stand((0, 0), 500, for_s),
        drive([(200, 0), (5_000, 0)], start_s=520 + for_s),
    )
    assert len(find_stops(there, TRUCK)) == found


def test_what_a_stop_says() -> None:
    there = day(
        drive([(-5_000, 0), (-200, 0)]), stand((0, 0), 500, 400), drive([(200, 0), (5_000, 0)], start_s=920)
    )
    (stop,) = find_stops(there, TRUCK)
    x_m, y_m = HOME.to_xy(np.array(stop.lat), np.array(stop.lon))
    assert (float(x_m), float(y_m)) == pytest.approx((0, 0), abs=0.01)
    assert stop.duration_s == 400.0
    assert stop.diameter_m == pytest.approx(0.0, abs=0.01)
    assert there.time_ms[stop.first] == there.time_ms[0] + 500_000


@pytest.mark.parametrize(("across_m", "found"), [(99.0, 1), (101.0, 0)])
def test_the_diameter_bounds_a_stop(across_m: float, found: int) -> None:
    """Half a minute here, half a minute there: 99 m apart it stands, 101 m apart it goes."""
    there = track(np.arange(42) * 10, [(across_m * (i // 3 % 2), 0.0) for i in range(42)])
    assert len(find_stops(there, TRUCK)) == found


def test_two_strays_are_forgiven_and_three_are_not() -> None:
    points: list[Point] = [(0.0, 0.0)] * 40
    points[15] = points[16] = (400.0, 0.0)
    assert spans(find_stops(track(np.arange(40) * 10, points), TRUCK)) == [(0, 39)]
    for fix in (14, 15, 16):
        points[fix] = (400.0, 0.0)
    assert spans(find_stops(track(np.arange(40) * 10, points), TRUCK)) == []


def test_a_stray_does_not_move_the_middle() -> None:
    points: list[Point] = [(0.0, 0.0)] * 40
    points[20] = (4_000.0, 0.0)
    (stop,) = find_stops(track(np.arange(40) * 10, points), TRUCK)
    assert (stop.lat, stop.lon) == pytest.approx((HOME.lat0, HOME.lon0), abs=1e-9)


@pytest.mark.parametrize(("away_s", "found"), [(60, 1), (130, 2)])
def test_stops_at_one_place_are_one_when_little_lies_between(away_s: float, found: int) -> None:
    """Stands 5 minutes, goes round the corner, stands 5 minutes again."""
    round_the_corner = track([300 + away_s * k / 6 for k in range(1, 6)], [(600.0, 0.0)] * 5)
    there = day(
        stand((0, 0), 0, 300),
        (
            [
                (ms - round_the_corner.time_ms[0]) / 1_000 + 300 + away_s / 6
                for ms in round_the_corner.time_ms
            ],
            [(600.0, 0.0)] * 5,
        ),
        stand((10, 0), 300 + away_s, 300),
    )
    assert len(find_stops(there, TRUCK)) == found


def test_stops_at_two_places_stay_two() -> None:
    there = day(stand((0, 0), 0, 300), stand((1_000, 0), 390, 300))
    assert len(find_stops(there, TRUCK)) == 2


def test_a_vessel_drifts_on_its_anchor() -> None:
    """140 m to and fro for 20 minutes: an anchorage for a vessel, a way for a truck."""
    angle = np.linspace(0, 8 * np.pi, 121)
    there = track(np.arange(121) * 10, np.column_stack((70 * np.cos(angle), 70 * np.sin(angle))))
    assert len(find_stops(there, VESSEL)) == 1
    assert find_stops(there, TRUCK) == []


def test_a_crawl_is_no_stop() -> None:
    """2.7 km/h: 240 s are 180 m."""
    assert find_stops(day(drive([(0, 0), (2_000, 0)], speed_m_s=0.75)), TRUCK) == []


@pytest.mark.parametrize("seconds", [[], [0], [0, 0], [0, 0, 0, 240]], ids=str)
def test_few_fixes_and_equal_times(seconds: list[float]) -> None:
    found = find_stops(track(seconds, [(0, 0)] * len(seconds)), TRUCK)
    assert len(found) == (1 if seconds[-1:] == [240] else 0)


def test_a_million_fixes_at_one_place() -> None:
    """Eleven days at one a second are one stop, and found in seconds."""
    chance = np.random.default_rng(1)
    there = track(np.arange(1_000_000), chance.normal(0, 5, (1_000_000, 2)))
    begun = time.perf_counter()
    (stop,) = find_stops(there, TRUCK)
    assert time.perf_counter() - begun < 30  # a square of a million would take hours
    assert (stop.first, stop.last) == (0, 999_999)


@given(st.lists(st.tuples(st.floats(-200, 200), st.floats(-200, 200)), max_size=80), st.floats(5, 120))
def test_stops_are_long_enough_narrow_enough_and_apart(points: list[Point], every_s: float) -> None:
    there = track(np.arange(len(points)) * every_s, points)
    stops = find_stops(there, TRUCK)
    reached = -1
    for stop in stops:
        assert reached < stop.first <= stop.last < len(there)
        assert stop.duration_s >= TRUCK.shortest_s
        reached = stop.last
