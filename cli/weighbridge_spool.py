"""What has the scale said that the server has not acknowledged? A file that survives a crash and a power cut.

A line is in the file, synchronised to the disk, before it is sent; it leaves the queue only when the server
has answered that it has it. Lines that are no tickets, and tickets that the server refuses, stay in the file
with the reason, so that somebody can look at them.
"""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tracking.rules.custody.tickets import LONGEST_LINE

TABLE = """CREATE TABLE IF NOT EXISTS line (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    read_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'refused')),
    answer TEXT
)"""
INDEX = "CREATE INDEX IF NOT EXISTS line_waiting ON line (id) WHERE state = 'waiting'"


@dataclass(frozen=True, slots=True)
class Line:
    """A line that waits."""

    id: int
    text: str
    read_at: datetime


class Spool:
    """The file; every method is a transaction. One process reads, another thread may send."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", TABLE, INDEX):
            self.connection.execute(statement)

    def close(self) -> None:
        self.connection.close()

    def put(self, text: str, read_at: datetime) -> None:
        """Keep a line; on return it is on the disk."""
        values = (text[:LONGEST_LINE], read_at.astimezone(UTC).isoformat())
        self.connection.execute("INSERT INTO line (text, read_at) VALUES (?, ?)", values)

    def next_waiting(self, after: int = 0) -> Line | None:
        """The oldest line that waits."""
        found = self.connection.execute(
            "SELECT id, text, read_at FROM line WHERE state = 'waiting' AND id > ? ORDER BY id LIMIT 1",
            (after,),
        ).fetchone()
        return None if found is None else Line(found[0], found[1], datetime.fromisoformat(found[2]))

    def sent(self, line: Line) -> None:
        """The server has it."""
        self.connection.execute("UPDATE line SET state = 'sent' WHERE id = ?", (line.id,))

    def refused(self, line: Line, answer: str) -> None:
        """It will never be taken as it is."""
        self.connection.execute(
            "UPDATE line SET state = 'refused', answer = ? WHERE id = ?", (answer[:1000], line.id)
        )

    def count(self, state: str) -> int:
        """How many lines are 'waiting', 'sent' or 'refused'."""
        found = self.connection.execute("SELECT count(*) FROM line WHERE state = ?", (state,)).fetchone()
        return int(found[0])
