"""What holds for any papers and any trips? Never worse than greedy, one claim a trip, any order."""

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.tracking.ground import THRESHOLDS, at
from tests.tracking.ledger import OTHER_SITE, PLANT, SITE, claim, journey
from tracking.rules.assignment import Assignment, Claim, Journey, assign, candidate_edges
from tracking.rules.trips import EMPTY, LOADED, UNKNOWN

LIMITS = THRESHOLDS.assignment
ALONE = 2 * LIMITS.unmatched_cost
VEHICLES = st.integers(1, 3)
PLACES = st.sampled_from([SITE, OTHER_SITE])


@st.composite
def claims_and_journeys(draw: st.DrawFn) -> tuple[list[Claim], list[Journey]]:
    """Up to 7 papers and 7 trips of three vehicles within a few hours: crowded enough to compete."""
    claims = []
    for key in range(draw(st.integers(0, 7))):
        start = draw(st.integers(0, 20_000))
        there = draw(st.none() | st.integers(1_000, 6_000))
        arrive = None if there is None else float(start + there)
        claims.append(
            claim(key, start, arrive, vehicle_id=draw(st.none() | VEHICLES), destination_id=draw(PLACES))
        )
    journeys = []
    for key in range(draw(st.integers(0, 7))):
        start = draw(st.integers(0, 20_000))
        arrived = start + draw(st.integers(500, 7_000))
        origin = draw(st.sampled_from([PLANT, PLANT, None]))
        journeys.append(
            journey(
                100 + key,
                start,
                arrived,
                vehicle_id=draw(VEHICLES),
                origin_id=origin,
                start_censored=origin is None,
                stay_from_ms=draw(st.none() | st.just(at(start - 1_500))),
                destination_id=draw(PLACES),
                load=draw(st.sampled_from([LOADED, EMPTY, UNKNOWN])),
            )
        )
    return claims, journeys


def total(result: Assignment, claims: list[Claim]) -> float:
    """The sum that is minimised: the cost of each link, ALONE for each claim without its own trip."""
    matched = [link for link in result.links if link.how == "matched"]
    return sum(link.cost for link in matched) + ALONE * (len(claims) - len(matched))


def greedy_total(claims: list[Claim], journeys: list[Journey]) -> float:
    """What taking the cheapest pair first comes to."""
    edges = candidate_edges(claims, journeys, (), LIMITS)
    rows: set[int] = set()
    columns: set[int] = set()
    cost = 0.0
    for (row, column), price in sorted(edges.items(), key=lambda item: item[1]):
        if row not in rows and column not in columns and price < ALONE:
            rows.add(row)
            columns.add(column)
            cost += price
    return cost + ALONE * (len(claims) - len(rows))


@given(claims_and_journeys())
def test_never_worse_than_greedy(world: tuple[list[Claim], list[Journey]]) -> None:
    claims, journeys = world
    result = assign(claims, journeys, (), LIMITS)
    assert total(result, claims) <= greedy_total(claims, journeys) + 1e-9


@given(claims_and_journeys())
def test_every_claim_and_trip_comes_out_once(world: tuple[list[Claim], list[Journey]]) -> None:
    claims, journeys = world
    result = assign(claims, journeys, (), LIMITS)
    matched = [link for link in result.links if link.how == "matched"]
    assert max(Counter(link.journey.key for link in matched).values(), default=0) <= 1
    linked = Counter(link.claim.key for link in result.links)
    assert max(linked.values(), default=0) <= 1
    alone = {each.key for each in result.lone_claims}
    assert alone.isdisjoint(linked)
    assert alone | set(linked) == {each.key for each in claims}
    used = {link.journey.key for link in result.links}
    assert {each.key for each in result.lone_journeys} == {each.key for each in journeys} - used


@given(claims_and_journeys())
def test_a_shared_trip_is_the_claims_own_vehicle_and_answers_another(
    world: tuple[list[Claim], list[Journey]],
) -> None:
    result = assign(*world, (), LIMITS)
    taken = {link.journey.key for link in result.links if link.how == "matched"}
    for link in result.links:
        assert 0.0 <= link.cost < ALONE
        if link.how == "shared":
            assert link.journey.key in taken
            assert link.journey.vehicle_id == link.claim.vehicle_id


@given(claims_and_journeys(), st.randoms(use_true_random=False))
def test_the_order_of_the_input_changes_nothing_of_what_it_costs(
    world: tuple[list[Claim], list[Journey]],
    chance: Random,
) -> None:
    claims, journeys = world
    mixed_claims, mixed_journeys = list(claims), list(journeys)
    chance.shuffle(mixed_claims)
    chance.shuffle(mixed_journeys)
    one = assign(claims, journeys, (), LIMITS)
    other = assign(mixed_claims, mixed_journeys, (), LIMITS)
    assert abs(total(one, claims) - total(other, claims)) < 1e-9


@given(claims_and_journeys())
def test_far_apart_worlds_do_not_touch_each_other(world: tuple[list[Claim], list[Journey]]) -> None:
    """The same claims a week later, in one call: each half comes out as if it were alone."""
    claims, journeys = world
    later = 7 * 86_400
    again = [
        claim(
            1_000 + c.key,
            (c.depart_ms - at(0)) / 1_000 + later,
            None if c.arrive_ms is None else (c.arrive_ms - at(0)) / 1_000 + later,
            vehicle_id=c.vehicle_id,
            destination_id=c.destination_id,
        )
        for c in claims
    ]
    one = assign(claims, journeys, (), LIMITS)
    both = assign([*claims, *again], journeys, (), LIMITS)
    assert {(k.claim.key, k.journey.key) for k in one.links} == {
        (k.claim.key, k.journey.key) for k in both.links
    }
    assert {each.key for each in again} <= {each.key for each in both.lone_claims}
