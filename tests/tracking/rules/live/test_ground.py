"""Is what lies near a place found as if all of it had been asked?"""

import math

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from models.values import RouteLine
from models.vocabulary import FacilityKind, Mode
from tests.tracking.ground import HOME, THRESHOLDS, Point, place, road
from tracking.rules.live.ground import LiveGround
from tracking.rules.live.watched import NOWHERE
from tracking.rules.visits import Fences

LIMITS = THRESHOLDS.track
BENT: list[Point] = [(0, 0), (2_000, 0), (2_000, 3_000), (-1_000, 3_000), (5_000, -1_000)]
LOOP: list[Point] = [(0, 0), (1_500, 1_500), (3_000, 0), (1_500, -1_500), (0, 0)]


def ground(*routes: RouteLine) -> LiveGround:
    """A plant at the origin and a site beside it."""
    places = [place(1, FacilityKind.PLANT, (0, 0)), place(2, FacilityKind.SITE, (3_000, 0), 40.0)]
    return LiveGround(Fences(places, LIMITS.exit_buffer_m), routes, LIMITS)


@given(st.floats(-6_000, 8_000), st.floats(-4_000, 6_000))
def test_the_nearest_corridor_is_that_of_all_segments(x_m: float, y_m: float) -> None:
    wide = road(1, 1, 2, BENT, corridor_m=150.0)
    narrow = road(2, 1, 2, LOOP, corridor_m=60.0)
    ways = ground(wide, narrow).ways(1, Mode.ROAD)
    assert ways is not None
    lat, lon = HOME.to_degrees(np.array([x_m]), np.array([y_m]))
    found_m, width_m = ways.nearest(*ways.flat(float(lat[0]), float(lon[0])))
    point = shapely.Point(x_m, y_m)
    asked = [(point.distance(shapely.LineString(line)), w) for line, w in ((BENT, 150.0), (LOOP, 60.0))]
    nearest_m, its_width_m = min(asked, key=lambda each: each[0] - each[1])
    if math.isinf(found_m):
        assert all(distance_m > max(LIMITS.off_at_once_m, 4 * w) - 2 for distance_m, w in asked)
    else:
        # measured in a frame of its own, and of two corridors equally deep either may be named
        assert abs((found_m - width_m) - (nearest_m - its_width_m)) < 15


def test_fences_by_their_cell() -> None:
    there = ground()
    for x_m, y_m, expected in (
        (0, 0, 0),
        (99, -99, 0),
        (130, 0, NOWHERE),
        (3_000, 39, 1),
        (1_500, 0, NOWHERE),
    ):
        lat, lon = HOME.to_degrees(np.array([x_m]), np.array([y_m]))
        assert there.inside(float(lat[0]), float(lon[0])) == expected


def test_out_of_the_fence_is_still_inside_until_the_buffer_ends() -> None:
    there = ground()
    for x_m, inside in ((99, True), (135, True), (145, False), (2_000, False)):
        lat, lon = HOME.to_degrees(np.array([x_m]), np.array([0]))
        assert there.still_inside(0, float(lat[0]), float(lon[0])) is inside


def test_no_route_from_there() -> None:
    there = ground(road(1, 1, 2, BENT))
    assert there.ways(2, Mode.ROAD) is None
    assert there.ways(1, Mode.WATER) is None
    assert there.ways(None, Mode.ROAD) is None
    assert there.ways(1, Mode.ROAD) is there.ways(1, Mode.ROAD)
