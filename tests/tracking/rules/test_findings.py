"""What makes a finding itself, and what ranks it?"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.vocabulary import FindingKind, Severity
from tests.tracking.ground import at
from tracking.rules.findings import (
    ONSET_WINDOW_MS,
    FindingDraft,
    finding_key,
    score_of,
    severity_of,
)
from tracking.rules.ranking import Corroboration, Tally

KINDS = st.sampled_from(list(FindingKind))
SIZES = st.floats(0.01, 100.0)


def draft(kind: FindingKind = FindingKind.OFF_ROUTE, start_s: float = 0.0, **given: Any) -> FindingDraft:
    values: dict[str, Any] = {
        "subject": "V1",
        "start_ms": at(start_s),
        "end_ms": at(start_s + 600),
        "detected_ms": at(start_s + 60),
        "size": 1.0,
        "reasons": (),
    }
    return FindingDraft(kind, **(values | given))


def score(size: float = 1.0, companions: int = 0, tally: Tally | None = None, **given: Any) -> float:
    made = draft(size=size, **given)
    return score_of(made, {} if tally is None else {made.kind: tally}, Corroboration(companions))


@given(st.floats(0, ONSET_WINDOW_MS / 1_000 - 0.001), st.floats(0.01, 50))
def test_the_key_does_not_move_with_more_data(shift_s: float, size: float) -> None:
    """Within the window of ten minutes, whatever else the finding says."""
    same = draft(start_s=shift_s, size=size, manifest_ids=(3,), lat=31.0, end_ms=at(9_000))
    assert finding_key(same) == finding_key(draft())


def test_the_key_is_of_kind_subject_and_onset() -> None:
    keys = {
        finding_key(draft()),
        finding_key(draft(FindingKind.UNPLANNED_STOP)),
        finding_key(draft(subject="V2")),
        finding_key(draft(start_s=ONSET_WINDOW_MS / 1_000)),
    }
    assert len(keys) == 4


def test_a_second_one_within_the_window_has_a_key_of_its_own() -> None:
    assert finding_key(draft(), 1) == finding_key(draft())
    assert len({finding_key(draft(), ordinal) for ordinal in (1, 2, 3)}) == 3


def test_what_is_about_a_whole_manifest_has_no_onset() -> None:
    assert finding_key(draft(timeless=True)) == finding_key(draft(start_s=90_000, timeless=True))
    assert finding_key(draft(timeless=True)) != finding_key(draft())


@given(KINDS, SIZES, SIZES, st.integers(0, 5))
def test_the_further_beyond_the_threshold_the_higher(
    kind: FindingKind, one: float, other: float, companions: int
) -> None:
    small, large = sorted((one, other))
    assert score(small, companions, kind=kind) <= score(large, companions, kind=kind)


@given(KINDS, SIZES, st.integers(0, 5))
def test_what_else_speaks_for_it_raises_it(kind: FindingKind, size: float, companions: int) -> None:
    assert score(size, companions, kind=kind) <= score(size, companions + 1, kind=kind)


@given(KINDS, SIZES, st.integers(0, 300), st.integers(0, 300), st.integers(0, 9))
def test_always_a_probability_below_its_cap(
    kind: FindingKind, size: float, confirmed: int, others: int, companions: int
) -> None:
    tally = Tally(confirmed, confirmed + others)
    assert 0.0 <= score(size, companions, tally, kind=kind) <= 0.99
    assert score(size, companions, tally, kind=kind, score_cap=0.45) <= 0.45


@given(KINDS, SIZES, st.integers(1, 200))
def test_decisions_move_it(kind: FindingKind, size: float, decisions: int) -> None:
    """All confirmed: not lower. All dismissed: not higher, and after 200 far lower."""
    before = score(size, kind=kind)
    assert score(size, kind=kind, tally=Tally(decisions, decisions)) >= before
    dismissed = score(size, kind=kind, tally=Tally(0, decisions))
    assert dismissed <= before
    if decisions == 200:
        assert dismissed < 0.35


def test_by_hand() -> None:
    """Prior Beta(8, 2) = .8, logit 1.386; at the threshold less .4: .986, that is .728."""
    assert score() == pytest.approx(0.728, abs=5e-4)
    # 8 of 10 dismissed: (8 + 2) / 20 = .5, logit 0 - .4
    assert score(tally=Tally(2, 10)) == pytest.approx(0.401, abs=5e-4)
    # one more kind says the same: + .3
    assert score(companions=1) == pytest.approx(0.784, abs=5e-4)


def test_severity_is_the_drafts_own_else_that_of_its_kind() -> None:
    assert severity_of(draft(FindingKind.GHOST_TRIP)) is Severity.HIGH
    assert severity_of(draft(FindingKind.TELEPORT)) is Severity.LOW
    assert severity_of(draft()) is Severity.MEDIUM
    assert severity_of(draft(severity=Severity.HIGH)) is Severity.HIGH
