"""Is what was typed whole? Every field that is wrong is collected, so that a person hears of all at once."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.facilities import Facility, Route
from models.fleet import Scale, Vehicle
from models.organisations import Organisation
from models.values import Viewer
from models.vocabulary import Role
from tracking.operations.administer.refusals import NotAdministering
from tracking.operations.custody.refusals import StepBlocked
from tracking.rules.custody.facts import Blocked
from tracking.rules.custody.guards import blocked

KEEPERS = frozenset({Role.REGULATOR, Role.ADMINISTRATOR})
"""Who keeps permits, licences, approvals, plans and diversions."""

Row = TypeVar("Row", Facility, Organisation, Vehicle, Route, Scale)


def allowed(viewer: Viewer, roles: Collection[Role]) -> int:
    """The row id of the login; raises NotAdministering for another role."""
    if viewer.role not in roles or viewer.user_id is None:
        raise NotAdministering
    return viewer.user_id


class Entry:
    """What is wrong with one entry; `done` refuses when anything is."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.wrong: list[Blocked] = []

    def say(self, field: str, code: str, **params: float | int | str | None) -> None:
        self.wrong.append(blocked(field, code, **params))

    def done(self) -> None:
        """Raise StepBlocked with all that was said."""
        if self.wrong:
            raise StepBlocked(self.wrong)

    def text(self, field: str, given: str | None, most: int) -> str:
        """The text without its edges, of 1 to `most` characters."""
        kept = (given or "").strip()
        if not kept:
            self.say(field, "field_missing")
        elif len(kept) > most:
            self.say(field, "too_long", most=most)
        return kept

    def positive(self, **fields: float | None) -> None:
        """Every figure that is given is above zero."""
        for field, value in fields.items():
            if value is not None and value <= 0:
                self.say(field, "not_positive", given=value)

    def fraction(self, field: str, value: float | None) -> None:
        """A share of one, where it is given."""
        if value is not None and not 0 <= value <= 1:
            self.say(field, "no_fraction", given=value)

    def dates(self, first: date, last: date | None) -> None:
        """The last day is not before the first."""
        if last is not None and last < first:
            self.say("valid_to", "ends_before_it_begins")

    def words(self, field: str, given: Iterable[str] | None, known: type[StrEnum]) -> list[str] | None:
        """Words of a vocabulary, each once; None stays: nothing is limited."""
        if given is None:
            return None
        kept = list(dict.fromkeys(given))
        for word in kept:
            if word not in {each.value for each in known}:
                self.say(field, "not_known", given=word)
        return kept

    def row(self, field: str, table: type[Row], code: str | None) -> Row | None:
        """The row with this code; None, and said so, where there is none."""
        found = None if not code else self.session.scalar(select(table).where(table.code == code))
        if found is None:
            self.say(field, "not_known" if code else "field_missing", **({"given": code} if code else {}))
        return found

    def free(self, field: str, table: type[Row], code: str) -> None:
        """No row has this code yet."""
        if code and self.session.scalar(select(table.id).where(table.code == code)) is not None:
            self.say(field, "code_taken", given=code)


def assign(row: object, values: Mapping[str, Any]) -> bool:
    """Set columns; whether anything changed."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return bool(changed)
