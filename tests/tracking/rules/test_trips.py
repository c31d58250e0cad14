"""Where does a trip begin and end, and was the vehicle loaded? A plant in the west, a site in the east."""

from itertools import pairwise

import numpy as np
import pytest

from models.values import LOAD_EMPTY, LOAD_FULL, FacilityArea, Track
from models.vocabulary import FacilityKind, Mode
from tests.tracking.ground import THRESHOLDS, Point, at, city, day, drive, place, stand, track
from tracking.rules.trips import EMPTY, LOADED, UNKNOWN, Trip, find_trips
from tracking.rules.visits import find_visits

PLANT = place(1, FacilityKind.PLANT, (0, 0), half_m=105)
SITE = place(2, FacilityKind.SITE, (10_000, 0), half_m=105)
WHARF = place(3, FacilityKind.TRANSFER, (5_000, 0))
DEPOT = place(4, FacilityKind.DEPOT, (7_000, 0))
OTHER_PLANT = place(5, FacilityKind.PLANT, (5_000, 0))
OUT, BACK = [(0.0, 0.0), (10_000.0, 0.0)], [(10_000.0, 0.0), (0.0, 0.0)]


def trips(there: Track, *places: FacilityArea, arriving: str = UNKNOWN) -> list[Trip]:
    world = city(places or (PLANT, SITE))
    visits = find_visits(there, world.fences, Mode.ROAD, THRESHOLDS.track)
    return find_trips(there, visits, world.places, THRESHOLDS.track, arriving)


def hauls(stay_s: float = 600.0) -> Track:
    """In from the west, a stay at the plant, to the site, back to the plant, out again."""
    return day(
        drive([(-2_000, 0), (0, 0)]),
        stand((0, 0), 210, stay_s),
        drive(OUT, start_s=220 + stay_s),
        stand((10_000, 0), 1_230 + stay_s, 300),
        drive(BACK, start_s=1_540 + stay_s),
        stand((0, 0), 2_550 + stay_s, stay_s),
        drive([(0, 0), (-2_000, 0)], start_s=2_560 + 2 * stay_s),
    )


def test_out_and_back() -> None:
    start, haul, back, end = trips(hauls())
    assert (start.origin_id, start.destination_id, start.start_censored) == (None, 1, True)
    assert (haul.origin_id, haul.destination_id) == (1, 2)
    assert (haul.start_censored, haul.end_censored) == (False, False)
    assert (back.origin_id, back.destination_id) == (2, 1)
    assert (end.origin_id, end.destination_id, end.end_censored) == (1, None, True)
    assert [trip.load for trip in (haul, back, end)] == [LOADED, EMPTY, UNKNOWN]


def test_a_leg_lasts_from_fence_to_fence() -> None:
    """Last within 105 + 40 m at 100 m, first inside the site at 9,900 m: 9.8 km at 10 m/s."""
    haul = trips(hauls())[1]
    assert haul.departed_ms == at(830)
    assert haul.arrived_ms == at(820 + 990)
    assert haul.distance_m == pytest.approx(9_800, abs=1)
    assert haul.coverage_fraction == 1.0
    assert haul.stay_from_ms == at(190)
    assert haul.stay_to_ms == at(1_540 + 600 + 10)


def test_too_short_a_stay_cannot_have_loaded() -> None:
    assert trips(hauls(stay_s=60))[1].load == EMPTY


def test_the_plants_own_minimum_goes_before_the_default() -> None:
    patient = place(1, FacilityKind.PLANT, (0, 0), min_dwell_s=1_200)
    assert trips(hauls(), patient, SITE)[1].load == EMPTY


def test_a_stay_that_only_may_have_been_long_enough_is_unknown() -> None:
    """Seen for 60 s after a hole of 9 minutes: the bounds lie on both sides of 4 minutes."""
    there = day(drive([(-900, 0), (-500, 0)]), stand((0, 0), 580, 60), drive(OUT, start_s=650))
    assert [trip.load for trip in trips(there)] == [UNKNOWN, UNKNOWN]


def test_from_plant_to_plant_nothing_is_said() -> None:
    there = day(
        stand((0, 0), 0, 600), drive([(0, 0), (5_000, 0)], start_s=610), stand((5_000, 0), 1_120, 600)
    )
    (trip,) = trips(there, PLANT, OTHER_PLANT)
    assert (trip.origin_id, trip.destination_id, trip.load) == (1, 5, UNKNOWN)


@pytest.mark.parametrize(("arriving", "leaving"), [(LOADED, EMPTY), (EMPTY, LOADED), (UNKNOWN, UNKNOWN)])
def test_a_transfer_station_turns_the_load_round(arriving: str, leaving: str) -> None:
    there = day(
        drive([(4_000, 0), (5_000, 0)]), stand((5_000, 0), 110, 900), drive([(5_000, 0), (10_000, 0)], 1_020)
    )
    found = trips(there, WHARF, SITE, arriving=arriving)
    assert found[-1].origin_id == 3
    assert found[-1].load == leaving


def with_sensor(there: Track, states: np.ndarray) -> Track:
    return Track(
        **{name: getattr(there, name) for name in Track.__dataclass_fields__}
        | {"load_state": states.astype(np.uint8)}
    )


def test_the_load_sensor_goes_before_the_stay() -> None:
    there = hauls()
    full = with_sensor(there, np.full(len(there), LOAD_FULL))
    empty = with_sensor(there, np.full(len(there), LOAD_EMPTY))
    assert {trip.load for trip in trips(full)} == {LOADED}
    assert {trip.load for trip in trips(empty)} == {EMPTY}


