"""What did the machine conclude about devices: whose data cannot be a true track, when, and why?

Derived tables, rebuilt from fixes at any time, one UTC day of one device on one vehicle after the other.
Times are ms UTC.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Word, one_of
from models.vocabulary import Datum, FindingKind


class DeviceDay(Base):
    """A UTC day of a device on a vehicle: which coordinates its fixes proved to be, and what is left to do.

    `day` counts days since 1970. `datum` is blank where the day proves nothing. `compared`: its windows
    were looked up among everybody's; `told`: its findings are up to date.
    """

    __tablename__ = "device_day"
    __table_args__ = (
        PrimaryKeyConstraint("vehicle_id", "device_id", "day"),
        CheckConstraint(one_of("datum", Datum), name="datum"),
        Index("ix_device_day_compared_told", "compared", "told"),
    )

    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    day: Mapped[int] = mapped_column(Integer)
    datum: Mapped[Datum | None] = mapped_column(Word(Datum))
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    compared: Mapped[bool] = mapped_column(Boolean)
    told: Mapped[bool] = mapped_column(Boolean)


class DoubtStretch(Base):
    """From when to when a device's data are doubted, of which kind and for which cause.

    Stretches end with their UTC day and go on in the next; those of a datum hold for as long as it did.
    """

    __tablename__ = "doubt_stretch"
    __table_args__ = (
        PrimaryKeyConstraint("vehicle_id", "device_id", "kind", "cause", "from_ms"),
        CheckConstraint(one_of("kind", FindingKind), name="kind"),
        CheckConstraint("to_ms >= from_ms", name="interval"),
        Index("ix_doubt_stretch_kind_from_ms", "kind", "from_ms"),
    )

    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    kind: Mapped[FindingKind] = mapped_column(Word(FindingKind))
    cause: Mapped[str] = mapped_column(String(16))
    from_ms: Mapped[int] = mapped_column(BigInteger)
    to_ms: Mapped[int] = mapped_column(BigInteger)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)


class TrackWindow(Base):
    """The fingerprint of 20 fixes of a moving device, beginning at `time_ms`: real noise never repeats it."""

    __tablename__ = "track_window"
    __table_args__ = (
        PrimaryKeyConstraint("device_id", "time_ms"),
        Index("ix_track_window_fingerprint", "fingerprint"),
    )

    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"))
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    time_ms: Mapped[int] = mapped_column(BigInteger)
    fingerprint: Mapped[int] = mapped_column(BigInteger)
