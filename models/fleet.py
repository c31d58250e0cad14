"""Which vehicles, devices and scales are registered, and which device was on which vehicle when?"""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, RowId, UtcDateTime, Word, one_of
from models.facilities import Facility
from models.organisations import Organisation
from models.vocabulary import Datum, Mode, Protocol


class Vehicle(Base):
    """运输车 or 运输船. `code` is the identifier that papers use, `name` the plate or ship's name.

    In service from `active_from` to `active_to`, both days included; blank: without begin or end.
    """

    __tablename__ = "vehicle"
    __table_args__ = (
        CheckConstraint(one_of("mode", Mode), name="mode"),
        CheckConstraint("tare_kg > 0", name="tare"),
        CheckConstraint("rated_payload_kg > 0", name="payload"),
        CheckConstraint("active_to >= active_from", name="active"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    mode: Mapped[Mode] = mapped_column(Word(Mode))
    name: Mapped[str] = mapped_column(String(100))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    tare_kg: Mapped[float | None] = mapped_column(Float)
    rated_payload_kg: Mapped[float | None] = mapped_column(Float)
    mmsi: Mapped[str | None] = mapped_column(String(9))
    active_from: Mapped[date | None] = mapped_column(Date)
    active_to: Mapped[date | None] = mapped_column(Date)

    organisation: Mapped[Organisation | None] = relationship()


class Device(Base):
    """定位终端. Its token is kept as a SHA-256 hash only."""

    __tablename__ = "device"
    __table_args__ = (
        CheckConstraint(one_of("protocol", Protocol), name="protocol"),
        CheckConstraint(one_of("datum", Datum), name="datum"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    protocol: Mapped[Protocol] = mapped_column(Word(Protocol))
    datum: Mapped[Datum] = mapped_column(Word(Datum), default=Datum.WGS84)
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    model: Mapped[str | None] = mapped_column(String(64))  # DeviceModel.name, where its fields are known
    # Ahead of UTC, of a clock that sends local time without a zone; blank: as its format says.
    utc_offset_minutes: Mapped[int | None] = mapped_column(Integer)
    terminal_id: Mapped[str | None] = mapped_column(String(64))  # what it said of itself when it registered
    # Of the token that it was given when it registered and has not shown yet; token_hash stays in force.
    pending_token_hash: Mapped[str | None] = mapped_column(String(64))
    # How often an administrator gave, took away or cleared the token: an open session of before ends.
    token_issue: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    # JT/T 809: the only platform that is believed what it says of this vehicle; blank: none is.
    platform_id: Mapped[int | None] = mapped_column(ForeignKey("platform.id"))

    bindings: Mapped[list["DeviceBinding"]] = relationship(
        back_populates="device", order_by="DeviceBinding.valid_from"
    )


class DeviceModel(Base):
    """终端型号: a model of device, with what its vendor's own fields mean."""

    __tablename__ = "device_model"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)

    fields: Mapped[list["DeviceModelField"]] = relationship(order_by="DeviceModelField.tlv_id")


class DeviceModelField(Base):
    """One quantity in a vendor's TLV (models.device_values.VendorField)."""

    __tablename__ = "device_model_field"
    __table_args__ = (
        UniqueConstraint("model_id", "quantity"),
        CheckConstraint("tlv_id BETWEEN 0 AND 255", name="tlv_id"),
        CheckConstraint("offset_bytes >= 0 AND width_bytes BETWEEN 1 AND 8", name="place"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("device_model.id"))
    tlv_id: Mapped[int] = mapped_column(SmallInteger)
    offset_bytes: Mapped[int] = mapped_column(SmallInteger)
    width_bytes: Mapped[int] = mapped_column(SmallInteger)
    signed: Mapped[bool] = mapped_column(Boolean, default=False)
    scale: Mapped[float] = mapped_column(Float)
    quantity: Mapped[str] = mapped_column(String(32))


class Platform(Base):
    """下级平台: another platform that sends the positions of its vehicles (JT/T 809).

    `code` is the user name it logs in with; its password has eight
    bytes only and is kept as an Argon2 hash.
    """

    __tablename__ = "platform"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    center_id: Mapped[int] = mapped_column(BigInteger)  # 下级平台接入码
    password_hash: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(Boolean, default=True)


class DeviceBinding(Base):
    """A device on a vehicle over [valid_from, valid_to)."""

    __tablename__ = "device_binding"
    __table_args__ = (
        UniqueConstraint("device_id", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="validity"),
        Index("ix_device_binding_vehicle_id_valid_from", "vehicle_id", "valid_from"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    vehicle_id: Mapped[int] = mapped_column(ForeignKey("vehicle.id"))
    valid_from: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_to: Mapped[datetime | None] = mapped_column(UtcDateTime)

    device: Mapped[Device] = relationship(back_populates="bindings")
    vehicle: Mapped[Vehicle] = relationship()


class Scale(Base):
    """地磅 with its class, division and calibration certificate."""

    __tablename__ = "scale"
    __table_args__ = (CheckConstraint("division_kg > 0", name="division"),)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    code: Mapped[str] = mapped_column(String(64), unique=True)
    facility_id: Mapped[int] = mapped_column(ForeignKey("facility.id"), index=True)
    accuracy_class: Mapped[str | None] = mapped_column(String(8))
    division_kg: Mapped[float | None] = mapped_column(Float)
    max_kg: Mapped[float | None] = mapped_column(Float)
    certificate_valid_to: Mapped[datetime | None] = mapped_column(UtcDateTime)

    facility: Mapped[Facility] = relationship()
