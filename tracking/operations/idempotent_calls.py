"""What was answered to this call before? Kept with what the call changed, in one transaction, two days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.api_access import IdempotentCall

KEPT = timedelta(hours=48)
UNANSWERED = 0
SWEEP_EVERY = 256  # calls

CALLS = IdempotentCall.__table__
CLAIMING = {
    dialect: dialect.insert(CALLS)
    .on_conflict_do_nothing(index_elements=["user_id", "key"])
    .returning(CALLS.c.id)
    for dialect in (postgresql, sqlite)
}
KEEPING = update(IdempotentCall.__table__).where(CALLS.c.id == bindparam("call_id"))  # type: ignore[arg-type]  # a table


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it went out."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class KeyUsedOtherwise(Exception):
    """The same key came with another request."""


def claim(session: Session, user_id: int, key: str, fingerprint: str, now: datetime) -> KeptAnswer | int:
    """The answer that is kept under the key, or the row id to answer under.

    Writes the key into the caller's transaction: a second call with it waits here until the first has
    ended, then gets its answer; when the first was refused its key went with it, and the second runs.
    Raises KeyUsedOtherwise.
    """
    values = {"user_id": user_id, "key": key, "fingerprint": fingerprint, "status": UNANSWERED}
    values |= {"headers": {}, "body": b"", "at": now}
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    added = session.execute(CLAIMING[dialect], values).scalar()
    if added is not None:
        if added % SWEEP_EVERY == 0:
            session.execute(delete(IdempotentCall).where(IdempotentCall.at < now - KEPT))
        return int(added)
    query = select(IdempotentCall).where(IdempotentCall.user_id == user_id, IdempotentCall.key == key)
    kept = session.scalars(query).one()
    if kept.at < now - KEPT:  # too old to stand for the call: as if it had been swept away
        session.delete(kept)
        session.flush()
        adding = insert(IdempotentCall).values(values).returning(IdempotentCall.id)
        return int(session.execute(adding).scalar_one())
    if kept.fingerprint != fingerprint:
        raise KeyUsedOtherwise
    return KeptAnswer(kept.status, kept.headers, kept.body)


def answer_kept(
    session: Session, user_id: int, key: str, fingerprint: str, now: datetime
) -> KeptAnswer | None:
    """The answer that is kept under the key, without claiming it. Raises KeyUsedOtherwise."""
    query = select(IdempotentCall).where(IdempotentCall.user_id == user_id, IdempotentCall.key == key)
    kept = session.scalar(query.where(IdempotentCall.at >= now - KEPT))
    if kept is None:
        return None
    if kept.fingerprint != fingerprint:
        raise KeyUsedOtherwise
    return KeptAnswer(kept.status, kept.headers, kept.body)


def keep_answer(session: Session, call_id: int, answer: KeptAnswer) -> None:
    """Keep the answer of a call that was claimed."""
    kept = {"status": answer.status, "headers": dict(answer.headers), "body": answer.body}
    session.execute(KEEPING, kept | {"call_id": call_id})
