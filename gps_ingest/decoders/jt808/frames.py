"""Which message stands between two 7e? Unescape, checksum, header of JT/T 808-2011, 2013 and 2019.

On the wire: 7e · id u16 · attributes u16 · [version u8 when attribute bit 14 is set] · phone BCD[6], in 2019
BCD[10] · serial u16 · [packets u16, index u16 when bit 13 is set] · body · XOR of all of it · 7e. Inside,
7d 02 stands for 7e and 7d 01 for 7d. The order is: unescape, checksum, parse.
"""

from dataclasses import dataclass
from enum import StrEnum
from struct import Struct

DELIMITER = b"\x7e"
ESCAPE = 0x7D
MAX_FRAME_BYTES = 4096  # the longest message has 1 023 bytes; escaped throughout and with its header, 2 100
BODY_LENGTH_BITS = 0x03FF
ENCRYPTION_BITS = 0x1C00  # RSA is bit 10; 11 and 12 are reserved for other kinds
SUB_PACKET_BIT = 0x2000
VERSION_BIT = 0x4000

HEAD_2013 = Struct(">HH6sH")
HEAD_2019 = Struct(">HHB10sH")
SUB_PACKET = Struct(">HH")


class FrameFault(StrEnum):
    """What is wrong with a frame; the text is the name of the class in counters and counts."""

    CHECKSUM = "checksum"
    LENGTH = "length"
    TRUNCATED = "truncated"
    ENCRYPTED = "encrypted"


@dataclass(slots=True)
class Frame:
    """One message, or one packet of one.

    phone: as on the wire, BCD bytes. packets, index: of how many packets this is which one, counted from 1;
    0 for a whole message. fault: why the body must not be used, or None; `detail` says it in words.
    """

    msg_id: int
    phone: bytes
    serial: int
    body: bytes
    is_2019: bool = False
    packets: int = 0
    index: int = 0
    fault: FrameFault | None = None
    detail: str = ""

    @property
    def device_code(self) -> str:
        return device_code(self.phone)


def device_code(phone: bytes) -> str:
    """A phone number as devices are registered by it: without the zeros that pad it."""
    return phone.hex().lstrip("0") or "0"


def unescaped(content: bytes) -> bytes:
    """What stands between two delimiters, with its escapes undone. A lone 7d stays: the checksum decides."""
    if ESCAPE not in content:
        return content
    return content.replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d")


def escaped(message: bytes) -> bytes:
    """A message with its checksum, as it goes between two delimiters."""
    return message.replace(b"\x7d", b"\x7d\x01").replace(b"\x7e", b"\x7d\x02")


def xor_of(data: bytes) -> int:
    """XOR of all bytes: the number folded in half until one byte is left."""
    value, bits = int.from_bytes(data, "big"), 8
    while bits < 8 * len(data):
        bits *= 2
    while bits > 8:
        bits //= 2
        value ^= value >> bits
    return value & 0xFF


def read_frame(content: bytes) -> Frame | None:
    """The message between two delimiters, its fault noted; None where not even a header stands.

    With a fault the header's fields are what the bytes say, for a person to look at: only a frame without
    fault may be believed.
    """
    message = unescaped(content)
    if len(message) < HEAD_2013.size + 1:
        return None
    attributes = message[2] << 8 | message[3]
    if attributes & VERSION_BIT:
        if len(message) < HEAD_2019.size + 1:
            return None
        msg_id, attributes, _version, phone, serial = HEAD_2019.unpack_from(message)
        start, is_2019 = HEAD_2019.size, True
    else:
        msg_id, attributes, phone, serial = HEAD_2013.unpack_from(message)
        start, is_2019 = HEAD_2013.size, False
    packets = index = 0
    if attributes & SUB_PACKET_BIT:
        if len(message) < start + SUB_PACKET.size + 1:
            return None
        packets, index = SUB_PACKET.unpack_from(message, start)
        start += SUB_PACKET.size
    frame = Frame(msg_id, phone, serial, message[start:-1], is_2019, packets, index)
    if xor_of(message):
        frame.fault, frame.detail = FrameFault.CHECKSUM, _checksum_detail(message)
    elif len(frame.body) != attributes & BODY_LENGTH_BITS:
        told, there = attributes & BODY_LENGTH_BITS, len(frame.body)
        frame.fault, frame.detail = FrameFault.LENGTH, f"the header tells {told} bytes of body, {there} came"
    elif attributes & ENCRYPTION_BITS:
        frame.fault, frame.detail = FrameFault.ENCRYPTED, "the body is encrypted"
    return frame


def _checksum_detail(message: bytes) -> str:
    return f"checksum {message[-1]:02x} came, {xor_of(message[:-1]):02x} belongs to these bytes"


def contents_of(data: bytes) -> list[bytes]:
    """What stands between the delimiters of some bytes; all of them where there is no delimiter."""
    return [content for content in data.split(DELIMITER) if content]


def write_frame(msg_id: int, phone: bytes, serial: int, body: bytes, *, is_2019: bool = False) -> bytes:
    """A message as it goes over the wire; `phone` in the length of its version.

    Raises ValueError for a body that needs sub-packets.
    """
    if len(body) > BODY_LENGTH_BITS:
        raise ValueError(f"{len(body)} bytes of body do not fit in one frame")
    if is_2019:
        head = HEAD_2019.pack(msg_id, len(body) | VERSION_BIT, 1, phone, serial)
    else:
        head = HEAD_2013.pack(msg_id, len(body), phone, serial)
    message = head + body
    return DELIMITER + escaped(message + bytes((xor_of(message),))) + DELIMITER
