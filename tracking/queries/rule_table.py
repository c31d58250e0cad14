"""Which limits stand in the rule table, which hold on a day, and who entered and confirmed them?"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.limits import RuleLimit
from models.organisations import User
from models.permits import LimitChange


@dataclass(frozen=True, slots=True)
class Change:
    """`act` is "entered" or "confirmed"."""

    act: str
    by: str
    at: datetime
    note: str | None


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A dated limit; `valid_to` is the day before the next one of its subject, None for the newest.

    `confirmed`: an administrator has read it in the official text. `holds`: on the day that was asked for.
    """

    id: int
    subject: str
    value: float
    inclusive: bool
    unit: str
    standard: str
    clause: str | None
    valid_from: date
    valid_to: date | None
    confirmed: bool
    holds: bool
    changes: tuple[Change, ...]


def rule_table(session: Session, day: date, *, subject: str = "") -> list[LimitRow]:
    """All limits by subject and then by day, the newest first; everybody signed in may read them."""
    query = select(RuleLimit).order_by(RuleLimit.subject, RuleLimit.valid_from.desc())
    rows = session.scalars(query.where(RuleLimit.subject == subject) if subject else query).all()
    changes = changes_of(session)
    ends: dict[str, date] = {}
    found = []
    for row in rows:
        until = ends.get(row.subject)
        ends[row.subject] = row.valid_from
        found.append(
            LimitRow(
                id=row.id,
                subject=row.subject,
                value=row.value,
                inclusive=row.inclusive,
                unit=row.unit,
                standard=row.standard,
                clause=row.clause,
                valid_from=row.valid_from,
                valid_to=None if until is None else date.fromordinal(until.toordinal() - 1),
                confirmed=row.confirmed,
                holds=row.valid_from <= day and (until is None or day < until),
                changes=changes.get(row.id, ()),
            )
        )
    return found


def limit_by_id(session: Session, limit_id: int, day: date) -> LimitRow | None:
    """One limit with its changes."""
    subject = session.scalar(select(RuleLimit.subject).where(RuleLimit.id == limit_id))
    rows = [] if subject is None else rule_table(session, day, subject=subject)
    return next((row for row in rows if row.id == limit_id), None)


def changes_of(session: Session) -> dict[int, tuple[Change, ...]]:
    """Who did what, by row id of the limit, in order of time."""
    query = (
        select(LimitChange.limit_id, LimitChange.act, User.display_name, LimitChange.at, LimitChange.note)
        .join(User, User.id == LimitChange.user_id)
        .order_by(LimitChange.id)
    )
    found: dict[int, list[Change]] = defaultdict(list)
    for limit_id, act, by, at, note in session.execute(query).all():
        found[limit_id].append(Change(act, by, at, note))
    return {limit_id: tuple(each) for limit_id, each in found.items()}
