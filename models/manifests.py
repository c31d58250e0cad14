"""What does the paper say: manifests, legs, weighings, moisture tests, receipts, disposals?"""

from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, RowId, UtcDateTime, Word, one_of
from models.custody_words import ManifestSource, MoistureMethod
from models.facilities import Facility, Route
from models.fleet import Vehicle
from models.organisations import Organisation
from models.vocabulary import (
    CustodyState,
    DisposalMethod,
    ManifestKind,
    Mode,
    ReceiptDecision,
    SludgeKind,
    WeighingRole,
)

PLANNED, APPROVED = text("plan IS NOT NULL"), text("approval IS NOT NULL")


class Manifest(Base):
    """污泥转移联单: one vehicle departure of one plant's sludge."""

    __tablename__ = "manifest"
    __table_args__ = (
        CheckConstraint(one_of("kind", ManifestKind), name="kind"),
        CheckConstraint(one_of("sludge_kind", SludgeKind), name="sludge_kind"),
        CheckConstraint(one_of("custody_state", CustodyState), name="custody_state"),
        CheckConstraint(one_of("source", ManifestSource), name="source"),
        Index("ix_manifest_issued_at_id", "issued_at", "id"),
        Index("ix_manifest_updated_at_id", "updated_at", "id"),
        Index("ix_manifest_custody_state_issued_at_id", "custody_state", "issued_at", "id"),
        Index("ix_manifest_origin_id_issued_at_id", "origin_id", "issued_at", "id"),
        Index("ix_manifest_destination_id_issued_at_id", "destination_id", "issued_at", "id"),
        Index("ix_manifest_hauler_id_issued_at_id", "hauler_id", "issued_at", "id"),
        Index("ix_manifest_issuer_id_issued_at_id", "issuer_id", "issued_at", "id"),
        Index("ix_manifest_overdue_due_at_id", "overdue", "due_at", "id"),
        *(
            Index(f"ix_manifest_{column}_updated_at_id", column, "updated_at", "id")
            for column in ("custody_state", "origin_id", "destination_id", "hauler_id", "overdue")
        ),
        Index("ix_manifest_number_begins", "number", postgresql_ops={"number": "text_pattern_ops"}),
        Index("ix_manifest_plan", "plan", sqlite_where=PLANNED, postgresql_where=PLANNED),
        Index("ix_manifest_approval", "approval", sqlite_where=APPROVED, postgresql_where=APPROVED),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    number: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[ManifestKind] = mapped_column(Word(ManifestKind), default=ManifestKind.NORMAL)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("manifest.id"), index=True)
    origin_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    destination_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    hauler_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    sludge_kind: Mapped[SludgeKind] = mapped_column(Word(SludgeKind))
    custody_state: Mapped[CustodyState] = mapped_column(Word(CustodyState))
    plan: Mapped[str | None] = mapped_column(String(64))
    diversion: Mapped[str | None] = mapped_column(String(64))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)  # of a draft: when it was drawn up
    leg_seq: Mapped[int] = mapped_column(Integer, default=0, server_default="0")  # on which it is or was
    version: Mapped[int] = mapped_column(Integer, default=1, server_default="1")  # rises with each correction
    planned_kg: Mapped[float | None] = mapped_column(Float)  # wet, as estimated when issued
    approval: Mapped[str | None] = mapped_column(String(100))  # number of the TransferApproval it rests on
    place_lat: Mapped[float | None] = mapped_column(Float)  # of a rescue: where the load changed vehicle
    place_lon: Mapped[float | None] = mapped_column(Float)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)  # of the timer of its state
    updated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # blank: as issued_at
    overdue: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())  # and it has passed
    source: Mapped[ManifestSource] = mapped_column(
        Word(ManifestSource), default=ManifestSource.PAPER, server_default="paper"
    )
    custodian_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))  # who answers for it now
    issuer_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))  # who issued it
    received_at_id: Mapped[int | None] = mapped_column(
        ForeignKey("facility.id"), index=True
    )  # by a diversion

    origin: Mapped[Facility] = relationship(foreign_keys=[origin_id])
    destination: Mapped[Facility] = relationship(foreign_keys=[destination_id])
    hauler: Mapped[Organisation | None] = relationship(foreign_keys=[hauler_id])
    custodian: Mapped[Organisation | None] = relationship(foreign_keys=[custodian_id])
    issuer: Mapped[Organisation | None] = relationship(foreign_keys=[issuer_id])
    received_at: Mapped[Facility | None] = relationship(foreign_keys=[received_at_id])
    parent: Mapped["Manifest | None"] = relationship(remote_side=[id])
    legs: Mapped[list["Leg"]] = relationship(back_populates="manifest", order_by="Leg.seq")
    weighings: Mapped[list["Weighing"]] = relationship(back_populates="manifest", order_by="Weighing.at")
    moisture_tests: Mapped[list["MoistureTest"]] = relationship(
        back_populates="manifest", order_by="MoistureTest.at"
    )
    receipt: Mapped["Receipt | None"] = relationship(back_populates="manifest")
    disposal: Mapped["Disposal | None"] = relationship(back_populates="manifest")
    events: Mapped[list["CustodyEvent"]] = relationship(
        back_populates="manifest", order_by="(CustodyEvent.at, CustodyEvent.id)"
    )


