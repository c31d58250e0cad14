"""Which questions of cases wait for an answer, and what may the party that was asked see of them?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Attachment, Case, CaseEntry
from models.custody_words import CaseAct, CaseState
from models.organisations import User
from models.values import Viewer


@dataclass(frozen=True, slots=True)
class FileName:
    """An attached file as a list names it."""

    id: int
    name: str
    media_type: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Answer:
    text: str
    by: str
    at: datetime
    file: FileName | None


@dataclass(frozen=True, slots=True)
class Question:
    """A question to a party with its answer; of the case only the number and whether it still runs."""

    id: int
    case_number: str
    case_state: CaseState
    text: str
    at: datetime
    file: FileName | None
    answer: Answer | None


def open_questions_of_case(session: Session, case_id: int) -> list[CaseEntry]:
    """Questions of a case that nobody has answered, the oldest first."""
    rows = session.scalars(select(CaseEntry).where(CaseEntry.case_id == case_id).order_by(CaseEntry.id)).all()
    answered = {(row.details or {}).get("question") for row in rows if row.act is CaseAct.ANSWERED}
    return [row for row in rows if row.act is CaseAct.ASKED and row.id not in answered]


def questions_to(session: Session, viewer: Viewer, *, only_open: bool = False) -> list[Question]:
    """What the viewer's organisation was asked, the newest first, with its own answers."""
    if viewer.organisation_id is None or viewer.sees_all:
        return []
    asked = (
        select(CaseEntry, Case.number, Case.state, *FILE)
        .join(Case, Case.id == CaseEntry.case_id)
        .outerjoin(Attachment, Attachment.id == CaseEntry.attachment_id)
        .where(CaseEntry.act == CaseAct.ASKED, CaseEntry.asked_id == viewer.organisation_id)
        .order_by(CaseEntry.id.desc())
    )
    rows = session.execute(asked).all()
    answers = answers_of(session, viewer.organisation_id, {row[0].case_id for row in rows})
    found = [
        Question(entry.id, number, state, entry.text or "", entry.at, file_name(file), answers.get(entry.id))
        for entry, number, state, *file in rows
    ]
    return [each for each in found if each.answer is None] if only_open else found


def question_by_id(session: Session, question_id: int, viewer: Viewer) -> Question | None:
    """One question if the viewer's organisation was asked it."""
    return next((each for each in questions_to(session, viewer) if each.id == question_id), None)


def answers_of(session: Session, organisation_id: int, case_ids: set[int]) -> dict[int, Answer]:
    """Answers that an organisation gave, by row id of the question."""
    query = (
        select(CaseEntry, User.display_name, *FILE)
        .join(User, User.id == CaseEntry.user_id)
        .outerjoin(Attachment, Attachment.id == CaseEntry.attachment_id)
        .where(CaseEntry.case_id.in_(case_ids), CaseEntry.act == CaseAct.ANSWERED)
        .where(CaseEntry.organisation_id == organisation_id)
    )
    return {
        (entry.details or {}).get("question", 0): Answer(entry.text or "", by, entry.at, file_name(file))
        for entry, by, *file in session.execute(query)
    }


FILE = (Attachment.id, Attachment.name, Attachment.media_type, Attachment.size_bytes)


def file_name(columns: Sequence[Any]) -> FileName | None:
    """The file of a row's FILE columns, or None where an outer join found none."""
    return None if columns[0] is None else FileName(*columns)
