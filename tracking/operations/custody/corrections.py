"""How is a signed manifest corrected? Asked for by one party, accepted by every party that it touches.

One correction at a time; one refusal ends it; what nobody answers goes to the regulator. Everything happens
under the manifest's row lock, in the transaction of the caller. Answers are in answer_correction.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Attachment
from models.corrections import Correction, CorrectionAnswer, CorrectionQuestion
from models.custody_words import CorrectionState
from models.values import Viewer
from tracking.operations.custody.aim_correction import (
    aimed_at,
    end_when_all_agree,
    refuse,
    speaker,
    text_blocked,
)
from tracking.operations.custody.refusals import ManifestUnknown
from tracking.operations.custody.take_step import Setting, hold_row
from tracking.queries.custody_facts import custody_by_number
from tracking.rules.custody.facts import Blocked, Custody
from tracking.rules.custody.guards import blocked


@dataclass(frozen=True, slots=True)
class CorrectionAsked:
    """A request as typed. `old`: what the reader saw; `field`: a path in the signed content (fields.py)."""

    field: str
    old: object
    new: object
    reason: str
    evidence_id: int | None = None
    question_id: int | None = None  # the regulator's question that it answers


def request_correction(
    session: Session, number: str, asked: CorrectionAsked, viewer: Viewer, setting: Setting
) -> int:
    """The row id of the request. Where nobody else is touched it is done at once. Raises a CustodyRefused."""
    hold_row(session, number)
    custody = custody_by_number(session, number, viewer)
    if custody is None:
        raise ManifestUnknown(number)
    aimed = aimed_at(session, custody, asked.field, asked.old, asked.new, setting)
    organisation_id = speaker(aimed, viewer)
    refuse(request_blocked(session, custody, asked, viewer))
    row = Correction(
        manifest_id=custody.id,
        field=asked.field,
        old=asked.old,
        new=asked.new,
        reason=asked.reason.strip(),
        evidence_id=asked.evidence_id,
        requested_by_id=viewer.user_id,
        organisation_id=organisation_id,
        requested_at=setting.now,
        question_id=asked.question_id,
        state=CorrectionState.OPEN,
    )
    session.add(row)
    session.flush()
    for each in sorted(aimed.sides):
        own = each == organisation_id
        session.add(
            CorrectionAnswer(
                correction_id=row.id,
                organisation_id=each,
                accepted=True if own else None,
                user_id=viewer.user_id if own else None,
                at=setting.now if own else None,
            )
        )
    close_question(session, asked, viewer, setting)
    session.flush()
    end_when_all_agree(session, row, viewer, setting)
    return row.id


def request_blocked(
    session: Session, custody: Custody, asked: CorrectionAsked, viewer: Viewer
) -> Iterator[Blocked]:
    """What else stands against a request."""
    if custody.on_hold:
        yield blocked("", "on_hold", manifest=custody.number)
    if custody.correction_open:
        yield blocked("", "correction_open", manifest=custody.number)
    yield from text_blocked("reason", asked.reason)
    if asked.evidence_id is not None:
        sent_by = select(Attachment.organisation_id).where(Attachment.id == asked.evidence_id)
        if session.scalar(sent_by) != viewer.organisation_id:
            yield blocked("evidence", "attachment_unknown")
    if asked.question_id is not None:
        question = session.get(CorrectionQuestion, asked.question_id)
        if question is None or question.organisation_id != viewer.organisation_id:
            yield blocked("question", "not_known", given=str(asked.question_id))
        elif (question.manifest_id, question.field) != (custody.id, asked.field):
            yield blocked("question", "question_about_other", given=question.field)
        elif question.answered_at is not None:
            yield blocked("question", "question_answered")


def close_question(session: Session, asked: CorrectionAsked, viewer: Viewer, setting: Setting) -> None:
    """The regulator's question is answered by this request."""
    if asked.question_id is not None:
        question = session.get_one(CorrectionQuestion, asked.question_id)
        question.answered_by_id, question.answered_at = viewer.user_id, setting.now
