"""Which messages came from a device, whole as they came, and from where?"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models.fixes import RawMessage, RawRelease
from models.fleet import Device
from models.values import Viewer
from models.vocabulary import Protocol, RawStatus, ReleaseDecision
from tracking.queries.binding_times import messages_visible
from tracking.queries.keyset import Key, Page

SOURCES_FROM = 500  # newest messages from which a device's sources are told


@dataclass(frozen=True, slots=True)
class MessageFilter:
    """Of which sender, and what became of them; empty or None means: all."""

    code: str = ""
    status: RawStatus | None = None


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message as lists show it; `released_at` is when it was last let out of quarantine."""

    id: int
    code: str
    registered: bool
    protocol: Protocol
    received_at: datetime
    size_bytes: int
    source: str
    status: RawStatus
    reason: str | None
    released_at: datetime | None


@dataclass(frozen=True, slots=True)
class MessageRelease:
    """Somebody decided about a message in quarantine: who, when, what, and what came of it."""

    released_at: datetime
    released_by: str
    decision: ReleaseDecision
    accepted: int
    not_taken: int


@dataclass(frozen=True, slots=True)
class Source:
    """An address or a file's name that a device's messages came from."""

    name: str
    messages: int
    first_at: datetime
    last_at: datetime


def message_page(
    session: Session, viewer: Viewer, wanted: MessageFilter, after: Key | None = None, limit: int = 50
) -> Page[MessageRow]:
    """A page of messages, the newest first; nothing for whoever does not see all."""
    if not viewer.sees_all:
        return Page((), None)
    queries = [_rows().where(*conditions) for conditions in _ways(session, wanted)]
    if wanted.status:
        queries = [query.where(RawMessage.status == wanted.status) for query in queries]
    if after is not None:
        queries = [query.where(RawMessage.id < int(after[1])) for query in queries]
    rows = [
        row
        for query in queries
        for row in session.execute(query.order_by(RawMessage.id.desc()).limit(limit + 1))
    ]
    newest = sorted(rows, key=lambda row: -row[0])
    shown = tuple(_message_row(row) for row in newest[:limit])
    return Page(shown, (float(shown[-1].id), shown[-1].id) if len(newest) > limit and shown else None)


def _ways(session: Session, wanted: MessageFilter) -> list[tuple[Any, ...]]:
    """The conditions of a sender: by its row where it is registered, and by its name before that.

    Two questions and not one with OR: each is answered from an index.
    """
    if not wanted.code:
        return [()]
    device_id = session.scalar(select(Device.id).where(Device.code == wanted.code))
    before = _before_registration(wanted.code)
    return [before] if device_id is None else [(RawMessage.device_id == device_id,), before]


def _before_registration(code: str) -> tuple[Any, ...]:
    """The conditions of what a sender sent while it was not known: kept aside, as few messages are."""
    waiting = RawMessage.status == RawStatus.QUARANTINED
    return (RawMessage.device_id.is_(None), waiting, RawMessage.device_code.concat("") == code)


def messages_of_device(
    session: Session, viewer: Viewer, device_id: int, code: str, limit: int = 10
) -> list[MessageRow]:
    """The newest messages of a registered device while it was on a vehicle that the viewer may see."""
    rows: list[Any] = []
    for way in ((RawMessage.device_id == device_id,), _before_registration(code)):
        query = _rows().join(Device, Device.id == device_id).where(*way, messages_visible(viewer))
        rows += session.execute(query.order_by(RawMessage.id.desc()).limit(limit)).all()
    return [_message_row(row) for row in sorted(rows, key=lambda row: -row[0])[:limit]]


def message_by_id(session: Session, viewer: Viewer, raw_id: int) -> MessageRow | None:
    """One message; None if there is none, or the viewer does not see all."""
    if not viewer.sees_all:
        return None
    row = session.execute(_rows().where(RawMessage.id == raw_id)).first()
    return None if row is None else _message_row(row)


def message_body(session: Session, raw_id: int) -> bytes:
    """The bytes of a message that message_by_id has shown."""
    return session.scalar(select(RawMessage.body).where(RawMessage.id == raw_id)) or b""


def releases_of(session: Session, raw_id: int) -> list[MessageRelease]:
    """Every decision about a message in quarantine, the newest first."""
    columns = (
        RawRelease.released_at,
        RawRelease.released_by,
        RawRelease.decision,
        RawRelease.accepted,
        RawRelease.not_taken,
    )
    query = select(*columns).where(RawRelease.raw_id == raw_id).order_by(RawRelease.id.desc())
    return [MessageRelease(*row) for row in session.execute(query)]


def sources_of(session: Session, device_id: int) -> list[Source]:
    """From where the newest messages of a device came, the newest source first.

    A connection's port is chance and left out: an address is one source.
    """
    query = (
        select(RawMessage.source, RawMessage.received_at)
        .where(RawMessage.device_id == device_id)
        .order_by(RawMessage.id.desc())
        .limit(SOURCES_FROM)
    )
    found: OrderedDict[str, list[datetime]] = OrderedDict()
    for source, received_at in session.execute(query):
        found.setdefault(without_port(source), []).append(received_at)
    return [Source(name, len(times), min(times), max(times)) for name, times in found.items()]


def without_port(source: str) -> str:
    """The address of 192.0.2.7:50123 is 192.0.2.7; what is no address stays as it is."""
    host, colon, port = source.rpartition(":")
    return host.strip("[]") if colon and host and port.isdecimal() else source


def _rows() -> Select[Any]:
    released = select(func.max(RawRelease.released_at)).where(
        RawRelease.raw_id == RawMessage.id, RawRelease.decision == ReleaseDecision.RELEASED
    )
    columns: Sequence[Any] = (
        RawMessage.id,
        RawMessage.device_code,
        RawMessage.device_id.is_not(None),
        RawMessage.protocol,
        RawMessage.received_at,
        func.length(RawMessage.body),
        RawMessage.source,
        RawMessage.status,
        RawMessage.reason,
        released.correlate(RawMessage).scalar_subquery(),
    )
    return select(*columns)


def _message_row(row: Any) -> MessageRow:
    return MessageRow(*row)
