"""Does a manifest's map show where its load went, and only that?"""

import json
from datetime import timedelta
from typing import Any

import pytest
import shapely
from geopy.distance import geodesic
from sqlalchemy.orm import Session

from models.values import Viewer
from models.vocabulary import Doubt, FindingKind, Role
from tests import factories
from tests.factories import DAY, Haul, ms
from tracking.queries.manifest_map import manifest_map
from tracking.queries.manifest_story import manifest_story

GeoJson = dict[str, Any]


def drawn(session: Session, load: Haul) -> dict[str, list[GeoJson]]:
    """The features of a haul's map by role."""
    story = manifest_story(session, load.manifest.number, Viewer(Role.REGULATOR))
    assert story is not None
    found: dict[str, list[GeoJson]] = {}
    for feature in manifest_map(session, story)["features"]:
        assert feature["type"] == "Feature"
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert shapely.is_valid(shape) or shapely.length(shape) == 0  # silence that ends where it began
        found.setdefault(feature["properties"]["role"], []).append(feature)
    return found


def test_track_corridor_and_places_are_drawn(session: Session) -> None:
    load = factories.haul(session)
    shown = drawn(session, load)
    assert set(shown) == {"corridor", "route", "facility", "track"}
    [track] = shown["track"]
    said = track["properties"]
    assert (said["vehicle"], said["assigned"], said["leg_seq"]) == (load.vehicle.code, True, 1)
    assert len(said["times_ms"]) == len(said["speeds_kmh"]) == len(track["geometry"]["coordinates"]) == 101
    assert said["times_ms"][0] == ms(DAY)
    assert max(said["from_route_m"]) < 5
    stretch_m = geodesic((31.0, 120.04), (31.05, 120.06)).m  # driven in a third of the 50 minutes
    assert said["speeds_kmh"][50] == pytest.approx(stretch_m / 1000 * 3.6, rel=0.01)
    codes = [place["properties"]["code"] for place in shown["facility"]]
    assert codes == [load.plant.code, load.site.code]


def test_the_corridor_holds_the_route(session: Session) -> None:
    load = factories.haul(session)
    corridor = shapely.Polygon(drawn(session, load)["corridor"][0]["geometry"]["coordinates"][0])
    assert corridor.covers(shapely.LineString(load.route.line))
    lon, lat = load.route.line[0]
    _, south, _, _ = corridor.bounds
    assert geodesic((lat, lon), (south, lon)).m == pytest.approx(load.route.corridor_m, rel=0.02)


def test_silence_is_dashed_and_not_driven_through(session: Session) -> None:
    load = factories.haul(session)
    late = DAY + timedelta(minutes=50)
    factories.fixes(
        session,
        load.device,
        factories.drive([[120.105, 31.05], [120.115, 31.05]], late + timedelta(minutes=8), 4),
    )
    shown = drawn(session, load)
    assert len(shown["track"]) == 2
    [gap] = shown["gap"]
    assert (gap["properties"]["start_ms"], gap["properties"]["end_ms"]) == (
        ms(late),
        ms(late + timedelta(minutes=8)),
    )


def test_a_fix_that_says_nothing_is_not_drawn(session: Session) -> None:
    load = factories.haul(session)
    nowhere = [(DAY + timedelta(seconds=7), 0.0, 0.0)]
    factories.fixes(session, load.device, nowhere, doubts=int(Doubt.NOT_FIXED))
    assert len(drawn(session, load)["track"][0]["properties"]["times_ms"]) == 101


def test_without_a_trip_the_papers_vehicle_is_shown_in_the_papers_time(session: Session) -> None:
    load = factories.haul(session)
    session.delete(load.trip)
    session.flush()
    session.expire_all()
    [track] = drawn(session, load)["track"]
    assert track["properties"]["assigned"] is False
    assert len(track["properties"]["times_ms"]) == 101


def test_an_unregistered_vehicle_has_no_track(session: Session) -> None:
    load = factories.haul(session)
    session.delete(load.trip)
    load.leg.vehicle_id = None
    session.flush()
    session.expire_all()
    assert "track" not in drawn(session, load)


def test_the_marks_of_findings_are_drawn(session: Session) -> None:
    load = factories.haul(session)
    mark = {"role": "stop", "type": "Point", "coordinates": [120.05, 31.02], "start_ms": 1, "radius_m": 40.0}
    evidence = {"figures": {}, "thresholds": {}, "marks": [mark]}
    elsewhere = factories.facility(session, at=(120.3, 31.1))
    found = factories.finding(
        session, FindingKind.UNPLANNED_STOP, load.manifest, evidence=evidence, facility_id=elsewhere.id
    )
    shown = drawn(session, load)
    [stop] = shown["stop"]
    assert stop["geometry"] == {"type": "Point", "coordinates": [120.05, 31.02]}
    assert stop["properties"]["finding"] == found.key
    assert stop["properties"]["radius_m"] == 40.0
    assert elsewhere.code in [place["properties"]["code"] for place in shown["facility"]]


def test_one_route_of_two_legs_is_drawn_once(session: Session) -> None:
    load = factories.haul(session)
    factories.leg(session, load.manifest, load.vehicle, load.route, seq=2)
    session.commit()
    assert len(drawn(session, load)["corridor"]) == 1
