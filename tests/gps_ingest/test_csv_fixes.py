"""Are CSV rows read alike by the quick and the patient way, and is a bad row refused by itself?"""

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gps_ingest.decoders import csv_fixes
from gps_ingest.decoders.csv_fixes import MAX_LINE_BYTES, HeaderRefused, decode, decode_lines, read_header
from gps_ingest.decoders.fix_batch import COLUMNS, NEVER, FixBatch
from models.values import ACC_ON, LOAD_FULL, LOAD_UNKNOWN

HEADER = (
    b"device_id,recorded_at,lat,lon,speed_kmh,course_deg,received_at,accuracy_m,load_state,acc,odometer_km\n"
)
FULL = b"D1,2026-03-02T12:00:00Z,31.25,120.5,42.5,271,2026-03-02T12:00:03Z,4.5,full,1,1200.5\n"
BARE = b"D1,2026-03-02T12:00:10Z,31.26,120.51,,,,,,,\n"
NOON_MS = 1_772_452_800_000


def test_a_full_row() -> None:
    batch = decode(HEADER + FULL).batch
    assert len(batch) == 1
    assert (batch.time_ms[0], batch.lat[0], batch.lon[0]) == (NOON_MS, 31.25, 120.5)
    assert (batch.speed_kmh[0], batch.course_deg[0], batch.accuracy_m[0], batch.odometer_km[0]) == (
        42.5,
        271,
        4.5,
        1200.5,
    )
    assert (batch.load_state[0], batch.acc[0]) == (LOAD_FULL, ACC_ON)
    assert batch.position[0] == 2


def test_only_a_scenario_says_when_its_rows_were_received() -> None:
    loaded = decode_lines(read_header(HEADER), [FULL, BARE], 2, "tracks/a.csv:")
    assert loaded.batch.received_ms.tolist() == [NOON_MS + 3000, NEVER]
    sent = decode(HEADER + FULL + BARE + FULL.replace(b"12:00:03Z", b"soon"), "D1")
    assert (sent.batch.received_ms.tolist(), sent.refusals) == ([NEVER, NEVER, NEVER], ())


def test_blank_cells_are_unknown() -> None:
    batch = decode(HEADER + BARE).batch
    assert np.isnan(batch.speed_kmh[0])
    assert batch.received_ms[0] == NEVER
    assert batch.load_state[0] == LOAD_UNKNOWN


def test_only_time_and_place_are_needed_in_any_order() -> None:
    decoded = decode(b"lon,lat,recorded_at,driver\n120.5,31.25,2026-03-02T12:00:00Z,Wang\n")
    assert decoded.refusals == ()
    assert (decoded.batch.lat[0], decoded.batch.lon[0]) == (31.25, 120.5)


@pytest.mark.parametrize(
    ("row", "place", "field", "reason"),
    [
        (b"D1,2026-03-02T12:00:00Z,31.25\n", "line 3", "row", "3 cells under 11 columns"),
        (b"D1,noon,31.25,120.5,,,,,,,\n", "line 3", "recorded_at", "'noon' is not an ISO 8601 time"),
        (b"D1,2026-03-02T12:00:00,31.25,120.5,,,,,,,\n", "line 3", "recorded_at", "has no time zone"),
        (b"D1,2026-03-02T12:00:00Z,31.25,east,,,,,,,\n", "line 3", "lon", "'east' is not a number"),
        (b"D1,2026-03-02T12:00:00Z,nan,120.5,,,,,,,\n", "line 3", "lat", "'nan' is not a number"),
        (b"D1,2026-03-02T12:00:00Z,31.25,1_20.5,,,,,,,\n", "line 3", "lon", "is not a number"),
        (b"D1,2026-03-02T12:00:00Z,31.25,120.5,1e99,,,,,,\n", "line 3", "speed_kmh", "beyond any"),
        (b"D1,2026-03-02T12:00:00Z,31.25,120.5,,,,,brimming,,\n", "line 3", "load_state", "is none of"),
        (b"D1,2026-03-02T12:00:00Z,31.25,120.5,,,,,,2,\n", "line 3", "acc", "is none of"),
        (b'D1,"2026-03-02T12:00:00Z,31.25\n', "line 3", "row", "not a row of cells"),
        (b"D1,\xff\xfe,31.25,120.5,,,,,,,\n", "line 3", "row", "not UTF-8"),
        (b"D1," + b"9" * MAX_LINE_BYTES + b"\n", "line 3", "row", "longer than"),
    ],
)
def test_a_bad_row_is_refused_by_itself(row: bytes, place: str, field: str, reason: str) -> None:
    decoded = decode(HEADER + FULL + row + BARE)
    assert [(fault.place, fault.field) for fault in decoded.refusals] == [(place, field)]
    assert reason in decoded.refusals[0].reason
    assert decoded.batch.position.tolist() == [2, 4]


