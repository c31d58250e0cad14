"""Is what `simulate` writes a scenario folder, row by row?"""

import json
from itertools import pairwise
from typing import Any

import pytest
from shapely.geometry import Point, shape

from tests.demo.simulated import Folder, when

MAP_LAYERS = {"road", "canal", "river", "lake", "block", "bridge"}


@pytest.fixture(params=["honest_world", "crooked_world"])
def world(request: pytest.FixtureRequest) -> Folder:
    folder: Folder = request.getfixturevalue(request.param)
    return folder


def test_the_scenario_says_when_and_where(world: Folder) -> None:
    head = json.loads((world.path / "scenario.json").read_text("utf-8"))
    assert head["version"] == 1
    assert head["timezone"] == "Asia/Shanghai"
    assert when(head["from"]) < when(head["to"])


def test_people_vehicles_and_devices_refer_to_each_other(world: Folder) -> None:
    organisations = {o["code"]: o["kind"] for o in world.rows("organisations.csv")}
    assert sorted(k for k in organisations.values() if k == "regulator") == ["regulator"] * 2
    for vehicle in world.vehicles.values():
        assert organisations[vehicle["org"]] == "hauler"
        assert int(vehicle["tare_kg"]) > 5_000
        assert int(vehicle["rated_payload_kg"]) >= 10_000
        assert bool(vehicle["mmsi"]) == (vehicle["mode"] == "water")
    bound = {d["vehicle_id"] for d in world.rows("devices.csv")}
    assert bound == set(world.vehicles)
    assert {d["protocol"] for d in world.rows("devices.csv")} <= {"jt808", "json", "osmand", "ais"}
    assert all(
        f["properties"]["org"] in organisations for f in world.facilities.values() if f["properties"]["org"]
    )


def test_fences_are_simple_and_keep_apart(world: Folder) -> None:
    fences = list(world.fences.values())
    for number, fence in enumerate(fences):
        assert fence.is_valid
        assert fence.geom_type == "Polygon"
        assert not any(fence.intersects(other) for other in fences[:number])


def test_no_road_runs_through_a_fence(world: Folder) -> None:
    """Traffic that passes must not look like a visit; works stand on the road itself."""
    roads = [
        shape(f["geometry"]) for f in world.features("basemap.geojson") if f["properties"]["layer"] == "road"
    ]
    for ident, fence in world.fences.items():
        kind = world.facilities[ident]["properties"]["kind"]
        if kind not in ("works", "permitted_stop"):
            assert not any(road.intersects(fence) for road in roads), ident


def test_routes_lead_from_fence_to_fence(world: Folder) -> None:
    for route in world.features("routes.geojson"):
        facts, line = route["properties"], route["geometry"]["coordinates"]
        assert world.fences[facts["from"]].buffer(1e-6).contains(Point(line[0])), facts
        assert world.fences[facts["to"]].buffer(1e-6).contains(Point(line[-1])), facts
        assert facts["corridor_m"] == (75 if facts["mode"] == "road" else 120)
        assert 5 < facts["planned_minutes"] < 400


def test_the_map_has_every_layer_and_both_names(world: Folder) -> None:
    features = world.features("basemap.geojson")
    assert {f["properties"]["layer"] for f in features} == MAP_LAYERS
    roads = [f["properties"] for f in features if f["properties"]["layer"] == "road"]
    assert {r["class"] for r in roads} == {"motorway", "primary", "secondary", "street"}
    assert all(r["name"] and r["name_en"].isascii() for r in roads)
    assert all(shape(f["geometry"]).is_valid for f in features)


def blocks_of(sheet: dict[str, Any]) -> list[dict[str, Any]]:
    handed = [leg["handover"]["weighing"] for leg in sheet["legs"] if "handover" in leg]
    return [sheet[k] for k in ("loaded", "received") if k in sheet] + handed


def test_manifests_are_numbered_and_weighed(world: Folder) -> None:
    numbers = [m["number"] for m in world.manifests]
    assert len(set(numbers)) == len(numbers) > 60
    scales = {s["id"] for s in world.rows("scales.csv")}
    tickets = [b["ticket"] for m in world.manifests for b in blocks_of(m)]
    assert len(set(tickets)) == len(tickets)
    for sheet in world.manifests:
        for block in blocks_of(sheet):
            assert block["gross_kg"] > block["tare_kg"] > 0
            assert 0 < block["moisture"] < 1
            assert block["scale"] in scales
            assert when(block["at"]) >= when(sheet["issued_at"])


def test_legs_lead_from_origin_to_destination(world: Folder) -> None:
    routes = {r["properties"]["id"]: r["properties"] for r in world.features("routes.geojson")}
    for sheet in world.manifests:
        legs = sheet["legs"]
        assert [leg["seq"] for leg in legs] == list(range(1, len(legs) + 1))
        assert legs[0]["from"] == sheet["origin"]
        assert legs[-1]["to"] == sheet["destination"]
        assert all(a["to"] == b["from"] for a, b in pairwise(legs))
        for leg in legs:
            route = routes[leg["route"]]
            assert (route["from"], route["to"], route["mode"]) == (leg["from"], leg["to"], leg["mode"])


def test_a_voyage_carries_many_manifests(crooked_world: Folder) -> None:
    voyages: dict[str, list[str]] = {}
    for sheet in crooked_world.manifests:
        for leg in sheet["legs"]:
            if "voyage" in leg:
                assert crooked_world.vehicles[leg["vehicle"]]["mode"] == "water"
                voyages.setdefault(leg["voyage"], []).append(sheet["number"])
    assert voyages
    assert max(len(m) for m in voyages.values()) >= 3
    whole = [m for m in crooked_world.manifests if len(m["legs"]) == 3 and "received" in m]
    assert whole
    for sheet in whole:
        handed = [when(leg["handover"]["at"]) for leg in sheet["legs"][:2]]
        assert when(sheet["loaded"]["at"]) < handed[0] < handed[1] < when(sheet["received"]["at"])


def test_receipts_add_up_and_refused_loads_travel_on_their_own_paper(world: Folder) -> None:
    by_number = {m["number"]: m for m in world.manifests}
    for sheet in world.manifests:
        received = sheet.get("received")
        if received:
            net = received["gross_kg"] - received["tare_kg"]
            assert received["accepted_kg"] + received["refused_kg"] == net
            assert (received["decision"] == "accepted") == (received["refused_kg"] == 0)
            assert ("reason" in received) == (received["decision"] != "accepted")
        for child in sheet.get("children", []):
            assert by_number[child]["parent"] == sheet["number"]
            assert by_number[child]["origin"] == sheet["destination"]


def test_tracks_parse_and_lie_on_the_board(world: Folder) -> None:
    assert set(world.tracks) == set(world.vehicles)
    head = json.loads((world.path / "scenario.json").read_text("utf-8"))
    for rows in world.tracks.values():
        assert len(rows) > 60
        for row in rows[:: max(1, len(rows) // 200)]:
            assert when(head["from"]).timestamp() - 60 <= when(row["recorded_at"]).timestamp()
            assert when(row["recorded_at"]) <= when(head["to"])
            assert 30.8 < float(row["lat"]) < 31.6
            assert 120.2 < float(row["lon"]) < 121.3
            assert 0 <= float(row["speed_kmh"]) < 110
            assert 0 <= int(row["course_deg"]) < 360
            assert row["load_state"] in ("", "empty", "half", "full")
            assert row["acc"] in ("", "0", "1")
