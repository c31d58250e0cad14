"""Where does a device put a place that turns it into GCJ-02 without saying so?

The published formula of the encrypted national coordinates, on the ellipsoid of Krasovsky 1940; the shift is
365 to 700 m in this region and grows smoothly from place to place.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SEMI_MAJOR_M, ECCENTRICITY_2 = 6_378_245.0, 0.006_693_421_622_965_943
CENTRE_LON, CENTRE_LAT = 105.0, 35.0


def gcj_02(lon_lat: Floats) -> Floats:
    """(n, 2) degrees of WGS 84 as GCJ-02."""
    x, y = lon_lat[:, 0] - CENTRE_LON, lon_lat[:, 1] - CENTRE_LAT
    phi = np.radians(lon_lat[:, 1])
    bend = 1.0 - ECCENTRICITY_2 * np.sin(phi) ** 2
    north_m_per_rad = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_2) / bend**1.5
    east_m_per_rad = SEMI_MAJOR_M / np.sqrt(bend) * np.cos(phi)
    north = -100.0 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    north += (
        _waves(x, (20, 6), (20, 2))
        + _waves(y, (20, 1), (40, 1 / 3))
        + _waves(y, (160, 1 / 12), (320, 1 / 30))
    )
    east = 300.0 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    east += (
        _waves(x, (20, 6), (20, 2))
        + _waves(x, (20, 1), (40, 1 / 3))
        + _waves(x, (150, 1 / 12), (300, 1 / 30))
    )
    shift = np.column_stack((np.degrees(east / east_m_per_rad), np.degrees(north / north_m_per_rad)))
    return np.asarray(lon_lat + shift, dtype=np.float64)


def _waves(at: Floats, *parts: tuple[float, float]) -> Floats:
    """Two thirds of a sum of sines; each part is (height, half waves a degree)."""
    total = np.zeros_like(at)
    for height, often in parts:
        total += height * np.sin(at * often * np.pi)
    return total * 2.0 / 3.0
