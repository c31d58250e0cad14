"""What did one device send over a time, with everything that the rules on devices look at?"""

import numpy as np
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.fixes import FixRow, RawMessage
from tracking.rules.device_clone import Sender
from tracking.rules.device_fixes import COLUMNS, DeviceFixes, make_fixes

IDS_A_QUERY = 500
FIXES = text(
    "SELECT time_ms, lat_e7, lon_e7, speed_kmh, odometer_km, COALESCE(received_ms, -1), doubts, raw_id,"
    " COALESCE(satellites, -1), COALESCE(signal, -1), recorder_speed_kmh, alarm, load_state, acc FROM fix"
    " WHERE device_id = :device AND time_ms >= :start AND time_ms < :end ORDER BY time_ms, lat_e7, lon_e7"
)


def device_fixes(session: Session, device_id: int, start_ms: int, end_ms: int) -> DeviceFixes:
    """The fixes of a device in [start, end) in time order, of every doubt, places as sent."""
    found = session.execute(FIXES, {"device": device_id, "start": start_ms, "end": end_ms})
    rows = found.cursor.fetchall()  # type: ignore[attr-defined]  # raw tuples of the driver: see queries/fixes
    if not rows:
        return make_fixes(time_ms=[], lat_e7=[], lon_e7=[])
    columns = dict(zip(COLUMNS, zip(*rows, strict=True), strict=True))
    reals = {name: np.array(columns[name], dtype=np.float64) for name in ("speed_kmh", "odometer_km")}
    reals["recorder_kmh"] = np.array(columns["recorder_kmh"], dtype=np.float64)
    return make_fixes(**(columns | reals))


def first_fix_ms(session: Session, device_id: int, start_ms: int, end_ms: int) -> int | None:
    """The time of a device's first fix in [start, end)."""
    chosen = (FixRow.device_id == device_id, FixRow.time_ms >= start_ms, FixRow.time_ms < end_ms)
    return session.scalar(select(func.min(FixRow.time_ms)).where(*chosen))


def senders_of(session: Session, raw_ids: list[int]) -> dict[int, Sender]:
    """By what and from where each message came."""
    found: dict[int, Sender] = {}
    for low in range(0, len(raw_ids), IDS_A_QUERY):
        chosen = RawMessage.id.in_(raw_ids[low : low + IDS_A_QUERY])
        rows = session.execute(select(RawMessage.id, RawMessage.protocol, RawMessage.source).where(chosen))
        found |= {raw_id: Sender(protocol, source) for raw_id, protocol, source in rows}
    return found
