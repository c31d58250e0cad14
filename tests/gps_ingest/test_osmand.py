"""Are the four forms of OsmAnd and Traccar Client read alike, and does nothing make the decoder raise?"""

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gps_ingest.decoders.fix_batch import Decoded
from gps_ingest.decoders.osmand import MAX_PAIRS, decode, named_device
from gps_ingest.decoders.reception import Reception

NOON_MS = 1_772_452_800_000
RECEPTION = Reception("123456", NOON_MS)


def read(body: bytes | str, reception: Reception = RECEPTION) -> Decoded:
    return decode(body.encode() if isinstance(body, str) else body, reception)


def reasons(decoded: Decoded) -> list[tuple[str, str]]:
    return [(refusal.field, refusal.reason) for refusal in decoded.refusals]


# The requests of Traccar's own tests (OsmAndProtocolDecoderTest.java), with what they must mean.
TRACCAR_S = [
    ("id=123456&timestamp=1377177267&lat=60.0&lon=30.0&speed=0.0&bearing=0.0&altitude=0", 1_377_177_267_000),
    ("id=123456&lat=42.06288&lon=-88.23412&timestamp=2016-01-27T18%3A55%3A47Z&hdop=6.0", 1_453_920_947_000),
    ("id=123456&lat=42.06288&lon=-88.23412&timestamp=1442068686579&hdop=6.0&speed=0.0", 1_442_068_686_579),
    ("lat=49.60688&lon=6.15788&timestamp=2014-06-04+09%3A10%3A11&speed=0.0&id=123456", 1_401_873_011_000),
    ("id=123456&timestamp=1377177267&location=60.0,30.0", 1_377_177_267_000),
    ("deviceid=123456&timestamp=1504763810&lat=40.7&lon=-74.0&bearing=7.1&ignition=true", 1_504_763_810_000),
]


@pytest.mark.parametrize(("query", "time_ms"), TRACCAR_S)
def test_what_traccar_reads(query: str, time_ms: int) -> None:
    decoded = read(query)
    assert decoded.refusals == ()
    assert decoded.device_code == "123456"
    assert decoded.batch.time_ms.tolist() == [time_ms]


def test_speed_in_knots_and_the_last_of_two_values() -> None:
    batch = read("id=123456&timestamp=1377177267&lat=1&lon=2&speed=5&speed=10&heading=90&accuracy=4").batch
    assert (batch.speed_kmh[0], batch.course_deg[0], batch.accuracy_m[0]) == (18.52, 90, 4)


def nested(**changes: object) -> bytes:
    coords = {"latitude": 1.5, "longitude": 2.5, "speed": 10, "heading": -1, "accuracy": 5, "altitude": -3}
    location = {"timestamp": "2026-03-02T12:00:00.250Z", "coords": coords, "odometer": 1234.5} | changes
    return orjson.dumps({"location": location, "device_id": "123456"})


def test_the_object_of_version_9() -> None:
    batch = read(nested()).batch
    assert (batch.time_ms[0], batch.lat[0], batch.lon[0]) == (NOON_MS + 250, 1.5, 2.5)
    assert (batch.speed_kmh[0], batch.odometer_km[0]) == (36.0, 1.2345)
    assert str(batch.course_deg[0]) == "nan"


def test_the_list_of_version_10_with_a_bad_item_and_a_foreign_one() -> None:
    good = {"id": "123456", "lat": 1, "lon": 2, "timestamp": 1_772_452_800, "speed": 1.0}
    decoded = read(orjson.dumps([good, {**good, "lat": "x"}, 7, {**good, "id": "9"}, {**good, "lon": 3}]))
    assert decoded.batch.position.tolist() == [0, 4]
    assert [(refusal.place, refusal.reason) for refusal in decoded.refusals] == [
        ("[1]", "'x' is not a number"),
        ("[2]", "is not an object"),
        ("[3]", "the report belongs to another device"),
    ]


@pytest.mark.parametrize("body", [nested(mock=True), b"id=123456&timestamp=1&lat=1&lon=2&valid=0"])
def test_a_position_that_is_none_by_the_phone_s_own_account(body: bytes) -> None:
    assert read(body.replace(b"timestamp=1&", b"timestamp=1377177267&")).batch.fixed.tolist() == [False]


@pytest.mark.parametrize("offset", [None, 0, 480, -300])
def test_a_time_without_zone_is_the_device_s_local_time(offset: int | None) -> None:
    reception = Reception("123456", NOON_MS, offset)
    batch = read("id=123456&timestamp=2026-03-02%2012:00:00&lat=1&lon=2", reception).batch
    assert batch.time_ms.tolist() == [NOON_MS - (offset or 0) * 60_000]


@pytest.mark.parametrize("body", [b"id=123456&timestamp=1377177267&batt=50", nested(coords=None)])
def test_a_sign_of_life_is_neither_fix_nor_fault(body: bytes) -> None:
    decoded = read(body)
    assert (len(decoded.batch), decoded.refusals) == (0, ())


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        ("id=123456&lat=1&lon=2", "timestamp", "without its time proves nothing"),
        ("id=123456&lat=1&timestamp=1377177267", "lon", "is missing"),
        ("id=123456&lat=91e9&lon=2&timestamp=1377177267", "lat", "not a coordinate"),
        ("id=123456&location=1&timestamp=1377177267", "lon", "is missing"),
        ("id=123456&lat=1&lon=2&timestamp=yesterday", "timestamp", "is not an ISO 8601 time"),
        ("id=123456&lat=1&lon=2&timestamp=0001-01-01T00:00:00", "timestamp", "outside"),
        ("id=9&lat=1&lon=2&timestamp=1377177267", "id", "another device"),
        ("&".join(["a=1"] * (MAX_PAIRS + 1)), "", "more than 200 fields"),
        ("", "", "neither a device nor a position"),
        ("{", "", "is not JSON"),
        ('{"location":{"coords":[1]},"device_id":"123456"}', "", "coords that are not an object"),
    ],
)
def test_what_cannot_be_taken_says_why(body: str, field: str, reason: str) -> None:
    decoded = read(body)
    assert len(decoded.batch) == 0
    assert [(where, reason in why) for where, why in reasons(decoded)] == [(field, True)]


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["location", "coords", "id", "lat", "lon", "timestamp", "speed", "mock", "device_id", "x"]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)
QUERY = st.lists(
    st.tuples(
        st.sampled_from(["id", "lat", "lon", "timestamp", "location", "speed", "valid"]), st.text(max_size=8)
    )
).map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs).encode("utf-8", "replace"))


@given(st.binary() | QUERY | JSON.map(lambda value: json.dumps(value).encode()))
def test_nothing_makes_it_raise(body: bytes) -> None:
    decoded = read(body)
    assert len(decoded.batch) == len(decoded.batch.position)
    assert named_device(body) == decoded.device_code or decoded.device_code is None
