"""What do the vendor's own fields of a model of device mean? The table that an administrator keeps."""

import math
from dataclasses import dataclass

from sqlalchemy import Delete, delete, func, select
from sqlalchemy.orm import Session

from gps_ingest.store.devices import DeviceRefused, checked_model
from models.fleet import Device, DeviceModel, DeviceModelField

QUANTITIES = ("load_kg", "satellites", "signal", "recorder_speed_kmh", "odometer_km")
"""What a vendor's field may say of a fix (models.values.VendorField)."""
LAST_TLV, LAST_OFFSET_BYTES, LAST_WIDTH_BYTES = 255, 253, 8  # a TLV's value has at most 255 bytes


@dataclass(frozen=True, slots=True)
class FieldLine:
    """A quantity in a vendor's TLV: the big-endian integer at `offset_bytes`, times `scale`."""

    tlv_id: int
    offset_bytes: int
    width_bytes: int
    signed: bool
    scale: float
    quantity: str


@dataclass(frozen=True, slots=True)
class ModelLine:
    """A model, its fields, and how many devices are of it."""

    name: str
    fields: tuple[FieldLine, ...]
    devices: int


def list_models(session: Session) -> list[ModelLine]:
    """Every model that is described, and every other one that a device is registered as."""
    named = select(Device.model, func.count()).where(Device.model.is_not(None)).group_by(Device.model)
    counts: dict[str, int] = {str(name): count for name, count in session.execute(named)}
    fields: dict[str, list[FieldLine]] = {}
    rows = session.execute(
        select(DeviceModel.name, DeviceModelField)
        .join(DeviceModelField, DeviceModelField.model_id == DeviceModel.id, isouter=True)
        .order_by(DeviceModelField.tlv_id, DeviceModelField.offset_bytes)
    )
    for name, row in rows:
        fields.setdefault(name, [])
        if row is not None:
            fields[name].append(_line(row))
    names = sorted({*fields, *counts})
    return [ModelLine(name, tuple(fields.get(name, ())), counts.get(name, 0)) for name in names]


def describe_field(session: Session, model: str, line: FieldLine) -> None:
    """State where a quantity stands in a model's TLVs, instead of what was stated before.

    It holds for messages from now on. Raises DeviceRefused, with the field that is wrong.
    """
    name = checked_model(model)
    if name is None:
        raise DeviceRefused("the model has no name", "model")
    _check(line)
    row = session.scalar(select(DeviceModel).where(DeviceModel.name == name))
    if row is None:
        row = DeviceModel(name=name)
        session.add(row)
        session.flush()
    session.execute(_of(row.id, line.quantity))
    session.add(
        DeviceModelField(
            model_id=row.id,
            tlv_id=line.tlv_id,
            offset_bytes=line.offset_bytes,
            width_bytes=line.width_bytes,
            signed=line.signed,
            scale=line.scale,
            quantity=line.quantity,
        )
    )
    session.flush()


def forget_field(session: Session, model: str, quantity: str) -> bool:
    """Take a quantity out of a model, and the model with its last one; False when it was not there."""
    row = session.scalar(select(DeviceModel).where(DeviceModel.name == model))
    if row is None:
        return False
    found = session.scalars(_of(row.id, quantity).returning(DeviceModelField.id)).all()
    session.expire(row)
    left = session.scalar(
        select(func.count()).select_from(DeviceModelField).where(DeviceModelField.model_id == row.id)
    )
    if not left:
        session.execute(delete(DeviceModel).where(DeviceModel.id == row.id))
    session.flush()
    return bool(found)


def _of(model_id: int, quantity: str) -> Delete:
    return delete(DeviceModelField).where(
        DeviceModelField.model_id == model_id, DeviceModelField.quantity == quantity
    )


def _line(row: DeviceModelField) -> FieldLine:
    return FieldLine(row.tlv_id, row.offset_bytes, row.width_bytes, row.signed, row.scale, row.quantity)


def _check(line: FieldLine) -> None:
    """Raises DeviceRefused with the first field that lies outside its bounds."""
    if line.quantity not in QUANTITIES:
        raise DeviceRefused(f"'{line.quantity}' is none of {', '.join(QUANTITIES)}", "quantity")
    bounds = (
        ("tlv_id", line.tlv_id, 0, LAST_TLV),
        ("offset_bytes", line.offset_bytes, 0, LAST_OFFSET_BYTES),
        ("width_bytes", line.width_bytes, 1, LAST_WIDTH_BYTES),
    )
    for field, value, least, most in bounds:
        if not least <= value <= most:
            raise DeviceRefused(f"{field} {value} lies outside {least} to {most}", field)
    if not math.isfinite(line.scale) or line.scale == 0:
        raise DeviceRefused(f"a scale of {line.scale:g} says nothing", "scale")
