"""How do messages get out of quarantine: taken, or rejected?

A raw message is never changed: what was taken from it shows in the fixes that name it, and each decision is a
row of its own (RawRelease) with who, when and what came of it. A message with such a row waits no longer. A
release can be repeated at will and adds no fix the second time.

Whoever decides has looked at a group (waiting_messages) up to its newest message of that moment: what came
later waits on. What a sender did not prove, and what came over another protocol than the device's own, is
taken only when that is confirmed in so many words: anybody can send under a device's name.

Decoding takes a while, and whoever writes keeps others from writing: messages are decoded first
(decode_before), and released in a transaction that finds them decoded.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from gps_ingest.decoders.fix_batch import Decoded
from gps_ingest.decoders.reception import Reception
from gps_ingest.store.acceptance import Acceptance, accept
from gps_ingest.store.device_changes import DeviceDetails, details_of
from gps_ingest.store.devices import DeviceRefused, find_device
from gps_ingest.store.known_devices import reception_of, vendor_fields
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.receive import decode_as
from gps_ingest.store.released_reports import keep_records_of
from gps_ingest.store.waiting_messages import distrusted, is_distrusted, reason_of_group, sent_by, waiting
from gps_ingest.store.watermarks import to_ms
from models.fixes import RawMessage, RawRelease
from models.fleet import Device
from models.thresholds import DoubtThresholds
from models.values import not_taken
from models.vocabulary import Protocol, RawStatus, ReleaseDecision

MAX_NAME = 64  # the column's width
MOST_BYTES_BEFORE = 32 << 20  # what is decoded of them lies in memory until it is written

DecodedBefore = Mapping[int, tuple[Reception, Decoded]]
"""What messages said when they were decoded, and under which circumstances, by the row of their bytes."""


@dataclass(frozen=True, slots=True)
class Release:
    """Who decides, and when. `again`: also about messages that were decided about before.

    distrusted: whoever decides has confirmed that messages of senders that proved nothing are the device's;
    other_protocol: the same of messages over another protocol than the device's own.
    """

    by: str
    at: datetime
    again: bool = False
    distrusted: bool = False
    other_protocol: bool = False


@dataclass(frozen=True, slots=True)
class Released:
    """A message that left quarantine, and what became of it."""

    raw_id: int
    source: str
    acceptance: Acceptance


@dataclass(frozen=True, slots=True)
class Group:
    """Messages of a sender that wait for one reason, over one protocol, up to the newest that was shown.

    `reason` None: they were taken in part (waiting_messages.WaitingGroup).
    """

    code: str
    reason: str | None
    protocol: Protocol
    up_to_id: int
    registered_id: int | None  # the device that they were taken for in part

    @property
    def conditions(self) -> tuple[ColumnElement[bool], ...]:
        """On RawMessage, for one of the group."""
        why = reason_of_group()
        return (
            why.is_(None) if self.reason is None else why == self.reason,
            RawMessage.protocol == self.protocol,
            RawMessage.id <= self.up_to_id,
        )


def group_of(session: Session, device_code: str, raw_id: int) -> Group:
    """The group of a sender whose newest message, as it was shown, is this one. Raises DeviceRefused."""
    columns = (reason_of_group(), RawMessage.protocol, RawMessage.device_id)
    kept_aside = RawMessage.status == RawStatus.QUARANTINED
    row = session.execute(
        select(*columns).where(RawMessage.id == raw_id, sent_by(device_code), kept_aside)
    ).one_or_none()
    if row is None:
        raise DeviceRefused(f"message {raw_id} is none of '{device_code}' in quarantine", "no_group")
    reason, protocol, registered_id = row
    return Group(device_code, reason, protocol, raw_id, registered_id)


def decode_before(
    session: Session,
    device_code: str,
    how: Release,
    *,
    details: DeviceDetails | None = None,
    group: Group | None = None,
    up_to_id: int | None = None,
    most: int | None = None,
) -> DecodedBefore:
    """Decode what `release` with the same words would take; nothing is written, and nothing locked.

    details: of a device that is registered in the same transaction as its messages are released. What goes
    beyond MOST_BYTES_BEFORE is left to `release`. Raises DeviceRefused for a device that is not registered.
    """
    details = details or details_of(find_device(session, device_code))
    conditions = [*_confirmed(details.protocol, how), *(group.conditions if group else ())]
    if up_to_id is not None:
        conditions.append(RawMessage.id <= up_to_id)
    fields = vendor_fields(session, details.model) if details.model else ()
    found: dict[int, tuple[Reception, Decoded]] = {}
    left = MOST_BYTES_BEFORE
    for raw_id in session.scalars(_in_order(device_code, how, conditions, most)).all():
        message = _message(session, raw_id)
        left -= len(message.body)
        if left < 0:
            break
        received_ms = to_ms(message.received_at)
        reception = Reception(message.device_code, received_ms, details.utc_offset_minutes, fields)
        found[raw_id] = reception, decode_as(message, reception)
    return found


def release(
    session: Session,
    device_code: str,
    limits: DoubtThresholds,
    how: Release,
    *,
    group: Group | None = None,
    up_to_id: int | None = None,
    raw_ids: Sequence[int] | None = None,
    most: int | None = None,
    before: DecodedBefore | None = None,
) -> Iterator[Released]:
    """Take what waits of a device, in order of receipt, as it would be taken if it came now.

    Each message is decoded from its raw bytes, with the device's details as they are now and the time at
    which it came. group: only that one; without one every group, except those that need a confirmation
    which `how` does not give. up_to_id, raw_ids: only these; most: no more than this many. before: what
    decode_before found, used where the device's details are still the same.

    Raises DeviceRefused for a device that is not registered or not in service, and for a group that needs a
    confirmation which `how` does not give.
    """
    device = find_device(session, device_code)
    if not device.active:
        raise DeviceRefused(f"device '{device_code}' is out of service", "out_of_service")
    if group is not None:
        _demand_confirmation(group, device, how)
    chosen = [*_confirmed(device.protocol, how), *(group.conditions if group else ())]
    if up_to_id is not None:
        chosen.append(RawMessage.id <= up_to_id)
    if raw_ids is not None:
        chosen.append(RawMessage.id.in_(raw_ids))
    for raw_id in _held(session, device_code, how, chosen, most):
        message = _message(session, raw_id)
        acceptance = accept(session, message, _decoded(session, raw_id, message, before or {}), limits)
        keep_records_of(session, message, acceptance)
        left_out = not_taken(acceptance.refused) + not_taken(acceptance.quarantined)
        _note(session, raw_id, how, ReleaseDecision.RELEASED, acceptance.accepted, left_out)
        yield Released(raw_id, message.source, acceptance)
    session.flush()


def _message(session: Session, raw_id: int) -> Message:
    """The message of a row, which is not kept in memory beside it."""
    raw = session.get_one(RawMessage, raw_id)
    message = Message(raw.device_code, raw.protocol, raw.body, raw.source, raw.received_at)
    session.expunge(raw)  # one message's bytes in memory at a time
    return message


def _decoded(session: Session, raw_id: int, message: Message, before: DecodedBefore) -> Decoded:
    """As it was decoded before, unless the device's details have changed since."""
    reception = reception_of(session, message)
    found = before.get(raw_id)
    return found[1] if found and found[0] == reception else decode_as(message, reception)


