"""What did scales and laboratories say? Raw tickets, voided ones, calibration, laboratory results."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, Float, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, RowId, UtcDateTime, Word, one_of
from models.cases import Attachment
from models.custody_words import TicketSource
from models.facilities import Facility
from models.fleet import Scale
from models.organisations import User


class ScaleTicket(Base):
    """磅单 as the scale gave it; insert-only. A wrong one is voided (TicketVoid) and another added.

    A first weighing may have only the gross: the tare follows on another ticket or from the vehicle.
    `raw_line` is what came over the wire, kept as it came; `digest` makes sending it again change nothing.
    """

    __tablename__ = "scale_ticket"
    __table_args__ = (
        UniqueConstraint("scale_id", "digest"),
        CheckConstraint(one_of("source", TicketSource), name="source"),
        CheckConstraint("gross_kg > 0 AND (tare_kg IS NULL OR tare_kg > 0)", name="masses"),
        CheckConstraint("tare_kg IS NULL OR gross_kg > tare_kg", name="net"),
        Index("ix_scale_ticket_scale_id_weighed_at", "scale_id", "weighed_at"),
        Index("ix_scale_ticket_plate_weighed_at", "plate", "weighed_at"),
        Index("ix_scale_ticket_weighed_at_id", "weighed_at", "id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    scale_id: Mapped[int] = mapped_column(ForeignKey("scale.id"))
    number: Mapped[str | None] = mapped_column(String(64))
    plate: Mapped[str | None] = mapped_column(String(64))
    gross_kg: Mapped[float] = mapped_column(Float)
    tare_kg: Mapped[float | None] = mapped_column(Float)
    weighed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    source: Mapped[TicketSource] = mapped_column(Word(TicketSource))
    raw_line: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    scale: Mapped[Scale] = relationship()
    void: Mapped["TicketVoid | None"] = relationship(back_populates="ticket")


class TicketVoid(Base):
    """作废: a ticket that does not count, with the reason; insert-only."""

    __tablename__ = "ticket_void"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("scale_ticket.id"), unique=True)
    reason: Mapped[str] = mapped_column(String(500))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    ticket: Mapped[ScaleTicket] = relationship(back_populates="void")
    user: Mapped[User] = relationship()


class GateArrival(Base):
    """What the gate wrote down as a load came in: the gross, before the tare is known; insert-only."""

    __tablename__ = "gate_arrival"
    __table_args__ = (CheckConstraint("gross_kg > 0", name="gross"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"), unique=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    gross_kg: Mapped[float | None] = mapped_column(Float)
    scale_code: Mapped[str | None] = mapped_column(String(64))
    ticket: Mapped[str | None] = mapped_column(String(64))
    scale_ticket_id: Mapped[int | None] = mapped_column(ForeignKey("scale_ticket.id"))


class ScaleCertificate(Base):
    """检定证书 of a scale; the newest that holds on a day counts, else Scale.certificate_valid_to."""

    __tablename__ = "scale_certificate"
    __table_args__ = (
        UniqueConstraint("scale_id", "number"),
        CheckConstraint("valid_to >= valid_from", name="validity"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    scale_id: Mapped[int] = mapped_column(ForeignKey("scale.id"))
    number: Mapped[str] = mapped_column(String(100))
    issuer: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date] = mapped_column(Date)
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))

    scale: Mapped[Scale] = relationship()
    attachment: Mapped[Attachment | None] = relationship()


class LabResult(Base):
    """化验结果: one analyte of an origin's sludge over a period, with its uncertainty."""

    __tablename__ = "lab_result"
    __table_args__ = (
        UniqueConstraint("facility_id", "report_number", "analyte"),
        CheckConstraint("period_to >= period_from", name="period"),
        Index("ix_lab_result_facility_id_period_from", "facility_id", "period_from"),
        Index("ix_lab_result_period_from_id", "period_from", "id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    period_from: Mapped[date] = mapped_column(Date)
    period_to: Mapped[date] = mapped_column(Date)
    sampled_on: Mapped[date | None] = mapped_column(Date)
    laboratory: Mapped[str] = mapped_column(String(200))
    report_number: Mapped[str] = mapped_column(String(100))
    analyte: Mapped[str] = mapped_column(String(64))  # as in subjects of the rule table: "ph", "cd"
    value: Mapped[float] = mapped_column(Float)
    unit: Mapped[str] = mapped_column(String(16))
    u: Mapped[float | None] = mapped_column(Float)  # standard uncertainty, in the unit
    method: Mapped[str | None] = mapped_column(String(100))
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)

    facility: Mapped[Facility] = relationship()
    attachment: Mapped[Attachment | None] = relationship()
