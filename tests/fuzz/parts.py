"""What else reads bytes of strangers? Streams, what terminals say of themselves, `sludgetrace decode`.

Each takes the fuzzer's bytes, and raises only when something is wrong with the product: what these readers
may raise by their own words is caught here.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import orjson

from gps_ingest.decoders import jt809_frames
from gps_ingest.decoders.inspected import Inspected
from gps_ingest.decoders.jt808 import inspection
from gps_ingest.decoders.jt808.bcd_times import NoSuchTime
from gps_ingest.decoders.jt808.frames import Frame, write_frame
from gps_ingest.decoders.jt808.packets import Packets
from gps_ingest.decoders.jt808.registrations import UnreadableBody, read_registration, read_token
from gps_ingest.decoders.jt808.reports import read_driver_card, read_waybill, without_person_number
from gps_ingest.decoders.jt808.stream import FrameStream
from gps_ingest.decoders.sentence_inspection import inspect_nmea

PHONE = bytes.fromhex("013900000808")
SENTENCES: Sequence[Callable[[Frame], Any]] = (
    read_registration,
    read_token,
    read_waybill,
    lambda frame: read_driver_card(frame, 0),
    without_person_number,
)


def pieces(data: bytes) -> Iterator[bytes]:
    """The bytes as a network hands them over; the first says in which lengths."""
    step = 1 + (data[0] if data else 0) % 64
    return (data[start : start + step] for start in range(1, len(data), step))


def stream_jt808(data: bytes) -> None:
    """A connection in pieces gives the messages that it gives at once, and packets never go astray."""
    stream, packets = FrameStream(), Packets()
    found: list[bytes] = []
    for piece in pieces(data):
        for frame, content in stream.feed(piece, check_reason):
            found.append(content)
            if frame.packets > 1 and frame.fault is None:
                with suppress(ValueError):
                    packets.add(frame, content, 0.0)
        if stream.oversized:
            return
    at_once = FrameStream()
    if found != [content for _frame, content in at_once.feed(data[1:], check_reason)]:
        raise AssertionError("pieces give other messages than the whole")


def stream_jt809(data: bytes) -> None:
    """The same of another platform's link."""
    stream = jt809_frames.FrameStream()
    for piece in pieces(data):
        for raw in stream.feed(piece, check_reason):
            jt809_frames.is_of_vehicle(raw)
            with suppress(jt809_frames.FrameRefused):
                jt809_frames.read_frame(raw)
        if stream.oversized:
            return


def bodies_jt808(data: bytes) -> None:
    """Registration, token, waybill and driver's card; the first byte chooses which, and the edition."""
    choice = data[0] if data else 0
    frame = Frame(0, PHONE, 1, data[1:], is_2019=bool(choice & 0x80))
    read = SENTENCES[choice % len(SENTENCES)]
    with suppress(UnreadableBody, NoSuchTime):
        told = read(frame)
        if read is read_registration and (len(told.identity) > 64 or not told.identity.isprintable()):
            raise AssertionError("an identity that cannot be stored")
        if isinstance(told, bytes) and len(told) != len(frame.body) and read is without_person_number:
            raise AssertionError("blanking changed the length")


def inspections(data: bytes) -> None:
    """Lines that a person gives to `sludgetrace decode`; what comes back is JSON."""
    choice, text = (data[0] if data else 0), data[1:].decode("utf-8", "replace")
    if choice % 4 == 0:
        found = inspection.inspect_line(text)
    elif choice % 4 == 1:
        found = inspection.inspect_line(write_frame(0x0200, PHONE, 1, data[1:1000]).hex())
    elif choice % 4 == 2:
        found = inspection.inspect_body_line(data[1:].hex())
    else:
        found = inspect_nmea(text)
    check_inspected(found)


def check_inspected(found: Inspected) -> None:
    """A reason whenever it is not all right, and nothing that JSON cannot say."""
    if not found.ok and not (found.error and found.error_class):
        raise AssertionError(f"not ok, without a reason: {found}")
    orjson.dumps(found)


def check_reason(reason: str) -> None:
    if not reason:
        raise AssertionError("rejected without a reason")
