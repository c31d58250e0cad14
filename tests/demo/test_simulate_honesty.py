"""Is an honest load honest: inside its corridor, never standing in the open, in time?"""

from itertools import pairwise

import pytest
import shapely

from demo.world.corridors import excursions
from demo.world.driving import Drive
from demo.world.loads import Carriage
from demo.world.run import play
from demo.world.stage import World, set_stage

LONGEST_STAND_S, STAND_REACH_M = 200.0, 100.0


@pytest.fixture(scope="module")
def played() -> World:
    world = set_stage(seed=5, days=2, plants=5, count=24, weekday=0)
    play(world)
    return world


def carriages(world: World) -> list[Carriage]:
    return [c for load in world.loads for c in load.carriages]


def test_honest_loads_keep_to_an_approved_corridor(played: World) -> None:
    for leg in carriages(played):
        approved = played.lines[leg.line.start, leg.to or leg.line.end]
        assert excursions(leg.trip, approved, leg.reached_s) == []


def test_honest_loads_stand_only_where_they_may(played: World) -> None:
    permitted = shapely.union_all([f.polygon for f in played.town.facilities.values()])
    shapely.prepare(permitted)
    for leg in carriages(played):
        if leg.line.mode == "road":
            for start, end, (x, y) in stands(leg.trip):
                assert shapely.contains_xy(permitted, x, y), (leg.vehicle, start, end)


def test_nobody_drives_through_a_street_closed_for_dredging(played: World) -> None:
    works = {f.id for f in played.town.of_kind("works")}
    closed = {k for k, edge in enumerate(played.town.network.edges) if edge.closed}
    assert closed
    for lines in played.lines.values():
        for line in lines:
            assert line.start in works or not closed & {k for k, _ in line.steps}, line.id


def stands(trip: Drive) -> list[tuple[float, float, tuple[float, float]]]:
    """Places where a drive stays within 100 m for more than 200 s."""
    found = []
    last = 0
    for k in range(len(trip.t_s)):
        while trip.s_m[k] - trip.s_m[last] > STAND_REACH_M:
            last += 1
        if trip.t_s[k] - trip.t_s[last] > LONGEST_STAND_S:
            widest = max(range(last, k), key=lambda j: trip.t_s[j + 1] - trip.t_s[j])
            found.append((float(trip.t_s[last]), float(trip.t_s[k]), tuple(trip.xy[widest].tolist())))
    return found


def test_honest_loads_arrive_in_time(played: World) -> None:
    for load in played.loads:
        leg = load.carriages[0] if load.carriages else None
        if leg and leg.reached_s:
            assert leg.reached_s - load.loaded_s < 1.45 * leg.line.planned_minutes * 60, load.key


def test_a_diversion_has_its_traffic_and_refusals_their_way_back(played: World) -> None:
    order = played.diversions[0]
    diverted = [load for load in played.loads if load.diversion == order.id and load.carriages]
    assert diverted
    assert all(order.from_s < load.loaded_s < order.to_s for load in diverted)
    assert {load.carriages[0].to for load in diverted} == {order.to_site}
    for load in played.loads:
        if load.child:
            assert load.child.carriages[0].to == load.origin


def test_some_drivers_take_the_other_approved_route_or_a_permitted_stop(played: World) -> None:
    """The hard negatives: what looks odd and is allowed."""
    legs = carriages(played)
    halts = {halt.why for leg in legs for _, _, halt in leg.trip.halts}
    assert {"fuel", "rest", "lock"} & halts
    lengths = {(leg.line.id, round(float(leg.trip.s_m[-1]))) for leg in legs if leg.line.mode == "road"}
    assert len(lengths) > len({ident for ident, _ in lengths})


def test_no_truck_carries_two_loads_at_once(played: World) -> None:
    for vehicle in played.fleet:
        spans = sorted((c.trip.start_s, c.trip.end_s) for c in carriages(played) if c.vehicle == vehicle)
        distinct = sorted(set(spans))  # a voyage is one carriage of many loads
        assert all(a[1] <= b[0] for a, b in pairwise(distinct))
        journal = played.journals[vehicle]
        t, _ = journal.track()
        assert (t[1:] >= t[:-1] - 1e-6).all()
