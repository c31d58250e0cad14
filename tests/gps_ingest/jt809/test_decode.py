"""Is each frame of another platform read as its edition of the standard means it?"""

import json
import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gps_ingest.decoders.fix_batch import Decoded
from gps_ingest.decoders.jt809 import decode, read_vehicle
from gps_ingest.decoders.jt809_cipher import CipherKeys, disguised
from gps_ingest.decoders.jt809_frames import (
    Edition,
    FrameRefused,
    FrameStream,
    escaped,
    read_frame,
    split_frames,
    unescaped,
    written,
)
from gps_ingest.decoders.reception import Reception
from models.values import ACC_ON, LOAD_FULL
from tests.factories import ms
from tests.gps_ingest.jt809.speaking import (
    CODE,
    frame,
    later,
    login,
    one,
    position,
    position_2019,
    u8,
    vehicle,
)

NOON = datetime(2026, 3, 2, 4, 0, 0, tzinfo=UTC)


def decoded(*frames: bytes, code: str = CODE, offset_minutes: int | None = None) -> Decoded:
    return decode(b"".join(frames), Reception(code, ms(NOON), offset_minutes))


def test_a_position_of_2011_with_all_that_it_says() -> None:
    result = decoded(frame(0x1200, vehicle(0x1202, position(NOON, alarm=1 << 7))))
    assert (result.refusals, result.device_code) == ((), CODE)
    batch = result.batch
    assert (batch.time_ms.tolist(), batch.position.tolist()) == ([ms(NOON)], [1])
    assert (batch.lat[0], batch.lon[0], batch.fixed[0]) == (31.25, 120.5, True)
    assert (batch.speed_kmh[0], batch.recorder_speed_kmh[0], batch.course_deg[0]) == (42.0, 43.0, 271.0)
    assert (batch.odometer_km[0], batch.load_state[0], batch.acc[0]) == (12_345.0, LOAD_FULL, ACC_ON)
    assert (batch.alarm[0], batch.satellites[0]) == (1 << 7, -1)


def test_a_position_of_2019_is_a_location_of_the_terminals_standard() -> None:
    fields = bytes.fromhex("010400 01e240 3001 1f 31010b".replace(" ", ""))
    batch = decoded(frame(0x1200, vehicle(0x1202, position_2019(NOON, fields=fields)), is_2019=True)).batch
    assert (batch.time_ms.tolist(), batch.lat[0], batch.lon[0]) == ([ms(NOON)], 31.25, 120.5)
    assert (batch.speed_kmh[0], batch.odometer_km[0]) == (42.5, 12_345.6)
    assert (batch.satellites[0], batch.signal[0], batch.load_state[0]) == (11, 31, LOAD_FULL)


@pytest.mark.parametrize("form", ["core of 2011 in 2019", "2011 in a header of 2019"])
def test_half_converted_platforms_are_understood(form: str) -> None:
    data = position(NOON)
    if form == "core of 2011 in 2019":
        platforms = bytes(3 * 15)
        data = u8(0) + (35).to_bytes(4, "big") + data[1:] + platforms
    batch = decoded(frame(0x1200, vehicle(0x1202, data), is_2019=True)).batch
    assert (batch.time_ms.tolist(), batch.lat[0], batch.odometer_km[0]) == ([ms(NOON)], 31.25, 12_345.0)


@pytest.mark.parametrize("is_2019", [False, True])
@pytest.mark.parametrize("count", [1, 5])
def test_positions_that_are_uploaded_again(is_2019: bool, count: int) -> None:
    moments = [NOON + timedelta(seconds=30 * number) for number in range(count)]
    pieces = [position_2019(at) if is_2019 else position(at) for at in moments]
    result = decoded(later(pieces, is_2019=is_2019))
    assert result.refusals == ()
    assert result.batch.time_ms.tolist() == [ms(at) for at in moments]


@pytest.mark.parametrize("is_2019", [False, True])
@pytest.mark.parametrize(("count", "taken"), [(3, 2), (1, 1), (0, 0)])
def test_a_re_upload_whose_count_is_wrong_gives_what_is_whole(is_2019: bool, count: int, taken: int) -> None:
    pieces = [position_2019(NOON), position_2019(NOON)] if is_2019 else [position(NOON), position(NOON)]
    result = decoded(later(pieces, is_2019=is_2019, count=count))
    assert len(result) == taken
    [refusal] = result.refusals
    assert refusal.place == f"position {taken + 1}"


