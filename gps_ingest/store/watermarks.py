"""From when on must a vehicle be looked at again, now that fixes came in?"""

from collections.abc import Iterable
from datetime import UTC, datetime

import numpy as np
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from gps_ingest.store.many_values import is_among
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
    spans = spans_of(device_ids, times_ms)
    firsts: dict[int, int] = {}
    bindings = select(*BINDING).where(is_among(session, DeviceBinding.device_id, list(spans)))
    for device_id, vehicle_id, valid_from, valid_to in session.execute(bindings):
        (start, end), (earliest, latest) = bounds_ms(valid_from, valid_to), spans[device_id]
        first = earliest
        if not (start <= earliest and latest < end):  # not all of them in this binding
            carried = times_ms[(device_ids == device_id) & (times_ms >= start) & (times_ms < end)]
            if not carried.size:
                continue
            first = int(carried.min())
        firsts[vehicle_id] = min(first, firsts.get(vehicle_id, first))
    mark_vehicles(session, firsts.items())


def spans_of(device_ids: IntArray, times_ms: IntArray) -> dict[int, tuple[int, int]]:
    """Device → its earliest and its latest time."""
    order = np.argsort(device_ids, kind="stable")
    devices, starts = np.unique(device_ids[order], return_index=True)
    ordered = times_ms[order]
    earliest, latest = np.minimum.reduceat(ordered, starts), np.maximum.reduceat(ordered, starts)
    pairs = zip(earliest.tolist(), latest.tolist(), strict=True)
    return dict(zip(devices.tolist(), pairs, strict=True))


def mark_binding(session: Session, binding: DeviceBinding) -> None:
    """Make dirty the vehicle of a new or lengthened binding from the first fix that it covers."""
    start, end = bounds_ms(binding.valid_from, binding.valid_to)
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


def bounds_ms(valid_from: datetime, valid_to: datetime | None) -> tuple[int, int]:
    """[from, to) of a binding in ms UTC."""
    return to_ms(valid_from), END_OF_TIME_MS if valid_to is None else to_ms(valid_to)


def to_ms(moment: datetime) -> int:
    """Milliseconds UTC of an aware time, exact."""
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * MS_PER_S + since.microseconds // 1000
