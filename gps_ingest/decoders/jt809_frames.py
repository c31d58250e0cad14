"""Where does a JT/T 809 frame begin and end, is it whole, and what does its header say?

`5b` · header · body · CRC-16/CCITT-FALSE of header and body · `5d`. Between the delimiters 5a 01 stands for
5b, 5a 02 for 5a, 5e 01 for 5d, 5e 02 for 5e. Header, big-endian: length of the whole frame u32 · serial
number u32 · message u16 · access code of the platform u32 · version 3 bytes · encrypted u8 · key u32 · and
in JT/T 809-2019 the time of sending u64. Nothing in the header tells the edition reliably (platforms of both
write version 1.0.0), so it is told from the lengths that each edition gives a message.
"""

import re
from binascii import crc_hqx
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from struct import Struct

START, END = 0x5B, 0x5D
CRC_START = 0xFFFF
CRC_BYTES = 2
MAX_FRAME_BYTES = 65_536  # on the wire; a batch of five positions has 400
LEAST_CONTENT_BYTES = 10  # a shorter frame ends before its message's number
MOST_FAULTS = 1000  # in one read: what has more is no platform, and others wait meanwhile
BAD_ESCAPE = re.compile(rb"\x5a(?![\x01\x02])|\x5e(?![\x01\x02])")
VEHICLE_MESSAGES = frozenset({0x1200, 0x1400, 0x1500, 0x1600})
VEHICLE_HEAD_BYTES = 28  # plate 21, colour 1, kind u16, length u32


class Edition(Enum):
    """2011 or 2019, with the header of each."""

    E2011 = Struct(">IIHI3sBI")
    E2019 = Struct(">IIHI3sBIQ")


SAME_IN_BOTH = {0x1002: 5, 0x1003: 12, 0x1004: 0, 0x1005: 0, 0x1006: 0, 0x1007: 1, 0x1008: 1}
FIXED_BODY_BYTES = {
    Edition.E2011: {0x1001: 46, **SAME_IN_BOTH},
    Edition.E2019: {0x1001: 50, **SAME_IN_BOTH},
}


class FrameRefused(ValueError):
    """A frame is not whole. `reason` is the class that is counted, the message the sentence for a person."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame whose checksum and length are right. `time_s`: when it was sent, in 2019; not looked at."""

    edition: Edition
    serial: int
    msg_id: int
    center_id: int
    version: bytes
    is_encrypted: bool
    key: int
    body: bytes
    time_s: int = 0


def read_frame(raw: bytes, edition: Edition | None = None) -> Frame:
    """The frame between and with its delimiters; raises FrameRefused.

    edition: that of the platform's login, for messages whose lengths do not tell.
    """
    content = unescaped(raw[1:-1])
    if len(content) < Edition.E2011.value.size + CRC_BYTES:
        raise FrameRefused("truncated", f"{len(content)} bytes are less than a header and a checksum")
    told = int.from_bytes(content[-CRC_BYTES:], "big")
    counted = crc_hqx(content[:-CRC_BYTES], CRC_START)
    if told != counted:
        raise FrameRefused("bad_checksum", f"the checksum is {told:04x}, the content makes {counted:04x}")
    length = int.from_bytes(content[:4], "big")
    if length != len(content) + 2:
        raise FrameRefused("wrong_length", f"{length} bytes are told, {len(content) + 2} came")
    known = edition_of(content) or edition or Edition.E2011
    head = known.value
    if len(content) < head.size + CRC_BYTES:
        raise FrameRefused("truncated", f"{len(content)} bytes are less than a header and a checksum")
    _, serial, msg_id, center_id, version, encrypted, key, *times = head.unpack_from(content)
    body = content[head.size : -CRC_BYTES]
    return Frame(known, serial, msg_id, center_id, version, encrypted != 0, key, body, sum(times))


def unescaped(content: bytes) -> bytes:
    """What the escapes stand for; raises FrameRefused."""
    if BAD_ESCAPE.search(content):
        raise FrameRefused("bad_escape", "5a or 5e is followed by neither 01 nor 02")
    return _plain(content)


def _plain(content: bytes) -> bytes:
    plain = content.replace(b"\x5a\x01", b"\x5b").replace(b"\x5e\x01", b"\x5d")
    return plain.replace(b"\x5a\x02", b"\x5a").replace(b"\x5e\x02", b"\x5e")


