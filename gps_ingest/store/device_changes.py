"""What changes about a registered device: its details, its service, its vehicle, how it may come in?

Raw bytes and fixes stay as they are. A datum is applied when fixes are read, so another one changes where
the vehicle was all along: its vehicles are looked at again from the device's first fix on. A clock's offset
is applied when a message is decoded, so another one holds for messages from now on.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from gps_ingest.store.devices import DeviceRefused, checked_model, checked_offset
from gps_ingest.store.watermarks import mark_binding
from models.fleet import Device, DeviceBinding
from models.vocabulary import Datum, Protocol


@dataclass(frozen=True, slots=True)
class DeviceDetails:
    """What an administrator states of a device; `utc_offset_minutes` None: as its format says."""

    protocol: Protocol
    datum: Datum
    model: str | None = None
    utc_offset_minutes: int | None = None


def details_of(device: Device) -> DeviceDetails:
    """The details as they are registered."""
    return DeviceDetails(device.protocol, device.datum, device.model, device.utc_offset_minutes)


def change_device(session: Session, device: Device, wanted: DeviceDetails) -> bool:
    """State other details; whether the device's vehicles must be looked at again. Raises DeviceRefused."""
    model, offset = checked_model(wanted.model), checked_offset(wanted.utc_offset_minutes)
    other_datum = device.datum is not wanted.datum
    device.protocol, device.datum = wanted.protocol, wanted.datum
    device.model, device.utc_offset_minutes = model, offset
    session.flush()
    if other_datum:
        for stay in session.scalars(select(DeviceBinding).where(DeviceBinding.device_id == device.id)):
            mark_binding(session, stay)
    return other_datum


def set_service(session: Session, device: Device, active: bool) -> None:
    """Put a device into service or out of it: out of service its messages wait in quarantine."""
    device.active = active
    session.flush()


def clear_registration(session: Session, device: Device) -> None:
    """Forget which terminal registered itself under this number (JT/T 808), and the token it was given.

    The next terminal that registers under the number is taken for the device: for one that was replaced.
    """
    device.terminal_id = device.token_hash = device.pending_token_hash = None
    device.token_issue += 1
    session.flush()


def revoke_token(session: Session, device: Device) -> None:
    """The device's token lets nobody in any more, and whoever is in by it is hung up on."""
    device.token_hash = device.pending_token_hash = None
    device.token_issue += 1
    session.flush()


def unbind_device(session: Session, device: Device, until: datetime) -> DeviceBinding:
    """Take the device off its vehicle at `until`; the stay, ended. Raises DeviceRefused.

    Fixes from then on belong to no vehicle, so the vehicle is looked at again.
    """
    stay = session.scalar(
        select(DeviceBinding).where(DeviceBinding.device_id == device.id, DeviceBinding.valid_to.is_(None))
    )
    if stay is None:
        raise DeviceRefused(f"device '{device.code}' rides on no vehicle", "unbound")
    if stay.valid_from >= until:
        begun = stay.valid_from.isoformat()
        raise DeviceRefused(f"device '{device.code}' has a stay from {begun} on", "since")
    stay.valid_to = until
    session.flush()
    after = DeviceBinding(device_id=device.id, vehicle_id=stay.vehicle_id, valid_from=until)
    mark_binding(session, after)
    return stay
