"""Does the quick way through a JSON batch read what the patient way reads, and leave it the rest?"""

from dataclasses import fields
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gps_ingest.decoders.fix_batch import FixBatch
from gps_ingest.decoders.json_batch import decode_each, decode_items
from gps_ingest.decoders.json_columns import NotPlain, read_columns

ITEM = {"recorded_at": "2026-03-02T12:00:00Z", "lat": 31.25, "lon": 120.5}
FULL = ITEM | {
    "speed_kmh": 42.5,
    "course_deg": 0,
    "accuracy_m": None,
    "odometer_km": -1,
    "load_state": "full",
    "acc": True,
    "satellites": 1200,
    "signal": 23,
    "vendor": {"anything": []},
}
times = st.sampled_from(
    ["2026-03-02T12:00:00Z", "2026-03-02T20:00:00.1239+08:00", "2026-03-02 12:00:00Z", "2026-03-02T12:00:00",
     "20260302", "20260302T120000Z", " 2026-03-02T12:00:00Z", "", "1772452800", 1772452800, 1772452800.0005,
     1772452800123, -1, 1e11, 99999999999.9, 2**63, True, None, "1999-12-31T23:59:60Z", 315964799, 315964800]
)  # fmt: skip
numbers: st.SearchStrategy[Any] = st.one_of(
    st.integers(-300, 300),
    st.floats(-300, 300),
    st.sampled_from([None, 1e7, 1e8, "7", "", "1_0", True, [], 1e300]),
)
loads = st.sampled_from(["empty", "half", "full", "FULL", None, "", 1, "x"])
accs = st.sampled_from([True, False, 0, 1, 1.0, 2, "1", "true", "True", None, "", -1])
items = st.fixed_dictionaries(
    {"lat": numbers, "lon": numbers},
    optional={
        "recorded_at": times, "time": times, "received_at": times, "other": numbers, "speed_kmh": numbers,
        "course_deg": numbers, "accuracy_m": numbers, "odometer_km": numbers,
        "satellites": numbers, "signal": numbers,
        "load_state": loads, "acc": accs,
    },
)  # fmt: skip
plain = st.fixed_dictionaries(
    {
        "lat": st.floats(-214, 214), "lon": st.integers(-214, 214),
        "time": st.integers(315964800, 4102444799), "speed_kmh": st.none() | st.floats(-5, 200),
        "satellites": st.none() | st.floats(-5, 2000), "signal": st.none() | st.integers(0, 40),
        "acc": st.sampled_from([True, 0, "1", None]),
        "load_state": st.sampled_from(["empty", "half", "full", None]),
    }
)  # fmt: skip


def same(one: FixBatch, other: FixBatch) -> bool:
    pairs = [(getattr(one, each.name), getattr(other, each.name)) for each in fields(FixBatch)]
    return all(a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f") for a, b in pairs)


@given(st.lists(items, min_size=1, max_size=3))
def test_any_batch_is_read_as_item_by_item(body: list[dict[str, Any]]) -> None:
    read = orjson.loads(orjson.dumps(body, option=orjson.OPT_PASSTHROUGH_SUBCLASS))
    quick, patient = decode_items(read), decode_each(read)
    assert same(quick.batch, patient.batch)
    assert (quick.refusals, quick.place) == (patient.refusals, patient.place)


@given(st.lists(plain, min_size=1, max_size=20))
def test_plain_batches_take_the_quick_way(body: list[dict[str, Any]]) -> None:
    assert same(read_columns(body), decode_each(body).batch)


def test_every_field_takes_the_quick_way() -> None:
    batch = read_columns([FULL, FULL | {"satellites": 7.9, "acc": 0}])
    assert same(batch, decode_each([FULL, FULL | {"satellites": 7.9, "acc": 0}]).batch)
    assert batch.satellites.tolist() == [999, 7]
    assert batch.signal.tolist() == [23, 23]


@pytest.mark.parametrize(
    "body",
    [
        [],
        [ITEM, 7],
        [ITEM, {**ITEM, "speed_kmh": 1}],
        [{**ITEM, "speed_kmh": 1}, {**ITEM, "course_deg": 1}],
        [{**ITEM, "lat": "31.25"}],
        [{**ITEM, "lat": True}],
        [{**ITEM, "acc": 1.0}],
        [{"lat": 1, "lon": 2}],
    ],
)
def test_what_is_not_plain_is_left_to_the_patient_way(body: list[object]) -> None:
    with pytest.raises(NotPlain):
        read_columns(body)