def test_south_and_west_and_no_fix() -> None:
    batch = decoded(frame(0x1200, vehicle(0x1202, position(NOON, state=0b1100)))).batch
    assert (batch.lat[0], batch.lon[0], batch.fixed[0]) == (-31.25, -120.5, False)


def test_what_the_terminal_does_not_know_is_blank() -> None:
    unknown = position(NOON, speed=0xFFFF, recorder=0xFFFF, mileage=0xFFFF_FFFF, course=0xFFFF)
    batch = decoded(frame(0x1200, vehicle(0x1202, unknown))).batch
    values = (batch.speed_kmh, batch.recorder_speed_kmh, batch.odometer_km, batch.course_deg)
    assert all(math.isnan(value[0]) for value in values)


def test_a_platform_whose_clock_is_of_another_zone() -> None:
    assert decoded(one(NOON), offset_minutes=0).batch.time_ms.tolist() == [ms(NOON) + 8 * 3_600_000]


def test_other_kinds_bring_no_position_and_no_fault() -> None:
    registration = vehicle(0x1201, bytes(49))
    for frames in ([frame(0x1200, registration)], [frame(0x1005)], [frame(0x1400, registration)]):
        result = decoded(*frames)
        assert (len(result), result.refusals) == (0, ())


def bad(data: bytes) -> bytes:
    return frame(0x1200, vehicle(0x1202, data))


