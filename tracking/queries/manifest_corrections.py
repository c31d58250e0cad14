"""What is being corrected, what did the regulator ask, what is frozen? Of manifests that the viewer sees."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select, true
from sqlalchemy.orm import Session, aliased, selectinload

from models.corrections import Correction, CorrectionAnswer, CorrectionQuestion, Hold
from models.custody_words import CorrectionState
from models.manifests import Manifest
from models.organisations import Organisation, User
from models.values import Viewer
from tracking.queries.case_questions import FileName
from tracking.queries.keyset import Key, Order, Page, continued, page_of
from tracking.queries.names import Name
from tracking.queries.visibility import manifests_visible

OPEN = (CorrectionState.OPEN, CorrectionState.WITH_REGULATOR)
SHOWN = 200


@dataclass(frozen=True, slots=True)
class PartyAnswer:
    """Whom the correction touches, and what it said; None: nothing yet."""

    organisation: Name
    organisation_id: int
    accepted: bool | None
    by: str | None
    at: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """A request with old and new value and everybody's answer."""

    id: int
    number: str
    field: str
    old: Any
    new: Any
    reason: str
    evidence: FileName | None
    organisation: Name
    organisation_id: int
    requested_by: str
    requested_at: datetime
    state: CorrectionState
    ended_at: datetime | None
    version_made: int | None
    answers: tuple[PartyAnswer, ...]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def waits_for(self, organisation_id: int | None) -> bool:
        """Is this organisation's answer missing?"""
        missing = {one.organisation_id for one in self.answers if one.accepted is None}
        return self.is_open and organisation_id in missing


@dataclass(frozen=True, slots=True)
class AskedField:
    """What the regulator asked a party about one field."""

    id: int
    number: str
    field: str
    comment: str
    organisation: Name
    organisation_id: int
    asked_by: str
    asked_at: datetime
    answer: str | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A freeze that stands."""

    id: int
    number: str
    reason: str
    by: str
    at: datetime


def corrections_of(session: Session, number: str, viewer: Viewer) -> list[CorrectionRow]:
    """Every request about a manifest, the newest first."""
    return _corrections(session, viewer, Manifest.number == number)


def correction_by_id(session: Session, correction_id: int, viewer: Viewer) -> CorrectionRow | None:
    """One request, where its manifest is seen."""
    return next(iter(_corrections(session, viewer, Correction.id == correction_id)), None)


def corrections_waiting(session: Session, viewer: Viewer) -> list[CorrectionRow]:
    """Those that wait for the viewer: the regulator's escalated ones, a party's open ones."""
    return _corrections(session, viewer, waits_for(viewer))


def correction_page(
    session: Session, viewer: Viewer, number: str | None, after: Key | None, limit: int
) -> Page[CorrectionRow]:
    """A page of the requests about a manifest, or of those that wait for the viewer; the newest first."""
    about = waits_for(viewer) if number is None else Manifest.number == number
    if after is not None:
        about = and_(about, Correction.id < after[1])
    return page_of(_corrections(session, viewer, about, limit + 1), limit, lambda row: (row.id, row.id))


def waits_for(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on Correction: the regulator's escalated ones, a party's open ones."""
    if viewer.sees_all:
        return Correction.state == CorrectionState.WITH_REGULATOR
    asked = select(CorrectionAnswer.correction_id).where(
        CorrectionAnswer.organisation_id == viewer.organisation_id
    )
    some = aliased(Correction)  # found by their state: the open ones are few among all that there ever were
    unanswered = select(some.id).where(some.state.in_(OPEN))
    return and_(Correction.id.in_(unanswered), Correction.id.in_(asked))


def _corrections(
    session: Session, viewer: Viewer, condition: ColumnElement[bool], most: int = SHOWN
) -> list[CorrectionRow]:
    query = (
        select(Correction, Manifest.number)
        .join(Manifest, Manifest.id == Correction.manifest_id)
        .where(condition, manifests_visible(viewer))
        .order_by(
            (Correction.id + 0).desc()
        )  # sorted: few fit, and no planner shall walk through all for them
        .limit(most)
        .options(
            selectinload(Correction.answers).selectinload(CorrectionAnswer.organisation),
            selectinload(Correction.answers).selectinload(CorrectionAnswer.user),
            selectinload(Correction.organisation),
            selectinload(Correction.requested_by),
            selectinload(Correction.evidence),
        )
    )
    return [_correction(row, number) for row, number in session.execute(query)]


