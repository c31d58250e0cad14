"""Does the map get what the words say: track, corridor, marks, places and positions?"""

import gzip
from datetime import timedelta
from typing import Any

import orjson
from flask.testing import FlaskClient
from sqlalchemy import Engine

from models.session import write_sessions
from models.vocabulary import FindingKind
from tests import cast
from tests import factories as make
from tests.cast import Cast
from tests.factories import DAY
from tests.web.conftest import SignIn


def features(client: FlaskClient, path: str, role: str | None = None) -> list[dict[str, Any]]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "application/geo+json"
    found: list[dict[str, Any]] = orjson.loads(answer.data)["features"]
    return [one for one in found if role is None or one["properties"].get("role") == role]


def test_a_manifest_draws_track_corridor_and_marks(sign_in: SignIn, people: Cast) -> None:
    client = sign_in(cast.REGULATOR)
    path = f"/manifests/{people.ours.manifest.number}/map.geojson"
    (track,) = features(client, path, "track")
    assert len(track["geometry"]["coordinates"]) == len(track["properties"]["times_ms"]) == 101
    assert track["properties"]["speeds_kmh"][5] == 36.0
    assert len(features(client, path, "corridor")) == 1
    (off,) = features(client, path, "off_route_part")
    assert off["properties"]["finding"] == people.ours.finding.key
    assert {one["properties"]["code"] for one in features(client, path, "facility")} >= {
        people.ours.plant.code,
        people.ours.site.code,
    }


def test_a_finding_draws_its_own_marks_last(sign_in: SignIn, people: Cast) -> None:
    drawn = features(sign_in(cast.REGULATOR), f"/findings/{people.ours.finding.key}/map.geojson")
    roles = [one["properties"]["role"] for one in drawn]
    assert roles[-2:] == ["off_route_part", "place"]
    assert {"track", "corridor", "facility"} <= set(roles)
    marked = [one for one in drawn if "finding" in one["properties"]]
    assert {one["properties"]["finding"] for one in marked} == {people.ours.finding.key}


def test_a_finding_without_a_manifest_draws_the_vehicles_way(
    sign_in: SignIn, people: Cast, engine: Engine
) -> None:
    with write_sessions(engine).begin() as session:
        make.finding(
            session,
            FindingKind.GHOST_TRIP,
            by=people.ours.vehicle,
            start=DAY + timedelta(minutes=10),
            minutes=20.0,
            key="ghost",
            facility_id=people.ours.site.id,
        )
    client = sign_in(cast.REGULATOR)
    (track,) = features(client, "/findings/ghost/map.geojson", "track")
    assert track["properties"]["vehicle"] == people.ours.vehicle.code
    (place,) = features(client, "/findings/ghost/map.geojson", "facility")
    assert place["properties"]["code"] == people.ours.site.code


def test_an_unregistered_vehicle_leaves_an_empty_map(sign_in: SignIn, people: Cast, engine: Engine) -> None:
    with write_sessions(engine).begin() as session:
        make.finding(session, FindingKind.UNKNOWN_VEHICLE, key="unknown")
    assert features(sign_in(cast.REGULATOR), "/findings/unknown/map.geojson") == []


def test_a_vehicle_draws_its_last_day(sign_in: SignIn, people: Cast) -> None:
    (track,) = features(sign_in(cast.HAULER), f"/vehicles/{people.ours.vehicle.code}/map.geojson", "track")
    assert track["properties"]["assigned"] is False


def test_the_base_map_keeps_names_and_grades(sign_in: SignIn, people: Cast, engine: Engine) -> None:
    client = sign_in(cast.REGULATOR)
    before = client.get("/map/basemap.geojson")
    with write_sessions(engine).begin() as session:
        make.map_line(session, "road", [[120.0, 31.0], [120.1, 31.0]], grade="primary", name="环湖大道")
    (road,) = features(client, "/map/basemap.geojson")
    assert road["properties"] == {"layer": "road", "grade": "primary", "name": "环湖大道"}
    assert client.get("/map/basemap.geojson").headers["ETag"] != before.headers["ETag"]


def test_the_network_holds_known_places_and_routes(sign_in: SignIn, people: Cast) -> None:
    drawn = features(sign_in(cast.PLANT), "/map/network.geojson")
    codes = {one["properties"]["code"] for one in drawn}
    assert codes == {people.ours.plant.code, people.ours.site.code, f"R-{people.ours.vehicle.code[2:]}"}


def test_positions_say_who_is_silent(sign_in: SignIn, people: Cast) -> None:
    drawn = features(sign_in(cast.HAULER), "/map/positions.geojson")
    assert [one["properties"]["code"] for one in drawn] == [people.ours.vehicle.code]
    assert drawn[0]["properties"]["state"] == "moving", "the present is the moment of the last fix"


def test_large_maps_travel_packed(sign_in: SignIn, people: Cast) -> None:
    path = f"/manifests/{people.ours.manifest.number}/map.geojson"
    client = sign_in(cast.REGULATOR)
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == client.get(path).data
