"""Does a location come out as the terminal measured it, and a wrong one with the reason?"""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gps_ingest.decoders.fix_batch import FIELDS, NEVER, UNKNOWN_COUNT, Decoded, FixBatch
from gps_ingest.decoders.formats import DECODERS
from gps_ingest.decoders.jt808.bcd_times import NoSuchTime, moment_ms, offset_ms, written_moment
from gps_ingest.decoders.jt808.locations import UnreadableLocation, items_of_batch, read_location
from gps_ingest.decoders.reception import Reception
from models.device_values import VendorField
from models.values import ACC_OFF, ACC_ON, LOAD_EMPTY, LOAD_FULL, LOAD_HALF, LOAD_UNKNOWN
from models.vocabulary import Protocol
from tests.gps_ingest.jt808.wire import USUAL_FIELDS, batch_of, body_of, field, frame

PHONE = "13800138000"
EIGHT_HOURS = offset_ms(None)


def read(vendor: tuple[VendorField, ...] = (), **given: Any) -> dict[str, Any]:
    return dict(zip(FIELDS, read_location(body_of(**given), EIGHT_HOURS, vendor), strict=True))


def decode(data: bytes, reception: Reception | None = None) -> Decoded:
    return DECODERS[Protocol.JT808](data, reception or Reception(PHONE, 0))


def test_a_location_comes_out_as_it_was_measured() -> None:
    fix = read(fields=USUAL_FIELDS + field(0x03, (417).to_bytes(2, "big")))
    at = datetime(2026, 5, 4, 0, 30, 15, tzinfo=UTC)
    assert fix["time_ms"] == at.timestamp() * 1000
    assert (fix["lat"], fix["lon"], fix["speed_kmh"], fix["course_deg"]) == (31.25, 120.5, 42.5, 271.0)
    assert (fix["odometer_km"], fix["recorder_speed_kmh"]) == (12_345.6, 41.7)
    assert (fix["signal"], fix["satellites"]) == (31, 11)
    assert (fix["received_ms"], fix["fixed"]) == (NEVER, True)


def test_what_is_not_told_is_blank() -> None:
    fix = read(fields=b"", speed_kmh=6553.5)
    blank = ("speed_kmh", "accuracy_m", "odometer_km", "recorder_speed_kmh", "load_kg")
    assert all(math.isnan(fix[name]) for name in blank)
    assert (fix["signal"], fix["satellites"]) == (UNKNOWN_COUNT, UNKNOWN_COUNT)


@pytest.mark.parametrize(
    ("status", "field_name", "value"),
    [
        (0x0000, "fixed", False),
        (0x0002, "fixed", True),
        (0x0000, "acc", ACC_OFF),
        (0x0001, "acc", ACC_ON),
        (0x0004, "lat", -31.25),
        (0x0008, "lon", -120.5),
        (0x0000, "load_state", LOAD_EMPTY),
        (0x0100, "load_state", LOAD_HALF),
        (0x0200, "load_state", LOAD_UNKNOWN),
        (0x0300, "load_state", LOAD_FULL),
    ],
)
def test_each_bit_of_the_status(status: int, field_name: str, value: object) -> None:
    assert read(status=status)[field_name] == value


def test_alarms_are_kept_as_they_are() -> None:
    assert read(alarm=0xFFFF_FFFF)["alarm"] == 0xFFFF_FFFF


def test_a_field_that_runs_over_the_end_leaves_the_position_standing() -> None:
    fix = read(fields=field(0x31, b"\x09") + b"\x01\x04\x00")
    assert fix["satellites"] == 9
    assert math.isnan(fix["odometer_km"])


def test_fields_of_an_unusual_length_are_passed_over() -> None:
    fix = read(fields=field(0x01, b"\0" * 8) + field(0x30, b"\x01\x02") + field(0x31, b"\x0c"))
    assert (fix["signal"], fix["satellites"]) == (UNKNOWN_COUNT, 12)
    assert math.isnan(fix["odometer_km"])


def test_vendors_fields_mean_what_the_model_says() -> None:
    vendor = (
        VendorField(0xE5, 1, 2, signed=False, scale=10.0, quantity="load_kg"),
        VendorField(0xE6, 0, 1, signed=True, scale=1.0, quantity="satellites"),
        VendorField(0xE7, 0, 4, signed=False, scale=1.0, quantity="odometer_km"),
    )
    fix = read(vendor, fields=field(0xE5, b"\x00\x04\xd2") + field(0xE6, b"\xff") + field(0xE7, b"\x01"))
    assert fix["load_kg"] == 12_340.0
    assert fix["satellites"] == UNKNOWN_COUNT  # a negative count is none
    assert math.isnan(fix["odometer_km"])  # one byte came where four belong


def test_a_vendors_field_cannot_move_a_truck() -> None:
    fix = read(
        (VendorField(0xE5, 0, 1, signed=False, scale=1.0, quantity="lat"),), fields=field(0xE5, b"\x01")
    )
    assert fix["lat"] == 31.25


@pytest.mark.parametrize("body", [b"", body_of()[:27], body_of(lat=250.0), body_of(lon=4000.0)])
def test_what_is_no_place_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableLocation):
        read_location(body, EIGHT_HOURS)