def test_blank_lines_and_windows_line_ends() -> None:
    decoded = decode(HEADER.replace(b"\n", b"\r\n") + FULL.replace(b"\n", b"\r\n") + b"\r\n" + BARE)
    assert decoded.refusals == ()
    assert decoded.batch.position.tolist() == [2, 4]


def test_rows_of_another_device_are_refused() -> None:
    decoded = decode(HEADER + FULL + BARE.replace(b"D1", b"D2"), "D1")
    assert len(decoded.batch) == 1
    assert [(fault.place, fault.field) for fault in decoded.refusals] == [("line 3", "device_id")]


def test_a_row_that_names_no_device_is_the_sender_s() -> None:
    assert len(decode(HEADER + FULL.replace(b"D1", b""), "D7").batch) == 1


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b"", "names no column recorded_at, lat, lon"),
        (b"lat,lon,when\n", "names no column recorded_at"),
        (b"recorded_at,lat,lon,lat\n", "names lat twice"),
        (b"\xff\n", "UTF-8"),
    ],
)
def test_a_first_line_that_names_no_columns(line: bytes, sentence: str) -> None:
    with pytest.raises(HeaderRefused, match=sentence):
        read_header(line)
    assert decode(line + FULL).refusals[0].field == "header"


def test_a_byte_order_mark_is_no_part_of_the_first_name() -> None:
    assert read_header(b"\xef\xbb\xbfrecorded_at,lat,lon\n") == ["recorded_at", "lat", "lon"]


def patient(lines: list[bytes]) -> csv_fixes.CsvRows:
    """The same rows with the quick way closed."""
    with patch.object(csv_fixes, "_decode_columns", side_effect=ValueError):
        return decode_lines(read_header(HEADER), lines, 2, "line ")


def same(one: FixBatch, other: FixBatch) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True)
        for name in COLUMNS
        if name not in ("fixed", "satellites")
    ) and bool(np.all(one.satellites == other.satellites))


cells = st.tuples(
    st.sampled_from(["D1", "D2", ""]),
    st.datetimes().map(lambda moment: moment.isoformat() + "Z") | st.sampled_from(["", "noon"]),
    st.floats(-220, 220).map(str) | st.sampled_from(["", "x", "1_0", " 31.5 "]),
    st.floats(-200, 200).map(str),
    st.floats(-5, 200).map(str) | st.just(""),
    st.just(""),
    st.sampled_from(["", "2026-03-02T12:00:03Z", "2026-03-02T12:00:03+08:00"]),
    st.sampled_from(["", "5", "-1"]),
    st.sampled_from(["", "empty", "half", "full"]),
    st.sampled_from(["", "0", "1"]),
    st.sampled_from(["", "12.5"]),
)


@given(st.lists(cells, max_size=5))
def test_the_quick_and_the_patient_way_agree(rows: list[tuple[str, ...]]) -> None:
    lines = [",".join(row).encode() + b"\n" for row in rows]
    quick = decode_lines(read_header(HEADER), lines, 2, "line ")
    slow = patient(lines)
    assert same(quick.batch, slow.batch)
    assert quick.devices == slow.devices
    assert quick.refusals == slow.refusals


@given(st.binary() | st.binary().map(lambda junk: HEADER + junk))
def test_arbitrary_bytes_never_raise(body: bytes) -> None:
    decoded = decode(body, "D1")
    assert len(decoded.batch) + len(decoded.refusals) >= 0
    assert np.all(np.isfinite(decoded.batch.lat))
