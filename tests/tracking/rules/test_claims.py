"""What does paper claim was carried? Only what has left by paper, voyages as one."""

import pytest

from models.values import ManifestFacts
from models.vocabulary import Mode
from tests.tracking.ground import at
from tests.tracking.ledger import leg, manifest, weighed
from tracking.rules.claims import arrival_ms, claims_of, departure_ms

KNOWN = {"V1": 1, "V2": 2, "SHIP": 9}


def test_one_leg_weighed_out_and_in() -> None:
    paper = manifest(1, loaded=weighed(17_000, seconds=0), received=weighed(16_990, seconds=3_000))
    (claim,) = claims_of([paper], KNOWN)
    assert claim.vehicle_id == 1
    assert (claim.depart_ms, claim.weighed_ms, claim.arrive_ms) == (at(0), at(0), at(3_000))
    assert (claim.leg_ids, claim.manifest_ids, claim.patient) == ((10,), (1,), False)


def test_what_was_not_weighed_has_not_left() -> None:
    assert claims_of([manifest(1)], KNOWN) == []
    with pytest.raises(ValueError, match="M-1"):
        departure_ms(manifest(1), 0)


def test_a_vehicle_registered_later_counts_and_an_unknown_one_is_none() -> None:
    late = manifest(1, leg(10, None, vehicle_code="V2"), loaded=weighed(17_000))
    never = manifest(2, leg(20, None), loaded=weighed(17_000))
    assert [claim.vehicle_id for claim in claims_of([late, never], KNOWN)] == [2, None]


def test_the_second_leg_begins_at_the_handover_and_not_before() -> None:
    by_road = leg(10, 1, to_id=5, handover_at_ms=at(1_800))
    by_water = leg(11, 9, seq=2, mode=Mode.WATER, vehicle_code="SHIP", from_id=5)
    paper = manifest(1, by_road, by_water, loaded=weighed(17_000), received=weighed(17_000, seconds=20_000))
    truck, ship = claims_of([paper], KNOWN)
    assert (truck.depart_ms, truck.arrive_ms) == (at(0), at(1_800))
    assert (ship.depart_ms, ship.weighed_ms, ship.arrive_ms) == (at(1_800), None, at(20_000))
    assert ship.patient

    waiting = manifest(1, leg(10, 1, to_id=5), by_water, loaded=weighed(17_000))
    assert [claim.leg_ids for claim in claims_of([waiting], KNOWN)] == [(10,)]
    assert arrival_ms(waiting, 0) is None


def voyage(number: int, handover_s: float, received_s: float | None) -> ManifestFacts:
    return manifest(
        number,
        leg(number * 10, number, to_id=5, handover_at_ms=at(handover_s)),
        leg(number * 10 + 1, 9, seq=2, mode=Mode.WATER, vehicle_code="SHIP", from_id=5, voyage="HY-7"),
        loaded=weighed(17_000, seconds=handover_s - 900),
        received=None if received_s is None else weighed(17_000, seconds=received_s),
    )


def test_legs_of_one_voyage_are_one_claim() -> None:
    """It leaves after the last cargo came aboard, and is there when the first is weighed."""
    cargo = [voyage(1, 1_000, 30_000), voyage(2, 2_000, 30_600), voyage(3, 3_000, 31_200)]
    ship = claims_of(cargo, KNOWN)[-1]
    assert (ship.leg_ids, ship.manifest_ids) == ((11, 21, 31), (1, 2, 3))
    assert (ship.depart_ms, ship.weighed_ms, ship.arrive_ms) == (at(3_000), None, at(30_000))


def test_a_voyage_has_not_arrived_while_a_cargo_is_still_aboard() -> None:
    ship = claims_of([voyage(1, 1_000, 30_000), voyage(2, 2_000, None)], KNOWN)[-1]
    assert ship.arrive_ms is None


def test_claims_come_in_order_of_departure() -> None:
    papers = [manifest(n, loaded=weighed(17_000, seconds=1_000 * (5 - n))) for n in (1, 2, 3, 4)]
    assert [claim.key for claim in claims_of(papers, KNOWN)] == [40, 30, 20, 10]