@pytest.mark.parametrize(
    "digits",
    ["260230120000", "261301120000", "260532120000", "260504240000", "260504126000", "260504120060",
     "2605041200aa", "000000000000", "ffffffffffff"],
)  # fmt: skip
def test_what_is_no_time_is_refused(digits: str) -> None:
    with pytest.raises(NoSuchTime, match=digits):
        moment_ms(bytes.fromhex(digits), 0)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)), st.integers(-12 * 60, 14 * 60))  # noqa: DTZ001 - made aware below
def test_every_time_comes_back_in_every_zone(moment: datetime, minutes: int) -> None:
    at = moment.replace(microsecond=0, tzinfo=UTC)
    local = at + timedelta(minutes=minutes)
    if 2000 <= local.year < 2100:
        bcd = written_moment(at, minutes)
        assert bcd.hex() == local.strftime("%y%m%d%H%M%S")
        assert moment_ms(bcd, offset_ms(minutes)) == at.timestamp() * 1000


def test_a_batch_is_read_up_to_its_fault() -> None:
    whole = batch_of([body_of(), body_of(lat=31.5)], backfill=True)
    items, fault = items_of_batch(whole)
    assert (len(items), fault) == (2, None)
    for cut in (whole[:-1], whole[:2], whole + b"\0", whole[:1] + b"\x03" + whole[2:]):
        assert items_of_batch(cut)[1]
    assert items_of_batch(whole[:-1])[0] == items[:1]


# --- stored bytes and files -------------------------------------------------------------------------------


def test_a_stored_message_is_decoded_as_it_was_when_it_came() -> None:
    decoded = decode(frame(0x0200, PHONE, 1, body_of()))
    assert decoded.batch.lat.tolist() == [31.25]
    assert decoded.refusals == ()


def test_the_devices_own_zone_and_model_are_used() -> None:
    vendor = (VendorField(0xE5, 0, 2, signed=False, scale=1.0, quantity="load_kg"),)
    body = body_of(fields=field(0xE5, b"\x30\x39"))
    decoded = decode(frame(0x0200, PHONE, 1, body), Reception(PHONE, 0, 0, vendor))
    assert decoded.batch.load_kg.tolist() == [12_345.0]
    usual = decode(frame(0x0200, PHONE, 1, body))
    assert (decoded.batch.time_ms - usual.batch.time_ms).tolist() == [8 * 3_600_000]


@pytest.mark.parametrize("as_hex", [False, True], ids=["bytes", "lines of hex"])
def test_a_file_of_messages_gives_its_positions_and_a_reason_for_what_gives_none(as_hex: bool) -> None:
    good = [frame(0x0200, PHONE, 1, body_of()), frame(0x0704, PHONE, 2, batch_of([body_of(lat=31.5)] * 2))]
    packets = [frame(0x0704, PHONE, 3 + i, batch_of([body_of(lat=32.0)])[i * 20 :][: 20 if i == 0 else 99],
                     packets=(2, i + 1)) for i in range(2)]  # fmt: skip
    bad = [
        frame(0x0200, PHONE, 5, body_of(), told_bytes=3),
        frame(0x0200, PHONE, 6, body_of(), encryption=1),
        frame(0x0200, "13900139000", 7, body_of()),
        frame(0x0200, PHONE, 8, body_of(bcd="999999999999")),
        frame(0x0704, PHONE, 9, b"", packets=(3, 2)),
        frame(0x0704, PHONE, 10, b"", packets=(3, 4)),
        b"\x7e\x01\x02\x7e",
    ]
    heartbeat = frame(0x0002, PHONE, 11, b"")
    messages = [good[0], heartbeat, bad[0], good[1], *packets, *bad[1:]]
    data = b"\n".join(each.hex().encode() for each in messages) if as_hex else b"".join(messages)
    decoded = decode(data)
    assert decoded.batch.lat.tolist() == [31.25, 31.5, 31.5, 32.0]
    assert decoded.batch.position.tolist() == [0, 1, 2, 3]
    assert [refusal.field for refusal in decoded.refusals] == [
        "length", "encrypted", "device", "recorded_at", "packets", "message", "packets",
    ]  # fmt: skip


def test_nothing_and_half_a_byte_are_refused() -> None:
    assert decode(b"").refusals
    assert decode(b"7e0").refusals
    assert len(decode(b"")) == 0


@given(st.binary(max_size=300) | st.text("0123456789abcdef \n7e", max_size=300).map(str.encode))
def test_decoding_never_raises(data: bytes) -> None:
    decoded = decode(data)
    assert isinstance(decoded.batch, FixBatch)


@given(
    st.sampled_from([0x0200, 0x0704, 0x0701, 0x0702, 0x0100, 0x0102]),
    st.binary(max_size=400),
    st.booleans(),
    st.none() | st.tuples(st.integers(0, 4), st.integers(0, 4)),
)
def test_decoding_any_body_never_raises(
    msg_id: int, body: bytes, is_2019: bool, packets: tuple[int, int] | None
) -> None:
    vendor = (VendorField(0xE5, 0, 8, signed=True, scale=1.0, quantity="signal"),)
    message = frame(msg_id, PHONE, 1, body, is_2019=is_2019, packets=packets)
    decoded = decode(message, Reception(PHONE, 0, None, vendor))
    assert len(decoded.batch) == len(decoded)
