"""How does a limit get into the rule table? A regulator enters it, an administrator confirms it.

A limit that was confirmed is never changed: the next one begins on its own day. Whatever manifests a new
limit may judge otherwise are judged again.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.limits import RuleLimit
from models.manifests import Manifest
from models.permits import LimitChange
from models.values import Viewer
from models.vocabulary import Role
from tracking.operations.administer.entries import Entry, allowed, assign
from tracking.operations.administer.refusals import NothingThere
from tracking.operations.custody.refusals import StepBlocked
from tracking.operations.mark_manifests import mark_manifests
from tracking.rules.custody.guards import blocked
from tracking.rules.limit_subjects import unit_of

ENTERED, CONFIRMED = "entered", "confirmed"


@dataclass(frozen=True, slots=True)
class LimitDraft:
    """A limit as typed; subjects are those of tracking/rules/limit_subjects.py."""

    subject: str
    value: float
    inclusive: bool
    unit: str
    standard: str
    valid_from: date
    clause: str | None = None


def enter_limit(
    session: Session,
    draft: LimitDraft,
    viewer: Viewer,
    now: datetime,
    zone: ZoneInfo,
    note: str | None = None,
) -> int:
    """The row id of a limit that holds from a day on, marked unconfirmed, in the caller's transaction.

    An unconfirmed limit of the same subject and day is replaced, its old value kept in the note. Raises
    NotAdministering, StepBlocked.
    """
    user_id = allowed(viewer, {Role.REGULATOR})
    values = checked(session, draft)
    same = (RuleLimit.subject == draft.subject) & (RuleLimit.valid_from == draft.valid_from)
    row = session.scalar(select(RuleLimit).where(same).with_for_update())
    said = (note or "").strip()
    if row is None:
        row = RuleLimit(**values, confirmed=False)
        session.add(row)
    elif row.confirmed:
        raise StepBlocked([blocked("valid_from", "limit_confirmed", subject=row.subject)])
    else:
        said = f"{said} ({row.value:g} {row.unit} -> {draft.value:g} {draft.unit})".strip()
        assign(row, values)
    session.flush()
    session.add(LimitChange(limit_id=row.id, act=ENTERED, note=said[:500] or None, user_id=user_id, at=now))
    begins = datetime.combine(draft.valid_from, time(), zone)
    mark_manifests(session, select(Manifest.id).where(Manifest.issued_at >= begins))
    return row.id


def checked(session: Session, draft: LimitDraft) -> dict[str, object]:
    """The columns of a draft; raises StepBlocked with everything that is wrong."""
    entry = Entry(session)
    wanted = unit_of(draft.subject)
    if wanted is None:
        entry.say("subject", "not_known", given=draft.subject)
    elif draft.unit != wanted:
        entry.say("unit", "unit_wanted", unit=wanted)
    elif wanted == "fraction":
        entry.fraction("value", draft.value)
    elif draft.value < 0:
        entry.say("value", "not_positive", given=draft.value)
    values = asdict(draft) | {"standard": entry.text("standard", draft.standard, 64)}
    values["clause"] = (draft.clause or "").strip() or None
    if values["clause"] is not None:
        entry.text("clause", values["clause"], 64)
    entry.done()
    return values


def confirm_limit(
    session: Session, limit_id: int, viewer: Viewer, now: datetime, note: str | None = None
) -> None:
    """An administrator has read the limit in the official text; a second time it changes nothing.

    Raises NotAdministering, NothingThere.
    """
    user_id = allowed(viewer, {Role.ADMINISTRATOR})
    done = session.execute(
        update(RuleLimit)
        .where(RuleLimit.id == limit_id, RuleLimit.confirmed.is_(False))
        .values(confirmed=True)
        .execution_options(synchronize_session="fetch")
    )
    if done.rowcount == 1:  # type: ignore[attr-defined]  # an UPDATE has one
        said = (note or "").strip()[:500] or None
        session.add(LimitChange(limit_id=limit_id, act=CONFIRMED, note=said, user_id=user_id, at=now))
        session.flush()
    elif session.get(RuleLimit, limit_id) is None:
        raise NothingThere(str(limit_id))
