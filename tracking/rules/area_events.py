"""Did several vehicles lose their position near each other at one time? Then it is no single one's doing.

Jamming, a solar storm or works under a viaduct blind whoever passes. Source: INGEST.md (area event).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from models.thresholds import DeviceThresholds
from tracking.rules.geometry import pair_m


@dataclass(frozen=True, slots=True)
class Loss:
    """A device of a vehicle (row ids) lost its position at a place (degrees) over [from, to], ms UTC."""

    vehicle_id: int
    device_id: int
    from_ms: int
    to_ms: int
    lat: float
    lon: float


def area_events(losses: Sequence[Loss], thresholds: DeviceThresholds) -> list[tuple[Loss, ...]]:
    """The events: losses of enough vehicles, each near the next in place and time; in order of time."""
    ordered = sorted(losses, key=lambda loss: (loss.from_ms, loss.vehicle_id, loss.device_id))
    if len(ordered) < thresholds.area_vehicles:
        return []
    begun = np.array([loss.from_ms for loss in ordered])
    lat, lon = np.array([(loss.lat, loss.lon) for loss in ordered]).T
    pairs = []
    for index in range(len(ordered)):
        end = int(np.searchsorted(begun, begun[index] + thresholds.area_s * 1000, side="right"))
        others = np.arange(index + 1, end)
        near = pair_m(
            np.full(others.size, lat[index]), np.full(others.size, lon[index]), lat[others], lon[others]
        )
        pairs += [(index, int(other)) for other in others[near <= thresholds.area_m]]
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    graph = coo_array((np.ones(ends.shape[1]), (ends[0], ends[1])), shape=(len(ordered), len(ordered)))
    labels = connected_components(graph, directed=False)[1]
    groups = [tuple(ordered[i] for i in np.flatnonzero(labels == label)) for label in np.unique(labels)]
    enough = [g for g in groups if len({loss.vehicle_id for loss in g}) >= thresholds.area_vehicles]
    return sorted(enough, key=lambda group: group[0].from_ms)
