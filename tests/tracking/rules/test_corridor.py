"""When did a vehicle leave every corridor? A straight road of 20 km, half-width 75 m, fixes every 10 s."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.values import Track
from tests.tracking.ground import HOME, THRESHOLDS, Point, at, day, drive, road, stand, track
from tracking.rules.corridor import Excursion, find_excursions, followed_route, nearest_corridor
from tracking.rules.geometry import Frame, frame_at
from tracking.rules.route_path import RoutePath, route_path

LIMITS = THRESHOLDS.track
ROAD: list[Point] = [(500.0 * i, 0.0) for i in range(41)]
PATH = route_path(road(1, 1, 2, ROAD))


def out_by(beside_m: float, from_x: float = 8_000, to_x: float = 11_000) -> Track:
    """Along the road, at right angles to a parallel street, along it, and back."""
    return day(drive([(0, 0), (from_x, 0), (from_x, beside_m), (to_x, beside_m), (to_x, 0), (20_000, 0)]))


def noisy(there: Track, sigma_m: float, correlation: float, seed: int) -> Track:
    """The track with correlated GNSS noise (lag-1 correlation as measured on vehicles)."""
    chance = np.random.default_rng(seed)
    shift = np.zeros((len(there), 2))
    fresh = chance.normal(0, sigma_m * (1 - correlation**2) ** 0.5, (len(there), 2))
    for fix in range(1, len(there)):
        shift[fix] = correlation * shift[fix - 1] + fresh[fix]
    x_m, y_m = HOME.to_xy(there.lat, there.lon)
    seconds = (there.time_ms - at(0)) / 1_000
    return track(seconds, np.column_stack((x_m, y_m)) + shift)


def found_in(there: Track, *paths: RoutePath) -> list[Excursion]:
    return find_excursions(there, nearest_corridor(there, paths or (PATH,), LIMITS), LIMITS)


def test_on_the_road_nothing_is_said() -> None:
    assert found_in(day(drive(ROAD))) == []


@pytest.mark.parametrize("seed", range(20))
def test_gnss_noise_raises_no_alarm(seed: int) -> None:
    """20 seeds x 2 km/3 min x 10: sigma 8 m, correlation .85, on the middle line: 11 vehicle-hours."""
    assert found_in(noisy(day(drive(ROAD)), 8.0, 0.85, seed)) == []


def test_the_edge_of_the_corridor_is_still_the_road() -> None:
    assert found_in(day(drive([(x, 74.0) for x, _ in ROAD]))) == []


@pytest.mark.parametrize("beside_m", [230.0, 400.0, 900.0])
def test_a_parallel_street_is_found_with_onset_and_end(beside_m: float) -> None:
    """Reported are the first and the last fix beyond the half-width: 80 m to (beside - 80) m of the turns."""
    there = out_by(beside_m)
    (excursion,) = found_in(there)
    first_s = (8_000 + 75) / 10
    last_s = (11_000 + 2 * beside_m - 75) / 10
    assert first_s <= (int(there.time_ms[excursion.first]) - at(0)) / 1_000 <= first_s + 10
    assert last_s - 10 <= (int(there.time_ms[excursion.last]) - at(0)) / 1_000 <= last_s
    assert excursion.beyond_m == pytest.approx(beside_m, abs=0.5)
    assert excursion.first <= excursion.alarm <= excursion.last
    assert (there.time_ms[excursion.alarm] - there.time_ms[excursion.first]) / 1_000 <= 75


def test_far_away_it_tells_at_once() -> None:
    """Beyond 500 m at two fixes: on the way out at 10 m/s, the sum alone would wait no longer."""
    there = track([0, 10, 20, 30, 40], [(0, 0), (100, 0), (1_000, 2_000), (1_100, 2_000), (1_200, 2_000)])
    (excursion,) = found_in(there)
    assert (excursion.first, excursion.alarm, excursion.last) == (2, 3, 4)


def test_a_drive_far_away_is_one_finding_and_not_one_every_twenty_seconds() -> None:
    """A track that begins 3 km off, so that nothing was summed up before the distance told."""
    (excursion,) = found_in(day(drive([(x, 3_000.0) for x, _ in ROAD])))
    assert (excursion.first, excursion.last) == (0, 200)


def test_one_stray_fix_says_nothing_however_far() -> None:
    points: list[Point] = [(100.0 * i, 0.0) for i in range(60)]
    points[30] = (3_000.0, 4_000.0)
    assert found_in(track(np.arange(60) * 10, points)) == []


def test_standing_under_bad_sky_beyond_the_edge_is_no_way() -> None:
    """An hour at 120 m beside the road, scattering by 12 m: the sum is high, the net way is none."""
    chance = np.random.default_rng(3)
    points = np.column_stack((5_000 + chance.normal(0, 12, 360), 120 + chance.normal(0, 12, 360)))
    assert found_in(track(np.arange(360) * 10, points)) == []


def test_of_several_routes_the_nearest_counts() -> None:
    """On the second route all along: 3 km off the first."""
    other = route_path(road(2, 1, 2, [(x, 3_000.0) for x, _ in ROAD]))
    there = day(drive([(x, 3_000.0) for x, _ in ROAD]))
    assert found_in(there, PATH, other) == []
    assert len(found_in(there, PATH)) == 1


def test_the_route_that_was_followed_is_the_one_that_holds_most_fixes() -> None:
    """5 km on the first road, then over to the second and 12 km along it."""
    other = route_path(road(2, 1, 2, [(x, 3_000.0) for x, _ in ROAD]))
    there = day(drive([(0, 0), (5_000, 0), (5_000, 3_000), (17_000, 3_000)]))
    assert followed_route(nearest_corridor(there, [PATH, other], LIMITS), [PATH, other]) == 2
    nowhere = day(drive([(0, 1_500), (5_000, 1_500)]))
    assert followed_route(nearest_corridor(nowhere, [PATH, other], LIMITS), [PATH, other]) is None


def test_a_wide_corridor_reaches_further_than_a_near_line() -> None:
    """140 m from a water route of 150 m, 90 m from a road of 75 m: within the first."""
    canal = route_path(road(2, 1, 2, [(x, 230.0) for x, _ in ROAD], corridor_m=150.0))
    assert found_in(day(drive([(x, 90.0) for x, _ in ROAD])), PATH, canal) == []


def test_two_times_off_the_road_are_two_findings() -> None:
    there = day(
        drive([(0, 0), (4_000, 0), (4_000, 400), (6_000, 400), (6_000, 0), (10_000, 0)]),
        drive([(10_000, 0), (14_000, 0), (14_000, 400), (16_000, 400), (16_000, 0)], start_s=1_090),
    )
    first, second = found_in(there)
    assert first.last < second.first


def test_a_track_that_ends_off_the_road_is_found_too() -> None:
    there = day(drive([(0, 0), (8_000, 0), (8_000, 5_000)]))
    (excursion,) = found_in(there)
    assert excursion.last == len(there) - 1


def test_driven_backwards_it_is_the_same_road() -> None:
    assert found_in(day(drive(ROAD[::-1]))) == []
    back = day(drive([(20_000, 0), (11_000, 0), (11_000, 400), (8_000, 400), (8_000, 0), (0, 0)]))
    assert len(found_in(back)) == 1


def test_a_route_that_crosses_itself_is_kept_to() -> None:
    corners: list[Point] = [(0, 0), (4_000, 0), (4_000, 3_000), (2_000, 3_000), (2_000, -3_000)]
    assert found_in(day(drive(corners)), route_path(road(1, 1, 2, corners))) == []


def test_sparse_fixes_still_tell() -> None:
    """One a minute: 500 s on the parallel street give 8 fixes."""
    x_m = np.arange(0, 20_001, 600.0)
    y_m = np.where((x_m > 7_000) & (x_m < 12_500), 400.0, 0.0)
    (excursion,) = found_in(track(np.arange(x_m.size) * 60, np.column_stack((x_m, y_m))))
    assert excursion.last - excursion.first + 1 == 9


def test_nothing_to_judge() -> None:
    assert found_in(track([], [])) == []
    assert found_in(track([0], [(0, 5_000)])) == []
    assert found_in(day(stand((0, 0), 0, 60))) == []


def worlds(frame: Frame) -> tuple[Track, RoutePath]:
    there = day(
        drive([(0, 0), (8_000, 0), (8_000, 350), (11_000, 350), (11_000, 0), (20_000, 0)]), frame=frame
    )
    return there, route_path(road(1, 1, 2, ROAD, frame=frame))


@settings(max_examples=25)
@given(st.floats(-180.0, 180.0))
def test_turning_the_globe_changes_nothing(lon: float) -> None:
    """The same world at any longitude, the antimeridian included."""
    there, path = worlds(frame_at(31.0, lon))
    (moved,) = found_in(there, path)
    home_track, home_path = worlds(HOME)
    (home,) = found_in(home_track, home_path)
    assert (moved.first, moved.alarm, moved.last) == (home.first, home.alarm, home.last)
    assert moved.beyond_m == pytest.approx(home.beyond_m, abs=0.01)


@given(
    st.lists(st.tuples(st.floats(-3_000, 23_000), st.floats(-3_000, 3_000)), max_size=60), st.floats(1, 400)
)
def test_excursions_lie_inside_the_track_one_after_the_other(points: list[Point], every_s: float) -> None:
    there = track(np.arange(len(points)) * every_s, points)
    reached = -1
    for excursion in found_in(there):
        assert reached < excursion.first <= excursion.alarm <= excursion.last < len(there)
        assert excursion.first <= excursion.farthest <= excursion.last
        assert excursion.beyond_m > excursion.corridor_m
        reached = excursion.last


@pytest.mark.parametrize(
    ("beside_m", "length_m", "found"), [(130, 2_500, 0), (130, 7_000, 1), (240, 1_200, 1)]
)
def test_reflections_throw_a_place_aside_for_minutes_but_not_far(
    beside_m: float, length_m: float, found: int
) -> None:
    """55 m beyond for 250 s is what high houses do to reception; for 700 s, or 165 m beyond, it is a way."""
    x_m = np.arange(0, 20_001, 100.0)
    aside = (x_m >= 8_000) & (x_m < 8_000 + length_m)
    there = track(np.arange(x_m.size) * 10.0, np.column_stack((x_m, np.where(aside, beside_m, 0.0))))
    assert len(found_in(there)) == found
