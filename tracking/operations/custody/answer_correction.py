"""What becomes of a request for correction? Accepted by all whom it touches, refused, withdrawn, decided."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.corrections import Correction, CorrectionAnswer
from models.custody_words import CorrectionState
from models.manifests import Manifest
from models.values import Viewer
from models.vocabulary import Role
from tracking.operations.custody.aim_correction import SPEAK, end, end_when_all_agree, refuse, text_blocked
from tracking.operations.custody.refusals import ManifestUnknown, NotYourSignature, StepBlocked
from tracking.operations.custody.take_step import Setting, hold_row
from tracking.queries.visibility import manifests_visible
from tracking.rules.custody.facts import Blocked
from tracking.rules.custody.guards import blocked

OPEN = (CorrectionState.OPEN, CorrectionState.WITH_REGULATOR)


def answer_correction(
    session: Session, correction_id: int, accepted: bool, reason: str, viewer: Viewer, setting: Setting
) -> CorrectionState:
    """A touched party's yes or no; the state that follows. Raises a CustodyRefused."""
    row = correction_for(session, correction_id, viewer)
    refuse(still_open(row))
    answers = {each.organisation_id: each for each in row.answers}
    own = answers.get(viewer.organisation_id or 0)
    if own is None or viewer.user_id is None or viewer.role not in SPEAK:
        raise NotYourSignature
    if own.accepted is not None:
        raise StepBlocked([blocked("", "answered_already")])
    if not accepted:
        refuse(text_blocked("reason", reason))
    write_answer(own, accepted, reason, viewer, setting)
    if not accepted:
        return end(row, CorrectionState.REFUSED, setting)
    return end_when_all_agree(session, row, viewer, setting)


def withdraw_correction(session: Session, correction_id: int, viewer: Viewer, setting: Setting) -> None:
    """Whoever asked takes it back. Raises a CustodyRefused."""
    row = correction_for(session, correction_id, viewer)
    if row.organisation_id != viewer.organisation_id:
        raise NotYourSignature
    refuse(still_open(row))
    end(row, CorrectionState.WITHDRAWN, setting)


def decide_correction(
    session: Session, correction_id: int, accepted: bool, reason: str, viewer: Viewer, setting: Setting
) -> CorrectionState:
    """The regulator decides what was left unanswered, for those who did not answer."""
    if viewer.role is not Role.REGULATOR:
        raise NotYourSignature
    row = correction_for(session, correction_id, viewer)
    if row.state is not CorrectionState.WITH_REGULATOR:
        raise StepBlocked([blocked("", "not_with_regulator")])
    refuse(text_blocked("reason", reason))
    for each in row.answers:
        if each.accepted is None:
            write_answer(each, accepted, reason, viewer, setting)
    if not accepted:
        return end(row, CorrectionState.REFUSED, setting)
    return end_when_all_agree(session, row, viewer, setting)


def correction_for(session: Session, correction_id: int, viewer: Viewer) -> Correction:
    """The request, fresh, with its manifest's row kept; raises ManifestUnknown where it is not seen."""
    number = session.scalar(
        select(Manifest.number)
        .join(Correction, Correction.manifest_id == Manifest.id)
        .where(Correction.id == correction_id, manifests_visible(viewer))
    )
    if number is None:
        raise ManifestUnknown(str(correction_id))
    hold_row(session, number)
    return session.get_one(Correction, correction_id, populate_existing=True)


def still_open(row: Correction) -> Iterator[Blocked]:
    if row.state not in OPEN:
        yield blocked("", "correction_ended", correction_state=row.state.value)


def write_answer(
    answer: CorrectionAnswer, accepted: bool, reason: str, viewer: Viewer, setting: Setting
) -> None:
    answer.accepted, answer.user_id, answer.at = accepted, viewer.user_id, setting.now
    answer.reason = reason.strip() or None
