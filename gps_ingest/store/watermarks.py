"""From when on must a vehicle be looked at again, now that fixes came in?"""

from collections.abc import Iterable
from datetime import UTC, datetime

import numpy as np
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.fixes import FixRow
from models.fleet import DeviceBinding
from models.values import IntArray
from models.vocabulary import MS_PER_S

MARK = text(
    "INSERT INTO watermark (vehicle_id, dirty_from_ms) VALUES (:vehicle, :since) "
    "ON CONFLICT (vehicle_id) DO UPDATE SET dirty_from_ms = CASE "
    "WHEN watermark.dirty_from_ms < excluded.dirty_from_ms THEN watermark.dirty_from_ms "
    "ELSE excluded.dirty_from_ms END"
)
END_OF_TIME_MS = 2**62


def mark_new_fixes(session: Session, device_id: int, times_ms: IntArray) -> None:
    """Make dirty every vehicle that carried the device at one of these times, from the first on.

    times_ms: times of fixes that were not there before. Times outside any binding mark nothing: the
    fixes wait for a binding (mark_binding).
    """
    if not times_ms.size:
        return
    firsts: dict[int, int] = {}
    for binding in session.scalars(select(DeviceBinding).where(DeviceBinding.device_id == device_id)):
        start, end = bounds_ms(binding)
        carried = times_ms[(times_ms >= start) & (times_ms < end)]
        if carried.size:
            first = int(np.min(carried))
            firsts[binding.vehicle_id] = min(first, firsts.get(binding.vehicle_id, first))
    mark_vehicles(session, firsts.items())


def mark_binding(session: Session, binding: DeviceBinding) -> None:
    """Make dirty the vehicle of a new or lengthened binding from the first fix that it covers."""
    start, end = bounds_ms(binding)
    covered = (
        FixRow.device_id == binding.device_id,
        FixRow.time_ms >= start,
        FixRow.time_ms < end,
    )
    first = session.scalar(select(func.min(FixRow.time_ms)).where(*covered))
    if first is not None:
        mark_vehicles(session, [(binding.vehicle_id, first)])


def mark_vehicles(session: Session, since_ms: Iterable[tuple[int, int]]) -> None:
    """Lower each (vehicle id, time) watermark; in order of ids, so that two writers cannot lock up."""
    for vehicle_id, since in sorted(since_ms):
        session.execute(MARK, {"vehicle": vehicle_id, "since": since})


def bounds_ms(binding: DeviceBinding) -> tuple[int, int]:
    """[from, to) of a binding in ms UTC."""
    end = END_OF_TIME_MS if binding.valid_to is None else to_ms(binding.valid_to)
    return to_ms(binding.valid_from), end


def to_ms(moment: datetime) -> int:
    """Milliseconds UTC of an aware time, exact."""
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * MS_PER_S + since.microseconds // 1000
