"""Is a rule's precision told with the doubt that few decisions leave?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.vocabulary import FindingKind
from tracking.rules.rule_record import RuleRecord, wilson


@given(st.integers(1, 5_000), st.data())
def test_the_interval_holds_the_share_and_stays_a_share(of: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, of))
    low, high = wilson(hits, of)
    assert 0.0 <= low <= hits / of + 1e-12
    assert hits / of - 1e-12 <= high <= 1.0


def test_by_hand() -> None:
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    low, high = wilson(800, 1_000)
    assert high - low < 0.06


def test_what_was_explained_is_no_false_alarm() -> None:
    record = RuleRecord(FindingKind.OFF_ROUTE, 20, 6, 3, 1, 400.0)
    assert (record.decided, record.precision, record.false_per_100_hours) == (10, 0.6, 0.25)


def test_before_anybody_decided_nothing_is_claimed() -> None:
    record = RuleRecord(FindingKind.OFF_ROUTE, 20, 0, 0, 0, 0.0)
    assert (record.precision, record.interval, record.false_per_100_hours) == (None, None, None)
