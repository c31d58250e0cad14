"""Is a JSON batch read item by item, and does nothing in it raise?"""

import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gps_ingest.decoders.fix_batch import NEVER
from gps_ingest.decoders.json_batch import decode

NOON_MS = 1_772_452_800_000
ITEM = {"recorded_at": "2026-03-02T12:00:00Z", "lat": 31.25, "lon": 120.5}


@pytest.mark.parametrize("body", [[ITEM], {"fixes": [ITEM]}])
def test_a_list_or_an_object_around_it(body: object) -> None:
    decoded = decode(orjson.dumps(body))
    assert decoded.refusals == ()
    assert decoded.batch.time_ms.tolist() == [NOON_MS]


@pytest.mark.parametrize("time", [NOON_MS, NOON_MS // 1000, "2026-03-02T20:00:00+08:00"])
def test_time_stands_in_for_recorded_at(time: object) -> None:
    assert decode(orjson.dumps([{"time": time, "lat": 1, "lon": 2}])).batch.time_ms.tolist() == [NOON_MS]


def test_a_device_cannot_say_when_it_was_received() -> None:
    assert (
        decode(orjson.dumps([{**ITEM, "received_at": "2020-01-01T00:00:00Z"}])).batch.received_ms[0] == NEVER
    )


def test_a_bad_item_is_refused_by_its_index_and_the_rest_taken() -> None:
    body = [ITEM, {"time": "x", "lat": 1}, 7, {**ITEM, "lat": True}, ITEM]
    decoded = decode(orjson.dumps(body))
    assert decoded.batch.position.tolist() == [0, 4]
    assert [(fault.place, fault.field) for fault in decoded.refusals] == [
        ("[1]", "time"),
        ("[1]", "lon"),
        ("[2]", ""),
        ("[3]", "lat"),
    ]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"7", b'"fixes"', b'{"fixes": 7}', b"\xff", b"[" * 100_000, b"[NaN]"]
)
def test_what_is_no_batch_is_refused_with_one_sentence(body: bytes) -> None:
    decoded = decode(body)
    assert len(decoded.batch) == 0
    assert [fault.place for fault in decoded.refusals] == ["body"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
items = st.dictionaries(
    st.sampled_from(["time", "recorded_at", "lat", "lon", "speed_kmh", "acc", "load_state", "satellites"]),
    json_values,
)


@given(st.lists(items | json_values, max_size=4))
def test_no_json_raises(body: list[object]) -> None:
    decoded = decode(json.dumps(body).encode())
    assert len(decoded.batch) + len({fault.place for fault in decoded.refusals}) in (len(body), 1)


@given(st.binary())
def test_arbitrary_bytes_never_raise(body: bytes) -> None:
    assert decode(body).batch.time_ms.size >= 0
