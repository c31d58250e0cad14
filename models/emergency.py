"""Which signatures were typed in from paper, and does the party under whose name they stand confirm them?"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, RowId, UtcDateTime, Word, one_of
from models.cases import Attachment
from models.corrections import EmergencyWindow
from models.custody_words import Assurance, PaperState, SigningMethod
from models.manifests import Manifest
from models.organisations import Organisation, User
from models.signatures import Signature


class PaperSignature(Base):
    """纸质签名: a signature of emergency paper, who typed it in, and what its party says of it.

    `organisation_id`: under whose name it stands. `happened_at`: when, as the paper says. The answer is
    proved as a signature is: by a login of that party or by a one-time code of it (`answered_by_id` is
    blank then). What the regulator decides is kept beside the answer.
    """

    __tablename__ = "paper_signature"
    __table_args__ = (
        CheckConstraint(one_of("state", PaperState), name="state"),
        CheckConstraint(one_of("answer_method", SigningMethod), name="answer_method"),
        CheckConstraint(one_of("answer_assurance", Assurance), name="answer_assurance"),
        Index("ix_paper_signature_manifest_id_id", "manifest_id", "id"),
        Index("ix_paper_signature_state_entered_at", "state", "entered_at"),
        Index("ix_paper_signature_organisation_id_state_id", "organisation_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id"), unique=True)
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    window_id: Mapped[int | None] = mapped_column(ForeignKey("emergency_window.id"))  # blank: loaded
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))  # a photo of the paper
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))  # blank: loaded
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[PaperState] = mapped_column(Word(PaperState))
    answered_by: Mapped[str | None] = mapped_column(String(100))
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    answer_method: Mapped[SigningMethod | None] = mapped_column(Word(SigningMethod))
    answer_assurance: Mapped[Assurance | None] = mapped_column(Word(Assurance))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(1000))  # why the party refuses
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision: Mapped[str | None] = mapped_column(String(1000))  # the regulator's reason

    signature: Mapped[Signature] = relationship()
    manifest: Mapped[Manifest] = relationship()
    organisation: Mapped[Organisation] = relationship()
    window: Mapped[EmergencyWindow | None] = relationship()
    evidence: Mapped[Attachment | None] = relationship()
    entered_by: Mapped[User | None] = relationship(foreign_keys=[entered_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
