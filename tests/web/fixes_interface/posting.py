"""With what do the tests of the interface for fixes begin? A moment, a fix, bounds, and what was stored."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from models.session import write_sessions

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FIX = {"recorded_at": "2026-03-02T11:59:58Z", "lat": 31.25, "lon": 120.5, "speed_kmh": 42.5}
MOST_FIXES, MOST_BYTES = 20, 4000

Post = Callable[..., TestResponse]


def rows(engine: Engine, table: Any) -> list[Any]:
    with write_sessions(engine)() as session:
        return list(session.scalars(select(table)))
