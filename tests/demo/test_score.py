"""Does the score hold each sentence of its specification?"""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demo.scenario.score import (
    TOLERANCE_MS,
    Carriage,
    ScoredFinding,
    ScoredManifest,
    Truth,
    match,
    percentile,
    score,
)
from models.vocabulary import FindingKind, VerdictValue

MINUTE_MS = 60_000
OFF, STOP, GAP = FindingKind.OFF_ROUTE, FindingKind.UNPLANNED_STOP, FindingKind.WET_GAP


def found(
    key: str = "f1", kind: FindingKind = OFF, start: int = 0, end: int = 10, **about: Any
) -> ScoredFinding:
    """A finding on manifest M1 and vehicle V1 unless said otherwise; times in minutes."""
    given = {"manifests": {"M1"}, "vehicles": {"V1"}, "facility": None, "detected": end} | about
    return ScoredFinding(
        key=key,
        kind=kind,
        manifests=frozenset(given["manifests"]),
        vehicles=frozenset(given["vehicles"]),
        facility=given["facility"],
        start_ms=start * MINUTE_MS,
        end_ms=end * MINUTE_MS,
        detected_ms=given["detected"] * MINUTE_MS,
    )


def truth(kind: FindingKind = OFF, start: int | None = None, end: int | None = None, **about: Any) -> Truth:
    start_ms, end_ms = (None if minute is None else minute * MINUTE_MS for minute in (start, end))
    return Truth(kind=kind, start_ms=start_ms, end_ms=end_ms, **about)


def paper(
    number: str, vehicle: str = "V1", start: float = 0, end: float = 60, verdict: VerdictValue | None = None
) -> ScoredManifest:
    return ScoredManifest(number, (Carriage(vehicle, start * MINUTE_MS, end * MINUTE_MS),), verdict)


@pytest.mark.parametrize(
    ("about", "agrees"),
    [
        ({}, True),
        ({"manifest": "M1"}, True),
        ({"manifest": "M2"}, False),
        ({"vehicle": "V1"}, True),
        ({"vehicle": "V2"}, False),
        ({"manifest": "M1", "vehicle": "V2"}, False),
        ({"manifest": "M1", "vehicle": "V1"}, True),
        ({"facility": "S1"}, True),
        ({"facility": "S2"}, False),
    ],
)
def test_every_subject_that_the_truth_names_must_agree(about: dict[str, Any], agrees: bool) -> None:
    assert bool(match([truth(**about)], [found(facility="S1")])) is agrees


def test_a_subject_among_several_is_enough() -> None:
    finding = found(manifests={"M1", "M2"}, vehicles={"V1", "V2"})
    assert match([truth(manifest="M2", vehicle="V1")], [finding])


def test_only_the_same_kind_matches() -> None:
    assert not match([truth(STOP, manifest="M1")], [found(kind=OFF)])


@pytest.mark.parametrize(
    ("start", "end", "agrees"),
    [(5, 6, True), (15, 20, True), (16, 20, False), (-20, -5, True), (-20, -6, False), (None, None, True)],
)
def test_times_overlap_within_five_minutes(start: int | None, end: int | None, agrees: bool) -> None:
    assert bool(match([truth(start=start, end=end)], [found(start=0, end=10)])) is agrees


@pytest.mark.parametrize(("start", "end"), [(15, None), (None, 15)])
def test_a_lone_time_is_a_moment(start: int | None, end: int | None) -> None:
    assert match([truth(start=start, end=end)], [found(start=0, end=10)])
    assert not match([truth(start=start, end=end)], [found(start=0, end=9)])


def test_one_finding_answers_one_truth_the_longest_overlap_first() -> None:
    short, long = truth(start=0, end=2), truth(start=0, end=30)
    pairs = match([short, long], [found("a", start=0, end=30), found("b", start=1, end=3)])
    assert {(pair[0].end_ms, pair[1].key) for pair in pairs} == {(30 * MINUTE_MS, "a"), (2 * MINUTE_MS, "b")}


def test_two_truths_and_one_finding_are_one_match() -> None:
    assert len(match([truth(start=0, end=9), truth(start=0, end=10)], [found()])) == 1


def test_figures_of_a_kind() -> None:
    truths = [truth(start=0, end=5, vehicle="V1"), truth(start=100, end=105, vehicle="V1"), truth(STOP)]
    findings = [found("a", start=1, end=5, detected=3), found("b", start=300, end=310), found("c", GAP)]
    figures: Any = score(truths, findings, [])
    assert figures["kinds"]["off_route"] == {
        "truth": 2,
        "found": 2,
        "matched": 1,
        "precision": 0.5,
        "recall": 0.5,
        "f1": 0.5,
        "delay_s_p50": 180.0,
        "delay_s_p90": 180.0,
    }
    assert figures["kinds"]["unplanned_stop"]["recall"] == 0
    assert figures["kinds"]["unplanned_stop"]["precision"] is None
    assert figures["kinds"]["wet_gap"]["recall"] is None
    assert figures["kinds"]["wet_gap"]["f1"] == 0
    assert figures["extra"] == 2
    assert figures["false_per_1000_clean"] is None


