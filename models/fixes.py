"""What did devices send: raw messages and fixes, insert-only?

Migration 0001 adds triggers that refuse UPDATE and DELETE on both tables. A fix is keyed by device,
time *and* place: a device that repeats itself adds nothing, while two places claimed for one moment
are both kept as evidence.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    REAL,
    BigInteger,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, RowId, UtcDateTime, Word, one_of
from models.vocabulary import Protocol, RawStatus, RecordKind, ReleaseDecision


class RawMessage(Base):
    """The bytes exactly as they came, once for each content of a device.

    `device_id` is blank for a device that is not registered: the message waits in quarantine.
    """

    __tablename__ = "raw_message"
    __table_args__ = (
        UniqueConstraint("device_code", "sha256"),
        CheckConstraint(one_of("protocol", Protocol), name="protocol"),
        CheckConstraint(one_of("status", RawStatus), name="status"),
        Index("ix_raw_message_status_received_at", "status", "received_at"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    device_code: Mapped[str] = mapped_column(String(64))
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"), index=True)
    protocol: Mapped[Protocol] = mapped_column(Word(Protocol))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(200))  # file name, or address of the sender
    status: Mapped[RawStatus] = mapped_column(Word(RawStatus))
    reason: Mapped[str | None] = mapped_column(String(500))


class FixRow(Base):
    """One position report. lat_e7, lon_e7: 1e-7 degree as sent, in the device's own datum.

    device_id and raw_id name rows of device and raw_message without the database looking each of them up:
    docs/decisions/0107. PostgreSQL keeps each month by itself (migrations/versions/0003).
    """

    __tablename__ = "fix"
    __table_args__ = (
        PrimaryKeyConstraint("device_id", "time_ms", "lat_e7", "lon_e7"),
        {"sqlite_with_rowid": False, "postgresql_partition_by": "RANGE (time_ms)"},
    )

    device_id: Mapped[int] = mapped_column(RowId)
    time_ms: Mapped[int] = mapped_column(BigInteger)
    lat_e7: Mapped[int] = mapped_column(Integer)
    lon_e7: Mapped[int] = mapped_column(Integer)
    speed_kmh: Mapped[float | None] = mapped_column(REAL)
    course_deg: Mapped[float | None] = mapped_column(REAL)
    accuracy_m: Mapped[float | None] = mapped_column(REAL)
    odometer_km: Mapped[float | None] = mapped_column(Float(53))
    received_ms: Mapped[int | None] = mapped_column(BigInteger)
    load_state: Mapped[int] = mapped_column(SmallInteger)
    acc: Mapped[int] = mapped_column(SmallInteger)
    doubts: Mapped[int] = mapped_column(BigInteger)
    raw_id: Mapped[int] = mapped_column(RowId)
    satellites: Mapped[int | None] = mapped_column(SmallInteger)
    signal: Mapped[int | None] = mapped_column(SmallInteger)
    recorder_speed_kmh: Mapped[float | None] = mapped_column(REAL)
    load_kg: Mapped[float | None] = mapped_column(REAL)
    alarm: Mapped[int] = mapped_column(BigInteger, server_default="0")


class RawRelease(Base):
    """One decision about a message in quarantine: whose, when, and what came of it. Rejected ones keep their
    bytes and wait no longer."""

    __tablename__ = "raw_release"
    __table_args__ = (CheckConstraint(one_of("decision", ReleaseDecision), name="decision"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    raw_id: Mapped[int] = mapped_column(ForeignKey("raw_message.id"), index=True)
    released_at: Mapped[datetime] = mapped_column(UtcDateTime)
    released_by: Mapped[str] = mapped_column(String(64))
    decision: Mapped[ReleaseDecision] = mapped_column(Word(ReleaseDecision))
    accepted: Mapped[int] = mapped_column(Integer)
    not_taken: Mapped[int] = mapped_column(Integer)


class DeviceRecord(Base):
    """What a device reported besides its position: a waybill, a driver's card; once for each raw message."""

    __tablename__ = "device_record"
    __table_args__ = (
        CheckConstraint(one_of("kind", RecordKind), name="kind"),
        Index("ix_device_record_device_id_at_ms", "device_id", "at_ms"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    raw_id: Mapped[int] = mapped_column(ForeignKey("raw_message.id"), unique=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    kind: Mapped[RecordKind] = mapped_column(Word(RecordKind))
    at_ms: Mapped[int] = mapped_column(BigInteger)
    manifest_id: Mapped[int | None] = mapped_column(ForeignKey("manifest.id"), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
