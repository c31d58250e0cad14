"""Which piece of the world does a map show, and where on the paper is a place?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from models.values import FloatArray
from reports.drawings.svg import Point
from tracking.rules.geometry import Frame, frame_at, unwrap_deg

LonLat = tuple[float, float]
MARGIN_SHARE = 0.08  # of the larger side, around everything that must be seen
SMALLEST_M = 1200.0  # a load that did not move still shows its surroundings


@dataclass(frozen=True, slots=True)
class MapWindow:
    """A flat metric frame on a sheet of width x height px; `px_per_m` is the scale."""

    frame: Frame
    left_m: float
    top_m: float
    px_per_m: float
    width: float
    height: float

    def to_px(self, lonlat: Sequence[Sequence[float]] | FloatArray) -> FloatArray:
        """(lon, lat) rows in degrees to (x, y) rows in px; y grows downwards."""
        degrees = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
        x_m, y_m = self.frame.to_xy(degrees[:, 1], degrees[:, 0])
        return np.column_stack(((x_m - self.left_m) * self.px_per_m, (self.top_m - y_m) * self.px_per_m))

    def point(self, lonlat: Sequence[float]) -> Point:
        """One place in px."""
        x, y = self.to_px([lonlat])[0]
        return float(x), float(y)

    def line(self, lonlat: Sequence[Sequence[float]]) -> list[Point]:
        """A line of places in px."""
        return [(x, y) for x, y in self.to_px(lonlat).tolist()]

    def degrees_at(self, x: float, y: float) -> LonLat:
        """(lon, lat) of a place on the sheet."""
        lat, lon = self.frame.to_degrees(
            np.array(self.left_m + x / self.px_per_m), np.array(self.top_m - y / self.px_per_m)
        )
        return float(lon), float(lat)

    @property
    def bounds_deg(self) -> tuple[float, float, float, float]:
        """(west, south, east, north) in degrees."""
        west, north = self.degrees_at(0, 0)
        east, south = self.degrees_at(self.width, self.height)
        return west, south, east, north

    def holds(self, point: Point) -> bool:
        """Is a point of the sheet inside it?"""
        return 0 <= point[0] <= self.width and 0 <= point[1] <= self.height


def window_around(places: Iterable[LonLat], width: float, height: float) -> MapWindow:
    """The window of width x height px that shows all places (at least one) with a margin."""
    lon, lat = np.array(list(places), dtype=np.float64).T
    lon = lon[0] + unwrap_deg(lon - lon[0])
    frame = frame_at(float((lat.min() + lat.max()) / 2), float((lon.min() + lon.max()) / 2))
    x_m, y_m = frame.to_xy(lat, lon)
    wide_m = max(float(np.ptp(x_m)), SMALLEST_M)
    high_m = max(float(np.ptp(y_m)), SMALLEST_M * height / width)
    m_per_px = max(wide_m / width, high_m / height) * (1 + 2 * MARGIN_SHARE)
    middle_x, middle_y = (float(x_m.min() + x_m.max()) / 2, float(y_m.min() + y_m.max()) / 2)
    return MapWindow(
        frame, middle_x - width * m_per_px / 2, middle_y + height * m_per_px / 2, 1 / m_per_px, width, height
    )


def trimmed(lonlat: Sequence[Sequence[float]]) -> list[LonLat]:
    """The corners of a track without its farthest hundredth: one impossible fix must not shrink the map."""
    points = np.asarray(lonlat, dtype=np.float64).reshape(-1, 2)
    if len(points) == 0:
        return []
    skip = len(points) // 100
    ordered = np.sort(points, axis=0)
    low, high = ordered[skip], ordered[len(points) - 1 - skip]
    return [(float(low[0]), float(low[1])), (float(high[0]), float(high[1]))]
