"""Was the stay long enough for what paper declares? A plant and a site; the site wants seven minutes."""

from dataclasses import replace

import pytest

from models.values import ManifestFacts
from models.vocabulary import FacilityKind, ReceiptDecision
from tests.tracking.ground import at, city, place, truck
from tests.tracking.ledger import claim, journey, leg, manifest, weighed
from tracking.rules.assignment import Link
from tracking.rules.findings import FindingDraft
from tracking.rules.judge_assignment import Paper
from tracking.rules.judge_dwell import EndStay, dwell_draft, least_stay_s
from tracking.rules.world import World

PLACES = (
    place(1, FacilityKind.PLANT, (0, 0)),
    place(2, FacilityKind.SITE, (20_000, 0), min_dwell_s=420),
    place(3, FacilityKind.DEPOT, (0, 5_000)),
)
TOWN = city(PLACES, (), [truck(1)])


def received(**given: object) -> ManifestFacts:
    """A load of one leg that the site weighed in and took."""
    paper = manifest(1, leg(1, 1))
    values = {"received": weighed(17_000, seconds=3_700), "decision": ReceiptDecision.ACCEPTED} | given
    return replace(paper, **values)  # type: ignore[arg-type]


def stayed(
    longest_s: float,
    facility_id: int = 2,
    paper: ManifestFacts | None = None,
    how: str = "matched",
    town: World = TOWN,
) -> FindingDraft | None:
    facts = paper or received()
    stay = EndStay(facility_id, at(3_600), at(3_600 + longest_s), unloading=facility_id == 2)
    link = Link(claim(1), journey(7, 0, 3_600), how, 0.0, 9.0)
    return dwell_draft(stay, link, Paper({1: facts}, {1: facts.legs[0]}), town)


@pytest.mark.parametrize(("longest_s", "told"), [(60, True), (419, True), (420, False), (3_000, False)])
def test_below_the_sites_least_stay(longest_s: float, told: bool) -> None:
    assert (stayed(longest_s) is not None) is told


def test_what_it_says() -> None:
    draft = stayed(105)
    assert draft is not None
    assert (draft.start_ms, draft.end_ms) == (at(3_600), at(3_705))
    assert draft.size == pytest.approx(4.0)
    assert draft.facility_id == 2
    assert draft.evidence.figures["stay_s"] == 105.0
    assert draft.evidence.thresholds["least_s"] == 420.0
    assert [reason.code for reason in draft.reasons] == ["no_dwell.seen", "no_dwell.expected"]


def test_the_plant_names_no_least_stay_so_four_minutes_count() -> None:
    assert stayed(200, facility_id=1) is not None
    assert stayed(250, facility_id=1) is None


def test_learned_stays_count_before_the_four_minutes_and_never_before_the_own_ones() -> None:
    learned = city(PLACES, (), [truck(1)], usual_stay_s={1: 700.0, 2: 700.0})
    assert least_stay_s(1, learned) == 700.0
    assert least_stay_s(2, learned) == 420.0
    assert stayed(600, facility_id=1, town=learned) is not None


def test_both_ends_of_one_trip_are_findings_of_their_own() -> None:
    first, second = stayed(60, facility_id=1), stayed(60)
    assert first is not None
    assert second is not None
    assert first.subject != second.subject


def test_a_load_that_was_refused_may_leave_at_once() -> None:
    assert stayed(60, paper=received(decision=ReceiptDecision.REJECTED)) is None


def test_a_load_that_nobody_says_was_unloaded_may_leave_at_once() -> None:
    assert stayed(60, paper=received(received=None, decision=None)) is None


def test_another_loads_trip_and_another_place_say_nothing() -> None:
    assert stayed(60, how="shared") is None
    assert stayed(60, facility_id=3) is None
