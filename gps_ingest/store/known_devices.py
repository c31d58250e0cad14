"""What is known of the devices that sent these messages?"""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from gps_ingest.decoders.reception import Reception
from gps_ingest.store.many_values import is_among
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.watermarks import to_ms
from models.device_values import VendorField
from models.fleet import Device, DeviceModel, DeviceModelField


def known_devices(session: Session, codes: Collection[str]) -> dict[str, tuple[int, bool]]:
    """(row id, in service) of each registered device among `codes`."""
    wanted = sorted(code for code in codes if code.isprintable())  # a NUL is no text to PostgreSQL
    found = select(Device.code, Device.id, Device.active).where(is_among(session, Device.code, wanted))
    return {code: (device_id, active) for code, device_id, active in session.execute(found)}


def reception_of(session: Session, message: Message) -> Reception:
    """The circumstances of a message, from what is registered of its device."""
    code, received_ms = message.device_code, to_ms(message.received_at)
    if not code.isprintable():
        return Reception(code, received_ms)
    device = session.execute(
        select(Device.utc_offset_minutes, Device.model).where(Device.code == code)
    ).one_or_none()
    if device is None:
        return Reception(code, received_ms)
    fields = vendor_fields(session, device.model) if device.model else ()
    return Reception(code, received_ms, device.utc_offset_minutes, fields)


def vendor_fields(session: Session, model: str) -> tuple[VendorField, ...]:
    """What the vendor's own fields of this model mean; nothing for a model that is not in the table."""
    rows = session.scalars(
        select(DeviceModelField)
        .join(DeviceModel, DeviceModel.id == DeviceModelField.model_id)
        .where(DeviceModel.name == model)
        .order_by(DeviceModelField.tlv_id, DeviceModelField.offset_bytes)
    )
    return tuple(
        VendorField(row.tlv_id, row.offset_bytes, row.width_bytes, row.signed, row.scale, row.quantity)
        for row in rows
    )
