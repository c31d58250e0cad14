"""Which trip answers which claim? One plant, two sites; the claim leaves at 0 s and arrives at 3,000 s."""

from typing import Any

import pytest

from models.values import DiversionFacts
from tests.tracking.ground import THRESHOLDS, at
from tests.tracking.ledger import OTHER_SITE, PLANT, SITE, claim, journey
from tracking.rules.assignment import (
    Assignment,
    Claim,
    Journey,
    assign,
    candidate_edges,
    huber,
    pair_cost,
    right_destination,
)
from tracking.rules.trips import EMPTY, UNKNOWN

LIMITS = THRESHOLDS.assignment
SENT_ELSEWHERE = DiversionFacts(SITE, OTHER_SITE, at(-3_600), at(36_000))


def answer(claims: list[Claim], journeys: list[Journey], *diversions: DiversionFacts) -> Assignment:
    return assign(claims, journeys, diversions, LIMITS)


def pairs(result: Assignment) -> list[tuple[int, int, str]]:
    return sorted((link.claim.key, link.journey.key, link.how) for link in result.links)


def cost(of: Claim, by: Journey, *diversions: DiversionFacts) -> float:
    return pair_cost(of, by, diversions, LIMITS)


def test_hubers_loss_is_quadratic_then_linear() -> None:
    assert huber(1.0, 2.0) == 0.5
    assert huber(-2.0, 2.0) == 2.0
    assert huber(5.0, 2.0) == 8.0  # 2 (5 - 1)


def test_a_trip_that_fits_costs_almost_nothing() -> None:
    """60 s after a sigma of 600, 100 s before one of 900: 0.005 + 0.006."""
    assert cost(claim(1), journey(7)) == pytest.approx(0.5 * 0.1**2 + 0.5 * (100 / 900) ** 2)


@pytest.mark.parametrize(
    ("other", "extra"),
    [
        ({"vehicle_id": 2}, LIMITS.wrong_vehicle_cost),
        ({"load": EMPTY}, LIMITS.empty_cost),
        ({"load": UNKNOWN}, LIMITS.unknown_load_cost),
        ({"stay_from_ms": at(180)}, 0.5),  # weighed three minutes before it came: one sigma
        ({"stay_to_ms": at(2_820)}, 0.5),  # weighed in three minutes after it had left
        ({"stay_from_ms": None, "stay_to_ms": None}, 0.0),  # what the data hide costs nothing
    ],
    ids=["vehicle", "empty", "unknown load", "not there yet", "gone already", "hidden"],
)
def test_what_each_doubt_costs(other: dict[str, Any], extra: float) -> None:
    assert cost(claim(1), journey(7, **other)) == pytest.approx(cost(claim(1), journey(7)) + extra)


def test_another_destination_costs_and_its_times_say_nothing() -> None:
    early = journey(7, arrived_s=600, destination_id=OTHER_SITE)
    late = journey(7, arrived_s=9_000, destination_id=OTHER_SITE)
    assert cost(claim(1), early) == cost(claim(1), late)
    assert cost(claim(1), early) == pytest.approx(LIMITS.wrong_destination_cost + 0.005)


def test_a_diversion_in_force_makes_the_other_site_right() -> None:
    there = journey(7, destination_id=OTHER_SITE)
    assert right_destination(claim(1), there, [SENT_ELSEWHERE])
    assert cost(claim(1), there, SENT_ELSEWHERE) == cost(claim(1), journey(7))
    over = DiversionFacts(SITE, OTHER_SITE, at(-3_600), at(2_000))
    assert not right_destination(claim(1), there, [over])


def test_one_claim_one_trip() -> None:
    result = answer([claim(1)], [journey(7)])
    assert pairs(result) == [(1, 7, "matched")]
    assert (result.lone_claims, result.lone_journeys) == ((), ())


def test_the_own_vehicle_goes_before_a_nearer_time() -> None:
    result = answer([claim(1)], [journey(7, departed_s=900), journey(8, departed_s=0, vehicle_id=2)])
    assert pairs(result) == [(1, 7, "matched")]
    assert [left.key for left in result.lone_journeys] == [8]


def test_another_vehicle_answers_when_there_is_no_better_one() -> None:
    (link,) = answer([claim(1)], [journey(8, vehicle_id=2)]).links
    assert link.cost == pytest.approx(8.0, abs=0.1)
    assert link.margin == pytest.approx(2 * LIMITS.unmatched_cost - link.cost)


def test_another_vehicle_to_another_place_is_another_load() -> None:
    other = journey(8, vehicle_id=2, destination_id=OTHER_SITE)
    result = answer([claim(1)], [other])
    assert result.links == ()
    assert [left.key for left in result.lone_claims] == [1]
    assert [left.key for left in result.lone_journeys] == [8]


def test_the_own_vehicle_to_another_place_is_the_load() -> None:
    assert pairs(answer([claim(1)], [journey(7, destination_id=OTHER_SITE)])) == [(1, 7, "matched")]


