"""Is the score the probability that an inspector confirms, whatever the decisions were?"""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values import FloatArray
from models.vocabulary import FindingKind
from tracking.rules.ranking import (
    ORDINARY_SHIFT,
    Corroboration,
    Tally,
    corroboration_of,
    family_of,
    intercept,
    prior_of,
    probability,
    rank,
    shift_of,
)

KINDS = st.sampled_from(list(FindingKind))
SHIFTS = st.floats(-1.2, 3.0).map(lambda value: round(value, 1))
DECIDED = st.lists(st.tuples(SHIFTS, st.booleans()), max_size=60)


def learned(decided: list[tuple[float, bool]]) -> Tally:
    """A tally of decisions about findings with these shifts."""
    counts: dict[float, int] = {}
    for shift, _ in decided:
        counts[shift] = counts.get(shift, 0) + 1
    return Tally(sum(yes for _, yes in decided), len(decided), tuple(sorted(counts.items())))


@given(KINDS, DECIDED, SHIFTS, SHIFTS)
def test_a_confirmation_raises_every_score_of_the_rule_and_a_dismissal_none(
    kind: FindingKind, decided: list[tuple[float, bool]], about: float, of: float
) -> None:
    before = rank(kind, of, 1.0, {kind: learned(decided)})
    confirmed = rank(kind, of, 1.0, {kind: learned([*decided, (about, True)])})
    dismissed = rank(kind, of, 1.0, {kind: learned([*decided, (about, False)])})
    assert dismissed <= before <= confirmed


@given(KINDS, DECIDED, st.floats(0.01, 100), st.floats(0.01, 100), st.integers(0, 5), st.integers(0, 3))
def test_size_and_witnesses_never_lower_it(
    kind: FindingKind, decided: list[tuple[float, bool]], one: float, other: float, kinds: int, families: int
) -> None:
    tallies = {kind: learned(decided)}
    small, large = sorted((one, other))
    beside = Corroboration(kinds, families)
    low = rank(kind, shift_of(small, beside), 1.0, tallies)
    assert low <= rank(kind, shift_of(large, beside), 1.0, tallies)
    assert low <= rank(kind, shift_of(small, Corroboration(kinds + 1, families)), 1.0, tallies)
    assert low <= rank(kind, shift_of(small, Corroboration(kinds, families + 1)), 1.0, tallies)


@given(KINDS, DECIDED)
def test_the_scores_of_what_was_decided_add_up_to_what_was_confirmed(
    kind: FindingKind, decided: list[tuple[float, bool]]
) -> None:
    """With the prior's findings counted in: calibrated in the large, exactly."""
    tally = learned(decided)
    alpha = intercept(kind, tally)
    a, b = prior_of(kind)
    expected = (a + b) * probability(alpha + ORDINARY_SHIFT)
    expected += sum(probability(alpha + shift) for shift, _ in decided)
    assert expected == pytest.approx(a + tally.confirmed, abs=1e-6)


@given(KINDS, st.integers(0, 200), st.integers(0, 200))
def test_decisions_of_unknown_strength_make_the_precision_of_a_beta_prior(
    kind: FindingKind, confirmed: int, others: int
) -> None:
    a, b = prior_of(kind)
    alpha = intercept(kind, Tally(confirmed, confirmed + others))
    precision = (a + confirmed) / (a + b + confirmed + others)
    assert probability(alpha + ORDINARY_SHIFT) == pytest.approx(precision, abs=1e-9)


@given(KINDS, DECIDED, st.permutations(range(8)))
def test_the_order_of_findings_does_not_depend_on_what_was_decided(
    kind: FindingKind, decided: list[tuple[float, bool]], order: list[int]
) -> None:
    """Within a rule, the stronger finding stays before the weaker one."""
    scores = [rank(kind, place / 4, 1.0, {kind: learned(decided)}) for place in order]
    by_shift = [score for _, score in sorted(zip(order, scores, strict=True))]
    assert by_shift == sorted(by_shift)


def truth_of(base: float, shifts: FloatArray) -> FloatArray:
    return np.array([probability(base + shift) for shift in shifts])


@pytest.mark.parametrize("base", [-4.5, -2.0, 0.5, 2.5])  # from 1 % right, as in Taiwan, to nearly always
def test_calibrated_on_simulated_decisions(base: float) -> None:
    """After 400 decisions, of 4,000 further findings as many are confirmed in each tenth as the scores say,
    and no fixed figure for the rule does better (Brier)."""
    kind = FindingKind.OFF_ROUTE
    random = np.random.default_rng(5)
    before, after = (np.round(random.normal(0.8, 0.8, count), 1) for count in (400, 4_000))
    yes = random.random(400) < truth_of(base, before)
    tally = learned([(float(shift), bool(each)) for shift, each in zip(before, yes, strict=True)])
    scores = np.array([rank(kind, float(shift), 1.0, {kind: tally}) for shift in after])
    outcome = random.random(4_000) < truth_of(base, after)
    for part in np.array_split(np.argsort(scores), 10):
        expected, seen = scores[part].mean(), outcome[part].mean()
        assert (
            abs(expected - seen) < 3.5 * math.sqrt(max(expected * (1 - expected), 0.002) / len(part)) + 0.05
        )
    brier = float(((scores - outcome) ** 2).mean())
    best_fixed = float(((outcome.mean() - outcome) ** 2).mean())
    perfect = float(((truth_of(base, after) - outcome) ** 2).mean())
    assert brier <= best_fixed + 1e-4
    assert brier - perfect < 0.01


def test_strong_findings_confirmed_do_not_praise_weak_ones() -> None:
    """The same count of confirmations says less of a weak finding when only strong ones were decided."""
    kind = FindingKind.SIGNAL_GAP
    strong = Tally(20, 20, ((2.4, 20),))
    ordinary = Tally(20, 20, ((0.4, 20),))
    assert rank(kind, 0.0, 1.0, {kind: strong}) < rank(kind, 0.0, 1.0, {kind: ordinary})


def test_each_family_is_another_witness() -> None:
    found = {
        FindingKind.OFF_ROUTE,
        FindingKind.UNPLANNED_STOP,
        FindingKind.WET_GAP,
        FindingKind.FROZEN_POSITION,
    }
    assert corroboration_of(FindingKind.OFF_ROUTE, found) == Corroboration(3, 2)
    assert corroboration_of(FindingKind.OFF_ROUTE, {FindingKind.OFF_ROUTE}) == Corroboration()
    assert {family_of(kind) for kind in FindingKind} == {"track", "device", "mass", "paper"}
