"""Could a silent vehicle have been there and back? A site 10 km away, at most 80 km/h: 900 s."""

import numpy as np
import pytest
from geopy.distance import geodesic

from models.vocabulary import FacilityKind, Mode
from tests.tracking.ground import HOME, city, day, drive, place, track, truck
from tracking.rules.reach import could_have_visited, reach_marks

SITE = place(2, FacilityKind.SITE, (0, 10_000))
WORLD = city([SITE], vehicles=[truck(1), truck(9, mode=Mode.WATER)])


@pytest.mark.parametrize(("silent_s", "could"), [(880, False), (920, True)])
def test_there_and_back_at_a_hurry(silent_s: float, could: bool) -> None:
    """20 km at 80 km/h are 900 s."""
    there = day(drive([(-3_000, 0), (0, 0)]), drive([(0, 0), (3_000, 0)], start_s=300 + silent_s))
    assert could_have_visited(there, SITE, WORLD, 1) is could


def test_a_vessel_is_slower() -> None:
    """20 km at 22.4 km/h are 54 minutes."""
    there = day(drive([(-3_000, 0), (0, 0)]), drive([(0, 0), (3_000, 0)], start_s=300 + 3_000))
    assert could_have_visited(there, SITE, WORLD, 1)
    assert not could_have_visited(there, SITE, WORLD, 9)


def test_heard_all_the_time_it_could_not() -> None:
    assert not could_have_visited(day(drive([(0, 9_000), (0, 0)])), SITE, WORLD, 1)


def test_never_heard_it_could() -> None:
    assert could_have_visited(track([], []), SITE, WORLD, 1)
    assert could_have_visited(track([0], [(0, 0)]), SITE, WORLD, 1)


def ends(apart_m: float) -> list[tuple[float, float]]:
    """Two places (lat, lon), one north-east of the other."""
    lat, lon = HOME.to_degrees(np.array([0.0, 0.6 * apart_m]), np.array([0.0, 0.8 * apart_m]))
    return list(zip(lat.tolist(), lon.tolist(), strict=True))


@pytest.mark.parametrize("apart_m", [0.0, 3_000.0, 9_000.0])
def test_from_every_point_of_the_edge_the_way_just_fits(apart_m: float) -> None:
    """20 minutes at 36 km/h are 12 km: there and back, from one end and to the other."""
    both = ends(apart_m)
    (mark,) = reach_marks(both, 1_200.0, 36.0)
    (edge,) = mark["coordinates"]
    assert edge[0] == edge[-1]
    for lon, lat in edge:
        way_m = sum(geodesic((lat, lon), end).m for end in both)
        assert way_m == pytest.approx(12_000, rel=3e-3)


def test_no_time_to_spare_no_reach() -> None:
    assert reach_marks(ends(12_500.0), 1_200.0, 36.0) == ()
