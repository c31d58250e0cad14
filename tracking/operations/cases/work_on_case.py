"""How does a regulator work on a case? Give it to somebody, say something, put a file to it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case
from models.custody_words import CaseAct, CaseState
from models.organisations import User
from models.values import Viewer
from models.vocabulary import Role
from tracking.operations.cases.entries import (
    add_entry,
    case_for,
    checked_text,
    move_case,
    not_in_state,
    own_attachment,
)
from tracking.operations.custody.refusals import StepBlocked
from tracking.rules.custody.guards import blocked

NOT_CLOSED = frozenset(CaseState) - {CaseState.CLOSED}


def assign_case(
    session: Session,
    number: str,
    username: str,
    viewer: Viewer,
    now: datetime,
    seen: CaseState | None = None,
) -> None:
    """Give the case to a regulator. Raises CaseUnknown, NotYours, CaseMoved, StepBlocked."""
    case = case_for(session, number, viewer)
    person = session.execute(
        select(User.id, User.display_name).where(
            User.username == username, User.active, User.role == Role.REGULATOR
        )
    ).first()
    if person is None:
        raise StepBlocked([blocked("assigned_to", "no_such_regulator", given=username)])
    move_case(session, case, seen, NOT_CLOSED, assigned_to_id=person.id)
    details = {"username": username, "name": person.display_name}
    add_entry(session, case, CaseAct.ASSIGNED, viewer, now, details=details)


def comment_case(
    session: Session,
    number: str,
    text: str,
    viewer: Viewer,
    now: datetime,
    attachment_id: int | None = None,
) -> None:
    """Say something, with a file where there is one. Parties never see it.

    Raises CaseUnknown, NotYours, StepBlocked.
    """
    case = open_for_work(session, number, viewer)
    add_entry(
        session,
        case,
        CaseAct.COMMENTED,
        viewer,
        now,
        text=checked_text(text),
        attachment_id=own_attachment(session, attachment_id, viewer),
    )


def attach_to_case(
    session: Session,
    number: str,
    attachment_id: int,
    viewer: Viewer,
    now: datetime,
    text: str | None = None,
) -> None:
    """Put a file to the case that the viewer sent before (tracking/operations/attach.py).

    Raises CaseUnknown, NotYours, StepBlocked.
    """
    case = open_for_work(session, number, viewer)
    kept = own_attachment(session, attachment_id, viewer)
    said = checked_text(text) if (text or "").strip() else None
    add_entry(session, case, CaseAct.ATTACHED, viewer, now, text=said, attachment_id=kept)


def open_for_work(session: Session, number: str, viewer: Viewer) -> Case:
    """A case that is not closed."""
    case = case_for(session, number, viewer)
    if case.state is CaseState.CLOSED:
        raise StepBlocked([not_in_state(case.state)])
    return case
