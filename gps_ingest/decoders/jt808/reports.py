"""What do terminals report beside their place? The waybill (0x0701) and the driver's card (0x0702)."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from gps_ingest.decoders.jt808.bcd_times import NoSuchTime, moment_ms
from gps_ingest.decoders.jt808.frames import Frame
from gps_ingest.decoders.jt808.registrations import UnreadableBody, text_of

MAX_TEXT = 4000  # characters of a waybill that are kept readable; its bytes are kept whole
MAX_NUMBERS = 100  # words of a waybill that may be the number of a manifest
NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z_./\-]{2,63}")
CARD_IN, CARD_OUT = 1, 2
EVENT_BYTES = 8  # event, time, result
CARD_READ = 0
CARD_RESULTS = ("read", "wrong_key", "locked", "removed", "wrong_checksum")  # 0x00 to 0x04
LICENCE_BYTES, LICENCE_BYTES_2011, PERSON_NUMBER_BYTES, VALIDITY_BYTES = 20, 40, 20, 4
PADDING = b"\0 "
NO_VALIDITY = (b"\0" * 4, b"\xff" * 4, b" " * 4)
FIRST_PRINTABLE = 0x20


@dataclass(frozen=True, slots=True)
class Waybill:
    """电子运单: free text. `numbers`: the words in it that may be the number of a manifest."""

    text: str
    numbers: tuple[str, ...]

    @property
    def facts(self) -> dict[str, Any]:
        return {"text": self.text[:MAX_TEXT]}


def read_waybill(frame: Frame) -> Waybill:
    """The waybill in a message 0x0701: length u32, then the text in GBK; raises UnreadableBody."""
    told = int.from_bytes(frame.body[:4], "big")
    data = frame.body[4:]
    if len(frame.body) < 4 or told != len(data):
        raise UnreadableBody(f"the waybill is told to have {told} bytes, {len(data)} came")
    text = data.decode("gb18030", "replace")
    shown = "".join(character if character.isprintable() or character == "\n" else "?" for character in text)
    return Waybill(shown, tuple(dict.fromkeys(NUMBER.findall(text)))[:MAX_NUMBERS])


@dataclass(frozen=True, slots=True)
class DriverCard:
    """驾驶员身份信息: who put a card in or took it out, and when.

    at_ms: the terminal's time, None in 2011, which tells none. The number of the person's identity card is
    read over: nothing here needs it.
    """

    at_ms: int | None
    facts: dict[str, Any]


def read_driver_card(frame: Frame, utc_offset_ms: int) -> DriverCard:
    """The card in a message 0x0702; raises UnreadableBody, without a byte of the card in its words.

    2013 and 2019: event u8, time BCD[6] and, with a card put in, result u8 · name length u8, name · licence
    20 · issuer length u8, issuer · valid until BCD YYYYMMDD · in 2019 the person's number 20. 2011: name
    length u8, name · person's number 20 · licence 40 · issuer length u8, issuer.
    """
    at_ms, facts, _kept = _read(frame, utc_offset_ms)
    return DriverCard(at_ms, facts)


def without_person_number(frame: Frame) -> bytes:
    """The body of a driver's card with the number of the person's identity card blanked: it is not kept.

    Blanked is all that is not read as something else, so that nothing depends on how long a terminal makes
    the number or what it puts behind it. Raises as read_driver_card: of what is not understood nobody knows
    where the number stands.
    """
    kept = _read(frame, 0)[2]
    blanked = bytearray(len(frame.body))
    for start, end in kept:
        blanked[start:end] = frame.body[start:end]
    return bytes(blanked)


Card = tuple[int | None, dict[str, Any], list[tuple[int, int]]]
"""The time, the facts, and which bytes of the body tell them."""


def _read(frame: Frame, utc_offset_ms: int) -> Card:
    body = frame.body
    if not body:
        raise UnreadableBody("the driver's card has no bytes")
    if not frame.is_2019 and body[0] not in (CARD_IN, CARD_OUT):
        return _card_2011(_Reader(body))
    try:
        return _card(body, utc_offset_ms)
    except NoSuchTime:
        if frame.is_2019:  # no reason may repeat bytes of a card: they are stored
            raise UnreadableBody("the driver's card tells no time") from None
    return _card_2011(_Reader(body))  # whose name has one or two bytes: no digit of a number is an hour


class _Reader:
    """Takes the pieces of a body one after the other, and notes which bytes were read as something."""

    def __init__(self, body: bytes, start: int = 0) -> None:
        self._body, self._at = body, start
        self.kept = [(0, start)]

    @property
    def rest(self) -> bytes:
        return self._body[self._at :]

    def skip(self, count: int) -> bytes:
        """A piece that is not kept."""
        piece = self._body[self._at : self._at + count]
        if len(piece) < count:
            raise UnreadableBody("the driver's card ends too early")
        self._at += count
        return piece

    def take(self, count: int) -> bytes:
        self.kept.append((self._at, self._at + count))
        return self.skip(count)

    def take_text(self, count: int | None = None) -> str:
        """Text of so many bytes; without a count the piece tells its own length first.

        Text with other bytes in it is none: lengths that are wrong would pass off a number as a name.
        """
        piece = self.take(self.take(1)[0] if count is None else count)
        if any(byte < FIRST_PRINTABLE for byte in piece.strip(PADDING)):
            raise UnreadableBody("the driver's card has bytes where text belongs")
        return text_of(piece)


def _card(body: bytes, utc_offset_ms: int) -> Card:
    """As 2013 and 2019 send it."""
    if len(body) < EVENT_BYTES - 1:
        raise UnreadableBody(f"{len(body)} bytes are no driver's card")
    at_ms = moment_ms(body[1:7], utc_offset_ms)
    facts: dict[str, Any] = {"event": "in" if body[0] == CARD_IN else "out"}
    reader = _Reader(body, min(EVENT_BYTES, len(body)))
    if len(body) >= EVENT_BYTES:
        result = body[EVENT_BYTES - 1]
        facts["result"] = CARD_RESULTS[result] if result < len(CARD_RESULTS) else f"{result:#04x}"
        if result == CARD_READ and len(body) > EVENT_BYTES:
            facts |= {
                "name": reader.take_text(),
                "licence": reader.take_text(LICENCE_BYTES),
                "issuer": reader.take_text(),
                "valid_until": _day(reader.take(VALIDITY_BYTES)),
            }
    return at_ms, facts, reader.kept


def _card_2011(reader: _Reader) -> Card:
    name = reader.take_text()
    reader.skip(PERSON_NUMBER_BYTES)
    licence = reader.take_text(LICENCE_BYTES_2011)
    facts = {"event": "in", "name": name, "licence": licence, "issuer": reader.take_text()}
    if reader.rest.strip(PADDING):  # then the number stood elsewhere than where it was looked for
        raise UnreadableBody("the driver's card goes on behind its end")
    return None, facts, reader.kept


def _day(bcd: bytes) -> str | None:
    """YYYYMMDD as an ISO date; None where it is left blank, UnreadableBody for any other four bytes."""
    if bcd in NO_VALIDITY:
        return None
    digits = bcd.hex()
    day = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
    try:
        date.fromisoformat(day)
    except ValueError:
        raise UnreadableBody("the day until which the card is valid is none") from None
    return day
