"""Is everything that was acknowledged in the database, nothing else, and nothing twice?"""

from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Engine, text

from bench.fault_terminals import FIXES, Terminal, expected
from gps_ingest.decoders.formats import DECODERS
from gps_ingest.decoders.reception import Reception
from models.session import read_sessions
from models.vocabulary import E7, Protocol

OF_DEVICE = text(
    "SELECT time_ms, lat_e7, lon_e7, speed_kmh, raw_id FROM fix "
    "WHERE device_id = (SELECT id FROM device WHERE code = :code) "
    "AND time_ms >= :since ORDER BY time_ms, lat_e7, lon_e7"
)
RAWS = text("SELECT id, body, status FROM raw_message WHERE device_code = :code ORDER BY id")
Rows = npt.NDArray[np.int64]


class FixesDiffer(AssertionError):
    """The database does not hold what it should."""


def check_acknowledged(engine: Engine, terminals: list[Terminal]) -> int:
    """What was acknowledged since the last look is there; how many fixes. Raises FixesDiffer."""
    found = 0
    for terminal in terminals:
        fresh = terminal.acknowledged - terminal.checked  # before the database is asked
        if not fresh:
            continue
        numbers = np.array(sorted(fresh), dtype=np.int64)
        whole = expected(int(numbers[-1]) + 1, terminal.lon).reshape(-1, FIXES, 4)[numbers].reshape(-1, 4)
        stored, _ = stored_rows(engine, terminal.phone, int(whole[0, 0]))
        missing = set(map(tuple, whole.tolist())) - set(map(tuple, stored.tolist()))
        if missing:
            raise FixesDiffer(f"{terminal.phone}: {len(missing)} acknowledged fixes are lost")
        terminal.checked |= fresh
        found += len(whole)
    return found


def check_exact(engine: Engine, terminals: list[Terminal]) -> int:
    """At the end, all sent and acknowledged: exactly those, unaltered, each by a message that says it; how
    many fixes. Raises FixesDiffer."""
    total = 0
    for terminal in terminals:
        if len(terminal.acknowledged) != terminal.made:
            raise FixesDiffer(f"{terminal.phone}: not all is acknowledged")
        stored, raw_ids = stored_rows(engine, terminal.phone)
        should = expected(terminal.made, terminal.lon)
        if not np.array_equal(stored, should):
            raise FixesDiffer(f"{terminal.phone}: {len(stored)} fixes are stored, {len(should)} were sent")
        check_messages(engine, terminal, stored, raw_ids)
        total += len(stored)
    return total


def stored_rows(engine: Engine, phone: str, since_ms: int = 0) -> tuple[Rows, Rows]:
    """The fixes of a device in order of time, from some time on, and the message of each."""
    with read_sessions(engine)() as session:
        rows = np.array(
            session.execute(OF_DEVICE, {"code": phone, "since": since_ms}).all(), dtype=np.float64
        ).reshape(-1, 5)
    whole = rows.astype(np.int64)
    return whole[:, :4], whole[:, 4]


def check_messages(engine: Engine, terminal: Terminal, stored: Rows, raw_ids: Rows) -> None:
    """Each stored message was accepted and is whole; each fix names one whose bytes say it."""
    said: dict[int, set[tuple[int, ...]]] = {}
    with read_sessions(engine)() as session:
        for raw_id, body, status in session.execute(RAWS, {"code": terminal.phone}):
            if status != "accepted":
                raise FixesDiffer(f"message {raw_id} is {status}")
            said[raw_id] = positions_in(bytes(body), terminal.phone)
    for row, raw_id in zip(stored.tolist(), raw_ids.tolist(), strict=True):
        if tuple(row[:3]) not in said.get(raw_id, set()):
            raise FixesDiffer(f"message {raw_id} does not say {row}")


def positions_in(body: bytes, phone: str) -> set[tuple[int, ...]]:
    """(time_ms, lat_e7, lon_e7) of the positions in a stored message."""
    batch: Any = DECODERS[Protocol.JT808](body, Reception(phone, 0)).batch
    lat_e7, lon_e7 = (np.rint(values * E7).astype(np.int64).tolist() for values in (batch.lat, batch.lon))
    return set(zip(batch.time_ms.tolist(), lat_e7, lon_e7, strict=True))
