"""Which manifests, findings and places may concern an organisation? Kept by the database: lists stay short.

Whoever may see a manifest is decided by tracking/queries/visibility.py alone. These rows only say where to
look: every organisation that a manifest, one of its legs or a diversion names has a row here, written by the
triggers of migrations/sight.py in the transaction that names it. A row stays when the name goes: that is a
row too many to look at, never a manifest too many to see. migrations/listed.py keeps findings, verdicts, the
loads of each vehicle and the sums of piles in the same way.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, Boolean, Float, ForeignKey, Index, Integer, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime, Word
from models.vocabulary import VerdictValue

NEVER_JUDGED: Final = -1.0
"""The score, below every other, of a manifest without a verdict."""


class ManifestSight(Base):
    """A manifest that may concern an organisation, in the order in which lists show it."""

    __tablename__ = "manifest_sight"
    __table_args__ = (
        PrimaryKeyConstraint("organisation_id", "manifest_id"),
        Index(
            "ix_manifest_sight_organisation_id_issued_at_manifest_id",
            "organisation_id",
            "issued_at",
            "manifest_id",
        ),
        Index("ix_manifest_sight_manifest_id", "manifest_id"),
        Index("ix_manifest_sight_verdict", "organisation_id", "verdict", "issued_at", "manifest_id"),
        Index("ix_manifest_sight_score", "organisation_id", "score", "manifest_id"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id", ondelete="CASCADE"))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)  # that of the manifest
    verdict: Mapped[VerdictValue] = mapped_column(Word(VerdictValue), server_default="pending")  # the current
    score: Mapped[float] = mapped_column(Float, server_default=str(int(NEVER_JUDGED)))  # the verdict's


class FindingSight(Base):
    """A current finding that may concern an organisation, as it stands in the queue."""

    __tablename__ = "finding_sight"
    __table_args__ = (
        PrimaryKeyConstraint("organisation_id", "finding_id"),
        Index("ix_finding_sight_finding_id", "finding_id"),
        Index("ix_finding_sight_score", "organisation_id", "score", "finding_id"),
        Index("ix_finding_sight_start_ms", "organisation_id", "start_ms", "finding_id"),
        Index("ix_finding_sight_waiting_score", "organisation_id", "waiting", "score", "finding_id"),
        Index("ix_finding_sight_waiting_start_ms", "organisation_id", "waiting", "start_ms", "finding_id"),
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id", ondelete="CASCADE"))
    waiting: Mapped[bool] = mapped_column(Boolean)  # these three are the finding's
    score: Mapped[float] = mapped_column(Float)
    start_ms: Mapped[int] = mapped_column(BigInteger)


class VehicleLoad(Base):
    """A manifest that names a vehicle, in the order in which lists show it."""

    __tablename__ = "vehicle_load"
    __table_args__ = (
        PrimaryKeyConstraint("vehicle_code", "manifest_id"),
        Index("ix_vehicle_load_manifest_id", "manifest_id"),
        Index("ix_vehicle_load_issued_at", "vehicle_code", "issued_at", "manifest_id"),
        Index("ix_vehicle_load_updated_at", "vehicle_code", "updated_at", "manifest_id"),
    )

    vehicle_code: Mapped[str] = mapped_column(String(64))
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id", ondelete="CASCADE"))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)  # these two are the manifest's
    updated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PileSum(Base):
    """What a pile's ledger adds up to. `dry_kg` is that of the entries whose moisture is known."""

    __tablename__ = "pile_sum"
    __table_args__ = (PrimaryKeyConstraint("facility_id", "pile"),)

    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id", ondelete="CASCADE"))
    pile: Mapped[str] = mapped_column(String(64))
    wet_kg: Mapped[float] = mapped_column(Float)
    dry_kg: Mapped[float] = mapped_column(Float)
    unknown: Mapped[int] = mapped_column(Integer)  # entries without dry mass
    entries: Mapped[int] = mapped_column(Integer)
    newest_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FacilitySight(Base):
    """A place that a manifest names which may concern an organisation."""

    __tablename__ = "facility_sight"
    __table_args__ = (PrimaryKeyConstraint("organisation_id", "facility_id"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id", ondelete="CASCADE"))
