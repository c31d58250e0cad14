"""When was a vehicle inside which fence? A plant of 210 m at the origin, driven past, into and around."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values import FacilityArea, Track
from models.vocabulary import FacilityKind, Mode
from tests.tracking.ground import THRESHOLDS, at, city, day, drive, place, stand, track
from tracking.rules.geometry import frame_at
from tracking.rules.visits import Visit, find_visits

PLANT = place(1, FacilityKind.PLANT, (0, 0), half_m=105)


def visits(there: Track, *places: FacilityArea, mode: Mode = Mode.ROAD) -> list[Visit]:
    return find_visits(there, city(places or (PLANT,)).fences, mode, THRESHOLDS.track)


def test_in_stay_out() -> None:
    """First inside at x = -100 m, at 90 s; last within 105 + 40 m at x = 100 m, at 710 s."""
    there = day(
        drive([(-1_000, 0), (0, 0)]), stand((0, 0), 110, 580), drive([(0, 0), (1_000, 0)], start_s=700)
    )
    (visit,) = visits(there)
    assert visit.facility_id == 1
    assert visit.entered_ms == at(90)
    assert visit.left_ms == at(710)
    assert (visit.outside_before_ms, visit.outside_after_ms) == (at(80), at(720))
    assert visit.shortest_s == 620.0
    assert visit.longest_s == 640.0


def test_scatter_at_the_gate_is_one_visit() -> None:
    """In and out of the fence by 20 m, within the 40 m that hold a visit open."""
    x_m = [-500, -200, -95, -115, -90, -120, -95, -130, -90, -200, -500]
    (visit,) = visits(track(np.arange(11) * 15, [(x, 0) for x in x_m]))
    assert (visit.entered_ms, visit.left_ms) == (at(30), at(120))
    assert visit.fix_count == 7


def test_the_band_around_a_fence_alone_is_no_visit() -> None:
    assert visits(day(drive([(-1_000, 120), (1_000, 120)]))) == []


def test_a_short_step_out_is_not_a_departure() -> None:
    """Out of the widened fence and back by 140 m each: a turn before the gate, one visit."""
    x_m = [-400, 0, 90, 180, 230, 180, 90, 0, 400]
    (visit,) = visits(track(np.arange(9) * 15, [(x, 0) for x in x_m]))
    assert (visit.entered_ms, visit.left_ms, visit.fix_count) == (at(15), at(105), 4)


def test_a_longer_one_is() -> None:
    x_m = [-400, 0, 90, 180, 260, 180, 90, 0, 400]
    assert len(visits(track(np.arange(9) * 30, [(x, 0) for x in x_m]))) == 2


def test_so_is_a_short_one_that_takes_long() -> None:
    seconds = [0, 30, 60, 90, 745, 775, 805]
    x_m = [-400, 0, 90, 180, 180, 90, 0]
    assert len(visits(track(seconds, [(x, 0) for x in x_m]))) == 2


def test_who_was_gone_within_a_minute_drove_by() -> None:
    """Three fixes in a row scatter into a fence beside the road."""
    there = track(np.arange(7) * 10, [(-400, 0), (-200, 0), (-60, 0), (0, 0), (60, 0), (200, 0), (400, 0)])
    assert visits(there) == []


def test_a_drive_round_the_block_makes_two_visits() -> None:
    there = day(
        stand((0, 0), 0, 300),
        drive([(0, 0), (800, 0), (800, 800), (0, 800), (0, 0)], start_s=310),
        stand((0, 0), 640, 300),
    )
    first, second = visits(there)
    assert first.left_ms < second.entered_ms


@pytest.mark.parametrize(
    ("seconds", "counts"), [([0, 20, 40], False), ([0, 30, 60], True)], ids=["40 s", "60 s"]
)
def test_one_fix_counts_when_it_left_a_minute(seconds: list[float], counts: bool) -> None:
    there = track(seconds, [(-500, 0), (0, 0), (500, 0)])
    assert len(visits(there)) == counts


def test_one_fix_is_all_there_is() -> None:
    """Both ends are hidden: the stay may have been of any length, and says so."""
    (visit,) = visits(track([0], [(0, 0)]))
    assert visit.shortest_s == 0.0
    assert visit.longest_s == float("inf")


def test_data_that_begin_and_end_inside_censor_the_stay() -> None:
    (visit,) = visits(day(stand((0, 0), 0, 600)))
    assert (visit.outside_before_ms, visit.outside_after_ms) == (None, None)
    assert (visit.shortest_s, visit.longest_s) == (600.0, float("inf"))


@pytest.mark.parametrize(("gap_s", "hidden"), [(600, False), (601, True)])
def test_a_hole_beside_a_stay_censors_it(gap_s: float, hidden: bool) -> None:
    there = day(
        drive([(-1_000, 0), (-500, 0)]),
        stand((0, 0), 50 + gap_s, 300),
        drive([(0, 0), (900, 0)], start_s=360 + gap_s),
    )
    (visit,) = visits(there)
    assert (visit.outside_before_ms is None) is hidden
    assert visit.outside_after_ms is not None


def test_a_site_can_be_jumped_over_between_two_fixes() -> None:
    """800 m apart, 200 s: at 50 km/h 58 s of driving leave 142 s to stop."""
    (visit,) = visits(track([0, 200], [(-400, 0), (400, 0)]))
    assert visit.fix_count == 0
    assert (visit.entered_ms, visit.left_ms) == (at(100), at(100))
    assert (visit.outside_before_ms, visit.outside_after_ms) == (at(0), at(200))


@pytest.mark.parametrize(
    "there",
    [
        track([0, 60], [(-400, 0), (400, 0)]),  # only just time to drive through
        track([0, 700], [(-400, 0), (400, 0)]),  # a silence this long proves nothing
        track([0, 200], [(-400, 300), (400, 300)]),  # beside it
    ],
    ids=["through", "silent", "beside"],
)
def test_a_step_across_or_beside_that_is_no_visit(there: Track) -> None:
    assert visits(there) == []


def test_a_vessel_needs_longer_for_the_same_way() -> None:
    """800 m at 14 km/h take 206 s: nothing is left of 200 s."""
    assert visits(track([0, 200], [(-400, 0), (400, 0)]), mode=Mode.WATER) == []


def test_a_works_that_has_moved_away_is_no_facility() -> None:
    works = place(2, FacilityKind.WORKS, (0, 0), valid_from_ms=at(10_000), valid_to_ms=at(20_000))
    assert visits(day(stand((0, 0), 0, 9_000)), works) == []
    assert len(visits(day(stand((0, 0), 9_000, 2_000)), works)) == 1
    assert visits(day(stand((0, 0), 20_001, 500)), works) == []
    assert visits(track([0, 200], [(-400, 0), (400, 0)]), works) == []


def test_overlapping_fences_are_both_visited() -> None:
    store = place(2, FacilityKind.STORE, (150, 0))
    there = day(drive([(-1_000, 0), (0, 0)], every_s=5.0), stand((75, 0), 100, 60), stand((200, 0), 170, 60))
    found = visits(there, PLANT, store)
    assert [visit.facility_id for visit in found] == [1, 2]
    assert found[1].entered_ms <= found[0].left_ms


def test_no_fixes_no_visits() -> None:
    assert visits(track([], [])) == []


def test_a_plant_on_the_antimeridian() -> None:
    frame = frame_at(-17.0, 179.9)
    plant = place(1, FacilityKind.PLANT, (9_000, 0), frame=frame)  # 180 is at x = 10.6 km
    there = day(
        drive([(8_000, 0), (9_000, 0)]),
        stand((9_000, 0), 100, 300),
        drive([(9_000, 0), (12_000, 0)], start_s=410),
        frame=frame,
    )
    (visit,) = find_visits(there, city([plant]).fences, Mode.ROAD, THRESHOLDS.track)
    assert visit.shortest_s > 0


def test_a_step_over_the_antimeridian_does_not_go_round_the_globe() -> None:
    """A plant on this latitude, a sixth of the globe away: it was not jumped over in 200 s."""
    frame = frame_at(31.0, 180.0)
    assert visits(track([0, 200], [(-400, 0), (400, 0)], frame)) == []


@given(
    st.lists(st.tuples(st.floats(-400, 400), st.floats(-400, 400)), min_size=1, max_size=60),
    st.floats(5, 300),
)
def test_visits_are_ordered_and_their_bounds_hold(points: list[tuple[float, float]], every_s: float) -> None:
    there = track(np.arange(len(points)) * every_s, points)
    found = visits(there, PLANT, place(2, FacilityKind.SITE, (150, 120)))
    assert found == sorted(found, key=lambda visit: (visit.entered_ms, visit.facility_id))
    for visit in found:
        assert there.time_ms[0] <= visit.entered_ms <= visit.left_ms <= there.time_ms[-1]
        assert visit.shortest_s <= visit.longest_s
        assert visit.outside_before_ms is None or visit.outside_before_ms < visit.entered_ms
        assert visit.outside_after_ms is None or visit.outside_after_ms > visit.left_ms
    for one, other in pairwise(found):
        assert one.facility_id != other.facility_id or one.left_ms < other.entered_ms