def reject(session: Session, how: Release, group: Group, *, most: int | None = None) -> int:
    """Take a group off the list of what waits, and nothing of it; how many messages it were.

    Their bytes stay. The sender need not be registered.
    """
    rejected = _held(session, group.code, how, group.conditions, most)
    for raw_id in rejected:
        _note(session, raw_id, how, ReleaseDecision.REJECTED, accepted=0, not_taken=0)
    session.flush()
    return len(rejected)


def count_of_group(session: Session, group: Group) -> int:
    """How many messages of a group wait."""
    conditions = (sent_by(group.code), *waiting(), *group.conditions)
    return session.scalar(select(func.count()).select_from(RawMessage).where(*conditions)) or 0


def _demand_confirmation(group: Group, device: Device, how: Release) -> None:
    """Raises DeviceRefused where a person has to say yes first."""
    if group.registered_id is not None:
        return  # they were believed when they came
    if is_distrusted(group.reason) and not how.distrusted:
        raise DeviceRefused(f"the sender did not prove to be '{group.code}': {group.reason}", "distrusted")
    if group.protocol is not device.protocol and not how.other_protocol:
        said = f"the messages came over {group.protocol}, '{group.code}' speaks {device.protocol}"
        raise DeviceRefused(said, "other_protocol")


def _confirmed(protocol: Protocol, how: Release) -> list[ColumnElement[bool]]:
    """The conditions on RawMessage for one that `how` may release without further words."""
    believed = RawMessage.device_id.is_not(None)
    conditions: list[ColumnElement[bool]] = []
    if not how.distrusted:
        conditions.append(~distrusted())
    if not how.other_protocol:
        conditions.append(or_(believed, RawMessage.protocol == protocol))
    return conditions


def _held(
    session: Session,
    device_code: str,
    how: Release,
    chosen: Sequence[ColumnElement[bool]],
    most: int | None,
) -> Sequence[int]:
    """The messages to decide about, held for this transaction: two who decide at once do it one by one.

    Whoever comes second has to look again: a row is not read anew because somebody else wrote about it.
    """
    query = _in_order(device_code, how, chosen, most)
    held = session.scalars(query.with_for_update(key_share=True, of=RawMessage)).all()
    if how.again:
        return held
    still = set(session.scalars(select(RawMessage.id).where(sent_by(device_code), *waiting())))
    return [raw_id for raw_id in held if raw_id in still]


def _in_order(
    device_code: str, how: Release, chosen: Sequence[ColumnElement[bool]], most: int | None
) -> Select[int]:
    """The rows of the messages to decide about, in order of receipt."""
    kept_aside = (RawMessage.status == RawStatus.QUARANTINED,) if how.again else waiting()
    return (
        select(RawMessage.id)
        .where(sent_by(device_code), *kept_aside, *chosen)
        .order_by(RawMessage.received_at, RawMessage.id)
        .limit(most)
    )


def _note(
    session: Session, raw_id: int, how: Release, decision: ReleaseDecision, accepted: int, not_taken: int
) -> None:
    session.add(
        RawRelease(
            raw_id=raw_id,
            released_at=how.at,
            released_by=how.by[:MAX_NAME],
            decision=decision,
            accepted=accepted,
            not_taken=not_taken,
        )
    )
