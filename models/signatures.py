"""Who signed what, how surely, when and where? Documents by their hash, signatures, one-time codes."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, RowId, UtcDateTime, Word, one_of
from models.custody_words import Act, Assurance, Capacity, SigningMethod
from models.manifests import Manifest
from models.organisations import Organisation, User


class SignedDocument(Base):
    """The content of a manifest as it was when somebody signed it; insert-only.

    `digest` is the SHA-256 of `content` as canonical JSON (tracking/rules/custody/content.py).
    """

    __tablename__ = "signed_document"
    __table_args__ = (UniqueConstraint("manifest_id", "digest"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"))
    version: Mapped[int] = mapped_column(Integer)  # of the manifest: rises with each correction
    digest: Mapped[str] = mapped_column(String(64), index=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Signature(Base):
    """签名: one person's, for one act, as one party; insert-only.

    server_at is when it came, device_at what the signer's device said. A place is where the device said
    it was. `user_id` is blank for somebody who typed a one-time code on another's device.
    """

    __tablename__ = "signature"
    __table_args__ = (
        CheckConstraint(one_of("act", Act), name="act"),
        CheckConstraint(one_of("capacity", Capacity), name="capacity"),
        CheckConstraint(one_of("method", SigningMethod), name="method"),
        CheckConstraint(one_of("assurance", Assurance), name="assurance"),
        CheckConstraint("lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180", name="place"),
        Index("ix_signature_manifest_id_id", "manifest_id", "id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"))
    act: Mapped[Act] = mapped_column(Word(Act))
    capacity: Mapped[Capacity] = mapped_column(Word(Capacity))
    leg_seq: Mapped[int] = mapped_column(Integer, default=0)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    signer: Mapped[str] = mapped_column(String(100))
    method: Mapped[SigningMethod] = mapped_column(Word(SigningMethod))
    assurance: Mapped[Assurance] = mapped_column(Word(Assurance))
    server_at: Mapped[datetime] = mapped_column(UtcDateTime)
    device_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)
    accuracy_m: Mapped[float | None] = mapped_column(Float)
    document_id: Mapped[int] = mapped_column(ForeignKey("signed_document.id"))

    manifest: Mapped[Manifest] = relationship()
    organisation: Mapped[Organisation] = relationship()
    user: Mapped[User | None] = relationship()
    document: Mapped[SignedDocument] = relationship()


class SigningCode(Base):
    """一次性签名码: lets one organisation sign one act of one manifest once; only its hash is kept."""

    __tablename__ = "signing_code"
    __table_args__ = (
        CheckConstraint(one_of("act", Act), name="act"),
        Index("ix_signing_code_manifest_id_id", "manifest_id", "id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"))
    act: Mapped[Act] = mapped_column(Word(Act))
    leg_seq: Mapped[int] = mapped_column(Integer, default=0)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))  # for whom it signs
    signer: Mapped[str] = mapped_column(String(100))  # the person it was given to
    code_hash: Mapped[str] = mapped_column(String(255))
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn: Mapped[bool] = mapped_column(Boolean, default=False)  # a newer one took its place


class CodeAttempt(Base):
    """Somebody typed a one-time code: wrong ones count, by manifest and by address."""

    __tablename__ = "code_attempt"
    __table_args__ = (
        Index("ix_code_attempt_manifest_id_at", "manifest_id", "at"),
        Index("ix_code_attempt_address_at", "address", "at"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"))
    address: Mapped[str] = mapped_column(String(64))
    right: Mapped[bool] = mapped_column(Boolean)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
