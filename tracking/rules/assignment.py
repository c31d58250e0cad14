"""Which trip carried which leg of which manifest?

Gated min-cost assignment. A claim is what paper says was carried at once: one leg, or all legs of one
voyage. A trip may answer a claim when it left the same origin within the gate and has the vehicle or
the destination of the paper. The cost adds Huber losses of the times, penalties for another vehicle or
destination, and for a weighing at a moment when the vehicle was not there. Independent blocks are
solved one by one; what costs more than leaving both sides unmatched stays unmatched.
Source: DETECTION.md section 4. Times ms UTC.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from models.thresholds import AssignmentThresholds
from models.values import DiversionFacts
from tracking.rules.trips import EMPTY, LOADED

FORBIDDEN = 1e6


@dataclass(frozen=True, slots=True)
class Claim:
    """What paper says one vehicle carried at once.

    weighed_ms is the weighing at the origin, depart_ms the moment from which it can have left; both ends
    None where paper does not say (yet). `vehicle_id` is None for an unregistered vehicle.
    """

    key: int  # leg id of the first leg
    leg_ids: tuple[int, ...]
    manifest_ids: tuple[int, ...]
    vehicle_id: int | None
    origin_id: int
    destination_id: int
    depart_ms: int
    weighed_ms: int | None
    arrive_ms: int | None
    patient: bool = False  # a vessel: it may lie at either wharf for a night
    handed: bool = False  # begins or ends in a handover, whose time two parties wrote down


@dataclass(frozen=True, slots=True)
class Journey:
    """A trip as the assignment sees it."""

    key: int  # trip id
    vehicle_id: int
    origin_id: int | None
    destination_id: int | None
    stay_from_ms: int | None
    departed_ms: int
    arrived_ms: int
    stay_to_ms: int | None
    start_censored: bool
    end_censored: bool
    load: str
    coverage_fraction: float = 1.0


@dataclass(frozen=True, slots=True)
class Link:
    """A claim answered by a trip; margin is how much dearer the next best answer was."""

    claim: Claim
    journey: Journey
    how: str  # matched, shared
    cost: float
    margin: float


@dataclass(frozen=True, slots=True)
class Assignment:
    """Links, and what stayed alone on both sides."""

    links: tuple[Link, ...]
    lone_claims: tuple[Claim, ...]
    lone_journeys: tuple[Journey, ...]


Edges = Mapping[tuple[int, int], float]  # (claim index, journey index) -> cost


def assign(
    claims: Sequence[Claim],
    journeys: Sequence[Journey],
    diversions: Collection[DiversionFacts],
    thresholds: AssignmentThresholds,
) -> Assignment:
    """The cheapest consistent answer to all claims."""
    edges = candidate_edges(claims, journeys, diversions, thresholds)
    links: list[Link] = []
    for rows, columns in blocks(len(claims), len(journeys), edges):
        links += solve(rows, columns, claims, journeys, edges, thresholds)
    answered = {link.claim.key for link in links}
    links += shared_links(claims, journeys, edges, links, answered, thresholds)
    answered |= {link.claim.key for link in links}
    links += mistimed_links(claims, journeys, edges, links, diversions, thresholds)
    answered |= {link.claim.key for link in links}
    taken = {link.journey.key for link in links}
    return Assignment(
        tuple(links),
        tuple(claim for claim in claims if claim.key not in answered),
        tuple(journey for journey in journeys if journey.key not in taken),
    )


def candidate_edges(
    claims: Sequence[Claim],
    journeys: Sequence[Journey],
    diversions: Collection[DiversionFacts],
    thresholds: AssignmentThresholds,
) -> dict[tuple[int, int], float]:
    """The cost of each pair that passes the gate."""
    by_origin: dict[int | None, list[tuple[int, int]]] = defaultdict(list)
    for index, journey in enumerate(journeys):
        by_origin[journey.origin_id].append((journey.departed_ms, index))
    for group in by_origin.values():
        group.sort()
    edges: dict[tuple[int, int], float] = {}
    gate_ms = thresholds.gate_s * 1000
    for row, claim in enumerate(claims):
        for origin in (claim.origin_id, None):
            group = by_origin.get(origin, [])
            low = bisect_left(group, (int(claim.depart_ms - gate_ms), -1))
            high = bisect_right(group, (int(latest_ms(claim) + gate_ms), len(journeys)))
            for _, column in group[low:high]:
                if may_answer(claim, journeys[column]):
                    edges[row, column] = pair_cost(claim, journeys[column], diversions, thresholds)
    return edges


def latest_ms(claim: Claim) -> int:
    """The latest moment at which paper lets the vehicle leave: a vessel may wait for its whole cargo."""
    return max(claim.depart_ms, claim.arrive_ms) if claim.patient and claim.arrive_ms else claim.depart_ms


def may_answer(claim: Claim, journey: Journey) -> bool:
    """Same origin, and the vehicle or the destination of the paper; a trip whose beginning the data do
    not show must have both."""
    same_vehicle = journey.vehicle_id == claim.vehicle_id
    same_destination = journey.destination_id == claim.destination_id
    if journey.origin_id is None:
        return journey.start_censored and same_vehicle and same_destination
    return same_vehicle or same_destination


def pair_cost(
    claim: Claim, journey: Journey, diversions: Collection[DiversionFacts], thresholds: AssignmentThresholds
) -> float:
    """How badly a trip answers a claim; 0 is perfect."""
    cost = 0.0 if journey.vehicle_id == claim.vehicle_id else thresholds.wrong_vehicle_cost
    arrived_right = right_destination(claim, journey, diversions)
    if not arrived_right and not journey.end_censored:
        cost += (
            thresholds.wrong_destination_cost
        )  # the paper's arrival is untrue anyway: its time says nothing
    if journey.origin_id is not None:
        cost += departure_cost(claim, journey, thresholds)
    if claim.arrive_ms is not None and not journey.end_censored and arrived_right:
        late_s = (journey.arrived_ms - claim.arrive_ms) / 1000.0
        if not claim.patient or late_s > 0:
            cost += huber(late_s / thresholds.sigma_arrival_s, thresholds.huber_delta)
        cost += absence_cost(claim.arrive_ms, journey.arrived_ms, journey.stay_to_ms, thresholds)
    return cost + {LOADED: 0.0, EMPTY: thresholds.empty_cost}.get(journey.load, thresholds.unknown_load_cost)


def departure_cost(claim: Claim, journey: Journey, thresholds: AssignmentThresholds) -> float:
    """Times at the origin: when it left, and whether it was there when it was weighed."""
    late_s = (journey.departed_ms - claim.depart_ms) / 1000.0
    if late_s > 0 and claim.patient and claim.arrive_ms is not None:
        late_s = 0.0  # it waited: only the arrival speaks
    cost = huber(late_s / thresholds.sigma_departure_s, thresholds.huber_delta)
    if claim.weighed_ms is not None:
        cost += absence_cost(claim.weighed_ms, journey.stay_from_ms, journey.departed_ms, thresholds)
    return cost


def absence_cost(
    at_ms: int, from_ms: int | None, to_ms: int | None, thresholds: AssignmentThresholds
) -> float:
    """Cost of a weighing outside the vehicle's stay [from, to]; a side that the data hide costs nothing."""
    early_s = 0.0 if from_ms is None else (from_ms - at_ms) / 1000.0
    late_s = 0.0 if to_ms is None else (at_ms - to_ms) / 1000.0
    return huber(max(early_s, late_s, 0.0) / thresholds.sigma_absence_s, thresholds.huber_delta)


