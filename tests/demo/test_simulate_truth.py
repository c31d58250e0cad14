"""Is truth.jsonl complete and honest?"""

from collections import Counter
from typing import Any

import pytest

from demo.world.wishes import KINDS
from tests.demo.conftest import WISHED
from tests.demo.simulated import Folder, when

TIMED = {"ghost_trip", "phantom_manifest", "off_route", "unplanned_stop", "signal_gap", "teleport", "overdue"}
ON_PAPER_ONLY = {"wet_gap", "dry_gap", "dilution", "overload", "moisture_over_limit"}


def test_nothing_goes_wrong_where_nothing_is_wished(honest_world: Folder) -> None:
    assert honest_world.truths == []
    assert (honest_world.path / "truth.jsonl").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_every_wished_violation_is_committed(crooked_world: Folder, kind: str) -> None:
    assert Counter(t["kind"] for t in crooked_world.truths)[kind] >= WISHED


def test_truths_name_what_the_folder_holds(crooked_world: Folder) -> None:
    numbers = {m["number"] for m in crooked_world.manifests}
    for truth in crooked_world.truths:
        assert truth["kind"] in KINDS
        assert truth["detail"]
        assert truth.get("manifest", next(iter(numbers))) in numbers
        assert truth.get("vehicle", next(iter(crooked_world.vehicles))) in crooked_world.vehicles
        assert truth["kind"] not in TIMED or when(truth["start"]) < when(truth["end"])
        assert truth["kind"] not in ON_PAPER_ONLY or "manifest" in truth


def test_a_silent_vehicle_is_silent_and_all_others_were_heard(crooked_world: Folder) -> None:
    gaps = [t for t in crooked_world.truths if t["kind"] == "signal_gap"]
    for gap in gaps:
        fixes = crooked_world.fixes(gap["vehicle"], gap["start"], gap["end"])
        assert all(_edge(f["recorded_at"], gap) for f in fixes)
    for truth in crooked_world.truths:
        if truth["kind"] in TIMED - {"signal_gap", "teleport"}:
            assert len(crooked_world.fixes(truth["vehicle"], truth["start"], truth["end"])) >= 2, truth


def _edge(text: str, gap: dict[str, Any]) -> bool:
    """A device clock may be some seconds off."""
    moment = when(text)
    return (moment - when(gap["start"])).total_seconds() < 20 or (
        when(gap["end"]) - moment
    ).total_seconds() < 20


def test_a_ghost_has_no_paper(crooked_world: Folder) -> None:
    for ghost in (t for t in crooked_world.truths if t["kind"] == "ghost_trip"):
        assert "manifest" not in ghost
        for sheet in crooked_world.manifests:
            leg = sheet["legs"][0]
            if leg["vehicle"] == ghost["vehicle"] and "loaded" in sheet:
                assert abs((when(sheet["loaded"]["at"]) - when(ghost["start"])).total_seconds()) > 600


def test_the_vehicle_of_a_phantom_stood_still(crooked_world: Folder) -> None:
    for phantom in (t for t in crooked_world.truths if t["kind"] == "phantom_manifest"):
        fixes = crooked_world.fixes(phantom["vehicle"], phantom["start"], phantom["end"])
        assert fixes
        assert all(float(f["speed_kmh"]) < 3 for f in fixes)


def test_an_unknown_vehicle_is_registered_nowhere(crooked_world: Folder) -> None:
    papers = {m["number"]: m for m in crooked_world.manifests}
    unknown = [t for t in crooked_world.truths if t["kind"] == "unknown_vehicle"]
    for truth in unknown:
        assert papers[truth["manifest"]]["legs"][0]["vehicle"] not in crooked_world.vehicles
    named = {t["manifest"] for t in unknown}
    for number, sheet in papers.items():
        assert number in named or sheet["legs"][0]["vehicle"] in crooked_world.vehicles


def test_gaps_of_mass_are_on_the_paper_and_nowhere_else(crooked_world: Folder) -> None:
    wet = {t["manifest"] for t in crooked_world.truths if t["kind"] == "wet_gap"}
    dry = {t["manifest"] for t in crooked_world.truths if t["kind"] == "dry_gap"}
    diluted = {t["manifest"] for t in crooked_world.truths if t["kind"] == "dilution"}
    assert diluted <= dry - wet
    for sheet in crooked_world.manifests:
        if "received" not in sheet or sheet["received"]["decision"] != "accepted":
            continue
        net = [sheet[k]["gross_kg"] - sheet[k]["tare_kg"] for k in ("loaded", "received")]
        solids = [n * (1 - sheet[k]["moisture"]) for n, k in zip(net, ("loaded", "received"), strict=True)]
        assert (abs(net[0] - net[1]) / net[0] > 0.012) == (sheet["number"] in wet), sheet["number"]
        assert (abs(solids[0] - solids[1]) / solids[0] > 0.075) == (sheet["number"] in dry), sheet["number"]


def test_limits_and_payloads_are_kept_except_where_truth_says_so(crooked_world: Folder) -> None:
    moist = {t["manifest"] for t in crooked_world.truths if t["kind"] == "moisture_over_limit"}
    heavy = {t["manifest"] for t in crooked_world.truths if t["kind"] == "overload"}
    for sheet in crooked_world.manifests:
        if "loaded" not in sheet or sheet.get("kind"):
            continue
        limit = crooked_world.facilities[sheet["destination"]]["properties"]["max_moisture"]
        bounds = [limit] if sheet["sludge_kind"] == "dredged" else [limit, 0.8]
        over = any(sheet[k]["moisture"] >= limit for k in ("loaded", "received") if k in sheet)
        over = over or sheet["loaded"]["moisture"] >= min(bounds)
        assert over == (sheet["number"] in moist), sheet["number"]
        vehicle = crooked_world.vehicles.get(sheet["legs"][0]["vehicle"])
        if vehicle:
            net = sheet["loaded"]["gross_kg"] - sheet["loaded"]["tare_kg"]
            assert (net > int(vehicle["rated_payload_kg"])) == (sheet["number"] in heavy), sheet["number"]
