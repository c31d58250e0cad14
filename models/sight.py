"""Which manifests and places may concern an organisation? Kept by the database, so that lists stay short.

Whoever may see a manifest is decided by tracking/queries/visibility.py alone. These rows only say where to
look: every organisation that a manifest, one of its legs or a diversion names has a row here, written by the
triggers of migrations/sight.py in the transaction that names it. A row stays when the name goes: that is a
row too many to look at, never a manifest too many to see.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, PrimaryKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, UtcDateTime


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
    )

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id", ondelete="CASCADE"))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)  # that of the manifest


class FacilitySight(Base):
    """A place that a manifest names which may concern an organisation."""

    __tablename__ = "facility_sight"
    __table_args__ = (PrimaryKeyConstraint("organisation_id", "facility_id"),)

    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id", ondelete="CASCADE"))
