"""How is one field of a row read, and what is said when it cannot be?

A `Fields` reads one row (a CSV row, a JSON object, the properties of a map feature) and gathers every
fault as a Refusal with its place and field, so that a person sees all of them at once.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from models.values import Refusal

UTC_ZONE = ZoneInfo("UTC")
Word = TypeVar("Word", bound=StrEnum)
CODE = 64  # width of the columns that hold codes and numbers
NAME = 200
SENTENCE = 500
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
MAX_NUMBER = 1e12  # kilograms of anything on Earth that is weighed


@dataclass(slots=True)
class Fields:
    """One row under reading. `place` is "file:line", `prefix` the path of a nested object ("legs[0].")."""

    values: Mapping[str, object]
    place: str
    zone: ZoneInfo = UTC_ZONE
    prefix: str = ""
    refusals: list[Refusal] = field(default_factory=list)

    def refuse(self, name: str, reason: str) -> None:
        self.refusals.append(Refusal(self.place, f"{self.prefix}{name}", reason))

    def within(self, values: object, path: str) -> "Fields | None":
        """A nested object, whose faults gather with this row's; anything but an object is refused."""
        if not isinstance(values, Mapping):
            self.refuse(path, "is not an object")
            return None
        return Fields(values, self.place, self.zone, f"{self.prefix}{path}.", self.refusals)

    def has(self, name: str) -> bool:
        """Is the field there and not blank?"""
        value = self.values.get(name)
        return value is not None and not (isinstance(value, str) and not value.strip())

    def missing(self, name: str) -> bool:
        if self.has(name):
            return False
        self.refuse(name, "is missing")
        return True

    def optional_text(self, name: str, limit: int = CODE) -> str | None:
        """The text of a field, or None where blank. Numbers serve as codes too."""
        if not self.has(name):
            return None
        value = self.values[name]
        if isinstance(value, bool) or not isinstance(value, str | int):
            self.refuse(name, f"{shown(value)} is not text")
            return None
        text = str(value).strip()
        if len(text) > limit:
            self.refuse(name, f"is longer than {limit} characters")
        elif not is_storable(text):
            self.refuse(name, "has characters that are no text")
        else:
            return text
        return None

    def text(self, name: str, limit: int = CODE) -> str:
        """A required text; "" stands in for a refused one."""
        return "" if self.missing(name) else self.optional_text(name, limit) or ""

    def optional_number(
        self, name: str, *, above: float | None = None, least: float | None = None
    ) -> float | None:
        """A finite number > `above` or >= `least`, or None where blank."""
        if not self.has(name):
            return None
        number = as_number(self.values[name])
        if number is None:
            self.refuse(name, f"{shown(self.values[name])} is not a number")
        elif abs(number) > MAX_NUMBER:
            self.refuse(name, f"{shown(self.values[name])} is out of all bounds")
        elif above is not None and number <= above:
            self.refuse(name, f"{number:g} is not above {above:g}")
        elif least is not None and number < least:
            self.refuse(name, f"{number:g} is below {least:g}")
        else:
            return number
        return None

    def number(self, name: str, *, above: float | None = None, least: float | None = None) -> float:
        """A required number; NaN stands in for a refused one."""
        number = None if self.missing(name) else self.optional_number(name, above=above, least=least)
        return math.nan if number is None else number

    def optional_fraction(self, name: str, *, one_too: bool = False) -> float | None:
        """A fraction in [0, 1), or in [0, 1] with `one_too`."""
        value = self.optional_number(name)
        if value is not None and not (0 <= value < 1 or (one_too and value == 1)):
            self.refuse(name, f"{value:g} is not a fraction from 0 to 1")
            return None
        return value

    def optional_whole(self, name: str) -> int | None:
        """A whole number >= 0, or None where blank."""
        value = self.optional_number(name, least=0)
        if value is not None and not (value.is_integer() and value < 2**31):
            self.refuse(name, f"{value:g} is not a whole number")
            return None
        return None if value is None else int(value)

    def optional_word(self, name: str, words: type[Word]) -> Word | None:
        """A member of a closed list, or None where blank."""
        if not self.has(name):
            return None
        try:
            return words(str(self.values[name]).strip())
        except ValueError:
            known = ", ".join(word.value for word in words)
            self.refuse(name, f"{shown(self.values[name])} is none of {known}")
            return None

    def word(self, name: str, words: type[Word]) -> Word:
        """A required member of a closed list; its first member stands in for a refused one."""
        found = None if self.missing(name) else self.optional_word(name, words)
        return next(iter(words)) if found is None else found

    def optional_time(self, name: str) -> datetime | None:
        """An ISO 8601 time with zone.

        A bare date counts in the scenario's own zone: from its first moment, or, as the end of a validity,
        to its last.
        """
        if not self.has(name):
            return None
        value = self.values[name]
        moment = as_time(value, self.zone, to_its_end=name.endswith("valid_to"))
        if moment is None:
            self.refuse(name, f"{shown(value)} is not an ISO 8601 time with zone")
        elif not EARLIEST <= moment < LATEST:
            self.refuse(name, f"{shown(value)} lies outside 1970 to 2200")
        else:
            return moment
        return None

    def time(self, name: str) -> datetime:
        """A required time; the epoch stands in for a refused one."""
        moment = None if self.missing(name) else self.optional_time(name)
        return EARLIEST if moment is None else moment

    def day(self, name: str) -> date:
        """A required ISO date; the epoch stands in for a refused one."""
        if self.missing(name):
            return EARLIEST.date()
        try:
            return date.fromisoformat(str(self.values[name]).strip())
        except ValueError:
            self.refuse(name, f"{shown(self.values[name])} is not an ISO 8601 date")
            return EARLIEST.date()

    def active_days(self) -> tuple[date | None, date | None]:
        """First and last day in business or in service, both included; blank: without begin or end."""
        first = self.day("active_from") if self.has("active_from") else None
        last = self.day("active_to") if self.has("active_to") else None
        if first is not None and last is not None and last < first:
            self.refuse("active_to", "is before active_from")
        return first, last

    def ordered(self, start_name: str, start: datetime | None, end: datetime | None, end_name: str) -> None:
        """Refuse an interval that ends before it starts."""
        if start is not None and end is not None and end <= start:
            self.refuse(end_name, f"is not after {start_name}")

    def items(self, name: str) -> Iterator[tuple[int, object]]:
        """The elements of a list with their index; none for an absent one, anything else is refused."""
        value = self.values.get(name)
        if value is None:
            return iter(())
        if not isinstance(value, list):
            self.refuse(name, "is not a list")
            return iter(())
        return enumerate(value)


def as_number(value: object) -> float | None:
    """A finite number or its text, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and "_" in value:  # Python reads 1_000, paper does not
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def as_time(value: object, zone: ZoneInfo, *, to_its_end: bool = False) -> datetime | None:
    """An aware time in UTC, or None; a bare date is its first moment in `zone`, or the first after it."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            if len(text) > len("2026-01-31"):
                return None
            moment = (moment + timedelta(days=to_its_end)).replace(tzinfo=zone)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def is_storable(text: str) -> bool:
    """Text that both databases can hold and a terminal show: no control characters, no lone surrogates."""
    return all(char.isprintable() or char in "\t\n\u3000" for char in text)


def shown(value: object) -> str:
    """A value as a sentence shows it: short and printable."""
    text = f"'{value}'" if isinstance(value, str) and value.isprintable() else ascii(value)
    return text if len(text) <= 40 else text[:37] + "…"
