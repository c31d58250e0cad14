"""How much may wait of senders that proved nothing? A bound for each of them and one for all together.

Counting in the database at each message would let strangers keep the service busy, so a process counts
there seldom and adds what it let in since. Several processes may each go a little over the bound.
"""

import threading
from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gps_ingest.store.waiting_messages import waiting
from models.fixes import RawMessage

COUNT_EVERY = timedelta(minutes=1)


class WaitingRoom:
    """Who waits, by this process's last count; used by several threads."""

    def __init__(self, most_of_sender: int, most_in_all: int) -> None:
        self._most_of_sender, self._most_in_all = most_of_sender, most_in_all
        self._lock = threading.Lock()
        self._counted_at: datetime | None = None
        self._waiting: Counter[str] = Counter()
        self._in_all = 0

    def admit(self, session: Session, code: str, now: datetime) -> bool:
        """May one more message of a sender wait? One that may is counted."""
        with self._lock:
            if self._counted_at is None or now - self._counted_at >= COUNT_EVERY:
                self._waiting, self._counted_at = waiting_unproven(session), now
                self._in_all = self._waiting.total()
            if self._waiting[code] >= self._most_of_sender or self._in_all >= self._most_in_all:
                return False
            self._waiting[code] += 1
            self._in_all += 1
            return True


def waiting_unproven(session: Session) -> Counter[str]:
    """How many messages wait of each sender, of those that belong to no device."""
    query = (
        select(RawMessage.device_code, func.count())
        .where(RawMessage.device_id.is_(None), *waiting())
        .group_by(RawMessage.device_code)
    )
    return Counter(dict(session.execute(query).all()))
