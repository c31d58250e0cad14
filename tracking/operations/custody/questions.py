"""How does the regulator ask a party to correct one field, and how does the party answer without doing so?

A correction that names the question (CorrectionAsked.question_id) answers it too.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.corrections import CorrectionQuestion
from models.organisations import Organisation
from models.values import Viewer
from models.vocabulary import Role
from tracking.operations.custody.aim_correction import SPEAK, ground_for, refuse, text_blocked
from tracking.operations.custody.refusals import ManifestUnknown, NotYourSignature, StepBlocked
from tracking.operations.custody.take_step import Setting, hold_row
from tracking.queries.custody_facts import custody_by_number
from tracking.rules.custody.corrected import not_correctable
from tracking.rules.custody.fields import aim_of, touched_by
from tracking.rules.custody.guards import blocked


def ask_to_correct(
    session: Session,
    number: str,
    field: str,
    comment: str,
    organisation: str,
    viewer: Viewer,
    setting: Setting,
) -> int:
    """The row id of the regulator's question to a party (its code) whose field it is.

    Raises NotYourSignature for anybody else, ManifestUnknown, StepBlocked.
    """
    if viewer.role is not Role.REGULATOR or viewer.user_id is None:
        raise NotYourSignature
    custody = custody_by_number(session, number, viewer)
    if custody is None:
        raise ManifestUnknown(number)
    aim = aim_of(field)
    if aim is None:
        raise StepBlocked([blocked("field", "field_unknown", given=field[:64])])
    refuse(not_correctable(aim, custody))
    refuse(text_blocked("comment", comment))
    asked_id = session.scalar(select(Organisation.id).where(Organisation.code == organisation))
    if asked_id not in touched_by(aim, custody, ground_for(session, custody, setting)):
        raise StepBlocked([blocked("organisation", "no_party_to_field", given=organisation)])
    row = CorrectionQuestion(
        manifest_id=custody.id,
        field=field,
        comment=comment.strip(),
        organisation_id=asked_id,
        asked_by_id=viewer.user_id,
        asked_at=setting.now,
    )
    session.add(row)
    session.flush()
    return row.id


def answer_to_question(
    session: Session, question_id: int, answer: str, viewer: Viewer, setting: Setting
) -> None:
    """A party says why the field is right as it is. Raises a CustodyRefused."""
    row = session.get(CorrectionQuestion, question_id, populate_existing=True)
    if row is None or row.organisation_id != viewer.organisation_id:
        raise ManifestUnknown(str(question_id))
    if viewer.role not in SPEAK or viewer.user_id is None:
        raise NotYourSignature
    hold_row(session, row.manifest.number)
    session.refresh(row)
    if row.answered_at is not None:
        raise StepBlocked([blocked("", "question_answered")])
    refuse(text_blocked("answer", answer))
    row.answer, row.answered_by_id, row.answered_at = answer.strip(), viewer.user_id, setting.now
    session.flush()
