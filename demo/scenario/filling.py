"""How does a load meet what is stored already? It fills blanks and never alters a value.

What was reported once stands: a later version of the folder may add what was not known before; a value
that differs from a stored one is refused, and the row with it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.scenario.fields import shown
from demo.scenario.outcome import Tally
from models.base import Base
from models.values import Refusal

CHUNK = 500  # codes in one IN (…): far below the bound of either engine


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored value that the folder contradicts."""

    field: str
    stored: object
    given: object
    how: str = "differs from"

    def sentence(self) -> str:
        known = f"{worded(self.stored)}, which was reported before and stands"
        return f"{worded(self.given)} {self.how} {known}"


def differences(row: Base, values: Mapping[str, object]) -> list[Difference]:
    """Where `values` contradict the row; a blank on either side contradicts nothing."""
    pairs = ((name, getattr(row, name), given) for name, given in values.items())
    return [
        Difference(name, stored, given)
        for name, stored, given in pairs
        if stored is not None and given is not None and stored != given
    ]


def ends_before_it_begins(row: Base, values: Mapping[str, object]) -> Iterator[Difference]:
    """Would a blank that is filled end what is in business from another day on?"""
    first, last = (getattr(row, name, None) or values.get(name) for name in ("active_from", "active_to"))
    if isinstance(first, date) and isinstance(last, date) and last < first:
        yield Difference("active_to", first, last, "lies before active_from")


def fill(row: Base, values: Mapping[str, object]) -> bool:
    """Set the row's blanks from `values`; was there any?"""
    blanks = {
        name: given for name, given in values.items() if given is not None and getattr(row, name) is None
    }
    for name, given in blanks.items():
        setattr(row, name, given)
    return bool(blanks)


@dataclass(frozen=True, slots=True)
class Given:
    """A row of the folder, ready for its table."""

    place: str
    key: tuple[Any, ...]
    values: dict[str, Any]  # by column, without the key


def store(
    session: Session,
    table: type[Base],
    key: Sequence[str],
    given: Iterable[Given],
    tally: Tally,
    fields: Mapping[str, str],
    touch: Callable[[Session, list[Any]], None] | None = None,
) -> Iterator[Refusal]:
    """Insert new rows, fill the blanks of known ones, refuse what contradicts or repeats.

    `fields` gives the folder's name of a column where it differs; `touch` is called with the rows that
    are new or filled, where what refers to them must be looked at again.
    """
    rows = list(given)
    known = known_rows(session, table, key, [row.key for row in rows])
    seen: set[tuple[Any, ...]] = set()
    changed: list[Any] = []
    for row in rows:
        stored = known.get(row.key)
        if row.key in seen:
            named = ", ".join(str(part) for part in row.key)
            yield Refusal(row.place, fields.get(key[-1], key[-1]), f"{named} appears more than once")
        elif stored is None:
            changed.append(table(**dict(zip(key, row.key, strict=True)), **row.values))
            tally.new += 1
        elif contradictions := [
            *differences(stored, row.values),
            *ends_before_it_begins(stored, row.values),
        ]:
            for each in contradictions:
                yield Refusal(row.place, fields.get(each.field, each.field), each.sentence())
        elif fill(stored, row.values):
            changed.append(stored)
            tally.filled += 1
        else:
            tally.unchanged += 1
        seen.add(row.key)
    session.add_all(changed)
    session.flush()
    if touch is not None and changed:
        touch(session, changed)


def known_rows(
    session: Session, table: type[Base], key: Sequence[str], keys: Sequence[tuple[Any, ...]]
) -> dict[tuple[Any, ...], Any]:
    """The stored rows that share the first part of their key with any of `keys`, by whole key."""
    first: Any = getattr(table, key[0])
    wanted = sorted({each[0] for each in keys})
    found = {}
    for start in range(0, len(wanted), CHUNK):
        for row in session.scalars(select(table).where(first.in_(wanted[start : start + CHUNK]))):
            found[tuple(getattr(row, name) for name in key)] = row
    return found


def worded(value: object) -> str:
    """A value in a sentence."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:g}"
    return shown(value) if isinstance(value, str) else shown(str(value))
