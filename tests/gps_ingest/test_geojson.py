"""Are points and tracks of GeoJSON read, and is everything else named?"""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gps_ingest.decoders.fix_batch import Decoded
from gps_ingest.decoders.geojson import decode

NOON_MS = 1_772_452_800_000
NOON, LATER = "2026-03-02T12:00:00Z", "2026-03-02T20:00:10+08:00"


def feature(kind: str, coordinates: object, **properties: object) -> dict[str, object]:
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": properties,
    }


def read(*features: object, **more: object) -> Decoded:
    document = {"type": "FeatureCollection", "features": list(features), **more}
    return decode(json.dumps(document).encode(), "D1")


def reasons(decoded: Decoded) -> list[tuple[str, str]]:
    return [(refusal.place, refusal.field) for refusal in decoded.refusals]


def test_points_with_the_columns_of_a_scenario() -> None:
    known = {"recorded_at": NOON, "speed_kmh": 42.5, "load_state": "full", "acc": 1, "device_id": "D1"}
    decoded = read(feature("Point", [120.5, 31.25, 7], **known), feature("Point", [120.6, 31.26], time=LATER))
    assert decoded.refusals == ()
    assert decoded.device_code == "D1"
    batch = decoded.batch
    assert batch.time_ms.tolist() == [NOON_MS, NOON_MS + 10_000]
    assert (batch.lat.tolist(), batch.lon.tolist()) == ([31.25, 31.26], [120.5, 120.6])
    assert (batch.speed_kmh[0], batch.load_state[0], batch.acc[0]) == (42.5, 3, 2)
    assert batch.position.tolist() == [1, 2]


LINE = [[120.5, 31.25], [120.6, 31.26]]


@pytest.mark.parametrize(
    "track",
    [
        feature("LineString", LINE, coordTimes=[NOON, LATER]),
        feature("LineString", LINE, coordinateProperties={"times": [NOON, LATER]}),
        feature("LineString", LINE, coordTimes=[NOON_MS, NOON_MS + 10_000]),
        feature("MultiLineString", [LINE[:1], LINE[1:]], coordTimes=[[NOON], [LATER]]),
    ],
)
def test_tracks_with_times(track: dict[str, object]) -> None:
    for decoded in (read(track), decode(json.dumps(track).encode(), "D1")):
        assert decoded.refusals == ()
        assert decoded.batch.time_ms.tolist() == [NOON_MS, NOON_MS + 10_000]
        assert decoded.batch.lon.tolist() == [120.5, 120.6]


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        (feature("Point", [120.5, "north"], time=NOON), ("point 2", "lat")),
        (feature("Point", [120.5, 31.25]), ("point 2", "recorded_at")),
        (feature("Point", [120.5], time=NOON), ("feature 2", "coordinates")),
        (feature("Point", [120.5, 31.25], time=NOON, device_id="D2"), ("feature 2", "device_id")),
        (feature("Polygon", [[[1, 2]]]), ("feature 2", "geometry")),
        (feature("LineString", LINE), ("feature 2", "coordTimes")),
        (feature("LineString", LINE, coordTimes=[NOON]), ("feature 2", "coordTimes")),
        (feature("LineString", [[1, 2], 3], coordTimes=[NOON, "x"]), ("point 2", "")),
        (feature("MultiLineString", [LINE], coordTimes=[]), ("feature 2", "coordTimes")),
        ({"type": "Feature", "geometry": None, "properties": {}}, ("feature 2", "geometry")),
        ("feature", ("feature 2", "geometry")),
    ],
)
def test_a_bad_feature_is_refused_by_itself(bad: object, fault: tuple[str, str]) -> None:
    good = feature("Point", [120.5, 31.25], time=NOON)
    decoded = read(good, bad, good)
    if fault[1]:
        assert len(decoded.batch) == 2
        assert reasons(decoded) == [fault]
    else:  # a line that breaks off keeps the points before
        assert len(decoded.batch) == 3
        assert reasons(decoded) == [("feature 2", "coordinates")]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", ""),
        (b"{", ""),
        (b"[]", "type"),
        (b'{"type":"Topology"}', "type"),
        (b'{"type":"FeatureCollection","features":{}}', "type"),
        (b'{"type":"FeatureCollection","features":[]}', "features"),
        (b'{"type":"FeatureCollection","features":[],"crs":{"properties":{"name":"EPSG:3857"}}}', "crs"),
    ],
)
def test_what_is_no_geojson_says_why(body: bytes, field: str) -> None:
    decoded = decode(body, "D1")
    assert (len(decoded.batch), reasons(decoded)) == (0, [("file", field)])


def test_the_older_name_of_wgs_84_is_taken() -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert len(read(feature("Point", [120.5, 31.25], time=NOON), crs=crs).batch) == 1


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([NOON, "Point", "LineString"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "features", "geometry", "properties", "coordinates", "coordTimes", "time"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(
    st.binary()
    | VALUES.map(lambda value: json.dumps({"type": "FeatureCollection", "features": [value]}).encode())
)
def test_nothing_makes_it_raise(body: bytes) -> None:
    assert len(decode(body, "D1").batch) >= 0


@given(
    st.sampled_from(["Point", "LineString", "MultiLineString"]),
    VALUES,
    st.dictionaries(st.text(max_size=4), VALUES),
)
def test_no_feature_makes_it_raise(kind: str, coordinates: object, properties: dict[str, object]) -> None:
    decoded = read(feature(kind, coordinates, coordTimes=coordinates, **properties))
    assert len(decoded.batch) == 0 or decoded.batch.time_ms.min() > 0


def test_routes_of_a_real_scenario_are_no_tracks(shared: Path) -> None:
    file = shared / "data" / "scenarios" / "liverpool" / "routes.geojson"
    decoded = decode(file.read_bytes(), "D1")
    assert len(decoded.batch) == 0
    assert {refusal.field for refusal in decoded.refusals} == {"coordTimes"}
