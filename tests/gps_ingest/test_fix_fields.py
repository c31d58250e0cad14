"""Is each field of a report read as its wire format means it, and refused with a sentence otherwise?"""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gps_ingest.decoders.fix_fields import (
    UnreadableField,
    acc,
    coordinate,
    device_code_fault,
    iso_ms,
    load_state,
    moment_ms,
    number,
    quantity,
    read_fix,
    satellites,
)
from models.device_values import DecodedFix
from models.values import ACC_OFF, ACC_ON, ACC_UNKNOWN, LOAD_FULL, LOAD_UNKNOWN

NOON_MS = 1_772_452_800_000  # 2026-03-02T12:00:00Z


@pytest.mark.parametrize(
    "text",
    ["2026-03-02T12:00:00Z", "2026-03-02T20:00:00+08:00", "2026-03-02 12:00:00+00:00", "20260302T120000Z"],
)
def test_one_moment_in_many_spellings(text: str) -> None:
    assert iso_ms(text) == NOON_MS


def test_milliseconds_are_kept() -> None:
    assert iso_ms("2026-03-02T12:00:00.250Z") == NOON_MS + 250


@pytest.mark.parametrize("count", [NOON_MS, NOON_MS / 1000, str(NOON_MS), str(NOON_MS // 1000)])
def test_seconds_and_milliseconds_since_1970_are_told_apart(count: object) -> None:
    assert moment_ms(count) == NOON_MS


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("yesterday", "'yesterday' is not an ISO 8601 time"),
        ("2026-03-02T12:00:00", "'2026-03-02T12:00:00' has no time zone"),
        ("1970-01-01T00:00:00Z", "'1970-01-01T00:00:00Z' lies outside 1980-01-06 to 2100-01-01"),
        ("9999-12-31T23:59:59-23:59", "'9999-12-31T23:59:59-23:59' lies outside 1980-01-06 to 2100-01-01"),
        (-5, "-5 lies outside 1980-01-06 to 2100-01-01"),
        (True, "True is not a number"),
        ([], "[] is not a number"),
    ],
)
def test_a_time_that_cannot_be(value: object, sentence: str) -> None:
    with pytest.raises(UnreadableField) as caught:
        moment_ms(value)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    "value", ["1_000", "nan", "inf", math.nan, math.inf, "12,5", "0x10", True, {}, 10**400]
)
def test_not_a_number(value: object) -> None:
    with pytest.raises(UnreadableField, match="is not a number"):
        number(value)


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_blank_is_unknown(value: object) -> None:
    assert number(value) is None
    assert quantity(value) is None
    assert moment_ms(value) is None
    assert load_state(value) == LOAD_UNKNOWN
    assert acc(value) == ACC_UNKNOWN


def test_a_negative_quantity_is_how_phones_say_unknown() -> None:
    assert quantity(-1) is None
    assert quantity("12.5") == 12.5


def test_a_quantity_beyond_all_bounds_is_refused() -> None:
    with pytest.raises(UnreadableField, match="beyond any such quantity"):
        quantity(1e9)


def test_a_coordinate_off_earth_is_kept_for_a_doubt_and_one_off_the_scale_refused() -> None:
    assert coordinate(-181.0) == -181.0
    with pytest.raises(UnreadableField, match="not a coordinate"):
        coordinate(1e6)
    with pytest.raises(UnreadableField, match="missing"):
        coordinate(None)


def test_words() -> None:
    assert load_state("full") == LOAD_FULL
    assert [acc(value) for value in (0, 1, "0", "1", False, True)] == [ACC_OFF, ACC_ON] * 3
    with pytest.raises(UnreadableField, match="'brimming' is none of empty, half, full"):
        load_state("brimming")
    assert satellites("11") == 11


def test_all_faults_of_a_report_come_together() -> None:
    faults = read_fix({"recorded_at": "x", "lat": "north", "speed_kmh": "fast"}, "[3]")
    assert isinstance(faults, list)
    assert [(fault.place, fault.field) for fault in faults] == [
        ("[3]", "recorded_at"),
        ("[3]", "lat"),
        ("[3]", "lon"),
        ("[3]", "speed_kmh"),
    ]


@given(
    st.dictionaries(st.sampled_from(["recorded_at", "lat", "lon", "speed_kmh", "acc"]), st.from_type(object))
)
def test_no_value_of_any_type_gets_past_the_reader_as_an_exception(values: dict[str, object]) -> None:
    outcome = read_fix(values, "[0]")
    assert isinstance(outcome, DecodedFix) or outcome


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("D1", None),
        ("终端 7", None),
        ("", "is missing"),
        ("a\0b", "64 printable"),
        ("x" * 65, "64 printable"),
    ],
)
def test_codes_of_devices(code: str, fault: str | None) -> None:
    found = device_code_fault(code)
    assert found is None if fault is None else found is not None and fault in found
