"""What is the verdict? A table: what is known of a manifest, and what is said."""

from typing import Any

import pytest

from models.values import ManifestFacts
from models.vocabulary import CustodyState, FindingKind, ReceiptDecision, VerdictValue
from tests.tracking.ground import THRESHOLDS
from tests.tracking.ledger import manifest, weighed
from tracking.rules.verdicts import FINISHED, LegProof, RankedFinding, VerdictDraft, judge_manifest

LOADED, RECEIVED = weighed(17_000), weighed(17_000, seconds=3_600)
WHOLE = (LegProof(1, 0.98, 9.0),)
STOP = RankedFinding(FindingKind.UNPLANNED_STOP, 0.8)
RUMOUR = RankedFinding(FindingKind.OVERDUE, 0.49)


def paper(**given: Any) -> ManifestFacts:
    return manifest(1, **({"loaded": LOADED, "received": RECEIVED} | given))


def judged(
    of: ManifestFacts, findings: tuple[RankedFinding, ...] = (), legs: tuple[LegProof, ...] = WHOLE
) -> VerdictDraft:
    return judge_manifest(of, findings, legs, THRESHOLDS, 0.5)


@pytest.mark.parametrize(
    ("given", "findings", "legs", "value", "codes"),
    [
        ({}, (), WHOLE, "consistent", ["consistent"]),
        ({}, (RUMOUR,), WHOLE, "consistent", ["consistent"]),
        ({}, (STOP,), WHOLE, "contradicted", ["contradicted"]),
        ({}, (RUMOUR, STOP), (LegProof(1, None, None),), "contradicted", ["contradicted"]),
        ({"received": None}, (STOP,), WHOLE, "contradicted", ["contradicted"]),
        ({"received": None}, (), WHOLE, "pending", ["pending"]),
        ({"custody_state": CustodyState.IN_TRANSIT}, (), WHOLE, "pending", ["pending"]),
        ({}, (), (LegProof(1, None, None),), "insufficient", ["no_trip"]),
        ({}, (), (), "insufficient", ["no_trip"]),
        ({}, (), (LegProof(1, 0.49, 9.0),), "insufficient", ["thin_track"]),
        ({}, (), (LegProof(1, 0.50, 9.0),), "consistent", ["consistent"]),
        ({}, (), (LegProof(1, 0.98, 1.99),), "insufficient", ["ambiguous"]),
        ({}, (), (LegProof(1, 0.98, 2.0),), "consistent", ["consistent"]),
        ({"loaded": None}, (), WHOLE, "insufficient", ["not_weighed"]),
        (
            {"loaded": None},
            (),
            (LegProof(1, None, None), LegProof(2, 0.2, 9.0)),
            "insufficient",
            ["no_trip", "thin_track", "not_weighed"],
        ),
    ],
)
def test_the_table(
    given: dict[str, Any],
    findings: tuple[RankedFinding, ...],
    legs: tuple[LegProof, ...],
    value: str,
    codes: list[str],
) -> None:
    verdict = judged(paper(**given), findings, legs)
    assert verdict.value is VerdictValue(value)
    assert [reason.code for reason in verdict.reasons] == [f"verdict.{code}" for code in codes]


def test_every_finished_state_is_judged_and_no_other() -> None:
    for state in CustodyState:
        expected = VerdictValue.CONSISTENT if state in FINISHED else VerdictValue.PENDING
        assert judged(paper(custody_state=state)).value is expected


def test_exactly_at_the_line_contradicts() -> None:
    at_the_line = RankedFinding(FindingKind.OFF_ROUTE, 0.5)
    assert judged(paper(), (at_the_line,)).value is VerdictValue.CONTRADICTED


def test_the_score_is_that_of_the_worst_finding_whatever_the_verdict() -> None:
    assert judged(paper(), (RUMOUR,)).score == 0.49
    assert judged(paper(received=None), (RUMOUR,)).score == 0.49
    assert judged(paper(), (RUMOUR, STOP)).score == 0.8
    assert judged(paper()).score == 0.0


def test_reasons_are_ranked_and_those_below_the_line_left_out() -> None:
    gap = RankedFinding(FindingKind.WET_GAP, 0.95)
    verdict = judged(paper(), (RUMOUR, STOP, gap))
    assert [reason.params["kind"] for reason in verdict.reasons] == ["wet_gap", "unplanned_stop"]


def test_the_least_covered_leg_is_told() -> None:
    verdict = judged(paper(), legs=(LegProof(1, 0.99, 9.0), LegProof(2, 0.61234, 9.0)))
    assert verdict.reasons[0].params["coverage_fraction"] == 0.612


def test_what_was_cancelled_before_it_was_loaded_was_never_carried() -> None:
    for state in (CustodyState.CANCELLED, CustodyState.EXPIRED):
        verdict = judged(paper(custody_state=state, loaded=None, received=None), legs=())
        assert verdict.value is VerdictValue.CONSISTENT
        assert verdict.reasons[0].code == "verdict.not_carried"


@pytest.mark.parametrize("decision", [ReceiptDecision.REJECTED, ReceiptDecision.PART_ACCEPTED])
def test_refused_sludge_needs_a_manifest_of_its_own(decision: ReceiptDecision) -> None:
    """After departure nothing is cancelled: what was refused travels on a child."""
    alone = judged(paper(decision=decision, refused_kg=5_000.0))
    assert alone.value is VerdictValue.INSUFFICIENT
    assert [reason.code for reason in alone.reasons] == ["verdict.open_child"]
    assert alone.reasons[0].params["refused_kg"] == 5_000.0
    assert judged(paper(decision=decision, has_child=True)).value is VerdictValue.CONSISTENT


@pytest.mark.parametrize(("refused_kg", "closes"), [(2_000.0, True), (2_100.0, True), (2_500.0, False)])
def test_accepted_and_refused_make_what_was_received(refused_kg: float, closes: bool) -> None:
    """15 t and 2 t of 17 t; a scale may be off by 3.3 x 35 kg."""
    halves = paper(
        decision=ReceiptDecision.PART_ACCEPTED, accepted_kg=15_000.0, refused_kg=refused_kg, has_child=True
    )
    expected = VerdictValue.CONSISTENT if closes else VerdictValue.INSUFFICIENT
    assert judged(halves).value is expected
