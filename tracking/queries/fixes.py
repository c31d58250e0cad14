"""Which fixes did a vehicle's devices send over a time?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from models.fixes import FixRow
from models.fleet import Device, DeviceBinding
from models.values import TRACK_COLUMNS, TRACK_DTYPES, Track, make_track
from models.vocabulary import E7, Datum
from tracking.queries.doubt_stretches import stretches_seen
from tracking.rules.doubted_tracks import clock_reach_ms, read_right

BEGINNING_MS, END_MS = -(2**62), 2**62

COLUMNS = ("time_ms", "lat", "lon", "speed_kmh", "load_state", "acc", "doubts")
"""What rules and pictures use of a fix; reading all of a row would cost more than the rules themselves."""
FIXES = text(
    "SELECT time_ms, lat_e7, lon_e7, speed_kmh, load_state, acc, doubts FROM fix"
    " WHERE device_id = :device AND time_ms BETWEEN :start AND :end ORDER BY time_ms, lat_e7, lon_e7"
)
RECEIPTS = text(
    "SELECT COALESCE(received_ms, -1) FROM fix"
    " WHERE device_id = :device AND time_ms BETWEEN :start AND :end ORDER BY time_ms, lat_e7, lon_e7"
)


@dataclass(frozen=True, slots=True, eq=False)
class SentTrack:
    """What a device sent from a moment up to a run's moment, as it was read for other rules already."""

    from_ms: int
    track: Track


AlreadyRead = Mapping[tuple[int, int], SentTrack]
"""By device and the beginning of its time on the vehicle."""
NOTHING_READ: AlreadyRead = {}


def vehicle_track(
    session: Session,
    vehicle_id: int,
    start_ms: int,
    end_ms: int,
    already: AlreadyRead = NOTHING_READ,
) -> Track:
    """All fixes of the devices bound to a vehicle, each while it was bound, in time order.

    start_ms, end_ms: both included. Fixes of every doubt are there, those that the analysis found among them;
    positions are degrees WGS 84, converted from what the device was registered or found to speak; times are
    true ones where a clock was found to be wrong; columns of the track other than COLUMNS may be blank.
    already: what was read up to end_ms.
    """
    parts = []
    devices = bound_devices(session, vehicle_id)
    doubted = stretches_seen(session, vehicle_id, start_ms, end_ms) if devices else {}
    for bound in devices:
        known = doubted.get(bound.id, [])
        behind_ms, ahead_ms = clock_reach_ms(known)
        low, high = max(start_ms - behind_ms, bound.from_ms), min(end_ms + ahead_ms, bound.to_ms - 1)
        if low <= high:
            held = already.get((bound.id, bound.from_ms))
            if held is not None and held.from_ms <= low and not ahead_ms:
                sent = held.track.between(low, high)
            else:
                sent = sent_track(session, bound.id, low, high, received=behind_ms + ahead_ms > 0)
            read = read_right(sent, bound.datum, known)
            parts.append(read.between(start_ms, end_ms) if behind_ms + ahead_ms else read)
    return in_time_order(parts)


def sent_track(session: Session, device_id: int, start_ms: int, end_ms: int, *, received: bool) -> Track:
    """The fixes of a device as sent, with their times of receipt where they are wanted."""
    # Raw tuples of the driver: Row objects would take longer than the arithmetic on them.
    bounds = {"device": device_id, "start": start_ms, "end": end_ms}
    sent = as_track(session.execute(FIXES, bounds).cursor.fetchall(), device_id)  # type: ignore[attr-defined]
    if not received or len(sent) == 0:
        return sent
    rows = session.execute(RECEIPTS, bounds).cursor.fetchall()  # type: ignore[attr-defined]
    return replace(sent, received_ms=np.array(rows, dtype=np.int64)[:, 0])


@dataclass(frozen=True, slots=True)
class BoundDevice:
    """A device on a vehicle over [from, to) in ms UTC."""

    id: int
    code: str
    from_ms: int
    to_ms: int
    datum: Datum  # as registered


BOUND = (
    select(Device.id, Device.code, DeviceBinding.valid_from, DeviceBinding.valid_to, Device.datum)
    .join(DeviceBinding, DeviceBinding.device_id == Device.id)
    .where(DeviceBinding.vehicle_id == bindparam("vehicle_id"))
    .order_by(DeviceBinding.valid_from)
)


def bound_devices(session: Session, vehicle_id: int) -> list[BoundDevice]:
    """The devices that were ever on a vehicle, in order of time."""
    rows = session.execute(BOUND, {"vehicle_id": vehicle_id})
    return [
        BoundDevice(device_id, code, to_ms(start), END_MS if end is None else to_ms(end), datum)
        for device_id, code, start, end, datum in rows
    ]


def as_track(rows: Sequence[Any], device_id: int = 0) -> Track:
    """Rows of FIXES as arrays; what is not read is blank."""
    if not rows:
        return make_track(time_ms=[], lat=[], lon=[])
    columns = {
        name: np.array(values, dtype=np.float64 if name in ("lat", "lon") else TRACK_DTYPES[name])
        for name, values in zip(COLUMNS, zip(*rows, strict=True), strict=True)
    }
    columns["lat"] /= E7
    columns["lon"] /= E7
    return make_track(**columns, device=np.full(len(rows), device_id))


def in_time_order(parts: list[Track]) -> Track:
    """Tracks of several devices merged."""
    if not parts:
        return as_track([])
    if len(parts) == 1:
        return parts[0]
    whole = Track(*(np.concatenate([getattr(part, name) for part in parts]) for name in TRACK_COLUMNS))
    return whole.take(np.argsort(whole.time_ms, kind="stable"))


def next_fix_ms(session: Session, vehicle_id: int, after_ms: int) -> int | None:
    """The time of a vehicle's first fix after a moment."""
    firsts = []
    for bound in bound_devices(session, vehicle_id):
        first = session.scalar(
            select(FixRow.time_ms)
            .where(
                FixRow.device_id == bound.id,
                FixRow.time_ms > max(after_ms, bound.from_ms - 1),
                FixRow.time_ms < bound.to_ms,
            )
            .order_by(FixRow.time_ms)
            .limit(1)
        )
        if first is not None:
            firsts.append(first)
    return min(firsts, default=None)


def to_ms(moment: datetime) -> int:
    """Milliseconds UTC of an aware time, exact."""
    return round((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)
