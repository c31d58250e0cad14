"""How is a party asked in a case, and how does it answer?

A question goes to one organisation, which sees the question, the files with it and its own answers, and
nothing else of the case. While a question is open the case waits.
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.cases import Case, CaseEntry
from models.custody_words import CaseAct, CaseState
from models.organisations import Organisation
from models.values import Viewer
from models.vocabulary import OrganisationKind, Role
from tracking.operations.cases.entries import (
    add_entry,
    case_for,
    checked_text,
    move_case,
    not_in_state,
    own_attachment,
)
from tracking.operations.cases.refusals import CaseUnknown, NotYours
from tracking.operations.custody.refusals import StepBlocked
from tracking.queries.case_questions import open_questions_of_case
from tracking.rules.custody.guards import blocked

ANSWERERS = frozenset({Role.HAULER, Role.PLANT, Role.SITE})
ASKING = frozenset({CaseState.OPEN, CaseState.WAITING})


def ask_party(
    session: Session,
    number: str,
    organisation: str,
    text: str,
    viewer: Viewer,
    now: datetime,
    attachment_id: int | None = None,
    seen: CaseState | None = None,
) -> int:
    """Ask an organisation (by code); the row id of the question. The case waits from then on.

    Raises CaseUnknown, NotYours, CaseMoved, StepBlocked.
    """
    case = case_for(session, number, viewer)
    asked = session.scalar(
        select(Organisation).where(
            Organisation.code == organisation, Organisation.kind != OrganisationKind.REGULATOR
        )
    )
    if asked is None:
        raise StepBlocked([blocked("organisation", "not_known", given=organisation)])
    said, kept = checked_text(text), own_attachment(session, attachment_id, viewer)
    move_case(session, case, seen, ASKING, state=CaseState.WAITING)
    entry = add_entry(
        session, case, CaseAct.ASKED, viewer, now, text=said, asked_id=asked.id, attachment_id=kept
    )
    return entry.id


def answer_question(
    session: Session,
    question_id: int,
    text: str,
    viewer: Viewer,
    now: datetime,
    attachment_id: int | None = None,
) -> None:
    """Answer a question that one's organisation was asked; the case goes on when all are answered.

    Raises CaseUnknown where the question is another's, NotYours for a login that only watches or drives,
    StepBlocked once it was answered or the case is decided.
    """
    case, question = question_for(session, question_id, viewer)
    if viewer.role not in ANSWERERS:
        raise NotYours
    if case.state not in ASKING:
        raise StepBlocked([not_in_state(case.state)])
    if question_id not in {each.id for each in open_questions_of_case(session, case.id)}:
        raise StepBlocked([blocked("", "question_answered")])
    add_entry(
        session,
        case,
        CaseAct.ANSWERED,
        viewer,
        now,
        text=checked_text(text),
        details={"question": question.id},
        attachment_id=own_attachment(session, attachment_id, viewer),
    )
    if not open_questions_of_case(session, case.id):
        session.execute(
            update(Case)
            .where(Case.id == case.id, Case.state == CaseState.WAITING)
            .values(state=CaseState.OPEN)
            .execution_options(synchronize_session=False)
        )


def question_for(session: Session, question_id: int, viewer: Viewer) -> tuple[Case, CaseEntry]:
    """The question that the viewer's organisation was asked, and its case, kept until the end."""
    mine = (CaseEntry.id == question_id) & (CaseEntry.asked_id == viewer.organisation_id)
    question = session.scalar(select(CaseEntry).where(mine, CaseEntry.act == CaseAct.ASKED))
    if question is None or viewer.organisation_id is None:
        raise CaseUnknown(str(question_id))
    query = select(Case).where(Case.id == question.case_id).with_for_update()
    case = session.scalars(query.execution_options(populate_existing=True)).one()
    return case, question
