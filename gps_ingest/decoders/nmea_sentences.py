"""How is one line of an NMEA 0183 talker split, and is it whole? Shared by GNSS receivers and AIS receivers.

A sentence is `$` or `!`, an address, fields between commas, `*` and the XOR of what lies between as two
hex digits (IEC 61162-1). In front may stand tag blocks `\\s:station,c:1700000000*hh\\` (IEC 61162-450, NMEA
4.10), behind it the suffix of coast guards `,rSTATION,1700000000`; both tell when a receiver heard it.
"""

import re
from dataclasses import dataclass
from functools import reduce
from operator import xor

from gps_ingest.decoders.fix_fields import EPOCH_S_BELOW, FIRST_MS, LAST_MS, shown
from models.vocabulary import MS_PER_S

MAX_LINE_BYTES = 1024  # a sentence has 82 characters, its tag blocks seldom more than 200
TAG_BLOCK = re.compile(rb"\\([^\\*]*)\*([0-9A-Fa-f]{2})\\")
SENTENCE = re.compile(rb"([$!])([^*\r\n]*)\*([0-9A-Fa-f]{2})(,[^*]*)?")
PROPRIETARY = "P"


class SentenceRefused(ValueError):
    """A line is not a sentence that can be trusted. `reason` is the class that is counted, the message the
    sentence for a person."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence whose checksum is right. `received_ms`: when its receiver heard it, by its own account."""

    start: str  # "$", or "!" for an encapsulated one
    talker: str  # "GP", "BD", "AI"; "P" for a maker's own sentence
    kind: str  # "RMC", "VDM"
    fields: tuple[str, ...]
    received_ms: int | None = None


def checksum(content: bytes) -> int:
    """The XOR of all bytes."""
    return reduce(xor, content, 0)


def sealed(content: str) -> bytes:
    """`content` with its checksum, as it stands between start and end of a sentence."""
    return f"{content}*{checksum(content.encode('ascii')):02X}".encode("ascii")


def receipt_stamp(received_ms: int) -> bytes:
    r"""The tag block `\c:…*hh\` that says when a line was received, to the second."""
    return b"\\" + sealed(f"c:{received_ms // MS_PER_S}") + b"\\"


def read_sentence(line: bytes) -> Sentence:
    """The sentence of a line; raises SentenceRefused."""
    line = line.strip()
    if len(line) > MAX_LINE_BYTES:
        raise SentenceRefused("oversized", f"has {len(line)} bytes, more than {MAX_LINE_BYTES}")
    if not line.isascii():
        raise SentenceRefused("not_a_sentence", "has bytes that are no ASCII")
    received_ms, begin = _read_tag_blocks(line)
    match = SENTENCE.fullmatch(line, begin)
    if match is None:
        if line[begin : begin + 1] in (b"$", b"!") and b"*" not in line:
            raise SentenceRefused("bad_checksum", f"{_quoted(line)} ends without a checksum")
        raise SentenceRefused("not_a_sentence", f"{_quoted(line)} is no sentence")
    start, content, told, suffix = match.groups()
    if checksum(content) != int(told, 16):
        raise SentenceRefused(
            "bad_checksum", f"the checksum is {told.decode()}, the content makes {checksum(content):02X}"
        )
    address, *fields = content.decode("ascii").split(",")
    talker = PROPRIETARY if address.startswith(PROPRIETARY) else address[:-3]
    if received_ms is None and suffix:
        received_ms = _count_ms(suffix.rpartition(b",")[2])
    return Sentence(start.decode(), talker, address.removeprefix(talker), tuple(fields), received_ms)


def _read_tag_blocks(line: bytes) -> tuple[int | None, int]:
    """The first time of receipt that tag blocks tell, and where the sentence begins."""
    begin, received_ms = 0, None
    while match := TAG_BLOCK.match(line, begin):
        if checksum(match[1]) != int(match[2], 16):
            raise SentenceRefused("bad_checksum", f"the tag block {_quoted(match[0])} has a bad checksum")
        for field in match[1].split(b","):
            if field.startswith(b"c:") and received_ms is None:
                received_ms = _count_ms(field[2:])
        begin = match.end()
    return received_ms, begin


def _count_ms(text: bytes) -> int | None:
    """A count of seconds or milliseconds since 1970 as milliseconds; None for anything else."""
    if not text.isdigit() or len(text) > 15:
        return None
    count = int(text)
    time_ms = count * MS_PER_S if count < EPOCH_S_BELOW else count
    return time_ms if FIRST_MS <= time_ms < LAST_MS else None


def _quoted(line: bytes) -> str:
    return shown(line.decode("ascii", "replace"))
