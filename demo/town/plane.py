"""Where on the globe is a point of the town's drawing board?"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]  # shape (n, 2): x metres east, y metres north

WGS84_A_M = 6_378_137.0
WGS84_E2 = 0.006_694_379_990_141


@dataclass(frozen=True)
class Plane:
    """A flat metric board that touches the ellipsoid at (lat0_deg, lon0_deg)."""

    lat0_deg: float
    lon0_deg: float

    def metres_per_degree(self) -> tuple[float, float]:
        """Metres per degree of latitude and of longitude at the board's centre (WGS 84 radii)."""
        sin_lat = math.sin(math.radians(self.lat0_deg))
        w2 = 1.0 - WGS84_E2 * sin_lat * sin_lat
        meridian_m = WGS84_A_M * (1.0 - WGS84_E2) / w2**1.5
        normal_m = WGS84_A_M / math.sqrt(w2)
        per_lat = math.radians(1.0) * meridian_m
        per_lon = math.radians(1.0) * normal_m * math.cos(math.radians(self.lat0_deg))
        return per_lat, per_lon

    def to_degrees(self, points: Points) -> Points:
        """(n, 2) metres → (n, 2) longitude, latitude in degrees."""
        per_lat, per_lon = self.metres_per_degree()
        return np.column_stack(
            (self.lon0_deg + points[:, 0] / per_lon, self.lat0_deg + points[:, 1] / per_lat)
        )

    def to_metres(self, lon_lat: Points) -> Points:
        """(n, 2) longitude, latitude in degrees → (n, 2) metres."""
        per_lat, per_lon = self.metres_per_degree()
        return np.column_stack(
            ((lon_lat[:, 0] - self.lon0_deg) * per_lon, (lon_lat[:, 1] - self.lat0_deg) * per_lat)
        )
