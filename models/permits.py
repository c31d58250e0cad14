"""Who may carry, take and treat what, and when? Permits, licences, approvals and standing plans."""

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, RowId, UtcDateTime, Word, one_of
from models.custody_words import LicenceKind
from models.facilities import Facility, Route
from models.fleet import Vehicle
from models.organisations import Organisation
from models.vocabulary import Mode, SludgeKind

DATES = "valid_to IS NULL OR valid_to >= valid_from"


class FacilityPermit(Base):
    """许可: what a facility may take, how, how much, and from when to when (both days included).

    Blank lists and figures are not limited by this permit. Where a facility has permits here they count;
    where it has none, the columns that its own row has from the scenario do.
    """

    __tablename__ = "facility_permit"
    __table_args__ = (
        UniqueConstraint("facility_id", "number"),
        CheckConstraint(DATES, name="validity"),
        CheckConstraint("max_moisture_fraction BETWEEN 0 AND 1", name="max_moisture"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    number: Mapped[str] = mapped_column(String(100))
    sludge_kinds: Mapped[list[str] | None] = mapped_column(JSON)
    methods: Mapped[list[str] | None] = mapped_column(JSON)
    t_per_day: Mapped[float | None] = mapped_column(Float)
    t_per_year: Mapped[float | None] = mapped_column(Float)
    storage_t: Mapped[float | None] = mapped_column(Float)
    max_moisture_fraction: Mapped[float | None] = mapped_column(Float)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    revoked_on: Mapped[date | None] = mapped_column(Date)

    facility: Mapped[Facility] = relationship()


class VehicleLicence(Base):
    """营运证: that a vehicle may carry sludge on the road or on the water."""

    __tablename__ = "vehicle_licence"
    __table_args__ = (
        UniqueConstraint("vehicle_id", "number"),
        CheckConstraint(one_of("kind", LicenceKind), name="kind"),
        CheckConstraint(DATES, name="validity"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"))
    kind: Mapped[LicenceKind] = mapped_column(Word(LicenceKind))
    number: Mapped[str] = mapped_column(String(100))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)

    vehicle: Mapped[Vehicle] = relationship()


class TransferApproval(Base):
    """跨省转移批准: that sludge of an origin may leave the province for a destination."""

    __tablename__ = "transfer_approval"
    __table_args__ = (CheckConstraint(DATES, name="validity"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    number: Mapped[str] = mapped_column(String(100), unique=True)
    origin_id: Mapped[int] = mapped_column(ForeignKey("facility.id"), index=True)
    destination_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    quota_t: Mapped[float | None] = mapped_column(Float)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)

    origin: Mapped[Facility] = relationship(foreign_keys=[origin_id])
    destination: Mapped[Facility] = relationship(foreign_keys=[destination_id])


class Plan(Base):
    """转移计划: standing arrangement of plant, carriers, routes, site, period and quota (wet tonnes)."""

    __tablename__ = "plan"
    __table_args__ = (
        CheckConstraint(one_of("sludge_kind", SludgeKind), name="sludge_kind"),
        CheckConstraint(DATES, name="validity"),
        CheckConstraint("quota_t > 0", name="quota"),
        Index("ix_plan_origin_id_valid_from", "origin_id", "valid_from"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    origin_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    destination_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    sludge_kind: Mapped[SludgeKind] = mapped_column(Word(SludgeKind))
    quota_t: Mapped[float | None] = mapped_column(Float)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    active: Mapped[bool] = mapped_column(Boolean, default=True)

    origin: Mapped[Facility] = relationship(foreign_keys=[origin_id])
    destination: Mapped[Facility] = relationship(foreign_keys=[destination_id])
    legs: Mapped[list["PlanLeg"]] = relationship(order_by="PlanLeg.seq")


class PlanLeg(Base):
    """A leg as the plan foresees it; its vehicle is the first that is offered when a manifest is issued."""

    __tablename__ = "plan_leg"
    __table_args__ = (
        UniqueConstraint("plan_id", "seq"),
        CheckConstraint(one_of("mode", Mode), name="mode"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    seq: Mapped[int] = mapped_column(Integer)
    mode: Mapped[Mode] = mapped_column(Word(Mode))
    carrier_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("facility.id"))
    route_id: Mapped[int | None] = mapped_column(ForeignKey("route.id"))
    vehicle_id: Mapped[int | None] = mapped_column(ForeignKey("vehicle.id"))

    carrier: Mapped[Organisation] = relationship()
    origin: Mapped[Facility] = relationship(foreign_keys=[from_id])
    destination: Mapped[Facility] = relationship(foreign_keys=[to_id])
    route: Mapped[Route | None] = relationship()
    vehicle: Mapped[Vehicle | None] = relationship()


class LimitChange(Base):
    """Who entered a limit of the rule table, or confirmed it against the official text; insert-only."""

    __tablename__ = "limit_change"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    limit_id: Mapped[int] = mapped_column(ForeignKey("rule_limit.id"), index=True)
    act: Mapped[str] = mapped_column(String(16))  # entered, confirmed
    note: Mapped[str | None] = mapped_column(String(500))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
