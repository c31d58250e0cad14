"""Does every further kind of violation leave its traces in the folder, as large as truth says?"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from demo.simulate import simulate
from demo.world.negatives import SORTS
from demo.world.wishes import EVERY, FURTHER_SIZES, read_wish
from models.vocabulary import FindingKind
from tests.demo.simulated import Folder, Row, when

METRES_A_DEGREE = np.array([111_000.0, 95_200.0])  # near 31° north
OF_VESSELS = {
    "vessel_off_route": "off_route",
    "vessel_stop": "unplanned_stop",
    "vessel_silence": "signal_gap",
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Four days, 24 vehicles, every further kind twice."""
    base: Path = tmp_path_factory.mktemp("every")
    wish = base / "violations.json"
    wish.write_text(json.dumps(dict.fromkeys(FURTHER_SIZES, 2) | {"vessel_stop": 1}), encoding="utf-8")
    simulate(base / "world", seed=11, days=4, plants=5, vehicles=24, violations=wish)
    return Folder(base / "world")


def of_kind(world: Folder, kind: str) -> list[dict[str, Any]]:
    found = [t for t in world.truths if t["kind"] == kind]
    assert found, kind
    return found


def places(rows: list[Row]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """(n, 2) metres of some rows on a board of their own."""
    return np.asarray(np.array([[float(r["lat"]), float(r["lon"])] for r in rows]) * METRES_A_DEGREE)


def within(world: Folder, truth: dict[str, Any]) -> list[Row]:
    return world.fixes(truth["vehicle"], truth["start"], truth["end"])


def steps_m(rows: list[Row]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.asarray(np.hypot(*np.diff(places(rows), axis=0).T))


def test_the_closed_list_is_covered() -> None:
    assert {OF_VESSELS.get(kind, kind) for kind in EVERY} == {kind.value for kind in FindingKind}


@pytest.mark.parametrize("kind", FURTHER_SIZES)
def test_every_further_kind_is_committed_and_sized(world: Folder, kind: str) -> None:
    told = of_kind(world, OF_VESSELS.get(kind, kind))
    if kind in OF_VESSELS:
        told = [t for t in told if t["vehicle"].startswith("VS-")]
    assert told
    assert kind == "not_permitted" or all(t["size"] for t in told)


def test_two_vehicles_really_stand_side_by_side(world: Folder) -> None:
    for truth in of_kind(world, "rendezvous"):
        other = truth["detail"].split(" ")[0]
        own = places(within(world, truth))
        beside = places(world.fixes(other, truth["start"], truth["end"]))
        assert len(beside) >= 3
        assert np.hypot(*(np.median(own, axis=0) - np.median(beside, axis=0))) < 50
        assert truth["size"]["duration_s"] >= 700


def test_a_short_stay_is_short_and_the_truck_was_never_full(world: Folder) -> None:
    for truth in of_kind(world, "no_dwell"):
        stay = (when(truth["end"]) - when(truth["start"])).total_seconds()
        assert 20 < stay <= 0.6 * world.facilities[truth["facility"]]["properties"]["min_dwell_s"]
        assert "full" not in {row["load_state"] for row in within(world, truth)}


def test_a_frozen_place_has_turning_wheels(world: Folder) -> None:
    for truth in of_kind(world, "frozen_position"):
        rows = within(world, truth)[1:-1]
        assert len({(row["lat"], row["lon"]) for row in rows}) == 1
        assert float(rows[-1]["odometer_km"]) - float(rows[0]["odometer_km"]) > 0.5


def test_a_replayed_track_repeats_another(world: Folder) -> None:
    sent = Counter((r["lat"], r["lon"]) for rows in world.tracks.values() for r in rows)
    for truth in of_kind(world, "replayed_track"):
        rows = within(world, truth)
        twice = sum(sent[row["lat"], row["lon"]] >= 2 for row in rows)
        assert twice >= 0.95 * len(rows)
        assert abs(truth["size"]["fixes"] - len(rows)) <= 2


def test_a_cloned_device_is_at_two_places(world: Folder) -> None:
    for truth in of_kind(world, "cloned_device"):
        apart = steps_m(within(world, truth))
        assert np.count_nonzero(apart > 2_000) >= 20


def test_a_wrong_clock_disagrees_with_receipt(world: Folder) -> None:
    for truth in of_kind(world, "clock_skew"):
        behind = truth["size"]["behind_s"]
        waits = [
            (when(r["received_at"]) - when(r["recorded_at"])).total_seconds()
            for r in world.tracks[truth["vehicle"]]
            if when(truth["start"]) <= when(r["received_at"]) <= when(truth["end"])
        ]
        assert abs(np.median(waits) - behind) < 20


def test_shifted_coordinates_lie_some_hundred_metres_off(world: Folder) -> None:
    depots = {
        f["properties"]["org"]: world.fences[k].centroid for k, f in world.facilities.items() if k[0] == "D"
    }
    for truth in of_kind(world, "datum_shift"):
        depot = depots[world.vehicles[truth["vehicle"]]["org"]]
        rows = [r for r in within(world, truth) if r["speed_kmh"] == "0.0"]
        off = np.hypot(*((places(rows) - np.array([depot.y, depot.x]) * METRES_A_DEGREE).T))
        assert 300 < np.median(off[:20]) < 800


def test_a_covered_antenna_sees_no_satellites_and_the_network_is_steady(world: Folder) -> None:
    for truth in of_kind(world, "device_tamper"):
        rows = within(world, truth)[1:-1]
        assert rows
        assert all(int(r["satellites"]) <= 3 and int(r["signal"]) >= 20 for r in rows)
        others = [r for r in world.tracks[truth["vehicle"]] if r not in rows and r["satellites"]]
        assert sum(int(r["satellites"]) >= 8 for r in others) > 0.9 * len(others)


def sheets(world: Folder) -> dict[str, dict[str, Any]]:
    return {sheet["number"]: sheet for sheet in world.manifests}


def test_paper_hands_over_before_the_vessel_has_come(world: Folder) -> None:
    papers = sheets(world)
    for truth in of_kind(world, "handover_mismatch"):
        leg = papers[truth["manifest"]]["legs"][1]
        assert when(leg["handover"]["at"]) <= when(truth["end"])
        fence = world.fences[leg["to"]].buffer(0.0004)
        rows = world.fixes(leg["vehicle"], truth["start"], truth["end"])
        assert not any(
            fence.contains(_point(r))
            for r in rows
            if (when(truth["end"]) - when(r["recorded_at"])).total_seconds() > 300
        )


def _point(row: Row) -> Any:
    from shapely import Point

    return Point(float(row["lon"]), float(row["lat"]))


def test_weights_repeat_and_tares_drift_as_told(world: Folder) -> None:
    papers = sheets(world)
    for truth in of_kind(world, "repeated_weight"):
        loaded = papers[truth["manifest"]]["loaded"]
        same = [
            s
            for s in world.manifests
            if s["legs"][0]["vehicle"] == truth["vehicle"]
            and s.get("loaded", {}).get("gross_kg") == loaded["gross_kg"]
        ]
        assert len(same) >= truth["size"]["loads"]
    for truth in of_kind(world, "tare_drift"):
        loaded = papers[truth["manifest"]]["loaded"]
        registered = int(world.vehicles[truth["vehicle"]]["tare_kg"])
        assert abs(loaded["tare_kg"] / registered - 1.0 - truth["size"]["off_fraction"]) < 0.012


def test_what_is_not_permitted_stands_on_paper(world: Folder) -> None:
    papers = sheets(world)
    for truth in of_kind(world, "not_permitted"):
        sheet = papers[truth["manifest"]]
        site = world.facilities[sheet["destination"]]["properties"]
        wrong_kind = sheet["sludge_kind"] not in site["accepts"]
        assert wrong_kind or sheet["disposed"]["method"] != site["method"]


def test_a_site_beyond_its_permit_received_more(world: Folder) -> None:
    for truth in of_kind(world, "over_capacity"):
        day = truth["start"][:10]
        tonnes = sum(
            (s["received"]["gross_kg"] - s["received"]["tare_kg"]) / 1_000
            for s in world.manifests
            if s.get("received", {}).get("at", "")[:10] == day
            and s["received"]["scale"].startswith(truth["facility"])
        )
        assert tonnes > world.facilities[truth["facility"]]["properties"]["permit_t_per_day"]


def test_hard_negatives_are_marked_where_truth_is_silent(world: Folder) -> None:
    told = world.lines("negatives.jsonl")
    assert {each["sort"] for each in told} <= set(SORTS)
    assert {"congestion", "late_data", "yard_shunting", "fuel", "diverted"} <= {e["sort"] for e in told}
    assert all(when(each["start"]) <= when(each["end"]) for each in told)
    by_vehicle: dict[str, list[dict[str, Any]]] = {}
    for truth in world.truths:
        if truth["kind"] in ("off_route", "unplanned_stop", "signal_gap", "frozen_position", "clock_skew"):
            by_vehicle.setdefault(truth["vehicle"], []).append(truth)
    for each in told:
        for truth in by_vehicle.get(each["vehicle"], []):
            apart = when(each["end"]) <= when(truth["start"]) or when(each["start"]) >= when(truth["end"])
            assert apart, (each, truth)


def test_an_honest_day_has_its_locks_too(honest_world: Folder) -> None:
    sorts = Counter(each["sort"] for each in honest_world.lines("negatives.jsonl"))
    assert sorts["lock"] >= 1
    assert sorts["congestion"] >= 5


def test_graded_sizes_reach_from_small_to_gross(tmp_path: Path) -> None:
    path = tmp_path / "wish.json"
    path.write_text('{"graded": true, "unplanned_stop": 5}')
    rng = np.random.default_rng(1)
    sizes = [read_wish(path).draw("unplanned_stop", rng).size for _ in range(200)]
    assert min(sizes) < 150
    assert max(sizes) > 2_000
    assert 0.3 < np.mean(np.array(sizes) < 520) < 0.7  # evenly by ratio
    path.write_text('{"graded": 1}')
    with pytest.raises(ValueError, match="graded must be true"):
        read_wish(path)


def test_every_spreads_two_per_cent_over_the_whole_list() -> None:
    counts = read_wish("every").counts(3_500, seed=7)
    assert set(counts) == set(EVERY)
    assert sum(counts.values()) == 70


def test_noise_and_sampling_are_options(tmp_path: Path) -> None:
    def made(name: str, **how: Any) -> Folder:
        simulate(tmp_path / name, seed=3, days=1, plants=1, vehicles=3, violations="none", **how)
        return Folder(tmp_path / name)

    usual, harsh, slow = made("usual"), made("harsh", noise="harsh"), made("slow", sampling_s=60.0)
    far = [np.concatenate([steps_m(rows) for rows in each.tracks.values()]) for each in (usual, harsh)]
    parked = [each[each < 150] for each in far]
    assert np.percentile(parked[1], 60) > np.percentile(parked[0], 60)
    assert sum(map(len, slow.tracks.values())) < 0.7 * sum(map(len, usual.tracks.values()))
    with pytest.raises(ValueError, match="no noise"):
        made("x", noise="white")
    with pytest.raises(ValueError, match="every 1 to 180"):
        made("x", sampling_s=0.1)
