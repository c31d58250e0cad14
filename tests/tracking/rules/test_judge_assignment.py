"""What does the match of trips and paper contradict? One plant, two sites, a wharf and a depot."""

from typing import Any

import pytest

from models.values import DiversionFacts, LegFacts
from models.vocabulary import FacilityKind, FindingKind, Severity
from tests.tracking.ground import at, city, place, truck
from tests.tracking.ledger import OTHER_SITE, SITE, claim, journey, leg, manifest
from tracking.rules.assignment import Claim, Journey, Link
from tracking.rules.findings import FindingDraft
from tracking.rules.judge_assignment import (
    SILENT_SCORE,
    Paper,
    ghost_draft,
    link_drafts,
    lone_claim_draft,
    unknown_vehicle_draft,
)

PLACES = (
    place(1, FacilityKind.PLANT, (0, 0)),
    place(SITE, FacilityKind.SITE, (10_000, 0)),
    place(OTHER_SITE, FacilityKind.SITE, (0, 10_000)),
    place(4, FacilityKind.PLANT, (0, -10_000)),
)
DIVERTED = (DiversionFacts(SITE, OTHER_SITE, at(0), at(36_000)),)
TOWN = city(PLACES, vehicles=[truck(1), truck(2, organisation_id=7)])
DIVERTED_TOWN = city(PLACES, vehicles=[truck(1)], diversions=DIVERTED)
LEGS: dict[int, LegFacts] = {1: leg(1), 2: leg(2), 3: leg(3, None)}
PAPER = Paper({key: manifest(key, each) for key, each in LEGS.items()}, LEGS)


def linked(of: Claim, by: Journey, how: str = "matched", margin: float = 6.0) -> Link:
    return Link(of, by, how, 1.0, margin)


def judged(link: Link, unreached: bool = False, world: Any = TOWN, sharing: Any = ()) -> list[FindingDraft]:
    return link_drafts(link, PAPER, world, unreached, sharing)


def test_the_right_vehicle_to_the_right_place_says_nothing() -> None:
    assert judged(linked(claim(1), journey(7))) == []


def test_another_vehicle() -> None:
    (draft,) = judged(linked(claim(1), journey(7, vehicle_id=2)))
    assert draft.kind is FindingKind.WRONG_VEHICLE
    assert draft.vehicle_codes == ("V2", "V1")  # who drove, who should have
    assert draft.manifest_ids == (1,)
    assert draft.size == 4.0  # 1 + margin / 2


@pytest.mark.parametrize(("margin", "size"), [(0.0, 1.0), (2.0, 2.0), (100.0, 5.0)])
def test_the_surer_the_match_the_more_it_says(margin: float, size: float) -> None:
    (draft,) = judged(linked(claim(1), journey(7, vehicle_id=2), margin=margin))
    assert draft.size == size


def test_another_place() -> None:
    (draft,) = judged(linked(claim(1), journey(7, destination_id=OTHER_SITE)))
    assert draft.kind is FindingKind.WRONG_DESTINATION
    assert draft.facility_id == OTHER_SITE
    assert draft.reasons[0].code == "wrong_destination.seen"


@pytest.mark.parametrize("destination_id", [None, 4], ids=["nowhere", "a plant"])
def test_no_place_that_receives(destination_id: int | None) -> None:
    (draft,) = judged(linked(claim(1), journey(7, destination_id=destination_id)))
    assert draft.reasons[0].code == "wrong_destination.nowhere"


@pytest.mark.parametrize("excuse", ["diversion", "silence in which it may have been there", "under way"])
def test_what_excuses_another_place(excuse: str) -> None:
    elsewhere = journey(7, destination_id=OTHER_SITE, end_censored=excuse == "under way")
    world = DIVERTED_TOWN if excuse == "diversion" else TOWN
    assert judged(linked(claim(1), elsewhere), unreached=excuse.startswith("silence"), world=world) == []


def test_two_papers_for_one_trip() -> None:
    (draft,) = judged(linked(claim(2), journey(7), how="shared"), sharing=(1,))
    assert draft.kind is FindingKind.SHARED_TRIP
    assert draft.manifest_ids == (2, 1)
    assert draft.reasons[0].params["other_manifest"] == "M-1"


def test_a_ghost() -> None:
    draft = ghost_draft(journey(7), TOWN)
    assert draft.kind is FindingKind.GHOST_TRIP
    assert draft.manifest_ids == ()
    assert (draft.start_ms, draft.end_ms) == (at(60), at(2_900))
    assert draft.evidence.figures["stay_s"] == 1_200.0
    assert draft.reasons[0].code == "ghost_trip.seen"
    assert ghost_draft(journey(7, destination_id=None), TOWN).reasons[0].code == "ghost_trip.nowhere"
    assert ghost_draft(journey(7, stay_from_ms=None), TOWN).evidence.figures["stay_s"] is None


def test_an_unregistered_vehicle() -> None:
    draft = unknown_vehicle_draft(claim(3, vehicle_id=None), PAPER)
    assert draft.kind is FindingKind.UNKNOWN_VEHICLE
    assert draft.vehicle_codes == ("UNREGISTERED",)


@pytest.mark.parametrize(
    ("coverage", "kind"),
    [
        (1.0, FindingKind.PHANTOM_MANIFEST),
        (0.5, FindingKind.PHANTOM_MANIFEST),
        (0.49, FindingKind.SIGNAL_GAP),
        (0.0, FindingKind.SIGNAL_GAP),
    ],
)
def test_paper_without_a_trip(coverage: float, kind: FindingKind) -> None:
    """Only who was heard is accused of having been elsewhere; silence is ranked below the line."""
    draft = lone_claim_draft(claim(1), PAPER, TOWN, coverage, at(9_000))
    assert draft.kind is kind
    assert draft.severity is Severity.HIGH
    assert (draft.score_cap == SILENT_SCORE) is (kind is FindingKind.SIGNAL_GAP)
    assert (draft.start_ms, draft.end_ms) == (at(0), at(3_000))


def test_paper_that_never_arrived_reaches_up_to_now() -> None:
    draft = lone_claim_draft(claim(1, arrive_s=None), PAPER, TOWN, 0.9, at(9_000))
    assert draft.end_ms == at(9_000)


def test_impossible_times_are_no_negative_interval() -> None:
    early = lone_claim_draft(claim(1, arrive_s=-3_000.0), PAPER, TOWN, 0.9, at(9_000))
    assert early.start_ms <= early.end_ms
    unknown = unknown_vehicle_draft(claim(3, arrive_s=-3_000.0, vehicle_id=None), PAPER)
    assert unknown.start_ms <= unknown.end_ms
