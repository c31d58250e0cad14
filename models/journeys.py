"""What did the machine conclude about movement: visits, trips, and how far each vehicle is analysed?

Derived tables: rebuilt from fixes and paper at any time, so nothing may refer to their row ids from
outside this file. Times are ms UTC, as in the tracks they come from.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Float,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, RowId


class VisitRow(Base):
    """A stay inside a fence. The stay is an interval: [outside before, outside after] is its upper bound."""

    __tablename__ = "visit"
    __table_args__ = (Index("ix_visit_vehicle_id_entered_ms", "vehicle_id", "entered_ms"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"))
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"), index=True)
    entered_ms: Mapped[int] = mapped_column(BigInteger)  # first fix inside
    left_ms: Mapped[int] = mapped_column(BigInteger)  # last fix inside
    outside_before_ms: Mapped[int | None] = mapped_column(BigInteger)  # blank: data begins inside
    outside_after_ms: Mapped[int | None] = mapped_column(BigInteger)  # blank: data ends inside
    fix_count: Mapped[int] = mapped_column(Integer)


class TripRow(Base):
    """From leaving a node to entering the next, or to where the data ends."""

    __tablename__ = "trip"
    __table_args__ = (
        UniqueConstraint("vehicle_id", "departed_ms"),
        Index("ix_trip_departed_ms", "departed_ms"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"))
    origin_id: Mapped[int | None] = mapped_column(ForeignKey("facility.id"))
    destination_id: Mapped[int | None] = mapped_column(ForeignKey("facility.id"))
    stay_from_ms: Mapped[int | None] = mapped_column(BigInteger)  # at the origin; blank where censored
    departed_ms: Mapped[int] = mapped_column(BigInteger)  # last fix in the origin's fence
    arrived_ms: Mapped[int] = mapped_column(BigInteger)  # first fix in the destination's fence
    stay_to_ms: Mapped[int | None] = mapped_column(BigInteger)  # at the destination; blank where censored
    start_censored: Mapped[bool] = mapped_column(Boolean)
    end_censored: Mapped[bool] = mapped_column(Boolean)
    load: Mapped[str] = mapped_column(String(8))  # loaded, empty, unknown
    distance_m: Mapped[float] = mapped_column(Float)
    coverage_fraction: Mapped[float] = mapped_column(Float)
    fix_count: Mapped[int] = mapped_column(Integer)
    route_id: Mapped[int | None] = mapped_column(
        ForeignKey("route.id")
    )  # the approved route it followed best
    emptied_ms: Mapped[int | None] = mapped_column(BigInteger)  # load sensor went to empty outside a node
    judged: Mapped[bool] = mapped_column(
        Boolean, index=True, default=False
    )  # findings of this trip are up to date


class TripLeg(Base):
    """Which trip carried which leg, and how sure the assignment is (cost margin to the runner-up)."""

    __tablename__ = "trip_leg"
    __table_args__ = (PrimaryKeyConstraint("trip_id", "leg_id"),)

    trip_id: Mapped[int] = mapped_column(ForeignKey("trip.id", ondelete="CASCADE"))
    leg_id: Mapped[int] = mapped_column(ForeignKey("leg.id"), index=True)
    how: Mapped[str] = mapped_column(String(16))  # matched, shared, mismatch
    cost: Mapped[float] = mapped_column(Float)
    margin: Mapped[float] = mapped_column(Float)


class SilenceRow(Base):
    """Silence of a moving vehicle between two fixes; places where many fall silent are shadow zones."""

    __tablename__ = "silence"
    __table_args__ = (PrimaryKeyConstraint("vehicle_id", "before_ms"),)

    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"))
    before_ms: Mapped[int] = mapped_column(BigInteger)
    after_ms: Mapped[int] = mapped_column(BigInteger)
    before_lat: Mapped[float] = mapped_column(Float)
    before_lon: Mapped[float] = mapped_column(Float)
    after_lat: Mapped[float] = mapped_column(Float)
    after_lon: Mapped[float] = mapped_column(Float)


class Watermark(Base):
    """How far a vehicle is analysed, and from when on it must be looked at again (late data)."""

    __tablename__ = "watermark"

    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"), primary_key=True, autoincrement=False)
    analysed_to_ms: Mapped[int | None] = mapped_column(BigInteger)
    dirty_from_ms: Mapped[int | None] = mapped_column(BigInteger, index=True)


class ManifestMark(Base):
    """Which manifests changed on paper since they were last judged.

    `changes` counts every change: a run clears `dirty` only where the count is still what it was when the
    run read the paper, so that a change which comes in between is not lost.
    """

    __tablename__ = "manifest_mark"

    manifest_id: Mapped[int] = mapped_column(ForeignKey("manifest.id"), primary_key=True, autoincrement=False)
    dirty: Mapped[bool] = mapped_column(Boolean, index=True)
    changes: Mapped[int] = mapped_column(Integer, default=1)
