"""What was wrong on a manifest, who agreed, and what did the regulator stop or allow?"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, RowId, UtcDateTime, Word, one_of
from models.cases import Attachment
from models.custody_words import CorrectionState
from models.manifests import Manifest
from models.organisations import Organisation, User

OPEN = text("state IN ('open', 'with_regulator')")
STANDS = text("lifted_at IS NULL")
UNANSWERED = text("answered_at IS NULL")


class Correction(Base):
    """更正申请: one field of a signed manifest, old and new value kept; one open at a time."""

    __tablename__ = "correction"
    __table_args__ = (
        CheckConstraint(one_of("state", CorrectionState), name="state"),
        Index("uq_correction_open", "manifest_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_correction_manifest_id_id", "manifest_id", "id"),
        Index("ix_correction_state_requested_at", "state", "requested_at"),
        Index("ix_correction_state_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"))
    field: Mapped[str] = mapped_column(String(64))
    old: Mapped[Any] = mapped_column(JSON(none_as_null=False))
    new: Mapped[Any] = mapped_column(JSON(none_as_null=False))
    reason: Mapped[str] = mapped_column(String(1000))
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))  # blank: loaded
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    question_id: Mapped[int | None] = mapped_column(ForeignKey("correction_question.id"))
    state: Mapped[CorrectionState] = mapped_column(Word(CorrectionState))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version_made: Mapped[int | None] = mapped_column(Integer)  # of the manifest, when it was accepted

    manifest: Mapped[Manifest] = relationship()
    organisation: Mapped[Organisation] = relationship()
    requested_by: Mapped[User | None] = relationship()
    evidence: Mapped[Attachment | None] = relationship()
    answers: Mapped[list["CorrectionAnswer"]] = relationship(order_by="CorrectionAnswer.id")


class CorrectionAnswer(Base):
    """A party whose signed block or balance a correction touches says yes or no; blank until then."""

    __tablename__ = "correction_answer"
    __table_args__ = (UniqueConstraint("correction_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    correction_id: Mapped[int] = mapped_column(ForeignKey("correction.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    accepted: Mapped[bool | None] = mapped_column(Boolean)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(1000))

    organisation: Mapped[Organisation] = relationship()
    user: Mapped[User | None] = relationship()


class CorrectionQuestion(Base):
    """要求更正: the regulator asks a party about one field; answered by a correction or with a sentence."""

    __tablename__ = "correction_question"
    __table_args__ = (
        Index("ix_correction_question_open", "id", sqlite_where=UNANSWERED, postgresql_where=UNANSWERED),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"), index=True)
    field: Mapped[str] = mapped_column(String(64))
    comment: Mapped[str] = mapped_column(String(1000))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)  # who is asked
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(String(1000))
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    manifest: Mapped[Manifest] = relationship()
    organisation: Mapped[Organisation] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])


class Hold(Base):
    """监管冻结: while it stands nobody but the regulator moves the manifest."""

    __tablename__ = "hold"
    __table_args__ = (
        Index("uq_hold_standing", "manifest_id", unique=True, sqlite_where=STANDS, postgresql_where=STANDS),
        Index("ix_hold_standing_id", "id", sqlite_where=STANDS, postgresql_where=STANDS),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"), index=True)
    reason: Mapped[str] = mapped_column(String(1000))
    placed_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    lifted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lift_reason: Mapped[str | None] = mapped_column(String(1000))

    placed_by: Mapped[User] = relationship(foreign_keys=[placed_by_id])
    lifted_by: Mapped[User | None] = relationship(foreign_keys=[lifted_by_id])


class EmergencyWindow(Base):
    """应急补录窗口: paper of [covers_from, covers_to] may be typed in until enter_until."""

    __tablename__ = "emergency_window"
    __table_args__ = (CheckConstraint("covers_to > covers_from", name="covers"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))  # blank: everybody
    covers_from: Mapped[datetime] = mapped_column(UtcDateTime)
    covers_to: Mapped[datetime] = mapped_column(UtcDateTime)
    enter_until: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(String(1000))
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # before its time
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    organisation: Mapped[Organisation | None] = relationship()
    opened_by: Mapped[User] = relationship(foreign_keys=[opened_by_id])
    closed_by: Mapped[User | None] = relationship(foreign_keys=[closed_by_id])
