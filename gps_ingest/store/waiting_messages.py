"""Which messages wait in quarantine, whose, why, and what became of those that were let out?"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, case, exists, func, null, select
from sqlalchemy.orm import Session

from gps_ingest.store.acceptance import OUT_OF_SERVICE, UNKNOWN_DEVICE
from models.fixes import RawMessage, RawRelease
from models.fleet import Device
from models.values import Viewer
from models.vocabulary import Protocol, RawStatus, ReleaseDecision

NO_DISTRUST = (UNKNOWN_DEVICE, OUT_OF_SERVICE)
"""Reasons for which whole messages wait that say nothing against their senders; every other one does."""


@dataclass(frozen=True, slots=True)
class WaitingGroup:
    """Messages of one sender that wait for one reason, over one protocol.

    `reason` None: they were taken in part, each with its own refusals. `distrusted`: their senders did not
    prove to be the device. up_to_id: the newest message; it names the group as it was shown, so that what
    comes later is not meant (quarantine.group_of). device_protocol: what the device of this name speaks,
    None where none is registered.
    """

    code: str
    reason: str | None
    protocol: Protocol
    distrusted: bool
    up_to_id: int
    device_protocol: Protocol | None
    active: bool
    messages: int
    size_bytes: int
    first_at: datetime
    last_at: datetime

    @property
    def registered(self) -> bool:
        return self.device_protocol is not None

    @property
    def other_protocol(self) -> bool:
        """Did they come over another protocol than the device's own, and were not believed when they came?"""
        return self.reason is not None and self.device_protocol not in (None, self.protocol)


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """A message about which somebody decided: who, when, what, and what came of it."""

    raw_id: int
    code: str
    received_at: datetime
    released_at: datetime
    released_by: str
    decision: ReleaseDecision
    accepted: int
    not_taken: int


def waiting() -> tuple[ColumnElement[bool], ...]:
    """The conditions on RawMessage for one that waits: kept aside, and never decided about."""
    return (
        RawMessage.status == RawStatus.QUARANTINED,
        ~exists().where(RawRelease.raw_id == RawMessage.id),
    )


def is_distrusted(reason: str | None) -> bool:
    """Does a message wait for this reason because its sender did not prove to be the device?"""
    return reason is not None and reason not in NO_DISTRUST


def distrusted() -> ColumnElement[bool]:
    """The same as a condition on RawMessage."""
    return and_(RawMessage.device_id.is_(None), RawMessage.reason.not_in(NO_DISTRUST))


def sent_by(device_code: str) -> ColumnElement[bool]:
    """The condition on the sender, written so that the index on the status is used and not the one on
    the code: few messages are kept aside, a device sends millions."""
    return RawMessage.device_code.concat("") == device_code


def count_waiting(session: Session, device_code: str) -> int:
    """How many messages of a device wait."""
    query = select(func.count()).select_from(RawMessage).where(sent_by(device_code), *waiting())
    return session.scalar(query) or 0


def waiting_groups(session: Session, viewer: Viewer) -> list[WaitingGroup]:
    """What waits, the newest sender first; nothing for whoever does not see all.

    A message of a known device that was taken in part names its refusals, which no two messages share:
    those count as one group a sender and protocol.
    """
    if not viewer.sees_all:
        return []
    why = reason_of_group()
    last = func.max(RawMessage.received_at)
    query = (
        select(
            RawMessage.device_code,
            why,
            RawMessage.protocol,
            func.max(RawMessage.id),
            func.count(),
            func.sum(func.length(RawMessage.body)),
            func.min(RawMessage.received_at),
            last,
        )
        .where(*waiting())
        .group_by(RawMessage.device_code, why, RawMessage.protocol)
        .order_by(last.desc(), RawMessage.device_code)
    )
    rows = session.execute(query).all()
    known = _known(session, {row[0] for row in rows})
    nobody: tuple[Protocol | None, bool] = (None, False)
    groups = []
    for code, reason, protocol, up_to_id, messages, size, first, newest in rows:
        device_protocol, active = known.get(code, nobody)
        groups.append(
            WaitingGroup(
                code=code,
                reason=reason,
                protocol=protocol,
                distrusted=is_distrusted(reason),
                up_to_id=up_to_id,
                device_protocol=device_protocol,
                active=active,
                messages=messages,
                size_bytes=int(size or 0),
                first_at=_aware(first),
                last_at=_aware(newest),
            )
        )
    return groups


def reason_of_group() -> ColumnElement[str | None]:
    """Why a message waits; NULL for one of a known device that was taken in part."""
    return case((RawMessage.device_id.is_(None), RawMessage.reason), else_=null())


def waiting_counts(session: Session, codes: set[str] | None = None) -> dict[str, int]:
    """How many messages of each sender wait."""
    query = select(RawMessage.device_code, func.count()).where(*waiting()).group_by(RawMessage.device_code)
    counts: dict[str, int] = dict(session.execute(query).all())
    return counts if codes is None else {code: counts[code] for code in codes if code in counts}


def newest_releases(session: Session, viewer: Viewer, code: str = "", limit: int = 50) -> list[ReleaseLine]:
    """The newest releases, of one sender where one is given; nothing for whoever does not see all."""
    if not viewer.sees_all:
        return []
    query = (
        select(
            RawRelease.raw_id,
            RawMessage.device_code,
            RawMessage.received_at,
            RawRelease.released_at,
            RawRelease.released_by,
            RawRelease.decision,
            RawRelease.accepted,
            RawRelease.not_taken,
        )
        .join(RawMessage, RawMessage.id == RawRelease.raw_id)
        .order_by(RawRelease.id.desc())
        .limit(limit)
    )
    if code:
        query = query.where(RawMessage.device_code == code)
    return [ReleaseLine(*row) for row in session.execute(query)]


def _known(session: Session, codes: set[str]) -> dict[str, tuple[Protocol, bool]]:
    """(protocol, in service) of each sender that is registered."""
    listed = sorted(codes)
    known: dict[str, tuple[Protocol, bool]] = {}
    for start in range(0, len(listed), 500):
        some = Device.code.in_(listed[start : start + 500])
        rows = session.execute(select(Device.code, Device.protocol, Device.active).where(some))
        known.update((code, (protocol, active)) for code, protocol, active in rows)
    return known


def _aware(moment: datetime) -> datetime:
    """An aggregate of times comes back bare on SQLite."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
