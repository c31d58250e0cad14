"""Where is a vehicle that shuttles along a way, and how does it move?"""

from dataclasses import dataclass

import numpy as np

from models.values import FloatArray
from tracking.rules.geometry import pair_m, steps_m

LOOK_AHEAD_M = 5.0  # the direction of travel is taken over this stretch
KMH_PER_MS = 3.6
INNER = (0.15, 0.85)  # of the way: the vehicle keeps clear of the facilities at both ends


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Degrees WGS 84, km/h, degrees clockwise from north, km since the start."""

    lat: float
    lon: float
    speed_kmh: float
    course_deg: float
    odometer_km: float


class Course:
    """A shuttle at a steady speed between two points of an approved way."""

    def __init__(self, line: FloatArray, speed_kmh: float) -> None:
        """line: n >= 2 points of (lon, lat) in degrees."""
        self._lon, self._lat = line[:, 0], line[:, 1]
        self._along_m = np.concatenate([[0.0], np.cumsum(steps_m(self._lat, self._lon))])
        whole_m = float(self._along_m[-1])
        self._from_m, self._to_m = INNER[0] * whole_m, INNER[1] * whole_m
        self.speed_kmh = speed_kmh

    def at(self, elapsed_s: float) -> Whereabouts:
        """Where it is this many seconds after its start; it turns round at both ends."""
        gone_m = elapsed_s * self.speed_kmh / KMH_PER_MS
        stretch_m = self._to_m - self._from_m
        lap, rest_m = divmod(gone_m, stretch_m)
        outward = lap % 2 == 0
        place_m = self._from_m + (rest_m if outward else stretch_m - rest_m)
        ahead_m = place_m + (LOOK_AHEAD_M if outward else -LOOK_AHEAD_M)
        lat, lon = self._point(place_m)
        return Whereabouts(lat, lon, self.speed_kmh, self._bearing(lat, lon, ahead_m), gone_m / 1000.0)

    def _point(self, along_m: float) -> tuple[float, float]:
        lat = np.interp(along_m, self._along_m, self._lat)
        return float(lat), float(np.interp(along_m, self._along_m, self._lon))

    def _bearing(self, lat: float, lon: float, ahead_m: float) -> float:
        ahead_lat, ahead_lon = self._point(ahead_m)
        here = np.array([lat]), np.array([lon])
        north_m = float(pair_m(*here, np.array([ahead_lat]), here[1])[0]) * np.sign(ahead_lat - lat)
        east_m = float(pair_m(*here, here[0], np.array([ahead_lon]))[0]) * np.sign(ahead_lon - lon)
        return float(np.degrees(np.arctan2(east_m, north_m)) % 360.0)
