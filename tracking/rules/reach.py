"""Could a vehicle have been somewhere while it was silent? The space-time prism of a gap.

Between the last fix before a silence and the first after it, a place can have been visited when driving
there and back at the top of free flow fits into the silence.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from models.values import FacilityArea, Track
from models.vocabulary import Mode
from tracking.rules.geometry import frame_at, pair_m
from tracking.rules.world import World

REACH_POINTS = 49
HURRY = 1.6  # a driver in a hurry beats free flow by this factor on an empty road


def reach_marks(
    ends: Sequence[tuple[float, float]], gap_s: float, speed_kmh: float
) -> tuple[dict[str, Any], ...]:
    """For the map: where a vehicle can have been between two places (lat, lon) at a speed, as a polygon.

    The points from which the way to both ends fits into the silence form an ellipse with the ends as foci.
    """
    (lat1, lon1), (lat2, lon2) = ends
    frame = frame_at((lat1 + lat2) / 2, lon1)
    x_m, y_m = frame.to_xy(np.array([lat1, lat2]), np.array([lon1, lon2]))
    apart_m = float(np.hypot(x_m[1] - x_m[0], y_m[1] - y_m[0]))
    reach_m = speed_kmh / 3.6 * gap_s
    if reach_m <= apart_m:
        return ()
    half_long, half_short = reach_m / 2, (reach_m**2 - apart_m**2) ** 0.5 / 2
    turn = np.arctan2(y_m[1] - y_m[0], x_m[1] - x_m[0])
    angle = np.linspace(0.0, 2 * np.pi, REACH_POINTS)
    along, across = half_long * np.cos(angle), half_short * np.sin(angle)
    lat, lon = frame.to_degrees(
        x_m.mean() + along * np.cos(turn) - across * np.sin(turn),
        y_m.mean() + along * np.sin(turn) + across * np.cos(turn),
    )
    ring = np.column_stack((lon, lat)).round(5).tolist()
    ring[-1] = ring[0]
    return ({"role": "reach", "type": "Polygon", "coordinates": [ring]},)


def could_have_visited(track: Track, place: FacilityArea, world: World, vehicle_id: int) -> bool:
    """Is there a silence in the track (n usable fixes) long enough to have visited the place in it?"""
    settings = world.thresholds.track
    if len(track) < 2:
        return True
    step_s = np.diff(track.time_ms) / 1000.0
    gaps = np.flatnonzero(step_s > settings.gap_report_s)
    if gaps.size == 0:
        return False
    lon, lat = np.array(place.polygon, dtype=np.float64).mean(axis=0)
    there_m = pair_m(track.lat, track.lon, np.full(len(track), lat), np.full(len(track), lon))
    water = world.vehicles[vehicle_id].mode is Mode.WATER
    speed_m_s = (settings.vessel_free_flow_kmh if water else settings.truck_free_flow_kmh) * HURRY / 3.6
    way_s = (there_m[gaps] + there_m[gaps + 1]) / speed_m_s
    return bool((way_s <= step_s[gaps]).any())
