"""What do terminals report beside their place? The waybill (0x0701) and the driver's card (0x0702)."""

import re
from dataclasses import dataclass
from typing import Any

from gps_ingest.decoders.jt808.bcd_times import DIGITS, moment_ms
from gps_ingest.decoders.jt808.frames import Frame
from gps_ingest.decoders.jt808.registrations import UnreadableBody, text_of

MAX_TEXT = 4000  # characters of a waybill that are kept readable; its bytes are kept whole
MAX_NUMBERS = 100  # words of a waybill that may be the number of a manifest
NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z_./\-]{2,63}")
CARD_IN, CARD_OUT = 1, 2
CARD_RESULTS = ("read", "wrong_key", "locked", "removed", "wrong_checksum")  # 0x00 to 0x04
LICENCE_BYTES, LICENCE_BYTES_2011, PERSON_NUMBER_BYTES, VALIDITY_BYTES = 20, 40, 20, 4


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
    """The card in a message 0x0702; raises UnreadableBody or NoSuchTime.

    2013 and 2019: event u8, time BCD[6] and, with a card put in, result u8 · name length u8, name · licence
    20 · issuer length u8, issuer · valid until BCD YYYYMMDD · in 2019 the person's number 20. 2011: name
    length u8, name · person's number 20 · licence 40 · issuer length u8, issuer.
    """
    body = frame.body
    if not body:
        raise UnreadableBody("the driver's card has no bytes")
    if not frame.is_2019 and body[0] not in (CARD_IN, CARD_OUT):
        return DriverCard(None, _card_2011(_Reader(body)))
    if len(body) < 7:
        raise UnreadableBody(f"{len(body)} bytes are no driver's card")
    facts: dict[str, Any] = {"event": "in" if body[0] == CARD_IN else "out"}
    if len(body) > 7:
        result = body[7]
        facts["result"] = CARD_RESULTS[result] if result < len(CARD_RESULTS) else f"{result:#04x}"
        if result == 0 and len(body) > 8:
            facts |= _card(_Reader(body[8:]))
    return DriverCard(moment_ms(body[1:7], utc_offset_ms), facts)


class _Reader:
    """Takes the pieces of a body one after the other."""

    def __init__(self, body: bytes) -> None:
        self._body, self._at = body, 0

    def take(self, count: int) -> bytes:
        piece = self._body[self._at : self._at + count]
        if len(piece) < count:
            raise UnreadableBody("the driver's card ends too early")
        self._at += count
        return piece

    def take_text(self) -> str:
        """A piece that tells its own length first."""
        return text_of(self.take(self.take(1)[0]))


def _card(reader: _Reader) -> dict[str, Any]:
    return {
        "name": reader.take_text(),
        "licence": text_of(reader.take(LICENCE_BYTES)),
        "issuer": reader.take_text(),
        "valid_until": _day(reader.take(VALIDITY_BYTES)),
    }


def _card_2011(reader: _Reader) -> dict[str, Any]:
    name = reader.take_text()
    reader.take(PERSON_NUMBER_BYTES)
    licence = text_of(reader.take(LICENCE_BYTES_2011))
    return {"event": "in", "name": name, "licence": licence, "issuer": reader.take_text()}


def _day(bcd: bytes) -> str | None:
    """YYYYMMDD as an ISO date; None where it is none."""
    if any(DIGITS[byte] < 0 for byte in bcd):
        return None
    digits = bcd.hex()
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


def without_person_number(frame: Frame) -> bytes:
    """The body of a driver's card with the number of the person's identity card blanked: it is not kept."""
    body = frame.body
    if frame.is_2019:
        end = len(body)
        has_number = len(body) > 8 + PERSON_NUMBER_BYTES
        return body[: end - PERSON_NUMBER_BYTES] + bytes(PERSON_NUMBER_BYTES) if has_number else body
    if body[:1] and body[0] not in (CARD_IN, CARD_OUT):
        start = 1 + body[0]
        return body[:start] + bytes(len(body[start : start + PERSON_NUMBER_BYTES])) + body[start + 20 :]
    return body