def test_two_vehicles_swapped_on_paper_are_both_wrong() -> None:
    """Each drove the other's load; the times say which, the papers say whom."""
    claims = [claim(1), claim(2, 7_200, 10_200, vehicle_id=2)]
    journeys = [journey(7, vehicle_id=2), journey(8, 7_260, 10_100)]
    assert pairs(answer(claims, journeys)) == [(1, 7, "matched"), (2, 8, "matched")]


@pytest.mark.parametrize(("late_s", "found"), [(14_400.0, True), (14_401.0, False), (-14_400.0, True)])
def test_the_gate_is_four_hours(late_s: float, found: bool) -> None:
    """Of the candidates: a trip so far from the paper is too dear anyway."""
    by = journey(7, departed_s=late_s, arrived_s=late_s + 3_000)
    assert bool(candidate_edges([claim(1)], [by], (), LIMITS)) is found


def test_two_papers_for_one_trip_share_it() -> None:
    """The nearer one has the trip; the other names the same vehicle and has no other."""
    result = answer([claim(1), claim(2, 600)], [journey(7)])
    assert pairs(result) == [(1, 7, "matched"), (2, 7, "shared")]
    assert result.lone_claims == ()


def test_a_paper_of_another_vehicle_does_not_share() -> None:
    result = answer([claim(1), claim(2, 600, vehicle_id=2)], [journey(7)])
    assert pairs(result) == [(1, 7, "matched")]
    assert [left.key for left in result.lone_claims] == [2]


def test_a_trip_whose_beginning_is_hidden_must_have_vehicle_and_destination() -> None:
    hidden: dict[str, Any] = {"origin_id": None, "start_censored": True, "stay_from_ms": None}
    assert pairs(answer([claim(1)], [journey(7, **hidden)])) == [(1, 7, "matched")]
    assert answer([claim(1)], [journey(7, vehicle_id=2, **hidden)]).links == ()
    assert answer([claim(1)], [journey(7, destination_id=OTHER_SITE, **hidden)]).links == ()
    assert answer([claim(1)], [journey(7, **(hidden | {"start_censored": False}))]).links == ()


def test_a_trip_still_under_way_answers_whatever_it_comes_to() -> None:
    under_way = journey(7, destination_id=None, end_censored=True, stay_to_ms=None)
    (link,) = answer([claim(1, arrive_s=None)], [under_way]).links
    assert link.cost == pytest.approx(0.005)


def test_a_vessel_may_wait_for_its_cargo_and_for_its_berth() -> None:
    ship = claim(1, 0, 60_000, patient=True, weighed_ms=None)
    lay_ten_hours = journey(7, departed_s=36_000, arrived_s=48_000, stay_to_ms=at(70_000))
    assert cost(ship, lay_ten_hours) == 0.0
    assert pairs(answer([ship], [lay_ten_hours])) == [(1, 7, "matched")]
    after_the_receipt = journey(7, departed_s=36_000, arrived_s=63_600, stay_to_ms=at(70_000))
    assert cost(ship, after_the_receipt) > 2.0


def test_an_unregistered_vehicle_is_answered_by_whoever_drove() -> None:
    assert pairs(answer([claim(1, vehicle_id=None)], [journey(7)])) == [(1, 7, "matched")]


def test_nothing_to_match() -> None:
    assert answer([], []) == Assignment((), (), ())
    assert [left.key for left in answer([claim(1)], []).lone_claims] == [1]
    assert [left.key for left in answer([], [journey(7)]).lone_journeys] == [7]
    assert answer([claim(1)], [journey(7, origin_id=PLANT + 90)]).links == ()


def test_a_handover_written_down_hours_too_soon_is_the_same_trip() -> None:
    """Three hours apart no trip would answer; of a handover only the time is wrong, and it is said so."""
    late = journey(7, 10_800, 13_700)
    assert pairs(answer([claim(1, weighed_ms=None)], [late])) == []
    assert pairs(answer([claim(1, weighed_ms=None, handed=True)], [late])) == [(1, 7, "mismatch")]


@pytest.mark.parametrize(
    "other",
    [
        {"vehicle_id": 2},
        {"destination_id": OTHER_SITE},
        {"origin_id": None},
        {"departed_s": 20_000, "arrived_s": 23_000},  # beyond the gate
        {"end_censored": True},
    ],
)
def test_only_the_own_vehicle_on_the_same_way_within_the_gate(other: dict[str, Any]) -> None:
    trip = journey(7, **({"departed_s": 10_800, "arrived_s": 13_700} | other))
    assert pairs(answer([claim(1, weighed_ms=None, handed=True)], [trip])) == []


def test_of_two_trips_left_alone_each_answers_the_nearer_claim() -> None:
    claims = [
        claim(key, at_s, at_s + 3_000.0, weighed_ms=None, handed=True) for key, at_s in ((1, 0), (2, 4_000))
    ]
    trips = [journey(7, 11_000, 14_000), journey(8, 14_900, 17_900)]
    assert {key: how for key, _, how in pairs(answer(claims, trips))} == {1: "mismatch", 2: "mismatch"}
