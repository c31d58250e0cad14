"""Are frames cut, unescaped and checked as the standard says, and written so that they can be read again?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gps_ingest.decoders.jt808.frames import (
    Frame,
    FrameFault,
    contents_of,
    device_code,
    escaped,
    read_frame,
    unescaped,
    write_frame,
    xor_of,
)
from gps_ingest.decoders.jt808.stream import FrameStream
from tests.gps_ingest.jt808.wire import body_of, frame

PHONE = "13800138000"


def content(message: bytes) -> bytes:
    return message[1:-1]


def test_the_example_of_the_standard() -> None:
    """JT/T 808-2013, 4.4.2: 30 7e 08 7d 55 goes over the wire as 30 7d 02 08 7d 01 55."""
    assert escaped(bytes.fromhex("307e087d55")) == bytes.fromhex("307d02087d0155")
    assert unescaped(bytes.fromhex("307d02087d0155")) == bytes.fromhex("307e087d55")


@given(st.binary(max_size=300))
def test_what_is_escaped_has_no_delimiter_and_comes_back(data: bytes) -> None:
    assert b"\x7e" not in escaped(data)
    assert unescaped(escaped(data)) == data


@given(st.binary(max_size=1100))
def test_the_folded_checksum_is_the_xor_of_all_bytes(data: bytes) -> None:
    expected = 0
    for byte in data:
        expected ^= byte
    assert xor_of(data) == expected


@given(
    msg_id=st.integers(0, 0xFFFF),
    serial=st.integers(0, 0xFFFF),
    body=st.binary(max_size=1023),
    is_2019=st.booleans(),
    phone=st.integers(0, 10**12 - 1),
)
def test_what_is_written_by_hand_is_read(
    msg_id: int, serial: int, body: bytes, is_2019: bool, phone: int
) -> None:
    written = frame(msg_id, str(phone), serial, body, is_2019=is_2019)
    read = read_frame(content(written))
    assert read is not None
    assert (read.msg_id, read.serial, read.body, read.is_2019) == (msg_id, serial, body, is_2019)
    assert (read.fault, read.packets, read.device_code) == (None, 0, str(phone))
    assert write_frame(msg_id, read.phone, serial, body, is_2019=is_2019) == written


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        (frame(0x0200, PHONE, 1, body_of(), told_bytes=10), FrameFault.LENGTH),
        (frame(0x0200, PHONE, 1, body_of(), told_bytes=100), FrameFault.LENGTH),
        (frame(0x0200, PHONE, 1, body_of(), encryption=1), FrameFault.ENCRYPTED),
        (frame(0x0200, PHONE, 1, body_of(), encryption=4), FrameFault.ENCRYPTED),
    ],
)
def test_faults_are_told_with_a_sentence(message: bytes, fault: FrameFault) -> None:
    read = read_frame(content(message))
    assert read is not None
    assert read.fault is fault
    assert read.detail


@given(st.integers(1, 44), st.integers(1, 255))
def test_any_changed_byte_is_found(position: int, change: int) -> None:
    message = bytearray(frame(0x0200, PHONE, 1, body_of(lat=30.0)))
    message[position] ^= change
    for read in map(read_frame, contents_of(bytes(message))):
        assert read is None or read.fault is not None


def test_a_packet_tells_its_number() -> None:
    read = read_frame(content(frame(0x0704, PHONE, 7, b"abc", packets=(3, 2))))
    assert read is not None
    assert (read.packets, read.index, read.body) == (3, 2, b"abc")


@given(st.binary(max_size=40))
def test_reading_never_raises(data: bytes) -> None:
    read = read_frame(data)
    assert read is None or isinstance(read, Frame)


@pytest.mark.parametrize(
    ("digits", "code"),
    [("013800138000", "13800138000"), ("000000000000", "0"), ("00000000013800138000", "13800138000")],
)
def test_a_device_is_registered_without_the_zeros_that_pad_its_phone(digits: str, code: str) -> None:
    assert device_code(bytes.fromhex(digits)) == code


def test_a_body_that_needs_packets_is_not_written_as_one_frame() -> None:
    with pytest.raises(ValueError, match="1024 bytes"):
        write_frame(0x8001, bytes(6), 0, bytes(1024))


@given(st.data())
def test_a_stream_gives_the_same_messages_however_it_is_cut(data: st.DataObject) -> None:
    messages = [frame(0x0002, PHONE, serial, bytes((0x7E, 0x7D, serial))) for serial in range(5)]
    junk = data.draw(st.lists(st.binary(max_size=8).filter(lambda each: b"\x7e" not in each), min_size=5))
    stream = b"".join(gap + message for gap, message in zip(junk, messages, strict=False))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    reader, rejected = FrameStream(), list[str]()
    read = [each for piece in pieces for each in reader.feed(piece, rejected.append)]
    assert [each.serial for each, _ in read] == list(range(5))
    assert set(rejected) <= {"junk"}
    assert not reader.unfinished


@given(st.lists(st.binary(max_size=200), max_size=20))
def test_a_stream_of_anything_is_bounded(pieces: list[bytes]) -> None:
    reader, rejected = FrameStream(), list[str]()
    for piece in pieces:
        reader.feed(piece, rejected.append)
        if reader.oversized:
            return
    assert set(rejected) <= {"junk", "truncated", "checksum"}
