"""Does the benchmark grade by the sizes of truth, mark who suspects the innocent, and know its own noise?"""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.detection_negatives import Innocent, Suspicion, read_innocents, suspicions
from bench.detection_noise import Residuals, residuals
from bench.detection_truths import MEASURES, is_detectable, size_of
from bench.detection_worlds import BASE_SEEDS, NORMAL_10S, Extent, stage_world
from demo.scenario.score import ScoredFinding, Truth
from models.vocabulary import FindingKind

TRUTH = Truth(FindingKind.OFF_ROUTE, None, "SE-A1000", None, 0, 3_600_000)
VESSEL = replace(TRUTH, vehicle="VS-1000")


@pytest.mark.parametrize(
    ("truth", "size", "sampling_s", "expected"),
    [
        (TRUTH, {"beyond_m": 900.0, "over_150_m_s": 61.0}, 10.0, True),
        (TRUTH, {"beyond_m": 900.0, "over_150_m_s": 59.0}, 10.0, False),  # an hour outside, a minute far
        (TRUTH, {"beyond_m": 900.0, "over_150_m_s": 120.0}, 30.0, False),
        (VESSEL, {"beyond_m": 900.0, "over_150_m_s": 300.0}, 10.0, False),
        (VESSEL, {"beyond_m": 900.0, "over_150_m_s": 700.0}, 10.0, True),
        (replace(TRUTH, kind=FindingKind.RENDEZVOUS), {"duration_s": 719.0}, 10.0, False),
        (replace(TRUTH, kind=FindingKind.NO_DWELL), {"of_least_fraction": 0.5}, 10.0, True),
        (replace(TRUTH, kind=FindingKind.NO_DWELL), {"of_least_fraction": 0.51}, 10.0, False),
        (replace(TRUTH, kind=FindingKind.CLOCK_SKEW), {"behind_s": -45.0}, 10.0, True),
        (replace(TRUTH, kind=FindingKind.CLOCK_SKEW), {"behind_s": 45.0}, 10.0, False),
        (replace(TRUTH, kind=FindingKind.TARE_DRIFT), {"off_fraction": -0.04}, 10.0, True),
        (replace(TRUTH, kind=FindingKind.WET_GAP), {"gap_u": 3.9}, 10.0, False),
        (replace(TRUTH, kind=FindingKind.GHOST_TRIP), {}, 10.0, True),
    ],
)
def test_what_can_be_detected(
    truth: Truth, size: dict[str, float], sampling_s: float, expected: bool
) -> None:
    assert is_detectable(truth, size, sampling_s) is expected


def test_a_direction_is_no_size() -> None:
    assert size_of(replace(TRUTH, kind=FindingKind.TARE_DRIFT), {"off_fraction": -0.04}) == 0.04


def test_who_suspects_the_innocent_is_counted_by_sort() -> None:
    jam, fuel = Innocent("congestion", "V1", 0, 60_000), Innocent("fuel", "V1", 90_000, 120_000)
    other = Innocent("fuel", "V2", 0, 60_000)
    stop = ScoredFinding(
        "a", FindingKind.UNPLANNED_STOP, frozenset(), frozenset({"V1"}), None, 80_000, 100_000, 100_000
    )
    on_paper = replace(stop, key="b", kind=FindingKind.WET_GAP, start_ms=0)
    told = suspicions([jam, fuel, other], [stop, on_paper])
    assert (told["congestion"].count, told["congestion"].raised) == (1, 0)
    assert (told["fuel"].count, told["fuel"].raised) == (2, 1)
    assert told["fuel"].kinds == {"unplanned_stop": 1}
    told["fuel"].add(Suspicion(3, 1))
    assert (told["fuel"].count, told["fuel"].raised) == (5, 2)


def test_residuals_add_up() -> None:
    rng = np.random.default_rng(5)
    drift = np.zeros(4_000)
    for k in range(1, 4_000):
        drift[k] = 0.8 * drift[k - 1] + rng.normal()
    a, b = drift[:-1], drift[1:]
    halves = [slice(0, 2_000), slice(2_000, None)]
    total = Residuals()
    for half in halves:
        x, y = a[half], b[half]
        sums = np.array([len(x), x.sum(), y.sum(), (x * y).sum(), (x * x).sum(), (y * y).sum()])
        total = total + Residuals(np.abs(x), sums)
    assert total.lag_1() == pytest.approx(np.corrcoef(a, b)[0, 1])
    assert total.quantiles_m()[-1] == pytest.approx(np.abs(a).max())
    assert Residuals().lag_1() is None


def test_a_world_is_staged_with_sizes_and_negatives(tmp_path: Path) -> None:
    staged = stage_world(tmp_path, BASE_SEEDS[0], NORMAL_10S, Extent(1, 2, 5, 1), graded=True)
    lines = [json.loads(line) for line in (staged.folder / "truth.jsonl").read_text("utf-8").splitlines()]
    for line in lines:
        measure = MEASURES.get(FindingKind(line["kind"]))
        assert measure is None or line["size"][measure.name] != 0, line
    assert read_innocents(staged.folder)
    noise = residuals(staged)
    assert len(noise.far_m) > 200
