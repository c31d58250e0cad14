"""How are tracks read once and used by every rule of a run?

Fixes are insert-only, so what was read stays true; what comes in later marks its vehicle dirty for the
next run. The cache holds whole stretches by vehicle and forgets the longest unused beyond its bound.
"""

from collections import OrderedDict
from dataclasses import dataclass

from sqlalchemy.orm import Session

from models.values import Track
from tracking.queries.fixes import BoundDevice, bound_devices, vehicle_track
from tracking.rules.trip_context import usable

MAX_FIXES = 4_000_000  # about 300 MB
MARGIN_MS = 86_400_000  # read this much around what is asked: neighbouring trips come soon


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """The usable fixes of a vehicle over [start, end]."""

    start_ms: int
    end_ms: int
    track: Track


class TrackCache:
    """Usable fixes by vehicle and time, read at most once where memory allows."""

    def __init__(self, until_ms: int) -> None:
        self.until_ms = until_ms
        self.stretches: OrderedDict[int, Stretch] = OrderedDict()
        self.fixes = 0
        self.devices: dict[int, list[BoundDevice]] = {}

    def device_code(self, session: Session, vehicle_id: int, at_ms: int) -> str | None:
        """The code of the device that was on a vehicle at a moment."""
        if vehicle_id not in self.devices:
            self.devices[vehicle_id] = bound_devices(session, vehicle_id)
        bound = (each for each in self.devices[vehicle_id] if each.from_ms <= at_ms < each.to_ms)
        return next((each.code for each in bound), None)

    def keep(self, vehicle_id: int, start_ms: int, end_ms: int, track: Track) -> None:
        """Remember a stretch that was read anyway."""
        old = self.stretches.pop(vehicle_id, None)
        self.fixes += len(track) - (0 if old is None else len(old.track))
        self.stretches[vehicle_id] = Stretch(start_ms, end_ms, track)
        while self.fixes > MAX_FIXES and len(self.stretches) > 1:
            _, forgotten = self.stretches.popitem(last=False)
            self.fixes -= len(forgotten.track)

    def between(self, session: Session, vehicle_id: int, start_ms: int, end_ms: int) -> Track:
        """The usable fixes of a vehicle with start <= time <= end, none later than the run's moment."""
        end_ms = min(end_ms, self.until_ms)
        stretch = self.stretches.get(vehicle_id)
        if stretch is None or start_ms < stretch.start_ms or end_ms > stretch.end_ms:
            low_ms, high_ms = start_ms - MARGIN_MS, min(end_ms + MARGIN_MS, self.until_ms)
            self.keep(
                vehicle_id, low_ms, high_ms, usable(vehicle_track(session, vehicle_id, low_ms, high_ms))
            )
            stretch = self.stretches[vehicle_id]
        self.stretches.move_to_end(vehicle_id)
        return stretch.track.between(start_ms, end_ms)
