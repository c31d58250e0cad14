"""What makes a ticket of a scale the same ticket, and what stands against one?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from math import isfinite

from tracking.rules.custody.content import canonical, moment, number, without_blanks
from tracking.rules.custody.facts import Blocked
from tracking.rules.custody.guards import CLOCKS_APART, blocked

LONGEST_LINE = 4096
LONGEST_WORD = 64
HEAVIEST_KG = 1e7  # no scale weighs ten thousand tonnes: a line was read wrongly
BETWEEN = "·•・.-_ \t　"
"""Signs that people and scales put between the parts of a plate, or not."""


@dataclass(frozen=True, slots=True)
class TicketGiven:
    """A ticket as the scale gave it: kg, aware time; raw_line is what came over the wire."""

    scale: str
    gross_kg: float
    weighed_at: datetime
    tare_kg: float | None = None
    number: str | None = None
    plate: str | None = None
    raw_line: str | None = None


def ticket_digest(ticket: TicketGiven) -> str:
    """The same for the same weighing however often it is sent: SHA-256 of its canonical JSON."""
    content = without_blanks(
        {
            "scale": ticket.scale,
            "number": ticket.number,
            "plate": ticket.plate,
            "gross_kg": number(ticket.gross_kg),
            "tare_kg": number(ticket.tare_kg),
            "weighed_at": moment(ticket.weighed_at),
            "raw_line": ticket.raw_line,
        }
    )
    return sha256(canonical(content)).hexdigest()


def plain_plate(plate: str) -> str:
    """A plate as it is compared: without what stands between its parts, in capitals."""
    return "".join(sign for sign in plate if sign not in BETWEEN).upper()


def not_a_ticket(ticket: TicketGiven, now: datetime) -> Iterator[Blocked]:
    """Why what was given is no ticket."""
    for field, value in (("gross_kg", ticket.gross_kg), ("tare_kg", ticket.tare_kg)):
        if value is not None and not (isfinite(value) and 0 < value <= HEAVIEST_KG):
            shown = value if isfinite(value) else str(value)
            yield blocked(field, "mass_out_of_range", given=shown)
    if ticket.tare_kg is not None and ticket.gross_kg <= ticket.tare_kg:
        yield blocked("tare_kg", "gross_not_above_tare", gross_kg=ticket.gross_kg, tare_kg=ticket.tare_kg)
    if ticket.weighed_at > now + CLOCKS_APART:
        yield blocked("weighed_at", "in_the_future", at=ticket.weighed_at.isoformat(), now=now.isoformat())
    for field, text in (("number", ticket.number), ("plate", ticket.plate)):
        if text is not None and len(text) > LONGEST_WORD:
            yield blocked(field, "too_long", most=LONGEST_WORD)
    if ticket.raw_line is not None and len(ticket.raw_line) > LONGEST_LINE:
        yield blocked("raw_line", "too_long", most=LONGEST_LINE)
    if any(text and "\x00" in text for text in (ticket.number, ticket.plate, ticket.raw_line)):
        yield blocked("raw_line", "no_text")