def test_a_sensor_that_contradicts_itself_says_nothing() -> None:
    there = hauls()
    flicker = with_sensor(there, np.where(np.arange(len(there)) % 2 == 0, LOAD_FULL, LOAD_EMPTY))
    assert trips(flicker)[1].load == LOADED  # by the stay


def test_where_the_sensor_goes_to_empty_on_the_way_is_kept() -> None:
    there = hauls()
    tipped = at(820 + 600)
    sensed = with_sensor(there, np.where(there.time_ms <= tipped, LOAD_FULL, LOAD_EMPTY))
    haul = trips(sensed)[1]
    assert haul.load == LOADED
    assert haul.emptied_ms == tipped
    assert trips(hauls())[1].emptied_ms is None


def test_a_depot_on_the_way_does_not_end_a_trip() -> None:
    there = day(
        stand((0, 0), 0, 600),
        drive([(0, 0), (7_000, 0)], start_s=610),
        stand((7_000, 0), 1_320, 900),
        drive([(7_000, 0), (10_000, 0)], start_s=2_230),
        stand((10_000, 0), 2_540, 60),
    )
    (haul,) = trips(there, PLANT, SITE, DEPOT)
    assert (haul.origin_id, haul.destination_id) == (1, 2)


def far_away(hours: float) -> tuple[list[float], list[Point]]:
    return stand((3_000, 4_000), 1_300, hours * 3_600, every_s=300)


@pytest.mark.parametrize(("hours", "split"), [(11.0, False), (13.0, True)])
def test_no_facility_within_twelve_hours_ends_a_trip(hours: float, split: bool) -> None:
    there = day(
        stand((0, 0), 0, 600),
        drive([(0, 0), (3_000, 4_000)], start_s=610),
        far_away(hours),
        drive([(3_000, 4_000), (10_000, 0)], start_s=1_310 + hours * 3_600),
    )
    found = trips(there)
    if not split:
        assert [(trip.origin_id, trip.destination_id) for trip in found] == [(1, 2)]
        return
    away, home = found
    assert (away.origin_id, away.destination_id, away.end_censored) == (1, None, False)
    assert (home.origin_id, home.destination_id, home.start_censored) == (None, 2, False)
    assert away.arrived_ms - away.departed_ms == 12 * 3_600_000
    assert home.departed_ms == away.arrived_ms + 1


@pytest.mark.parametrize(("hours", "over"), [(5.0, False), (13.0, True)])
def test_an_open_end_is_censored_until_twelve_hours_are_over(hours: float, over: bool) -> None:
    there = day(stand((0, 0), 0, 600), drive([(0, 0), (3_000, 4_000)], start_s=610), far_away(hours))
    (trip,) = trips(there)
    assert trip.end_censored is not over
    assert trip.destination_id is None


def test_of_two_overlapping_fences_the_longer_stay_counts() -> None:
    inside = place(6, FacilityKind.STORE, (60, 0), half_m=30)
    found = trips(hauls(), PLANT, SITE, inside)
    assert [(trip.origin_id, trip.destination_id) for trip in found[1:3]] == [(1, 2), (2, 1)]


def test_without_any_visit_all_is_one_censored_trip() -> None:
    (trip,) = trips(day(drive([(0, 5_000), (3_000, 5_000)])))
    assert (trip.start_censored, trip.end_censored, trip.load) == (True, True, UNKNOWN)


def test_one_fix_and_no_fix_make_no_trip() -> None:
    assert trips(track([0], [(3_000, 3_000)])) == []
    assert trips(track([], [])) == []


def test_trips_never_overlap_and_meet_at_the_stays() -> None:
    found = trips(hauls())
    for one, after in pairwise(found):
        assert one.departed_ms <= one.arrived_ms <= after.departed_ms
        assert one.destination_id == after.origin_id


@pytest.mark.parametrize(("out_m", "made"), [(230.0, 0), (290.0, 0), (420.0, 1)])
def test_who_swings_at_the_edge_of_a_fence_has_made_no_trip(out_m: float, made: int) -> None:
    """To and fro between the middle of the plant and a place beyond its widened fence, at a walk."""
    swings = [(0.0, 0.0), *[(out_m, 0.0), (0.0, 0.0)] * 4]
    seconds, points = drive(swings, start_s=610, speed_m_s=0.5)
    there = day(stand((0, 0), 0, 600), (seconds, points), stand((0, 0), seconds[-1] + 10, 600))
    own = [trip for trip in trips(there) if trip.origin_id == trip.destination_id == 1]
    assert len(own) == 4 * made


def hovering(out_m: float, step_s: int) -> Track:
    """In from the west, then for 720 s `out_m` south of the wharf's middle, back inside, and away."""
    after_s = np.arange(0.0, 720.0, step_s)
    return day(
        drive([(3_000, 0), (5_000, 0)]),
        stand((5_000, 0), 210, 600),
        ((820.0 + after_s).tolist(), [(5_000.0, -out_m)] * after_s.size),
        stand((5_000, 0), 1_540, 600),
        drive([(5_000, 0), (7_000, 0)], start_s=2_150),
    )


def test_swinging_at_a_wharfs_edge_is_no_trip() -> None:
    ends = [(trip.origin_id, trip.destination_id) for trip in trips(hovering(190, 30), WHARF)]
    assert ends == [(None, WHARF.id), (WHARF.id, None)]


@pytest.mark.parametrize(("out_m", "step_s"), [(400, 30), (190, 710)])
def test_going_further_or_out_of_sight_is_a_trip(out_m: float, step_s: int) -> None:
    ends = [(trip.origin_id, trip.destination_id) for trip in trips(hovering(out_m, step_s), WHARF)]
    assert (WHARF.id, WHARF.id) in ends
