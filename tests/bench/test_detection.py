"""Does the benchmark of detection count rightly, and does a small world go through all of it?"""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from bench.detection import measured_worlds, result_of
from bench.detection_measure import OWN
from bench.detection_report import write_report
from bench.detection_roads import PLANE, own_alarms, seen
from bench.detection_score import Tally, figures, tally, upper_count
from bench.detection_truths import Sized
from bench.detection_valhalla import polyline
from bench.detection_worlds import BASE_SEEDS, GRADED_SEEDS, NORMAL_10S, TUNING_SEEDS, Extent, stage_world
from demo.scenario.score import ScoredFinding, Truth
from models.vocabulary import FindingKind

MINUTE_MS = 60_000
TRUTH = Truth(FindingKind.OFF_ROUTE, "LU20260302-0001", "V1", None, 0, 20 * MINUTE_MS)
FINDING = ScoredFinding(
    "a", FindingKind.OFF_ROUTE, frozenset({"LU20260302-0001"}), frozenset({"V1"}), None, 5_000, 60_000, 45_000
)
OTHER = replace(FINDING, key="b", manifests=frozenset({"LU20260303-0009"}))


def counted(truths: list[Sized], findings: list[ScoredFinding]) -> Tally:
    clean = frozenset({"LU20260303-0009"})
    return tally("w", truths, findings, {}, clean)[FindingKind.OFF_ROUTE]


def test_a_right_finding_and_a_false_one() -> None:
    told = figures(counted([Sized(TRUTH, 300.0, True)], [FINDING, OTHER]))
    assert (told["truth"], told["found"], told["matched"]) == (1, 2, 1)
    assert (told["precision"], told["recall"], told["delay_s_p50"]) == (0.5, 1.0, 45.0)
    assert told["f1"] == pytest.approx(2 / 3)
    assert told["f1_low"] == 0.0  # a day drawn twice with nothing but the false alarm
    assert told["f1_high"] == 1.0


def test_a_false_alarm_counts_as_clean_only_on_a_clean_manifest() -> None:
    both = counted([], [OTHER, replace(FINDING, key="c")])
    assert both.clean_alarms == 1
    assert len(both.raised) == 2


def test_what_is_too_small_counts_neither_way() -> None:
    told = counted([Sized(TRUTH, 30.0, False)], [FINDING])
    assert (told.hits, told.raised, len(told.small)) == ((), (), 1)


def test_what_no_paper_tells_of_is_set_aside_for_peers_that_watch_paper() -> None:
    ghost = replace(TRUTH, manifest=None, vehicle="V2")
    found = replace(FINDING, key="d", manifests=frozenset(), vehicles=frozenset({"V2"}))
    whole = counted([Sized(ghost, 300.0, True), Sized(TRUTH, 300.0, True)], [found, FINDING])
    assert (len(whole.hits), len(whole.raised), whole.matched) == (2, 2, 2)
    paper = whole.on_paper()
    assert (len(paper.hits), len(paper.raised), paper.matched) == (1, 1, 1)


def test_bound_of_a_count() -> None:
    assert upper_count(0) == pytest.approx(2.9957, abs=1e-4)  # −ln .05
    assert upper_count(3) == pytest.approx(7.7537, abs=1e-4)  # tables of the Poisson distribution


def test_reporting_seeds_are_apart_from_tuning() -> None:
    assert not {*BASE_SEEDS, *GRADED_SEEDS} & {*TUNING_SEEDS}
    assert not {*BASE_SEEDS} & {*GRADED_SEEDS}


def test_a_seed_of_tuning_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="tuned"):
        stage_world(tmp_path, 7, NORMAL_10S, Extent(), graded=False)


def test_a_small_world_goes_through(tmp_path: Path) -> None:
    extent = Extent(days=1, plants=2, vehicles=5, each=1)
    totals = measured_worlds([NORMAL_10S], [], GRADED_SEEDS[:1], extent)
    result = result_of(totals, extent)
    found = {key: value for key, value in result["figures"].items() if key.endswith("/found")}
    assert found["normal_10s/off_route/found"] >= 1
    assert result["figures"]["normal_10s/links_right_fraction"] > 0.9
    assert len(result["settings"]["settings_hash"]) == 12
    assert {OWN, "traccar_25m", "traccar_75m", "traccar_stops", "exact_key_join"} <= {
        *totals["normal_10s"].tallies
    }
    write_report(tmp_path, totals, result)
    assert "off_route: traccar_75m" in (tmp_path / "detection.md").read_text("utf-8")
    drawings = sorted(tmp_path.glob("*.svg"))
    assert len(drawings) >= 2
    for drawing in drawings:
        assert ElementTree.parse(drawing).getroot().tag.endswith("svg")  # noqa: S314 — written just now


def test_a_polyline_is_read() -> None:
    places = polyline("_izlhA~rlgdF_{geC~ywl@")  # the format's own example, at six decimals
    assert places.tolist() == [
        [pytest.approx(-120.2), pytest.approx(38.5)],
        [pytest.approx(-120.95), pytest.approx(40.7)],
    ]


def test_a_detour_on_a_drawn_road_is_seen_once_and_an_honest_trip_never() -> None:
    rng = np.random.default_rng(3)
    route = PLANE.to_degrees(np.array([[0.0, 0.0], [9_000.0, 0.0]]))
    corners = [[0, 0], [3_000, 0], [3_000, 600], [6_000, 600], [6_000, 0], [9_000, 0]]
    detour = PLANE.to_degrees(np.array(corners, dtype=np.float64))
    honest, crooked = seen("T-c", route, route, rng), seen("T-d", route, detour, rng)
    assert honest.truths == ()
    assert list(own_alarms(honest, OWN)) == []
    assert [(each.detectable, round(each.size or 0, -1)) for each in crooked.truths] == [(True, 520)]
    kinds = tally("w", crooked.truths, list(own_alarms(crooked, OWN)), {}, frozenset())
    told = figures(kinds[FindingKind.OFF_ROUTE])
    assert (told["truth"], told["found"], told["matched"]) == (1, 1, 1)
    assert told["start_error_s_p50"] is not None
    assert told["start_error_s_p50"] < 30
