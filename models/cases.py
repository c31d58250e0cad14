"""How do people follow up findings? Cases, what happened in them, objections, and attached files."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from models.base import Base, RowId, UtcDateTime, Word, one_of
from models.custody_words import CaseAct, CaseOutcome, CaseState
from models.organisations import Organisation, User


class Attachment(Base):
    """A photo or document that somebody attached; insert-only. `media_type` is what its bytes are."""

    __tablename__ = "attachment"
    __table_args__ = (CheckConstraint("size_bytes > 0", name="size"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), index=True)  # SHA-256 of the content
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(Integer)
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))  # blank: loaded from a folder
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Case(Base):
    """案件: a person's follow-up of findings."""

    __tablename__ = "case_file"
    __table_args__ = (
        CheckConstraint(one_of("state", CaseState), name="state"),
        CheckConstraint(one_of("outcome", CaseOutcome), name="outcome"),
        Index("ix_case_file_state_opened_at", "state", "opened_at", "id"),
        Index("ix_case_file_opened_at_id", "opened_at", "id"),
        Index("ix_case_file_updated_at_id", "updated_at", "id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[CaseState] = mapped_column(Word(CaseState))
    outcome: Mapped[CaseOutcome | None] = mapped_column(Word(CaseOutcome))
    assigned_to_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    opened_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    assigned_to: Mapped[User | None] = relationship(foreign_keys=[assigned_to_id])
    opened_by: Mapped[User] = relationship(foreign_keys=[opened_by_id])
    findings: Mapped[list["CaseFinding"]] = relationship(order_by="CaseFinding.id")
    entries: Mapped[list["CaseEntry"]] = relationship(order_by="CaseEntry.id")


class CaseFinding(Base):
    """A finding (by its stable key) that a case is about."""

    __tablename__ = "case_finding"
    __table_args__ = (UniqueConstraint("case_id", "finding_key"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    finding_key: Mapped[str] = mapped_column(String(40), index=True)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CaseEntry(Base):
    """One act in a case, in order of time; insert-only."""

    __tablename__ = "case_entry"
    __table_args__ = (
        CheckConstraint(one_of("act", CaseAct), name="act"),
        Index("ix_case_entry_case_id_id", "case_id", "id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_file.id"))
    act: Mapped[CaseAct] = mapped_column(Word(CaseAct))
    text: Mapped[str | None] = mapped_column(String(4000))
    details: Mapped[dict[str, Any] | None] = mapped_column(
        JSON
    )  # e.g. the finding, who was assigned, the outcome
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    asked_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)  # who is asked
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    attachment: Mapped[Attachment | None] = relationship()
    asked: Mapped[Organisation | None] = relationship(foreign_keys=[asked_id])
    user: Mapped[User] = relationship()
    organisation: Mapped[Organisation | None] = relationship(foreign_keys=[organisation_id])


class Objection(Base):
    """申辩: what a party says against a finding, with a photo where there is one; insert-only."""

    __tablename__ = "objection"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    finding_key: Mapped[str] = mapped_column(String(40), index=True)
    text: Mapped[str] = mapped_column(String(2000))
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    attachment: Mapped[Attachment | None] = relationship()
    user: Mapped[User] = relationship()
    organisation: Mapped[Organisation] = relationship()
