"""Which sentences make one AIS message? Parts of a longer message come one by one, mixed with others.

A part names how many there are, which it is, a number from 0 to 9 that the parts share, and the radio
channel (IEC 61162-1, VDM and VDO). Parts may come in any order and between those of other messages; what is
not complete after ASSEMBLY_S is given up and counted. One assembly serves one source: another receiver
numbers anew.
"""

import re
from dataclasses import dataclass, field

from gps_ingest.decoders.nmea_sentences import Sentence, SentenceRefused
from models.vocabulary import MS_PER_S

ASSEMBLY_S = 60
MOST_PENDING = 64  # 10 numbers on 2 channels are in use at a time; the rest is noise
MOST_PARTS = 9
KINDS = ("VDM", "VDO")
ARMOUR = re.compile(r"[0-W`-w]+")  # six bits a character: 48-87 and 96-119

Key = tuple[str, str, int]  # channel, number, parts


@dataclass(frozen=True, slots=True)
class AisMessage:
    """The payload of a message, the lines that brought it, and where each of them stood."""

    payload: str
    fill_bits: int
    received_ms: int | None
    lines: tuple[bytes, ...]
    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One sentence of a message."""

    key: Key
    number: int
    payload: str
    fill_bits: int
    received_ms: int | None
    line: bytes
    position: int


@dataclass(slots=True)
class Pending:
    """A message of which parts are missing."""

    since_ms: int
    parts: dict[int, Part] = field(default_factory=dict)


class Assembly:
    """The unfinished messages of one source. `given_up` holds the parts that found no others."""

    def __init__(self) -> None:
        self._pending: dict[Key, Pending] = {}
        self.given_up: list[Part] = []

    def add(self, sentence: Sentence, line: bytes, now_ms: int, position: int = 0) -> AisMessage | None:
        """The message that this sentence makes whole, if it does; raises SentenceRefused."""
        part = read_part(sentence, line, position)
        if part.key[2] == 1:
            return message_of([part])
        self.give_up_before(now_ms - ASSEMBLY_S * MS_PER_S)
        pending = self._pending.get(part.key)
        if pending is not None and _contradicts(pending, part):
            self._drop(part.key)
            pending = None
        if pending is None:
            pending = self._pending[part.key] = Pending(now_ms)
            if len(self._pending) > MOST_PENDING:
                self._drop(next(iter(self._pending)))
        pending.parts[part.number] = part
        if len(pending.parts) < part.key[2]:
            return None
        del self._pending[part.key]
        return message_of([pending.parts[number] for number in sorted(pending.parts)])

    def give_up_before(self, time_ms: int) -> None:
        """Give up what began before this time."""
        for key in [key for key, pending in self._pending.items() if pending.since_ms < time_ms]:
            self._drop(key)

    def give_up(self) -> None:
        """Give up everything that is unfinished."""
        for key in list(self._pending):
            self._drop(key)

    def _drop(self, key: Key) -> None:
        self.given_up += self._pending.pop(key).parts.values()


def read_part(sentence: Sentence, line: bytes, position: int) -> Part:
    """The fields of a VDM or VDO sentence; raises SentenceRefused."""
    if len(sentence.fields) != 6:
        raise SentenceRefused("wrong_length", f"has {len(sentence.fields)} fields where six are due")
    total, number, shared, channel, payload, fill = sentence.fields
    if not (total.isdecimal() and number.isdecimal() and 1 <= int(number) <= int(total) <= MOST_PARTS):
        raise SentenceRefused("bad_part", f"says that it is part {number[:9]} of {total[:9]}")
    if fill not in ("0", "1", "2", "3", "4", "5"):
        raise SentenceRefused("wrong_length", f"says that {fill[:9]!r} bits at its end are filling")
    if not payload:
        raise SentenceRefused("empty", "has no payload")
    if not ARMOUR.fullmatch(payload):
        raise SentenceRefused("bad_payload", "its payload has characters that are none of AIS")
    key = (channel, shared, int(total))
    return Part(key, int(number), payload, int(fill), sentence.received_ms, line, position)


def _contradicts(pending: Pending, part: Part) -> bool:
    """The same part with other content: the number is in use for the next message."""
    known = pending.parts.get(part.number)
    return known is not None and known.payload != part.payload


def message_of(parts: list[Part]) -> AisMessage:
    """Parts in their order, as one."""
    if len(parts) == 1:
        [part] = parts
        return AisMessage(part.payload, part.fill_bits, part.received_ms, (part.line,), (part.position,))
    return AisMessage(
        payload="".join(part.payload for part in parts),
        fill_bits=parts[-1].fill_bits,
        received_ms=next((part.received_ms for part in parts if part.received_ms is not None), None),
        lines=tuple(part.line for part in parts),
        positions=tuple(part.position for part in parts),
    )
