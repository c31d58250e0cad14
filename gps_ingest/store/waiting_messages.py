"""Which messages wait in quarantine, whose, why, and what became of those that were let out?"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, null, select
from sqlalchemy.orm import Session

from models.fixes import RawMessage, RawRelease
from models.fleet import Device
from models.values import Viewer
from models.vocabulary import Protocol, RawStatus


@dataclass(frozen=True, slots=True)
class WaitingGroup:
    """Messages of one sender that wait for one reason. `reason` None: they were taken in part, each with
    its own refusals. `protocol` is that of one of them."""

    code: str
    reason: str | None
    protocol: Protocol
    registered: bool
    active: bool
    messages: int
    size_bytes: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """A message that was let out: by whom, when, and what came of it."""

    raw_id: int
    code: str
    received_at: datetime
    released_at: datetime
    released_by: str
    accepted: int
    not_taken: int


def waiting() -> tuple[ColumnElement[bool], ...]:
    """The conditions on RawMessage for one that waits: kept aside, and never released."""
    return (
        RawMessage.status == RawStatus.QUARANTINED,
        ~exists().where(RawRelease.raw_id == RawMessage.id),
    )


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
    those count as one group a sender.
    """
    if not viewer.sees_all:
        return []
    why: Any = case((RawMessage.device_id.is_(None), RawMessage.reason), else_=null())
    last = func.max(RawMessage.received_at)
    query = (
        select(
            RawMessage.device_code,
            why,
            func.min(RawMessage.protocol),
            func.count(),
            func.sum(func.length(RawMessage.body)),
            func.min(RawMessage.received_at),
            last,
        )
        .where(*waiting())
        .group_by(RawMessage.device_code, why)
        .order_by(last.desc(), RawMessage.device_code)
    )
    rows = session.execute(query).all()
    known = _known(session, {row[0] for row in rows})
    return [
        WaitingGroup(
            code,
            reason,
            Protocol(protocol),
            code in known,
            known.get(code, False),
            messages,
            int(size or 0),
            _aware(first),
            _aware(newest),
        )
        for code, reason, protocol, messages, size, first, newest in rows
    ]


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


def _known(session: Session, codes: set[str]) -> dict[str, bool]:
    """In service or not, for each sender that is registered."""
    listed = sorted(codes)
    known: dict[str, bool] = {}
    for start in range(0, len(listed), 500):
        some = Device.code.in_(listed[start : start + 500])
        known.update(dict(session.execute(select(Device.code, Device.active).where(some)).all()))
    return known


def _aware(moment: datetime) -> datetime:
    """An aggregate of times comes back bare on SQLite."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
