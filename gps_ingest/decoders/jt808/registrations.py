"""Who says a terminal that it is? The bodies of registration (0x0100) and authentication (0x0102).

Registration: province u16 · city u16 · maker · model · terminal id · plate colour u8 · plate (GBK). Maker,
model and id have 5, 8, 7 bytes in 2011, 5, 20, 7 in 2013 and 11, 30, 30 in 2019.
"""

from dataclasses import dataclass
from hashlib import sha256

from gps_ingest.decoders.jt808.frames import Frame

WIDTHS_2011, WIDTHS_2013, WIDTHS_2019 = (5, 8, 7), (5, 20, 7), (11, 30, 30)
REGION_BYTES = 4
MAX_IDENTITY = 64  # the column's width


class UnreadableBody(ValueError):
    """A body is not what its message should carry; the message is the sentence for a person."""


@dataclass(frozen=True, slots=True)
class Registration:
    """What a terminal says of itself."""

    maker: str
    model: str
    terminal: str
    plate_colour: int
    plate: str

    @property
    def identity(self) -> str:
        """What must stay the same from one registration to the next: maker, terminal, plate."""
        text = "/".join((self.maker, self.terminal, self.plate))
        if len(text) <= MAX_IDENTITY:
            return text
        return text[:47] + "#" + sha256(text.encode()).hexdigest()[:16]


def read_registration(frame: Frame) -> Registration:
    """The registration in a message 0x0100; raises UnreadableBody."""
    body = frame.body
    widths = _widths(frame)
    least = REGION_BYTES + sum(widths) + 1
    if len(body) < least:
        raise UnreadableBody(f"{len(body)} bytes are no registration, at least {least} belong to one")
    maker_at, model_at = REGION_BYTES, REGION_BYTES + widths[0]
    terminal_at, colour_at = model_at + widths[1], least - 1
    return Registration(
        maker=text_of(body[maker_at:model_at]),
        model=text_of(body[model_at:terminal_at]),
        terminal=text_of(body[terminal_at:colour_at]),
        plate_colour=body[colour_at],
        plate=text_of(body[least:]),
    )


def _widths(frame: Frame) -> tuple[int, int, int]:
    """2011 and 2013 differ in nothing but the length: a plate has at most 11 bytes."""
    if frame.is_2019:
        return WIDTHS_2019
    is_2013 = len(frame.body) >= REGION_BYTES + sum(WIDTHS_2013) + 1
    return WIDTHS_2013 if is_2013 else WIDTHS_2011


def read_token(frame: Frame) -> bytes:
    """The token in a message 0x0102; in 2019 length, token, IMEI, version of the software."""
    if not frame.is_2019:
        return frame.body.rstrip(b"\0")
    if not frame.body or len(frame.body) < 1 + frame.body[0]:
        raise UnreadableBody("the token is not as long as it is told to be")
    return frame.body[1 : 1 + frame.body[0]]


def text_of(field: bytes) -> str:
    """GBK text that may be padded with zeros or blanks, without what a terminal or a page could choke on."""
    text = field.partition(b"\0")[0] if field[:1] != b"\0" else field.lstrip(b"\0")
    decoded = text.decode("gb18030", "replace").strip(" \0")
    return "".join(character if character.isprintable() else "?" for character in decoded)
