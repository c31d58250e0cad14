"""From which loads does a load come, and what lies in piles? Links between manifests, stock, products."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, RowId, UtcDateTime, Word, one_of
from models.custody_words import StockMove
from models.facilities import Facility
from models.fleet import Vehicle
from models.manifests import Manifest
from models.organisations import Organisation, User
from models.vocabulary import DisposalMethod, ManifestKind, Mode


class ManifestLink(Base):
    """A part of a parent's load that travels on under a child: a child of a group has several parents."""

    __tablename__ = "manifest_link"
    __table_args__ = (
        UniqueConstraint("parent_id", "child_id"),
        CheckConstraint(one_of("kind", ManifestKind), name="kind"),
        CheckConstraint("wet_kg > 0 AND (dry_kg IS NULL OR dry_kg >= 0)", name="masses"),
        CheckConstraint("parent_id <> child_id", name="not_itself"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"))
    child_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"), index=True)
    kind: Mapped[ManifestKind] = mapped_column(Word(ManifestKind))
    wet_kg: Mapped[float] = mapped_column(Float)
    dry_kg: Mapped[float | None] = mapped_column(Float)  # unknown where the parent's moisture is
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    parent: Mapped[Manifest] = relationship(foreign_keys=[parent_id])
    child: Mapped[Manifest] = relationship(foreign_keys=[child_id])


class StockEntry(Base):
    """A pile's ledger: what came (+) and went (-), wet and dry; insert-only. The stock is the sum."""

    __tablename__ = "stock_entry"
    __table_args__ = (
        CheckConstraint(one_of("move", StockMove), name="move"),
        Index("ix_stock_entry_facility_id_pile_at", "facility_id", "pile", "at"),
        Index("ix_stock_entry_manifest_id", "manifest_id"),
        Index("ix_stock_entry_at_id", "at", "id"),
        Index("ix_stock_entry_facility_id_at_id", "facility_id", "at", "id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    pile: Mapped[str] = mapped_column(String(64))
    move: Mapped[StockMove] = mapped_column(Word(StockMove))
    manifest_id: Mapped[int | None] = mapped_column(ForeignKey("manifest.id"))
    wet_kg: Mapped[float] = mapped_column(Float)
    dry_kg: Mapped[float | None] = mapped_column(Float)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    note: Mapped[str | None] = mapped_column(String(500))

    facility: Mapped[Facility] = relationship()
    manifest: Mapped[Manifest | None] = relationship()


class Voyage(Base):
    """航次: one trip of a vessel that carries many manifests' legs (Leg.voyage holds its code)."""

    __tablename__ = "voyage"
    __table_args__ = (CheckConstraint(one_of("mode", Mode), name="mode"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    mode: Mapped[Mode] = mapped_column(Word(Mode), default=Mode.WATER)
    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"), index=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    departed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    vehicle: Mapped[Vehicle] = relationship()
    origin: Mapped[Facility] = relationship(foreign_keys=[from_id])
    destination: Mapped[Facility] = relationship(foreign_keys=[to_id])


class ProductDispatch(Base):
    """What leaves a site (compost, brick, ash), with its use 用途 and who gets it."""

    __tablename__ = "product_dispatch"
    __table_args__ = (
        CheckConstraint("mass_kg > 0", name="mass"),
        CheckConstraint("moisture_fraction >= 0 AND moisture_fraction < 1", name="moisture"),
        Index("ix_product_dispatch_facility_id_at", "facility_id", "at"),
        Index("ix_product_dispatch_at_id", "at", "id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    number: Mapped[str] = mapped_column(String(64), unique=True)
    product: Mapped[str] = mapped_column(String(100))
    method: Mapped[DisposalMethod | None] = mapped_column(Word(DisposalMethod))  # that made it
    mass_kg: Mapped[float] = mapped_column(Float)
    moisture_fraction: Mapped[float | None] = mapped_column(Float)
    use: Mapped[str] = mapped_column(String(200))
    receiver: Mapped[str] = mapped_column(String(200))
    receiver_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    vehicle: Mapped[str | None] = mapped_column(String(64))
    ticket: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    facility: Mapped[Facility] = relationship()
    receiving: Mapped[Organisation | None] = relationship()
    user: Mapped[User | None] = relationship()
