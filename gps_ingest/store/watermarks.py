"""From when on must a vehicle be looked at again, now that fixes came in?"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

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
DEVICES_A_QUERY = 500
BINDING = (
    DeviceBinding.device_id,
    DeviceBinding.vehicle_id,
    DeviceBinding.valid_from,
    DeviceBinding.valid_to,
)


def mark_new_fixes(session: Session, device_ids: IntArray, times_ms: IntArray) -> None:
    """Make dirty every vehicle that carried one of the devices at one of these times, from the first on.

    device_ids, times_ms: device and time of each fix that was not there before. Times outside any binding
    mark nothing: the fixes wait for a binding (mark_binding).
    """
    if not times_ms.size:
        return
    firsts: dict[int, int] = {}
    devices = np.unique(device_ids).tolist()
    for start in range(0, len(devices), DEVICES_A_QUERY):
        some = DeviceBinding.device_id.in_(devices[start : start + DEVICES_A_QUERY])
        for binding in session.execute(select(*BINDING).where(some)):
            first = first_carried(binding, times_ms[device_ids == binding.device_id])
            if first is not None:
                firsts[binding.vehicle_id] = min(first, firsts.get(binding.vehicle_id, first))
    mark_vehicles(session, firsts.items())


def first_carried(binding: Any, times_ms: IntArray) -> int | None:
    """The first of these times within the binding."""
    start, end = bounds_ms(binding)
    carried = times_ms[(times_ms >= start) & (times_ms < end)]
    return int(np.min(carried)) if carried.size else None


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
    marks = [{"vehicle": vehicle_id, "since": since} for vehicle_id, since in sorted(since_ms)]
    if marks:
        session.execute(MARK, marks)


def bounds_ms(binding: Any) -> tuple[int, int]:
    """[from, to) of a binding in ms UTC."""
    end = END_OF_TIME_MS if binding.valid_to is None else to_ms(binding.valid_to)
    return to_ms(binding.valid_from), end


def to_ms(moment: datetime) -> int:
    """Milliseconds UTC of an aware time, exact."""
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * MS_PER_S + since.microseconds // 1000
