"""What is known of one trip when its track is judged, and what do all its findings share?"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from models.values import TRACK_COLUMNS, Track, VehicleFacts
from models.vocabulary import UNUSABLE_DOUBTS
from tracking.rules.doubt_stretches import Stretch
from tracking.rules.route_path import RoutePath


@dataclass(frozen=True, slots=True, eq=False)
class TripContext:
    """One loaded trip to judge.

    track: all fixes from the last inside the origin to the first inside the destination, unusable ones
    left out; lookback: the fixes before it, for the device's habit; paths: the approved routes that hold.
    """

    vehicle: VehicleFacts
    track: Track
    lookback: Track
    paths: tuple[RoutePath, ...]
    manifest_ids: tuple[int, ...]
    device_code: str | None
    doubted: tuple[Stretch, ...] = ()  # of the vehicle's device at any time
    silent_until_ms: int | None = None  # of a trip whose end the data do not show: now, or paper's arrival


def usable(track: Track) -> Track:
    """The fixes that say where a vehicle was."""
    return track.take((track.doubts & np.uint32(int(UNUSABLE_DOUBTS))) == 0)


def subjects(trip: TripContext) -> dict[str, Any]:
    """The subjects that all findings of a trip share."""
    return {
        "subject": trip.vehicle.code,
        "vehicle_codes": (trip.vehicle.code,),
        "manifest_ids": trip.manifest_ids,
        "hauler_id": trip.vehicle.organisation_id,
        "device_code": trip.device_code,
    }


def mark(role: str, track: Track, first: int, last: int) -> dict[str, Any]:
    """A piece of the track for the map."""
    part = slice(first, last + 1)
    points = np.column_stack((track.lon[part], track.lat[part])).round(6).tolist()
    return {
        "role": role,
        "type": "LineString" if len(points) > 1 else "Point",
        "coordinates": points if len(points) > 1 else points[0],
        "start_ms": int(track.time_ms[first]),
        "end_ms": int(track.time_ms[last]),
    }


def joined(before: Track, track: Track) -> Track:
    """Two tracks one after the other."""
    if len(before) == 0:
        return track
    return Track(*(np.concatenate((getattr(before, name), getattr(track, name))) for name in TRACK_COLUMNS))
