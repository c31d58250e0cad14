"""Does each reason to distrust an arriving fix hold exactly where its threshold says?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gps_ingest.decoders.fix_batch import NEVER, FixBatch, make_batch
from gps_ingest.doubts import ARRIVAL_DOUBTS, ROLLOVER_MS, doubt_arrivals, reasons_of
from models.thresholds import DoubtThresholds
from models.vocabulary import Doubt

LIMITS = DoubtThresholds()
NOW_MS = 1_772_452_800_000


def one(age_s: float | None = 1.0, lat: float = 31.25, lon: float = 120.5, **columns: float) -> FixBatch:
    """A fix of this age at its receipt; None: nobody knows when it was received."""
    received = NEVER if age_s is None else NOW_MS
    recorded = NOW_MS - round((age_s or 0) * 1000)
    return make_batch(
        time_ms=[recorded],
        lat=[lat],
        lon=[lon],
        received_ms=[received],
        **{name: [value] for name, value in columns.items()},
    )


def doubts_of(batch: FixBatch) -> set[str]:
    return set(reasons_of(int(doubt_arrivals(batch, LIMITS).doubts[0])))


@pytest.mark.parametrize(
    ("batch", "expected"),
    [
        (one(), set()),
        (one(lat=0, lon=0), {"range"}),
        (one(lat=0, lon=120), set()),
        (one(lat=90.0001, lon=0), {"range"}),
        (one(lat=90, lon=180), set()),
        (one(lat=1, lon=-181), {"range"}),
        (one(lat=121.5, lon=31.2), {"range", "swapped_axes"}),
        (one(lat=80.0, lon=30.0), {"swapped_axes"}),
        (one(lat=72.9, lon=30.0), set()),
        (one(age_s=-300), set()),
        (one(age_s=-301), {"future"}),
        (one(age_s=300), set()),
        (one(age_s=301), {"late"}),
        (one(age_s=72 * 3600), {"late"}),
        (one(age_s=72 * 3600 + 1), {"late", "reconstructed"}),
        (one(accuracy_m=50), set()),
        (one(accuracy_m=51), {"low_quality"}),
        (one(satellites=4), set()),
        (one(satellites=3), {"low_quality"}),
        (one(fixed=False), {"not_fixed"}),
    ],
)
def test_each_reason_at_its_threshold(batch: FixBatch, expected: set[str]) -> None:
    assert doubts_of(batch) == expected


@pytest.mark.parametrize("age_s", [None])
def test_without_a_time_of_receipt_nothing_is_late_or_early(age_s: None) -> None:
    old = one(age_s=None)
    long_ago = make_batch(time_ms=[NOW_MS - 40 * 365 * 86_400_000], lat=[31.0], lon=[120.0])
    for batch in (old, long_ago):
        doubted = doubt_arrivals(batch, LIMITS)
        assert doubted.doubts.tolist() == [0]
        assert doubted.batch.time_ms.tolist() == batch.time_ms.tolist()


def test_a_day_ahead_is_quarantined_and_no_less() -> None:
    assert not doubt_arrivals(one(age_s=-86_400), LIMITS).quarantined[0]
    assert doubt_arrivals(one(age_s=-86_401), LIMITS).quarantined[0]


def test_a_week_rollover_is_undone_and_marked() -> None:
    fallen_back = one(age_s=2 + ROLLOVER_MS / 1000)
    doubted = doubt_arrivals(fallen_back, LIMITS)
    assert doubted.batch.time_ms.tolist() == [NOW_MS - 2000]
    assert set(reasons_of(int(doubted.doubts[0]))) == {"week_rollover"}


def test_a_track_from_before_the_threshold_is_left_as_it_is() -> None:
    doubted = doubt_arrivals(one(age_s=LIMITS.rollover_age_s), LIMITS)
    assert "week_rollover" not in set(reasons_of(int(doubted.doubts[0])))


def test_the_list_names_each_reason_once() -> None:
    reasons = [reason for reason, _ in ARRIVAL_DOUBTS]
    assert len(reasons) == len(set(reasons))


@given(
    st.lists(st.tuples(st.integers(-(10**9), 10**9), st.floats(-214, 214), st.floats(-214, 214)), max_size=20)
)
def test_a_fix_is_judged_by_itself(fixes: list[tuple[int, float, float]]) -> None:
    ages, lats, lons = ([fix[axis] for fix in fixes] for axis in range(3))
    batch = make_batch(
        time_ms=np.array([NOW_MS - age for age in ages], dtype=np.int64),
        lat=lats,
        lon=lons,
        received_ms=np.full(len(fixes), NOW_MS),
    )
    together = doubt_arrivals(batch, LIMITS)
    for index in range(len(fixes)):
        alone = doubt_arrivals(batch.take(np.array([index])), LIMITS)
        assert alone.doubts[0] == together.doubts[index]
        assert alone.quarantined[0] == together.quarantined[index]


def test_reasons_are_words() -> None:
    assert list(reasons_of(Doubt.LATE | Doubt.RANGE)) == ["range", "late"]
    assert list(reasons_of(0)) == []
