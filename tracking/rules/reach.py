"""Could a vehicle have been somewhere while it was silent? The space-time prism of a gap.

Between the last fix before a silence and the first after it, a place can have been visited when driving
there and back at the top of free flow fits into the silence.
"""

import numpy as np

from models.values import FacilityArea, Track
from models.vocabulary import Mode
from tracking.rules.geometry import pair_m
from tracking.rules.world import World

HURRY = 1.6  # a driver in a hurry beats free flow by this factor on an empty road


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
