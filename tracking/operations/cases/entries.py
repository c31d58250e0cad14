"""How is an act in a case kept? One row more, and the state of the case where it is still what was read."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.cases import Attachment, Case, CaseEntry
from models.custody_words import CaseAct, CaseState
from models.organisations import User
from models.values import Viewer
from models.vocabulary import Role
from tracking.operations.cases.refusals import CaseMoved, CaseUnknown, NotYours
from tracking.operations.custody.refusals import StepBlocked
from tracking.rules.custody.facts import Blocked
from tracking.rules.custody.guards import blocked

MAX_TEXT = 4000


def regulator_of(viewer: Viewer) -> int:
    """The row id of the regulator who acts; raises NotYours for everybody else."""
    if viewer.role is not Role.REGULATOR or viewer.user_id is None:
        raise NotYours
    return viewer.user_id


def case_for(session: Session, number: str, viewer: Viewer) -> Case:
    """The case, kept until the transaction ends, for a regulator; raises CaseUnknown, NotYours.

    For parties a case does not exist: they meet its questions (answer_question.py).
    """
    if viewer.role is not Role.REGULATOR:
        raise CaseUnknown(number) if not viewer.sees_all else NotYours
    query = select(Case).where(Case.number == number).with_for_update()
    found = session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise CaseUnknown(number)
    return found


def checked_text(text: str | None, *, most: int = MAX_TEXT, field: str = "text") -> str:
    """The text without its edges; raises StepBlocked where there is none or too much."""
    kept = (text or "").strip()
    if not kept:
        raise StepBlocked([blocked(field, "field_missing")])
    if len(kept) > most:
        raise StepBlocked([blocked(field, "too_long", most=most)])
    return kept


def own_attachment(session: Session, attachment_id: int | None, viewer: Viewer) -> int | None:
    """The file that the viewer sent before; raises StepBlocked where it is another's."""
    if attachment_id is None:
        return None
    owner = session.scalar(select(Attachment.user_id).where(Attachment.id == attachment_id))
    if owner is None or owner != viewer.user_id:
        raise StepBlocked([blocked("attachment", "attachment_unknown")])
    return attachment_id


def move_case(
    session: Session, case: Case, seen: CaseState | None, allowed: Collection[CaseState], **values: Any
) -> None:
    """The UPDATE that carries the state it saw.

    `seen`: what the page showed; blank: what was read in this transaction. Raises CaseMoved when somebody
    was first, StepBlocked when the act does not fit the state.
    """
    expected = case.state if seen is None else seen
    if case.state not in allowed and case.state is expected:
        raise StepBlocked([not_in_state(case.state)])
    done = session.execute(
        update(Case)
        .where(Case.id == case.id, Case.state == expected)
        .values(values)
        .execution_options(synchronize_session=False)
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE has one
        raise moved_by(session, case)
    session.refresh(case)


def not_in_state(state: CaseState) -> Blocked:
    return blocked("", "case_not_in_state", case_state=state.value)


def moved_by(session: Session, case: Case) -> CaseMoved:
    """Who acted last, and when."""
    session.refresh(case)
    by, at = session.execute(
        select(User.display_name, CaseEntry.at)
        .join(User, User.id == CaseEntry.user_id)
        .where(CaseEntry.case_id == case.id)
        .order_by(CaseEntry.id.desc())
        .limit(1)
    ).one()
    return CaseMoved(by, at, case.state)


def add_entry(
    session: Session, case: Case, act: CaseAct, viewer: Viewer, now: datetime, **given: Any
) -> CaseEntry:
    """One act, flushed. The case counts as touched now."""
    if viewer.user_id is None:
        raise NotYours
    entry = CaseEntry(
        case_id=case.id,
        act=act,
        user_id=viewer.user_id,
        organisation_id=viewer.organisation_id,
        at=now,
        **given,
    )
    session.add(entry)
    session.execute(
        update(Case)
        .where(Case.id == case.id)
        .values(updated_at=now)
        .execution_options(synchronize_session=False)
    )
    session.flush()
    return entry