def escaped(content: bytes) -> bytes:
    """The other way round."""
    safe = content.replace(b"\x5a", b"\x5a\x02").replace(b"\x5e", b"\x5e\x02")
    return safe.replace(b"\x5b", b"\x5a\x01").replace(b"\x5d", b"\x5e\x01")


def edition_of(content: bytes) -> Edition | None:
    """The only edition whose lengths this message has; None where both fit, or none."""
    fitting = [edition for edition in Edition if _fits(content, edition)]
    return fitting[0] if len(fitting) == 1 else None


def _fits(content: bytes, edition: Edition) -> bool:
    msg_id = int.from_bytes(content[8:10], "big")
    begin, length = edition.value.size, len(content) - CRC_BYTES - edition.value.size
    due = FIXED_BODY_BYTES[edition].get(msg_id)
    if due is not None:
        return length == due
    if msg_id not in VEHICLE_MESSAGES or length < VEHICLE_HEAD_BYTES:
        return False
    told = content[begin + VEHICLE_HEAD_BYTES - 4 : begin + VEHICLE_HEAD_BYTES]
    return int.from_bytes(told, "big") == length - VEHICLE_HEAD_BYTES


def written(frame: Frame) -> bytes:
    """A frame as it goes over the wire."""
    head = frame.edition.value
    length = head.size + len(frame.body) + CRC_BYTES + 2
    fields = (
        length,
        frame.serial,
        frame.msg_id,
        frame.center_id,
        frame.version,
        frame.is_encrypted,
        frame.key,
    )
    times = (frame.time_s,) if frame.edition is Edition.E2019 else ()
    content = head.pack(*fields, *times) + frame.body
    content += crc_hqx(content, CRC_START).to_bytes(CRC_BYTES, "big")
    return bytes((START,)) + escaped(content) + bytes((END,))


class FrameStream:
    """Bytes as they come; frames as they are whole. What stands before a frame is skipped and counted."""

    def __init__(self) -> None:
        self._rest = b""
        self.faults = 0  # things that were no frame in the last read

    @property
    def hopeless(self) -> bool:
        """Was the last read so full of what is no frame that the rest of it was given up?"""
        return self.faults > MOST_FAULTS

    @property
    def unfinished(self) -> bool:
        """Does the beginning of a frame lie here?"""
        return bool(self._rest)

    @property
    def oversized(self) -> bool:
        return len(self._rest) > MAX_FRAME_BYTES

    def feed(self, data: bytes, reject: Callable[[str], None]) -> Sequence[bytes]:
        """The frames that are whole now, delimiters included. `reject` is told "junk" and "truncated"."""
        *pieces, rest = (self._rest + data).split(b"\x5d")
        self.faults = 0
        frames: list[bytes] = []
        for piece in filter(None, pieces):
            fault = self._take_piece(piece, frames)
            if fault:
                reject(fault)
                self.faults += 1
            if self.hopeless:
                break
        begin = rest.rfind(b"\x5b")
        if begin > 0 or (begin < 0 and rest.strip(b"\0\r\n")):
            reject("truncated" if b"\x5b" in rest[:begin] and begin > 0 else "junk")
        self._rest = rest[begin:] if begin >= 0 else b""
        return frames

    def _take_piece(self, piece: bytes, frames: list[bytes]) -> str | None:
        """What stands before an end: a frame into `frames`, and what is wrong with the rest of it."""
        before, start, content = piece.rpartition(b"\x5b")
        if not start:
            return "junk"
        frames.append(start + content + b"\x5d")
        if len(content) < LEAST_CONTENT_BYTES:
            self.faults += 1  # whoever reads it will tell why
        if before.strip(b"\0\r\n"):
            return "truncated" if b"\x5b" in before else "junk"
        return None


def is_of_vehicle(raw: bytes) -> bool:
    """Does a frame that may be damaged look like one about a vehicle? Such frames hold no password."""
    return int.from_bytes(_plain(raw[1:-1])[8:10], "big") in VEHICLE_MESSAGES


def split_frames(body: bytes) -> Iterator[bytes]:
    """The frames in a file, or in the stored bytes of a message; what stands between them is passed over."""
    begin = 0
    while (end := body.find(END, begin)) >= 0:
        start = body.rfind(START, begin, end)
        if start >= 0:
            yield body[start : end + 1]
        begin = end + 1
