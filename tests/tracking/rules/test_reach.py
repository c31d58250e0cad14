"""Could a silent vehicle have been there and back? A site 10 km away, at most 80 km/h: 900 s."""

import pytest

from models.vocabulary import FacilityKind, Mode
from tests.tracking.ground import city, day, drive, place, track, truck
from tracking.rules.reach import could_have_visited

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
