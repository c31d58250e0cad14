"""What does a message say, laid out for a person? The shape that `sludgetrace decode` prints.

An inspection shows what the bytes say even where they are not to be believed; `ok` tells which it is.
"""

from dataclasses import dataclass, field
from datetime import datetime

Fields = list[tuple[str, str]]
"""(id, value) of each further field of a report in hex, in the order in which they came."""


@dataclass(frozen=True, slots=True)
class InspectedFix:
    """A position report in words and units; blanks are None. `tlv` stays as sent."""

    time: datetime
    lat: float
    lon: float
    speed_kmh: float | None = None
    course_deg: float | None = None
    altitude_m: float | None = None
    fixed: bool | None = None
    load: str | None = None
    alarm: int | None = None
    status: int | None = None
    tlv: Fields = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Inspected:
    """A message as it was understood.

    error_class: the name by which errors are counted, None when ok; error: the sentence for a person.
    msg_id, phone, seq: what the message calls itself, its sender and its place in the sequence, where its
    format has such a thing.
    """

    ok: bool
    error_class: str | None = None
    error: str | None = None
    msg_id: str | None = None
    phone: str | None = None
    seq: int | None = None
    checksum_ok: bool | None = None
    fixes: tuple[InspectedFix, ...] = ()


def not_understood(error_class: str, error: str) -> Inspected:
    """A line that is no message at all."""
    return Inspected(ok=False, error_class=error_class, error=error)
