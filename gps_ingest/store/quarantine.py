"""How do messages get out of quarantine?

A raw message is never changed: what was taken from it shows in the fixes that name it, and each release is a
row of its own (RawRelease) with who, when and what came of it. A message with such a row waits no longer. A
release can be repeated at will and adds no fix the second time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from gps_ingest.store.acceptance import Acceptance
from gps_ingest.store.devices import DeviceRefused, find_device
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.receive import take_message
from gps_ingest.store.waiting_messages import sent_by, waiting
from models.fixes import RawMessage, RawRelease
from models.thresholds import DoubtThresholds
from models.vocabulary import RawStatus

MAX_NAME = 64  # the column's width


@dataclass(frozen=True, slots=True)
class Release:
    """Who lets messages out, and when; `again` also those that were released before."""

    by: str
    at: datetime
    again: bool = False


@dataclass(frozen=True, slots=True)
class Released:
    """A message that left quarantine, and what became of it."""

    raw_id: int
    source: str
    acceptance: Acceptance


def release(
    session: Session,
    device_code: str,
    limits: DoubtThresholds,
    how: Release,
    *,
    raw_ids: Sequence[int] | None = None,
    most: int | None = None,
) -> Iterator[Released]:
    """Take what waits of a device, in order of receipt, as it would be taken if it came now.

    Each message is decoded from its raw bytes, with the device's details as they are now and the time at
    which it came. raw_ids: only these; most: no more than this many. Raises DeviceRefused for a device that
    is not registered or not in service.
    """
    device = find_device(session, device_code)
    if not device.active:
        raise DeviceRefused(f"device '{device_code}' is out of service", "out_of_service")
    for raw_id in session.scalars(_to_release(device_code, how, raw_ids).limit(most)).all():
        raw = session.get_one(RawMessage, raw_id)
        message = Message(raw.device_code, raw.protocol, raw.body, raw.source, raw.received_at)
        session.expunge(raw)  # one message's bytes in memory at a time
        acceptance = take_message(session, message, limits)
        session.add(
            RawRelease(
                raw_id=raw_id,
                released_at=how.at,
                released_by=how.by[:MAX_NAME],
                accepted=acceptance.accepted,
                not_taken=len(acceptance.refused) + len(acceptance.quarantined),
            )
        )
        yield Released(raw_id, message.source, acceptance)
    session.flush()


def _to_release(device_code: str, how: Release, raw_ids: Sequence[int] | None) -> Select[int]:
    query = select(RawMessage.id).where(sent_by(device_code))
    if raw_ids is not None:
        query = query.where(RawMessage.id.in_(raw_ids))
    kept_aside = (RawMessage.status == RawStatus.QUARANTINED,) if how.again else waiting()
    return query.where(*kept_aside).order_by(RawMessage.received_at, RawMessage.id)
