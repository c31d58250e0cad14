"""Which position reports does each simulated device still have to send, and how does it send them?

A device posts what it has, in order of receipt, through the public programming interface with its own
token, and keeps what was not acknowledged for the next time, as a real one does.
"""

import csv
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

BATCH = 200
TIMEOUT_S = 20.0
NUMBERS = ("lat", "lon", "speed_kmh", "course_deg", "accuracy_m", "odometer_km")
WORDS = ("recorded_at", "load_state", "acc")


@dataclass(slots=True)
class LiveDevice:
    """A device with its token and its reports to come, oldest receipt first."""

    code: str
    token: str
    queue: deque[tuple[datetime, dict[str, Any]]] = field(default_factory=deque)

    def due(self, now: datetime) -> list[dict[str, Any]]:
        """The reports that would have reached the server by now, at most one batch."""
        found: list[dict[str, Any]] = []
        for received_at, fix in self.queue:
            if received_at > now or len(found) == BATCH:
                break
            found.append(fix)
        return found

    def acknowledge(self, count: int) -> None:
        """The server has these: forget them."""
        for _ in range(count):
            self.queue.popleft()


def read_queues(world: Path, since: datetime) -> dict[str, deque[tuple[datetime, dict[str, Any]]]]:
    """What each device of a scenario folder sends after a moment, by its code."""
    queues: dict[str, deque[tuple[datetime, dict[str, Any]]]] = {}
    for path in sorted((world / "tracks").glob("*.csv")):
        rows = []
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                received_at = datetime.fromisoformat(row["received_at"] or row["recorded_at"])
                if received_at > since:
                    rows.append((received_at, report(row), row["device_id"]))
        rows.sort(key=lambda row: row[0])
        for received_at, fix, code in rows:
            queues.setdefault(code, deque()).append((received_at, fix))
    return queues


def report(row: dict[str, str]) -> dict[str, Any]:
    """A row of a track as an item of a JSON batch."""
    fix: dict[str, Any] = {name: float(row[name]) for name in NUMBERS if row.get(name)}
    return fix | {name: row[name] for name in WORDS if row.get(name)}


def post(base_url: str, device: LiveDevice, fixes: list[dict[str, Any]]) -> bool:
    """Send a batch; True when the server acknowledged it (anything else: keep and try again)."""
    address = urlsplit(base_url)
    connection = HTTPConnection(address.hostname or "127.0.0.1", address.port, timeout=TIMEOUT_S)
    try:
        connection.request(
            "POST",
            "/api/v1/fixes",
            body=orjson.dumps({"fixes": fixes}),
            headers={"Authorization": f"Bearer {device.token}", "Content-Type": "application/json"},
        )
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
