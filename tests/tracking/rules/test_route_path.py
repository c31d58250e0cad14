"""Where along a route is a fix? Routes of straight stretches whose chainage can be read off."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.values import Track
from tests.tracking.ground import THRESHOLDS, Point, day, drive, road, stand, track
from tracking.rules.route_path import BACK_SEGMENTS, CHUNK, RoutePath, reference, route_path, to_segments

LIMITS = THRESHOLDS.track
CORNER = route_path(road(1, 1, 2, [(0, 0), (1_000, 0), (1_000, 1_000)]))


def test_distance_and_chainage_on_two_stretches() -> None:
    found = reference(
        track([0, 10, 20, 30], [(-30, 40), (500, 20), (1_000, 300), (1_060, 1_080)]), CORNER, LIMITS
    )
    assert found.beside_m == pytest.approx([50, 20, 0, 100], abs=0.1)
    assert found.along_m == pytest.approx([0, 500, 1_300, 2_000], abs=1)
    assert found.segment.tolist() == [0, 0, 1, 1]


def test_repeated_points_and_a_route_of_one_place_are_taken() -> None:
    doubled = route_path(road(1, 1, 2, [(0, 0), (0, 0), (1_000, 0), (1_000, 0)]))
    assert doubled.length_m == pytest.approx([1_000], abs=0.01)
    point = route_path(road(1, 1, 2, [(500, 0), (500, 0)]))
    found = reference(track([0], [(500, 30)]), point, LIMITS)
    assert found.beside_m == pytest.approx([30], abs=0.01)
    assert np.isfinite(found.along_m).all()


def test_a_route_that_crosses_itself_is_followed_in_the_order_it_is_driven() -> None:
    """A figure like a 4, in stretches of 50 m: east along y = 0, up, back over its own way at (500, 0)."""
    corners: list[Point] = [(0, 0), (1_000, 0), (1_000, 800), (500, 800), (500, -800)]
    crossing = route_path(road(1, 1, 2, drive(corners, every_s=5.0)[1]))
    found = reference(day(drive(corners, every_s=5)), crossing, LIMITS)
    assert found.beside_m.max() < 0.5
    assert (np.diff(found.along_m) > -1).all()
    assert found.along_m[-1] == pytest.approx(3_900, abs=5)


def there_and_back() -> list[Point]:
    """East on one bank for 10 km, back on the other, 30 m beside it, in stretches of 100 m."""
    out = [(100.0 * i, 0.0) for i in range(101)]
    return out + [(100.0 * i, 30.0) for i in range(100, -1, -1)]


def test_the_other_bank_does_not_catch_the_cursor() -> None:
    """Scatter puts every other fix nearer to the other bank; the way still grows, 2 km before the turn."""
    path = route_path(road(1, 1, 2, there_and_back()))
    points = [(100.0 * i + 50, 40.0 * (i % 2)) for i in range(80)]
    out = reference(track(np.arange(80) * 10, points), path, LIMITS)
    assert out.along_m == pytest.approx([100.0 * i + 50 for i in range(80)], abs=2)
    assert (np.diff(out.along_m) > 0).all()


def test_driven_backwards_the_way_shrinks() -> None:
    corners: list[Point] = [(100.0 * i, 0.0) for i in range(51)]
    path = route_path(road(1, 1, 2, corners))
    found = reference(day(drive([(5_000, 0), (0, 0)])), path, LIMITS)
    assert found.beside_m.max() < 0.1
    assert (np.diff(found.along_m) < 0).all()
    assert (found.along_m[0], found.along_m[-1]) == pytest.approx((5_000, 0), abs=1)


def test_far_from_everything_the_whole_route_is_searched() -> None:
    """After 300 m beside the next stretches the cursor lets go and finds the vehicle where it is."""
    corners: list[Point] = [(100.0 * i, 0.0) for i in range(101)]
    path = route_path(road(1, 1, 2, corners))
    found = reference(track([0, 10, 600], [(0, 0), (100, 0), (9_000, 10)]), path, LIMITS)
    assert found.along_m == pytest.approx([0, 100, 9_000], abs=1)


def test_more_fixes_than_a_chunk_go_on_where_the_last_chunk_ended() -> None:
    path = route_path(road(1, 1, 2, there_and_back()))
    there = day(drive(there_and_back(), every_s=2.0))
    assert len(there) > 3 * CHUNK
    found = reference(there, path, LIMITS)
    assert (np.diff(found.along_m) > -1).all()
    assert found.along_m[-1] == pytest.approx(20_030, abs=5)


def test_standing_is_no_way() -> None:
    found = reference(day(stand((500, 10), 0, 600)), CORNER, LIMITS)
    assert np.ptp(found.along_m) == 0.0


@given(
    st.lists(st.tuples(st.floats(-3_000, 3_000), st.floats(-3_000, 3_000)), min_size=2, max_size=8),
    st.lists(st.tuples(st.floats(-3_000, 3_000), st.floats(-3_000, 3_000)), min_size=1, max_size=20),
)
def test_never_nearer_than_the_nearest_point_and_always_on_the_route(
    corners: list[Point], points: list[Point]
) -> None:
    path = route_path(road(1, 1, 2, corners))
    found = reference(track(np.arange(len(points)) * 10, points), path, LIMITS)
    total_m = float(path.length_m.sum())
    assert ((found.along_m >= 0) & (found.along_m <= total_m + 1e-6)).all()
    assert np.isfinite(found.beside_m).all()
    nearest = [min(segment_m(p, a, b) for a, b in pairwise(corners)) for p in points]
    assert (found.beside_m >= np.array(nearest) * (1 - 1e-3) - 0.5).all()


def segment_m(point: Point, start: Point, end: Point) -> float:
    """Distance of a point from a stretch, written down once more."""
    p, a, b = (np.array(each) for each in (point, start, end))
    length2 = float(((b - a) ** 2).sum())
    share = 0.0 if length2 == 0 else float(np.clip(((p - a) * (b - a)).sum() / length2, 0, 1))
    return float(np.hypot(*(p - a - share * (b - a))))


def one_by_one(there: Track, path: RoutePath) -> tuple[list[int], list[float]]:
    """Segment and distance of each fix as the words of the design say it, without any grid."""
    x_m, y_m = path.frame.to_xy(there.lat, there.lon)
    square_m2 = to_segments(x_m, y_m, path)[0]
    chosen: list[int] = []
    for row in square_m2:
        best = int(row.argmin())
        if chosen:
            low, high = max(chosen[-1] - BACK_SEGMENTS, 0), chosen[-1] + LIMITS.cursor_segments
            ahead = low + int(row[low:high].argmin())
            if not low <= best < high and row[ahead] <= LIMITS.cursor_reset_m**2:
                best = ahead
        chosen.append(best)
    return chosen, [float(row[best]) ** 0.5 for row, best in zip(square_m2, chosen, strict=True)]


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(-40, 40), st.integers(-40, 40)), min_size=2, max_size=40),
    st.lists(st.tuples(st.floats(-6_000, 6_000), st.floats(-6_000, 6_000)), max_size=20),
    st.integers(0, 2**32 - 1),
)
def test_the_grid_finds_what_looking_at_all_segments_finds(
    corners: list[tuple[int, int]], strays: list[Point], seed: int
) -> None:
    """Routes that cross themselves, double back and stand still; fixes along them in order, and strays."""
    chance = np.random.default_rng(seed)
    points = [(100.0 * x, 100.0 * y) for x, y in corners]
    path = route_path(road(1, 1, 2, points))
    along = [point for point in points for _ in range(2)]
    fixes = [(x + chance.normal(0, 30), y + chance.normal(0, 30)) for x, y in along] + strays
    there = track(range(len(fixes)), fixes)
    found = reference(there, path, LIMITS)
    chosen, beside_m = one_by_one(there, path)
    assert found.segment.tolist() == chosen
    np.testing.assert_allclose(found.beside_m, beside_m, atol=1e-6)
