"""Who writes next to a SQLite file? The threads of a process take turns: only one asks for the lock.

SQLite lets one connection write at a time and does not queue the others: each would ask again and again, and
what that costs is taken from the one that writes. The turn decides nothing: the lock of the file does, and a
turn that is given back early only means that the next one asks twice.
"""

import threading
from typing import Any

from sqlalchemy import Engine, event

TURN = "write_turn"


class Turns:
    """The turns of one engine."""

    def __init__(self, engine: Engine) -> None:
        self.free = threading.Lock()
        for name in ("commit", "rollback"):
            event.listen(engine, name, self.ended)
        event.listen(engine, "checkin", lambda _driver, record: self.give_back(record.info))
        event.listen(engine, "close", lambda _driver, record: self.give_back(record.info))

    def ended(self, connection: Any) -> None:
        """A transaction is over; a connection that was thrown away has given its turn back as it closed."""
        if not connection.invalidated:
            self.give_back(connection.connection.record_info)

    def take(self, connection: Any, longest_s: float) -> bool:
        """Wait for the turn; False when it did not come in time. Whoever has it keeps it."""
        info = connection.connection.record_info
        if info is None or TURN in info:
            return True
        if not self.free.acquire(timeout=longest_s):
            return False
        info[TURN] = True
        return True

    def give_back(self, info: Any) -> None:
        """The next one may ask."""
        if info is not None and info.pop(TURN, False):
            self.free.release()
