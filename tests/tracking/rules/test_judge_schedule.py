"""Did the load arrive when it should have? A route planned for 50 minutes: beyond 75 it is overdue."""

from typing import Any

import pytest

from models.values import RouteLine, Track
from models.vocabulary import FacilityKind
from tests.tracking.ground import at, city, day, drive, place, road, stand, truck
from tests.tracking.ledger import claim, journey, leg, manifest
from tracking.rules.assignment import Claim, Journey, Link
from tracking.rules.findings import FindingDraft
from tracking.rules.judge_assignment import Paper
from tracking.rules.judge_schedule import overdue_draft
from tracking.rules.world import World

PLACES = (place(1, FacilityKind.PLANT, (0, 0)), place(2, FacilityKind.SITE, (20_000, 0)))
ROUTE = road(1, 1, 2, [(0, 0), (20_000, 0)], planned_minutes=50.0)
SLOW = road(2, 1, 2, [(0, 0), (10_000, 9_000), (20_000, 0)], planned_minutes=80.0)


def world(*routes: RouteLine, **given: Any) -> World:
    return city(PLACES, routes, [truck(1)], **given)


def judged(
    minutes: float,
    town: World,
    route_id: int | None = 1,
    followed_id: int | None = None,
    of: Claim | None = None,
    **trip: Any,
) -> FindingDraft | None:
    """The draft of a trip whose fixes run from leaving to `minutes` later, every 10 s."""
    stretch = leg(1, 1, route_id=route_id)
    paper = Paper({1: manifest(1, stretch)}, {1: stretch})
    by: Journey = journey(7, 0, minutes * 60, **trip)
    link = Link(of or claim(1), by, "matched", 0.0, 9.0)
    return overdue_draft(link, way(minutes), followed_id, paper, town, at(minutes * 60))


def way(minutes: float) -> Track:
    """A fix every 10 s, and one more at either end: the second and the last but one bound the time."""
    seconds, points = drive([(0, 0), (20_000, 0)], speed_m_s=20_000 / (minutes * 60))
    return day(([-10.0], [(0.0, 0.0)]), (seconds, points), ([minutes * 60 + 10], [(20_000.0, 0.0)]))


@pytest.mark.parametrize(("minutes", "late"), [(74.9, False), (75.0, False), (75.5, True), (200.0, True)])
def test_one_and_a_half_times_the_plan(minutes: float, late: bool) -> None:
    assert (judged(minutes, world(ROUTE)) is not None) is late


def test_what_it_says() -> None:
    draft = judged(100.0, world(ROUTE))
    assert draft is not None
    assert draft.start_ms == draft.detected_ms == at(75 * 60)  # when it became late
    assert draft.end_ms == at(100 * 60)
    assert draft.size == pytest.approx(100 / 75, abs=0.01)
    assert draft.evidence.figures["planned_s"] == 3_000.0
    assert draft.vehicle_codes == ("V1",)


def test_the_slower_alternative_that_was_followed_counts() -> None:
    assert judged(100.0, world(ROUTE, SLOW), followed_id=2) is None
    assert judged(100.0, world(ROUTE, SLOW), followed_id=1) is not None
    assert judged(100.0, world(ROUTE, SLOW), route_id=2, followed_id=1) is None


def test_without_a_plan_ten_earlier_trips_are_the_plan_and_without_them_nothing_is_said() -> None:
    unplanned = road(1, 1, 2, [(0, 0), (20_000, 0)])
    assert judged(500.0, world(unplanned)) is None
    assert judged(100.0, world(unplanned, usual_minutes={(1, 2): 60.0})) is not None
    assert judged(80.0, world(unplanned, usual_minutes={(1, 2): 60.0})) is None


def test_silence_at_the_fence_is_not_held_against_it() -> None:
    """Heard last 40 minutes after leaving, next an hour later inside the site: it may have come at once."""
    stretch = leg(1, 1, route_id=1)
    paper = Paper({1: manifest(1, stretch)}, {1: stretch})
    link = Link(claim(1), journey(7, 0, 6_000), "matched", 0.0, 9.0)
    silent = day(drive([(0, 0), (16_000, 0)], speed_m_s=20_000 / 3_000), stand((20_000, 0), 6_000, 0))
    assert overdue_draft(link, silent, 1, paper, world(ROUTE), at(9_000)) is None


def test_still_under_way_counts_up_to_now_unless_paper_says_arrived() -> None:
    on_its_way: dict[str, Any] = {"end_censored": True, "destination_id": None}
    assert judged(100.0, world(ROUTE), of=claim(1, arrive_s=None), **on_its_way) is not None
    assert judged(100.0, world(ROUTE), of=claim(1, arrive_s=3_000.0), **on_its_way) is None


def test_a_trip_whose_beginning_is_hidden_has_no_duration() -> None:
    assert judged(500.0, world(ROUTE), origin_id=None, start_censored=True) is None
