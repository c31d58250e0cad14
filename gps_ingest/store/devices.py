"""Which devices are known, which tokens let them in, and which vehicles do they ride on?

A token is shown once and kept as its SHA-256 only: it is 256 bits of chance, so nothing slower is needed.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gps_ingest.decoders.fix_fields import MAX_CODE, device_code_fault
from gps_ingest.store.watermarks import mark_binding
from models.fixes import RawMessage
from models.fleet import Device, DeviceBinding, Vehicle
from models.vocabulary import Datum, Protocol

TOKEN_BYTES = 32
FIRST_OFFSET_MINUTES, LAST_OFFSET_MINUTES = -720, 840  # UTC-12 and UTC+14: the zones of the Earth


class DeviceRefused(ValueError):
    """A device cannot be registered, bound or given a token; the message is the sentence for a person.

    `kind` is one word for it, by which a page says it in the reader's language.
    """

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A device as the administrator's list shows it."""

    code: str
    protocol: Protocol
    datum: Datum
    active: bool
    has_token: bool
    vehicle: str | None  # where it rides at the moment of the list
    model: str | None = None
    utc_offset_minutes: int | None = None


def register_device(
    session: Session,
    code: str,
    protocol: Protocol,
    datum: Datum = Datum.WGS84,
    *,
    model: str | None = None,
    utc_offset_minutes: int | None = None,
) -> Device:
    """A new device; raises DeviceRefused for a code that is taken or is none, or a clock no zone has."""
    fault = device_code_fault(code)
    if fault:
        raise DeviceRefused(f"the device's code {fault}", "code")
    if session.scalar(select(Device.id).where(Device.code == code)) is not None:
        raise DeviceRefused(f"device '{code}' is registered already", "taken")
    device = Device(
        code=code,
        protocol=protocol,
        datum=datum,
        active=True,
        model=checked_model(model),
        utc_offset_minutes=checked_offset(utc_offset_minutes),
    )
    session.add(device)
    session.flush()
    return device


def checked_model(model: str | None) -> str | None:
    """The name of a model, blank as None; raises DeviceRefused for one that cannot be stored."""
    name = (model or "").strip()
    if len(name) > MAX_CODE or not name.isprintable():
        raise DeviceRefused(
            f"the model's name has more than {MAX_CODE} characters or unprintable ones", "model"
        )
    return name or None


def checked_offset(minutes: int | None) -> int | None:
    """How far a clock runs ahead of UTC; raises DeviceRefused for what no time zone has."""
    if minutes is not None and not FIRST_OFFSET_MINUTES <= minutes <= LAST_OFFSET_MINUTES:
        bounds = f"{FIRST_OFFSET_MINUTES} to {LAST_OFFSET_MINUTES} minutes"
        raise DeviceRefused(f"a clock ahead of UTC by {minutes} minutes lies outside {bounds}", "offset")
    return minutes


def bind_device(session: Session, device: Device, vehicle_code: str, since: datetime) -> DeviceBinding:
    """Put the device on a vehicle from `since` on; an earlier stay of it ends there.

    Fixes that the device sent from then on become the vehicle's, so the vehicle is looked at again.
    Raises DeviceRefused for an unknown vehicle, or a stay that began at or after `since`.
    """
    vehicle_id = session.scalar(select(Vehicle.id).where(Vehicle.code == vehicle_code))
    if vehicle_id is None:
        raise DeviceRefused(f"there is no vehicle '{vehicle_code}'", "vehicle")
    stays = select(DeviceBinding).where(DeviceBinding.device_id == device.id)
    for stay in session.scalars(stays):
        if stay.valid_from >= since:
            begun = stay.valid_from.isoformat()
            raise DeviceRefused(f"device '{device.code}' has a stay from {begun} on", "since")
        if stay.valid_to is None or stay.valid_to > since:
            stay.valid_to = since
            mark_binding(
                session, DeviceBinding(device_id=device.id, vehicle_id=stay.vehicle_id, valid_from=since)
            )
    binding = DeviceBinding(device_id=device.id, vehicle_id=vehicle_id, valid_from=since)
    session.add(binding)
    session.flush()
    mark_binding(session, binding)
    return binding


def issue_token(session: Session, code: str) -> str:
    """A fresh token, the only one that lets the device in from now on; raises DeviceRefused."""
    device = find_device(session, code)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    device.token_hash, device.pending_token_hash = token_hash(token), None
    device.token_issue += 1
    session.flush()
    return token


def find_device(session: Session, code: str) -> Device:
    """The registered device of this code; raises DeviceRefused."""
    device = session.scalar(select(Device).where(Device.code == code))
    if device is None:
        raise DeviceRefused(f"device '{code}' is not registered", "unregistered")
    return device


def device_of_token(session: Session, token: str) -> str | None:
    """The code of the active device that this token lets in, or None."""
    let_in = (Device.token_hash == token_hash(token), Device.active)
    return session.scalar(select(Device.code).where(*let_in))


def token_hash(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def list_devices(session: Session, at: datetime) -> list[DeviceLine]:
    """All devices by code, with the vehicle that each rides on at this time."""
    stays = session.execute(
        select(DeviceBinding.device_id, Vehicle.code)
        .join(Vehicle, Vehicle.id == DeviceBinding.vehicle_id)
        .where(DeviceBinding.valid_from <= at)
        .where(DeviceBinding.valid_to.is_(None) | (DeviceBinding.valid_to > at))
    )
    riding = {stay.device_id: stay.code for stay in stays}
    devices = session.scalars(select(Device).order_by(Device.code))
    return [
        DeviceLine(
            code=device.code,
            protocol=device.protocol,
            datum=device.datum,
            active=device.active,
            has_token=device.token_hash is not None,
            vehicle=riding.get(device.id),
            model=device.model,
            utc_offset_minutes=device.utc_offset_minutes,
        )
        for device in devices
    ]


def unknown_senders(session: Session) -> Sequence[tuple[str, int]]:
    """(code, messages) of devices that are not registered and whose messages wait in quarantine."""
    registered = select(Device.id).where(Device.code == RawMessage.device_code).exists()
    waiting = (
        select(RawMessage.device_code, func.count())
        .where(RawMessage.device_id.is_(None), ~registered)
        .group_by(RawMessage.device_code)
        .order_by(RawMessage.device_code)
    )
    return [(code, count) for code, count in session.execute(waiting)]