def huber(value: float, delta: float) -> float:
    """Huber's loss: quadratic near zero, linear beyond delta."""
    size = abs(value)
    return 0.5 * size * size if size <= delta else delta * (size - 0.5 * delta)


def right_destination(claim: Claim, journey: Journey, diversions: Collection[DiversionFacts]) -> bool:
    """Did it go where paper says, or where a diversion in force sent it?"""
    return journey.destination_id == claim.destination_id or any(
        diversion.from_site_id == claim.destination_id
        and diversion.to_site_id == journey.destination_id
        and diversion.valid_from_ms <= journey.arrived_ms <= diversion.valid_to_ms
        for diversion in diversions
    )


def blocks(claims: int, journeys: int, edges: Edges) -> list[tuple[list[int], list[int]]]:
    """The independent blocks of the candidate graph that hold at least one edge."""
    if not edges:
        return []
    rows, columns = np.array(list(edges)).T
    size = claims + journeys
    graph = coo_array((np.ones(rows.size), (rows, columns + claims)), shape=(size, size))
    labels = connected_components(graph, directed=False)[1]
    found: dict[int, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    linked: set[int] = set(rows.tolist()) | {int(column) + claims for column in columns}
    for node in sorted(linked):
        side = found[int(labels[node])]
        if node < claims:
            side[0].append(node)
        else:
            side[1].append(node - claims)
    return list(found.values())


def solve(
    rows: list[int],
    columns: list[int],
    claims: Sequence[Claim],
    journeys: Sequence[Journey],
    edges: Edges,
    thresholds: AssignmentThresholds,
) -> list[Link]:
    """The cheapest answer within one block; the last columns are the dummies that leave a claim alone."""
    alone = 2 * thresholds.unmatched_cost
    cost = np.full((len(rows), len(columns) + len(rows)), FORBIDDEN)
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            cost[i, j] = edges.get((row, column), FORBIDDEN)
        cost[i, len(columns) + i] = alone
    links = []
    chosen_rows, chosen_columns = linear_sum_assignment(cost)
    for i, j in zip(chosen_rows.tolist(), chosen_columns.tolist(), strict=True):
        if j < len(columns) and cost[i, j] < alone:
            rest = np.delete(cost[i], j)
            link_cost = float(cost[i, j])
            margin = float(rest.min()) - link_cost
            links.append(Link(claims[rows[i]], journeys[columns[j]], "matched", link_cost, margin))
    return links


def shared_links(
    claims: Sequence[Claim],
    journeys: Sequence[Journey],
    edges: Edges,
    links: Sequence[Link],
    answered: Collection[int],
    thresholds: AssignmentThresholds,
) -> list[Link]:
    """Claims left alone only because their own vehicle's trip already answers another claim."""
    taken = {link.journey.key: link for link in links}
    options: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for (row, column), cost in edges.items():
        own = journeys[column].vehicle_id == claims[row].vehicle_id
        if own and journeys[column].key in taken and cost < 2 * thresholds.unmatched_cost:
            options[row].append((cost, column))
    shared = []
    for row, found in sorted(options.items()):
        if claims[row].key not in answered:
            cost, column = min(found)
            first = taken[journeys[column].key]
            shared.append(Link(claims[row], journeys[column], "shared", cost, abs(cost - first.cost)))
    return shared


def mistimed_links(
    claims: Sequence[Claim],
    journeys: Sequence[Journey],
    edges: Edges,
    links: Sequence[Link],
    diversions: Collection[DiversionFacts],
    thresholds: AssignmentThresholds,
) -> list[Link]:
    """Handed-over claims left alone only by their times, with trips of their own vehicle left alone as well.

    The same vehicle went the same way within the gate: what is wrong is the time that was written down.
    """
    answered = {link.claim.key for link in links}
    taken = {link.journey.key for link in links}
    left = {
        (row, column): cost
        for (row, column), cost in edges.items()
        if claims[row].handed
        and claims[row].key not in answered
        and journeys[column].key not in taken
        and same_way(claims[row], journeys[column], diversions)
    }
    as_many = replace(thresholds, unmatched_cost=FORBIDDEN / 4)
    found: list[Link] = []
    for rows, columns in blocks(len(claims), len(journeys), left):
        found += solve(rows, columns, claims, journeys, left, as_many)
    return [replace(link, how="mismatch") for link in found]


def same_way(claim: Claim, journey: Journey, diversions: Collection[DiversionFacts]) -> bool:
    """Did the claim's own vehicle go from its origin to its destination?"""
    return (
        journey.vehicle_id == claim.vehicle_id
        and journey.origin_id == claim.origin_id
        and not journey.end_censored
        and right_destination(claim, journey, diversions)
    )