def test_delay_runs_from_the_true_start_to_detection() -> None:
    truths = [truth(start=10 * index, end=10 * index + 5) for index in range(5)]
    findings = [
        found(str(index), start=10 * index, end=10 * index + 5, detected=10 * index + index)
        for index in range(5)
    ]
    kinds: Any = score(truths, findings, [])["kinds"]
    assert (kinds["off_route"]["delay_s_p50"], kinds["off_route"]["delay_s_p90"]) == (120.0, 216.0)


def test_a_truth_without_times_has_no_delay() -> None:
    kinds: Any = score([truth(manifest="M1")], [found()], [])["kinds"]
    assert kinds["off_route"]["matched"] == 1
    assert kinds["off_route"]["delay_s_p50"] is None


def test_clean_is_named_in_no_truth_and_touched_by_none() -> None:
    truths = [truth(GAP, manifest="NAMED"), truth(OFF, start=30, end=40, vehicle="V1")]
    manifests = [
        paper("NAMED", "V9"),
        paper("TOUCHED", "V1", 0, 60),
        paper("EARLIER", "V1", 0, 29),
        paper("STILL OUT", "V1", 0, math.inf),
        paper("OTHER", "V2", 0, 60, VerdictValue.CONTRADICTED),
        paper("GOOD", "V3", 0, 60, VerdictValue.CONSISTENT),
    ]
    figures = score(truths, [], manifests)
    assert figures["clean_manifests"] == 3  # EARLIER, OTHER, GOOD
    assert figures["clean_contradicted"] == 1
    assert figures["false_per_1000_clean"] == pytest.approx(1000 / 3)


def test_a_truth_on_a_vehicle_without_times_touches_all_its_loads() -> None:
    assert score([truth(vehicle="V1")], [], [paper("A"), paper("B", "V2")])["clean_manifests"] == 1


def test_violated_are_the_manifests_that_a_truth_names() -> None:
    truths = [truth(GAP, manifest="A"), truth(GAP, manifest="B"), truth(OFF, manifest="B")]
    manifests = [
        paper("A", verdict=VerdictValue.CONTRADICTED),
        paper("B", verdict=VerdictValue.INSUFFICIENT),
        paper("C", verdict=VerdictValue.CONTRADICTED),
    ]
    assert score(truths, [], manifests)["violated_contradicted_share"] == 0.5
    assert score([], [], [])["violated_contradicted_share"] is None


def test_percentiles() -> None:
    assert percentile([], 50) is None
    assert percentile([7.0], 90) == 7.0
    assert percentile([1.0, 2.0, 3.0], 50) == 2.0
    assert percentile([0.0, 10.0], 90) == 9.0


kinds = st.sampled_from([OFF, STOP])
subjects = st.sampled_from([None, "A", "B"])
times = st.integers(0, 40)
truths_drawn = st.builds(
    lambda kind, manifest, start, length: truth(kind, start, start + length, manifest=manifest),
    kinds,
    subjects,
    times,
    times,
)
findings_drawn = st.builds(
    lambda kind, manifest, start, length: (kind, manifest, start, start + length),
    kinds,
    st.sampled_from(["A", "B"]),
    times,
    times,
)


@given(st.lists(truths_drawn, max_size=6), st.lists(findings_drawn, max_size=6))
def test_matching_is_one_to_one_and_leaves_no_pair_that_could_still_match(
    truths: list[Truth], drawn: list[tuple[FindingKind, str, int, int]]
) -> None:
    findings = [
        found(str(index), kind, start, end, manifests={manifest})
        for index, (kind, manifest, start, end) in enumerate(drawn)
    ]
    pairs = match(truths, findings)
    assert len({id(each) for each, _ in pairs}) == len(pairs) == len({each.key for _, each in pairs})
    left_truths = [each for each in truths if all(each is not used for used, _ in pairs)]
    left_findings = [each for each in findings if all(each is not used for _, used in pairs)]
    for each in left_truths:
        assert not match([each], left_findings)
    for one, other in pairs:
        assert one.kind is other.kind
        assert one.start_ms is not None
        assert one.end_ms is not None
        assert min(one.end_ms, other.end_ms) - max(one.start_ms, other.start_ms) >= -TOLERANCE_MS
