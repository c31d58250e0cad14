"""Which usable fixes have come in since the watch looked last, of many vehicles at once?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.fixes import FixRow
from models.fleet import Device, DeviceBinding
from models.vocabulary import E7, UNUSABLE_DOUBTS, Datum
from tracking.queries.fixes import END_MS, BoundDevice, to_ms
from tracking.queries.paper import batches
from tracking.rules.datum import to_wgs84

COLUMNS = (
    FixRow.device_id,
    FixRow.time_ms,
    FixRow.lat_e7,
    FixRow.lon_e7,
    FixRow.speed_kmh,
    FixRow.acc,
    FixRow.doubts,
)


@dataclass(frozen=True, slots=True)
class FreshFix:
    """A fix of a vehicle: ms UTC, degrees WGS 84, km/h (NaN where unknown), ACC_*."""

    vehicle_id: int
    time_ms: int
    lat: float
    lon: float
    speed_kmh: float
    acc: int


def fresh_fixes(session: Session, since_ms: Mapping[int, int], until_ms: int) -> Iterator[FreshFix]:
    """The fixes of each vehicle (row id) later than its `since_ms`, up to `until_ms`, in order of time.

    Vehicles with near moments are read together: one that is far behind makes all of its batch read far.
    """
    for batch in batches(sorted(since_ms, key=lambda key: since_ms[key])):
        bound = devices_of(session, batch)
        low_ms = min(since_ms[key] for key in batch)
        new = select(*COLUMNS).where(
            FixRow.device_id.in_(sorted(bound)), FixRow.time_ms > low_ms, FixRow.time_ms <= until_ms
        )
        rows = session.connection().execute(new).cursor.fetchall()  # tuples of the driver: Row objects cost
        yield from sorted(placed(rows, bound, since_ms), key=lambda fix: fix.time_ms)


def devices_of(session: Session, vehicle_ids: Sequence[int]) -> dict[int, list[tuple[int, BoundDevice]]]:
    """By device, the vehicles (row ids) that it was on and when."""
    rows = session.execute(
        select(
            DeviceBinding.vehicle_id,
            Device.id,
            Device.code,
            DeviceBinding.valid_from,
            DeviceBinding.valid_to,
            Device.datum,
        )
        .join(Device, Device.id == DeviceBinding.device_id)
        .where(DeviceBinding.vehicle_id.in_(vehicle_ids))
    )
    found: dict[int, list[tuple[int, BoundDevice]]] = {}
    for vehicle_id, device_id, code, start, end, datum in rows:
        bound = BoundDevice(device_id, code, to_ms(start), END_MS if end is None else to_ms(end), datum)
        found.setdefault(device_id, []).append((vehicle_id, bound))
    return found


def placed(
    rows: Sequence[Sequence[Any]],
    bound: Mapping[int, list[tuple[int, BoundDevice]]],
    since_ms: Mapping[int, int],
) -> Iterator[FreshFix]:
    """Rows of COLUMNS as fixes of the vehicle that their device was on then, in true coordinates."""
    unusable = int(UNUSABLE_DOUBTS)
    for device_id, time_ms, lat_e7, lon_e7, speed_kmh, acc, doubts in rows:
        if doubts & unusable:
            continue
        for vehicle_id, device in bound[device_id]:
            if not (device.from_ms <= time_ms < device.to_ms and time_ms > since_ms[vehicle_id]):
                continue
            lat, lon = lat_e7 / E7, lon_e7 / E7
            if device.datum is not Datum.WGS84:
                there = to_wgs84(np.array([lat]), np.array([lon]), device.datum)
                lat, lon = float(there[0][0]), float(there[1][0])
            kmh = float("nan") if speed_kmh is None else speed_kmh
            yield FreshFix(vehicle_id, time_ms, lat, lon, kmh, acc)
