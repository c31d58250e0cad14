"""What contradicts, how sure is the machine, and what did people decide about it?

A finding is revised, never deleted: each version is a row, `current` marks the one that holds. A
finding that later data explain is superseded by a version with `retracted` set.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, RowId, UtcDateTime, Word, one_of
from models.manifests import Manifest
from models.organisations import User
from models.vocabulary import DecisionOutcome, FindingKind, Severity, VerdictValue


class Finding(Base):
    """异常: one detected contradiction with its evidence.

    `key` is stable over re-analysis. `scope` says which part of the analysis owns the finding
    ("vehicle:7", "manifest:12"), so that a new look at that part can revise it. `reasons` are
    {"code", "params"} worded by reports/wording.py in the reader's language.

    `waiting`: nobody has settled it, kept by the triggers of migrations/listed.py. A decision settles the
    version that it was about and every later one that is no worse; a finding that has become more severe
    since, or much more probable, comes back, with what was decided beside it.
    """

    __tablename__ = "finding"
    __table_args__ = (
        UniqueConstraint("key", "version"),
        CheckConstraint(one_of("kind", FindingKind), name="kind"),
        CheckConstraint(one_of("severity", Severity), name="severity"),
        CheckConstraint("score >= 0 AND score <= 1", name="score"),
        CheckConstraint("end_ms >= start_ms", name="interval"),
        Index(
            "uq_finding_current",
            "key",
            unique=True,
            sqlite_where=text("current"),
            postgresql_where=text("current"),
        ),
        Index("ix_finding_scope", "scope", "start_ms"),
        Index("ix_finding_rank", "current", "score", "id"),
        Index("ix_finding_current_start_ms_id", "current", "start_ms", "id"),
        Index("ix_finding_waiting_score_id", "waiting", "score", "id"),
        Index("ix_finding_waiting_start_ms_id", "waiting", "start_ms", "id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    key: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(Integer)
    current: Mapped[bool] = mapped_column(Boolean)
    retracted: Mapped[bool] = mapped_column(Boolean, default=False)
    scope: Mapped[str] = mapped_column(String(40))
    kind: Mapped[FindingKind] = mapped_column(Word(FindingKind))
    severity: Mapped[Severity] = mapped_column(Word(Severity))
    score: Mapped[float] = mapped_column(Float)
    start_ms: Mapped[int] = mapped_column(BigInteger)
    end_ms: Mapped[int] = mapped_column(BigInteger)
    detected_ms: Mapped[int] = mapped_column(BigInteger)
    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)
    facility_id: Mapped[int | None] = mapped_column(ForeignKey("facility.id"))
    route_id: Mapped[int | None] = mapped_column(ForeignKey("route.id"))
    hauler_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    scale_code: Mapped[str | None] = mapped_column(String(64))
    device_code: Mapped[str | None] = mapped_column(String(64))
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON)
    rule_version: Mapped[str] = mapped_column(String(32))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    waiting: Mapped[bool] = mapped_column(Boolean, server_default=false())

    manifests: Mapped[list["FindingManifest"]] = relationship(order_by="FindingManifest.ordinal")
    vehicles: Mapped[list["FindingVehicle"]] = relationship(order_by="FindingVehicle.ordinal")


class FindingManifest(Base):
    """A manifest that a finding is about; ordinal 0 is the first."""

    __tablename__ = "finding_manifest"
    __table_args__ = (PrimaryKeyConstraint("finding_id", "manifest_id"),)

    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"))
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"), index=True)
    ordinal: Mapped[int] = mapped_column(Integer)

    manifest: Mapped[Manifest] = relationship()


class FindingVehicle(Base):
    """A vehicle that a finding is about, by code: it may be unregistered."""

    __tablename__ = "finding_vehicle"
    __table_args__ = (PrimaryKeyConstraint("finding_id", "vehicle_code"),)

    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"))
    vehicle_code: Mapped[str] = mapped_column(String(64), index=True)
    ordinal: Mapped[int] = mapped_column(Integer)


class Decision(Base):
    """What an inspector decided about a finding, with the reason; a later decision stands beside it."""

    __tablename__ = "decision"
    __table_args__ = (CheckConstraint(one_of("outcome", DecisionOutcome), name="outcome"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    finding_key: Mapped[str] = mapped_column(String(40), index=True)
    finding_version: Mapped[int] = mapped_column(Integer)
    outcome: Mapped[DecisionOutcome] = mapped_column(Word(DecisionOutcome))
    reason: Mapped[str] = mapped_column(String(1000))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship()


class Verdict(Base):
    """判定 of a manifest: versioned like findings."""

    __tablename__ = "verdict"
    __table_args__ = (
        UniqueConstraint("manifest_id", "version"),
        CheckConstraint(one_of("value", VerdictValue), name="value"),
        Index(
            "uq_verdict_current",
            "manifest_id",
            unique=True,
            sqlite_where=text("current"),
            postgresql_where=text("current"),
        ),
        Index("ix_verdict_current_value", "current", "value"),
        Index("ix_verdict_current_score_manifest_id", "current", "score", "manifest_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"))
    version: Mapped[int] = mapped_column(Integer)
    current: Mapped[bool] = mapped_column(Boolean)
    value: Mapped[VerdictValue] = mapped_column(Word(VerdictValue))
    score: Mapped[float] = mapped_column(Float)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    rule_version: Mapped[str] = mapped_column(String(32))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
