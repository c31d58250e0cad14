"""What else did a device report? Waybills and drivers' cards, each beside the message that it came in."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gps_ingest.decoders.jt808.reports import DriverCard, Waybill
from gps_ingest.store.acceptance import Acceptance
from models.fixes import DeviceRecord, RawMessage
from models.fleet import Device
from models.manifests import Manifest
from models.vocabulary import RecordKind


def keep_record(
    session: Session,
    acceptance: Acceptance,
    kind: RecordKind,
    at_ms: int,
    facts: dict[str, Any],
    numbers: Sequence[str] = (),
) -> None:
    """Keep the facts of a message that was just accepted, once; nothing for one that waits in quarantine.

    numbers: words of it that may be the number of a manifest; the first that is one links the record.
    """
    if acceptance.raw_id is None or acceptance.waiting:
        return
    if session.scalar(select(DeviceRecord.id).where(DeviceRecord.raw_id == acceptance.raw_id)) is not None:
        return
    device_id = _device_of(session, acceptance.raw_id)
    if device_id is None:
        return
    record = DeviceRecord(
        raw_id=acceptance.raw_id,
        device_id=device_id,
        kind=kind,
        at_ms=at_ms,
        manifest_id=manifest_named(session, numbers),
        facts=facts,
    )
    session.add(record)
    session.flush()


def keep_waybill(at_ms: int, waybill: Waybill, session: Session, acceptance: Acceptance) -> None:
    """A waybill, linked to its manifest."""
    keep_record(session, acceptance, RecordKind.WAYBILL, at_ms, waybill.facts, waybill.numbers)


def keep_card(at_ms: int, card: DriverCard, session: Session, acceptance: Acceptance) -> None:
    """A driver's card."""
    keep_record(session, acceptance, RecordKind.DRIVER_CARD, at_ms, card.facts)


def _device_of(session: Session, raw_id: int) -> int | None:
    """The device of a message that was just accepted; one that waited before tells only its name."""
    named = select(Device.id).where(Device.code == RawMessage.device_code).scalar_subquery()
    device_id: int | None = session.scalar(
        select(func.coalesce(RawMessage.device_id, named)).where(RawMessage.id == raw_id)
    )
    return device_id


def manifest_named(session: Session, numbers: Sequence[str]) -> int | None:
    """The manifest of the first of these words that is the number of one."""
    if not numbers:
        return None
    found = dict(
        session.execute(select(Manifest.number, Manifest.id).where(Manifest.number.in_(numbers))).all()
    )
    return next((found[number] for number in numbers if number in found), None)
