"""How do the messages of a device get out of quarantine once it is registered?

A raw message is never changed: what was taken from it shows in the fixes that name it. So a release can
be repeated at will and changes nothing the second time.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from gps_ingest.store.acceptance import Acceptance
from gps_ingest.store.devices import find_device
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.receive import take_message
from models.fixes import RawMessage
from models.thresholds import DoubtThresholds


@dataclass(frozen=True, slots=True)
class Released:
    """A message that left quarantine, and what became of it."""

    source: str
    acceptance: Acceptance


def release(session: Session, device_code: str, limits: DoubtThresholds) -> Iterator[Released]:
    """Take the fixes of every message that came before the device was registered, in order of receipt.

    Each is decoded from its raw bytes as it would have been then; raises DeviceRefused for a device that
    is still unknown.
    """
    device = find_device(session, device_code)
    waiting = (
        select(RawMessage.id)
        .where(RawMessage.device_code == device.code, RawMessage.device_id.is_(None))
        .order_by(RawMessage.received_at, RawMessage.id)
    )
    for raw_id in session.scalars(waiting).all():
        raw = session.get_one(RawMessage, raw_id)
        message = Message(raw.device_code, raw.protocol, raw.body, raw.source, raw.received_at)
        session.expunge(raw)  # one message's bytes in memory at a time
        yield Released(message.source, take_message(session, message, limits))
