"""How are the bytes of a message kept, once for each content of a device?"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.fixes import RawMessage
from models.vocabulary import Protocol, RawStatus

MAX_REASON = 500  # the column's width


@dataclass(frozen=True, slots=True)
class Message:
    """What came in: the bytes, who sent them by its own account, over what, from where, when."""

    device_code: str
    protocol: Protocol
    body: bytes
    source: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """The row of a message; `repeated` says that the same bytes of the same device were there before."""

    id: int
    repeated: bool
    status: RawStatus


def keep_message(
    session: Session, message: Message, device_id: int | None, status: RawStatus, reason: str | None
) -> KeptMessage:
    """Insert the message unless its device sent the same bytes before; the older row stays as it is."""
    sha256 = hashlib.sha256(message.body).hexdigest()
    values = {
        "device_code": message.device_code,
        "device_id": device_id,
        "protocol": message.protocol,
        "received_at": message.received_at,
        "body": message.body,
        "sha256": sha256,
        "source": storable(message.source)[:200],
        "status": status,
        "reason": None if reason is None else reason[:MAX_REASON],
    }
    new_id = session.scalar(_insert(session).values(values).on_conflict_do_nothing().returning(RawMessage.id))
    if new_id is not None:
        return KeptMessage(new_id, repeated=False, status=status)
    known = tuple_(RawMessage.device_code, RawMessage.sha256) == (message.device_code, sha256)
    row = session.execute(select(RawMessage.id, RawMessage.status).where(known)).one()
    return KeptMessage(row.id, repeated=True, status=row.status)


def storable(text: str) -> str:
    """File names may hold bytes that are no text, which neither database takes; they show as ?."""
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


def _insert(session: Session) -> Any:
    """INSERT … ON CONFLICT as the session's engine writes it; both speak the same one."""
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    return sqlite.insert(RawMessage) if on_sqlite else postgresql.insert(RawMessage)
