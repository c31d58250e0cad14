"""What does a line of a scale say? Fields by the named groups of a pattern; the raw line goes along.

A pattern needs the group `gross`; `tare`, `plate`, `number`, `at` and `unit` are read where it has them.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from tracking.rules.custody.tickets import TicketGiven

FORMATS: Mapping[str, str] = {
    # 00017,苏E12345,28000,11000,2026-03-02 08:00:00
    "csv": r"(?P<number>[^,]*),(?P<plate>[^,]*),(?P<gross>[0-9.]+),(?P<tare>[0-9.]*)(?:,(?P<at>[^,]+))?",
    # NO:00017 PLATE:苏E12345 GROSS:28000 kg TARE:11000 kg
    "labels": r"NO:\s*(?P<number>\S+)\s+PLATE:\s*(?P<plate>\S+)"
    r"\s+GROSS:\s*(?P<gross>[0-9.]+)\s*(?P<unit>kg|t)?"
    r"(?:\s+TARE:\s*(?P<tare>[0-9.]+)\s*(?:kg|t)?)?",
    # ST,GS,+  28000 kg
    "indicator": r"ST,GS,\s*\+?\s*(?P<gross>[0-9.]+)\s*(?P<unit>kg|t)",
}
"""Formats by name; docs/weighbridge.md describes them."""
MOMENTS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y%m%d%H%M%S")
KG_PER = {"kg": 1.0, "t": 1000.0}


class NotATicketLine(ValueError):
    """The line does not fit the pattern."""


def pattern_of(name_or_pattern: str) -> re.Pattern[str]:
    """A format by its name, or a pattern as given; raises ValueError where it has no group `gross`."""
    try:
        pattern = re.compile(FORMATS.get(name_or_pattern, name_or_pattern))
    except re.error as wrong:
        raise ValueError(f"the pattern cannot be read: {wrong}") from wrong
    if "gross" not in pattern.groupindex:
        raise ValueError("the pattern has no group (?P<gross>…)")
    return pattern


def ticket_of(
    line: str, pattern: re.Pattern[str], scale: str, read_at: datetime, zone: ZoneInfo
) -> TicketGiven:
    """The ticket of a line; the moment it was read where it names none. Raises NotATicketLine."""
    found = pattern.fullmatch(line.strip())
    if found is None:
        raise NotATicketLine(f"no ticket: {line.strip()[:80]!r}")
    said = {name: (value or "").strip() for name, value in found.groupdict().items()}
    per = KG_PER.get(said.get("unit", "").lower() or "kg", 1.0)
    gross_kg = mass(said["gross"], per)
    if gross_kg is None:
        raise NotATicketLine("the gross is blank")
    return TicketGiven(
        scale=scale,
        gross_kg=gross_kg,
        tare_kg=mass(said.get("tare", ""), per),
        weighed_at=moment_of(said.get("at", ""), zone) or read_at,
        number=said.get("number") or None,
        plate=said.get("plate") or None,
        raw_line=line,
    )


def mass(text: str, per: float) -> float | None:
    """kg; None where it is blank or zero, as indicators print a weighing that did not take place."""
    try:
        kg = float(text) * per if text else 0.0
    except ValueError as wrong:
        raise NotATicketLine(f"{text!r} is no number") from wrong
    return kg or None


def moment_of(text: str, zone: ZoneInfo) -> datetime | None:
    """A time as the indicator prints it, on the clock of its place."""
    if not text:
        return None
    for layout in MOMENTS:
        try:
            return datetime.strptime(text, layout).replace(tzinfo=zone)
        except ValueError:
            continue
    raise NotATicketLine(f"{text!r} is no time")