def _correction(row: Correction, number: str) -> CorrectionRow:
    file = row.evidence
    return CorrectionRow(
        id=row.id,
        number=number,
        field=row.field,
        old=row.old,
        new=row.new,
        reason=row.reason,
        evidence=FileName(file.id, file.name, file.media_type, file.size_bytes) if file else None,
        organisation=_name(row.organisation),
        organisation_id=row.organisation_id,
        requested_by=row.requested_by.display_name if row.requested_by else "",
        requested_at=row.requested_at,
        state=row.state,
        ended_at=row.ended_at,
        version_made=row.version_made,
        answers=tuple(_answer(one) for one in row.answers),
    )


def _answer(row: CorrectionAnswer) -> PartyAnswer:
    by = row.user.display_name if row.user else None
    return PartyAnswer(_name(row.organisation), row.organisation_id, row.accepted, by, row.at, row.reason)


def _name(row: Organisation) -> Name:
    return Name(row.code, row.name, row.name_en)


def questions_about(session: Session, number: str, viewer: Viewer) -> list[AskedField]:
    """What the regulator asked about a manifest; a party sees what it was asked itself."""
    return _questions(session, viewer, Manifest.number == number)


def question_page(
    session: Session, viewer: Viewer, number: str | None, after: Key | None, limit: int
) -> Page[AskedField]:
    """A page of the questions about a manifest, or of those that nobody has answered; the newest first."""
    about = CorrectionQuestion.answered_at.is_(None) if number is None else Manifest.number == number
    if after is not None:
        about = and_(about, CorrectionQuestion.id < after[1])
    return page_of(_questions(session, viewer, about, limit + 1), limit, lambda row: (row.id, row.id))


def questions_waiting(session: Session, viewer: Viewer) -> list[AskedField]:
    """What nobody has answered yet."""
    return _questions(session, viewer, CorrectionQuestion.answered_at.is_(None))


def question_of_field(session: Session, question_id: int, viewer: Viewer) -> AskedField | None:
    """One question."""
    return next(iter(_questions(session, viewer, CorrectionQuestion.id == question_id)), None)


def _questions(
    session: Session, viewer: Viewer, condition: ColumnElement[bool], most: int = SHOWN
) -> list[AskedField]:
    own = CorrectionQuestion.organisation_id == viewer.organisation_id
    seen = true() if viewer.sees_all else own
    query = (
        select(
            CorrectionQuestion,
            Manifest.number,
            Organisation.code,
            Organisation.name,
            Organisation.name_en,
            User.display_name,
        )
        .join(Manifest, Manifest.id == CorrectionQuestion.manifest_id)
        .join(Organisation, Organisation.id == CorrectionQuestion.organisation_id)
        .join(User, User.id == CorrectionQuestion.asked_by_id)
        .where(condition, seen, manifests_visible(viewer))
        .order_by(CorrectionQuestion.id.desc())
        .limit(most)
    )
    return [
        AskedField(
            id=row.id,
            number=number,
            field=row.field,
            comment=row.comment,
            organisation=Name(code, zh, en),
            organisation_id=row.organisation_id,
            asked_by=by,
            asked_at=row.asked_at,
            answer=row.answer,
            answered_at=row.answered_at,
        )
        for row, number, code, zh, en, by in session.execute(query)
    ]


def hold_of(session: Session, number: str, viewer: Viewer) -> HoldRow | None:
    """The hold that stands on a manifest."""
    return next(iter(_holds(session, viewer, Manifest.number == number)), None)


def holds_standing(session: Session, viewer: Viewer) -> list[HoldRow]:
    """Every hold that stands, the newest first."""
    return _holds(session, viewer, Hold.id.is_not(None))


def hold_page(session: Session, viewer: Viewer, after: Key | None, limit: int) -> Page[HoldRow]:
    """A page of the holds that stand, the newest first."""
    order = Order(Hold.id.expression, Hold.id.expression)
    rows = session.execute(continued(_standing_holds(viewer), order, after, limit))
    return page_of([HoldRow(*row) for row in rows], limit, lambda row: (row.id, row.id))


def _holds(session: Session, viewer: Viewer, condition: ColumnElement[bool]) -> list[HoldRow]:
    query = _standing_holds(viewer).where(condition).order_by(Hold.id.desc()).limit(SHOWN)
    return [HoldRow(*row) for row in session.execute(query)]


def _standing_holds(viewer: Viewer) -> Any:
    return (
        select(Hold.id, Manifest.number, Hold.reason, User.display_name, Hold.placed_at)
        .join(Manifest, Manifest.id == Hold.manifest_id)
        .join(User, User.id == Hold.placed_by_id)
        .where(Hold.lifted_at.is_(None), manifests_visible(viewer))
    )