@pytest.mark.parametrize(
    ("frames", "field", "sentence"),
    [
        (b"", "frame", "holds no frame"),
        (b"hello", "frame", "holds no frame"),
        (b"\x5b\x5d", "truncated", "0 bytes are less than a header"),
        (one(NOON)[:20] + b"\x5d", "truncated", "less than a header"),
        (one(NOON)[:-3] + b"\0\0\x5d", "bad_checksum", "the checksum is 0000"),
        (one(NOON)[:40] + one(NOON)[41:], "bad_checksum", "the checksum is"),
        (frame(0x1200, vehicle(0x1202, position(NOON)), told_bytes=91), "wrong_length", "91 bytes are told"),
        (one(NOON)[:30] + b"\x5a\x03" + one(NOON)[30:], "bad_escape", "neither 01 nor 02"),
        (frame(0x1200, vehicle(0x1202, position(NOON)), key=7), "encrypted", "the body is encrypted"),
        (frame(0x1200, b"short"), "vehicle", "5 bytes name no vehicle"),
        (frame(0x1200, vehicle(0x1202, b"", plate=b"\xff\xff")), "vehicle", "no plate in GBK"),
        (frame(0x1200, vehicle(0x1202, b"", plate=b"")), "vehicle", "is no plate"),
        (
            frame(0x1200, vehicle(0x1202, position(NOON), told_bytes=9)),
            "vehicle",
            "9 bytes are told, 36 came",
        ),
        (frame(0x1200, vehicle(0x1202, position(NOON), colour=9)), "vehicle", "is of the vehicle 苏E12345-9"),
        (bad(b"1234"), "position", "4 bytes are no position"),
        (bad(b"\0\x1f\x02" + position(NOON)[3:]), "position", "2026-2-31 12:0:0 is no date and time"),
        (bad(b"\0\x01\x01\0\0" + position(NOON)[5:]), "position", "is no date and time"),
        (bad(position(NOON, lat=300)), "position", "is not a position in degrees"),
        (frame(0x1200, vehicle(0x1203, b"")), "position", "without a count"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_reason(frames: bytes, field: str, sentence: str) -> None:
    result = decoded(frames)
    assert len(result) == 0
    [refusal] = result.refusals
    assert refusal.field == field
    assert sentence in refusal.reason


def test_a_bad_frame_does_not_sink_the_others() -> None:
    result = decoded(one(NOON), one(NOON)[:-3] + b"\0\0\x5d", one(NOON + timedelta(seconds=30)))
    assert result.batch.position.tolist() == [1, 2]
    assert [refusal.place for refusal in result.refusals] == ["frame 2"]


def test_the_published_frame_reads_as_published(shared: Path) -> None:
    published = json.loads((shared / "vectors" / "jt809.json").read_text("utf-8"))[0]
    told = published["independent_decode"]
    raw = bytes.fromhex(published["hex"])
    read = read_frame(raw)
    assert (read.edition, read.serial, read.center_id) == (Edition.E2011, told["sn"], told["gnss_center_id"])
    result = decode(raw, Reception("", 0))
    assert (result.refusals, result.device_code) == ((), f"{told['vehicle_no_gbk']}-{told['color']}")
    batch, place = result.batch, told["location"]
    assert (batch.lat[0], batch.lon[0]) == (place["lat"], place["lon"])
    assert batch.time_ms[0] == ms(datetime.fromisoformat("2018-12-07T14:34:56+08:00"))
    assert (batch.speed_kmh[0], batch.recorder_speed_kmh[0]) == (82, 0)
    assert (batch.odometer_km[0], batch.course_deg[0]) == (place["vec3_mileage_km"], place["direction"])
    assert written(read) == raw


@pytest.mark.parametrize("is_2019", [False, True])
def test_the_edition_is_told_from_the_lengths(is_2019: bool) -> None:
    edition = Edition.E2019 if is_2019 else Edition.E2011
    said = [login(is_2019=is_2019), frame(0x1005, is_2019=is_2019), one(NOON, is_2019=is_2019)]
    assert [read_frame(raw).edition for raw in said] == [edition] * 3
    assert [written(read_frame(raw)) for raw in said] == said
    doubtful = frame(0x1300, bytes(40), is_2019=is_2019)
    assert read_frame(doubtful, edition).edition is edition


def test_a_disguise_is_undone_by_itself_as_published() -> None:
    keys = CipherKeys(m1=30_000_000, ia1=20_000_000, ic1=20_000_000)
    assert disguised(bytes(range(1, 8)), keys, 256_178).hex() == "d34c7078a73a41"
    assert disguised(bytes.fromhex("d34c7078a73a41"), keys, 256_178) == bytes(range(1, 8))
    assert disguised(b"abc", CipherKeys(0, 0, 0), 0) == b"abc"


@given(st.binary(max_size=80), *[st.integers(0, 2**32 - 1)] * 4)
def test_any_disguise_is_undone_by_itself(body: bytes, m1: int, ia1: int, ic1: int, key: int) -> None:
    keys = CipherKeys(m1, ia1, ic1)
    assert disguised(disguised(body, keys, key), keys, key) == body


@given(st.binary(max_size=200))
def test_escapes_are_undone_and_hide_the_delimiters(content: bytes) -> None:
    wire = escaped(content)
    assert not {0x5B, 0x5D} & set(wire)
    assert unescaped(wire) == content


@given(st.lists(st.integers(0, 400), max_size=8))
def test_frames_arrive_in_any_pieces(cuts: list[int]) -> None:
    wire = b"junk" + one(NOON) + b"\r\n" + login() + one(NOON)[:30] + one(NOON, is_2019=True)
    rejected: list[str] = []
    stream = FrameStream()
    frames: list[bytes] = []
    bounds = sorted({min(cut, len(wire)) for cut in cuts} | {0, len(wire)})
    for start, end in pairwise(bounds):
        frames += stream.feed(wire[start:end], rejected.append)
    assert frames == [one(NOON), login(), one(NOON, is_2019=True)]
    assert not stream.unfinished
    assert set(rejected) == {"junk", "truncated"}


@given(st.binary(max_size=300))
def test_arbitrary_bytes_never_raise(body: bytes) -> None:
    assert isinstance(decode(body, Reception("", 0)), Decoded)
    split_frames(body)


@given(st.sampled_from([0x1001, 0x1005, 0x1200, 0x1300, 0xFFFF]), st.binary(max_size=120), st.booleans())
def test_any_body_is_read_or_refused(msg_id: int, body: bytes, is_2019: bool) -> None:
    result = decode(frame(msg_id, body, is_2019=is_2019), Reception("", 0))
    assert all(refusal.reason for refusal in result.refusals)


@given(st.sampled_from([0x1202, 0x1203]), st.binary(max_size=200), st.booleans())
def test_any_position_is_read_or_refused(kind: int, data: bytes, is_2019: bool) -> None:
    result = decode(frame(0x1200, vehicle(kind, data), is_2019=is_2019), Reception("", 0))
    assert len(result) or result.refusals or (kind == 0x1203 and data == b"\0")


@given(st.data())
def test_any_damage_to_one_byte_is_noticed(data: st.DataObject) -> None:
    raw = one(NOON)
    at = data.draw(st.integers(1, len(raw) - 2))
    other = data.draw(st.integers(0, 255).filter(lambda value: value != raw[at]))
    with pytest.raises(FrameRefused):
        read_frame(raw[:at] + bytes((other,)) + raw[at + 1 :])


def test_the_code_of_a_device_is_plate_and_colour() -> None:
    assert (
        read_vehicle(vehicle(0x1202, b"", plate="沪A·D1234".replace("·", ""), colour=1)).device_code
        == "沪AD1234-1"
    )
