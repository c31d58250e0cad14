"""How are the bytes of messages kept, once for each content of a device?"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, func, select, tuple_
from sqlalchemy.orm import Session

from gps_ingest.store.copied_messages import COLUMNS, insert_messages, next_ids
from models.fixes import RawMessage
from models.vocabulary import Protocol, RawStatus

MAX_REASON = 500  # the column's width
MAX_SOURCE = 200
RECEIVED = 4  # where it stands in a row
LOOKUP_PAIRS = 500  # both engines take far more parameters in a statement
INSERT_SQLITE = (
    f"INSERT INTO raw_message ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"  # noqa: S608 - column names of this file
)


@dataclass(frozen=True, slots=True)
class Message:
    """What came in: the bytes, who sent them by its own account, over what, from where, when."""

    device_code: str
    protocol: Protocol
    body: bytes
    source: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Filing:
    """A message as it is to be kept: for which device (None: it waits), and what became of it."""

    message: Message
    device_id: int | None
    status: RawStatus
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """The row of a message; `repeated` says that the same bytes of the same device were there before."""

    id: int
    repeated: bool
    status: RawStatus


def keep_messages(session: Session, filings: Sequence[Filing]) -> list[KeptMessage]:
    """Insert each message unless its device sent the same bytes before; older rows stay as they are."""
    if not filings:
        return []
    digests = [hashlib.sha256(filing.message.body).hexdigest() for filing in filings]
    connection = session.connection()
    insert = _insert_sqlite if connection.dialect.name == "sqlite" else _insert_postgresql
    ids, inserted = insert(connection, filings, digests)
    if inserted == len(filings):
        return [
            KeptMessage(row_id, repeated=False, status=filing.status)
            for row_id, filing in zip(ids, filings, strict=True)
        ]
    keys = [(filing.message.device_code, digest) for filing, digest in zip(filings, digests, strict=True)]
    found = _look_up(session, keys)
    return [
        KeptMessage(found[key][0], repeated=found[key][0] != row_id, status=found[key][1])
        for row_id, key in zip(ids, keys, strict=True)
    ]


def keep_message(
    session: Session, message: Message, device_id: int | None, status: RawStatus, reason: str | None
) -> KeptMessage:
    """Keep one message."""
    return keep_messages(session, [Filing(message, device_id, status, reason)])[0]


def storable(text: str) -> str:
    """File names may hold bytes that are no text, which neither database takes; they show as ?."""
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


def _insert_sqlite(
    connection: Connection, filings: Sequence[Filing], digests: Sequence[str]
) -> tuple[list[int], int]:
    """The ids meant for the messages, and how many were inserted. The writer is alone: see models/session."""
    last = connection.scalar(select(func.coalesce(func.max(RawMessage.id), 0))) or 0
    ids = list(range(last + 1, last + 1 + len(filings)))
    rows = [_row(*each) for each in zip(ids, filings, digests, strict=True)]
    moments = {moment: _sqlite_moment(moment) for moment in {row[RECEIVED] for row in rows}}
    for row in rows:
        row[RECEIVED] = moments[row[RECEIVED]]
    result = connection.exec_driver_sql(INSERT_SQLITE, [tuple(row) for row in rows])
    return ids, result.rowcount


def _sqlite_moment(moment: datetime) -> str:
    """As models.base.UtcDateTime stores it there."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _insert_postgresql(
    connection: Connection, filings: Sequence[Filing], digests: Sequence[str]
) -> tuple[list[int], int]:
    """The same."""
    ids = next_ids(connection, len(filings))
    rows = [_row(*each) for each in zip(ids, filings, digests, strict=True)]
    return ids, insert_messages(connection, rows)


def _row(row_id: int, filing: Filing, digest: str) -> list[Any]:
    message, reason = filing.message, filing.reason
    return [
        row_id,
        message.device_code,
        filing.device_id,
        message.protocol._value_,  # thousands a second: `value` looks it up in its class each time
        message.received_at,
        message.body,
        digest,
        storable(message.source)[:MAX_SOURCE],
        filing.status._value_,
        None if reason is None else storable(reason)[:MAX_REASON],
    ]


def _look_up(
    session: Session, keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], tuple[int, RawStatus]]:
    """(device code, digest) → (id, status) of rows that are there."""
    found: dict[tuple[str, str], tuple[int, RawStatus]] = {}
    columns = (RawMessage.device_code, RawMessage.sha256)
    for start in range(0, len(keys), LOOKUP_PAIRS):
        wanted = tuple_(*columns).in_(keys[start : start + LOOKUP_PAIRS])
        for row in session.execute(select(*columns, RawMessage.id, RawMessage.status).where(wanted)):
            found[row.device_code, row.sha256] = (row.id, row.status)
    return found