class Leg(Base):
    """One carrier's stretch. `vehicle_code` is what paper says; `vehicle_id` is blank when unregistered."""

    __tablename__ = "leg"
    __table_args__ = (
        UniqueConstraint("manifest_id", "seq"),
        CheckConstraint(one_of("mode", Mode), name="mode"),
        CheckConstraint("seq >= 1", name="seq"),
        Index("ix_leg_vehicle_code_manifest_id", "vehicle_code", "manifest_id"),
        Index("ix_leg_to_id_manifest_id", "to_id", "manifest_id"),
        Index("ix_leg_from_id_manifest_id", "from_id", "manifest_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"), index=True)
    seq: Mapped[int] = mapped_column(Integer)
    mode: Mapped[Mode] = mapped_column(Word(Mode))
    vehicle_code: Mapped[str] = mapped_column(String(64))
    vehicle_id: Mapped[int | None] = mapped_column(ForeignKey("vehicle.id"), index=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    route_id: Mapped[int | None] = mapped_column(ForeignKey("route.id"))
    driver: Mapped[str | None] = mapped_column(String(100))
    voyage: Mapped[str | None] = mapped_column(String(64), index=True)
    handover_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    driver_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    carrier_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)

    manifest: Mapped[Manifest] = relationship(back_populates="legs")
    vehicle: Mapped[Vehicle | None] = relationship()
    carrier: Mapped[Organisation | None] = relationship()
    origin: Mapped[Facility] = relationship(foreign_keys=[from_id])
    destination: Mapped[Facility] = relationship(foreign_keys=[to_id])
    route: Mapped[Route | None] = relationship()


class Weighing(Base):
    """过磅: gross and tare as the ticket says."""

    __tablename__ = "weighing"
    __table_args__ = (
        UniqueConstraint("manifest_id", "role", "leg_seq"),
        CheckConstraint(one_of("role", WeighingRole), name="role"),
        CheckConstraint("gross_kg > tare_kg AND tare_kg > 0", name="net"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"), index=True)
    role: Mapped[WeighingRole] = mapped_column(Word(WeighingRole))
    leg_seq: Mapped[int] = mapped_column(
        Integer, default=0
    )  # which leg a handover weighing ends; 0 otherwise
    gross_kg: Mapped[float] = mapped_column(Float)
    tare_kg: Mapped[float] = mapped_column(Float)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    scale_code: Mapped[str | None] = mapped_column(String(64), index=True)
    ticket: Mapped[str | None] = mapped_column(String(64), index=True)
    scale_ticket_id: Mapped[int | None] = mapped_column(ForeignKey("scale_ticket.id"))  # the raw one

    manifest: Mapped[Manifest] = relationship(back_populates="weighings")


class MoistureTest(Base):
    """含水率: the mass fraction of water in the load, with its stated uncertainty."""

    __tablename__ = "moisture_test"
    __table_args__ = (
        UniqueConstraint("manifest_id", "role", "leg_seq"),
        CheckConstraint(one_of("role", WeighingRole), name="role"),
        CheckConstraint("moisture_fraction >= 0 AND moisture_fraction < 1", name="moisture"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"), index=True)
    role: Mapped[WeighingRole] = mapped_column(Word(WeighingRole))
    leg_seq: Mapped[int] = mapped_column(Integer, default=0)
    moisture_fraction: Mapped[float] = mapped_column(Float)
    u_moisture_fraction: Mapped[float | None] = mapped_column(Float)  # standard uncertainty, absolute
    u_basis: Mapped[str | None] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    method: Mapped[MoistureMethod | None] = mapped_column(Word(MoistureMethod))

    manifest: Mapped[Manifest] = relationship(back_populates="moisture_tests")


class Receipt(Base):
    """接收: what the receiver decided."""

    __tablename__ = "receipt"
    __table_args__ = (
        Index("ix_receipt_at", "at"),
        CheckConstraint(one_of("decision", ReceiptDecision), name="decision"),
        CheckConstraint("accepted_kg >= 0 AND refused_kg >= 0", name="masses"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"), unique=True)
    decision: Mapped[ReceiptDecision] = mapped_column(Word(ReceiptDecision))
    accepted_kg: Mapped[float | None] = mapped_column(Float)
    refused_kg: Mapped[float | None] = mapped_column(Float)
    reason: Mapped[str | None] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    manifest: Mapped[Manifest] = relationship(back_populates="receipt")


class Disposal(Base):
    """最终处置: what became of the load at the site."""

    __tablename__ = "disposal"
    __table_args__ = (CheckConstraint("mass_kg > 0", name="mass"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"), unique=True)
    method: Mapped[DisposalMethod] = mapped_column(Word(DisposalMethod))
    mass_kg: Mapped[float | None] = mapped_column(Float)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    manifest: Mapped[Manifest] = relationship(back_populates="disposal")


class CustodyEvent(Base):
    """A change of custody state: who, when, why. A row of its own, never changed."""

    __tablename__ = "custody_event"
    __table_args__ = (
        CheckConstraint(one_of("to_state", CustodyState), name="to_state"),
        UniqueConstraint("manifest_id", "to_state", "leg_seq"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"), index=True)
    from_state: Mapped[CustodyState | None] = mapped_column(Word(CustodyState))
    to_state: Mapped[CustodyState] = mapped_column(Word(CustodyState))
    leg_seq: Mapped[int] = mapped_column(Integer, default=0)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(100))  # user name, "paper" when loaded, "machine"
    reason: Mapped[str | None] = mapped_column(String(500))
    recorded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when written; `at`: when it was
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    manifest: Mapped[Manifest] = relationship(back_populates="events")


class Diversion(Base):
    """应急调度: an authorised temporary change of destination."""

    __tablename__ = "diversion"
    __table_args__ = (CheckConstraint("valid_to > valid_from", name="validity"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    from_site_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    to_site_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str | None] = mapped_column(String(500))
