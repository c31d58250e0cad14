"""How far is a place from the nearest facility and the nearest approved route? In bulk, near one spot."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import shapely

from models.values import FacilityArea, FloatArray, IntArray, RouteLine
from tracking.rules.geometry import Frame, frame_at

NO_PLACE = -1
REACH_DEG = 0.5  # what is further from the spot than this cannot be near a vehicle's day
FAR_M = 1e6


class DatumGround:
    """Facilities and routes around a spot, in a flat frame of metres."""

    def __init__(
        self, places: Mapping[int, FacilityArea], routes: Mapping[int, RouteLine], lat: float, lon: float
    ) -> None:
        self.frame: Frame = frame_at(lat, lon)
        near = [(place.id, self._near(place.polygon)) for place in places.values()]
        self.place_ids = np.array([row_id for row_id, ring in near if ring is not None], dtype=np.int64)
        self.places = shapely.STRtree([shapely.Polygon(ring) for _, ring in near if ring is not None])
        lines = (self._near(route.line) for route in routes.values())
        pairs = [np.stack((line[:-1], line[1:]), axis=1) for line in lines if line is not None]
        segments = np.unique(np.concatenate(pairs), axis=0) if pairs else np.zeros((0, 2, 2))
        self.routes = shapely.STRtree(
            np.asarray(shapely.linestrings(segments)).tolist()
        )  # whole lines are far slower

    def nearest_place(self, lat: FloatArray, lon: FloatArray) -> tuple[FloatArray, IntArray]:
        """(distance in m, row id) of the nearest facility of each of n places; 0 inside."""
        index, away_m = nearest(self.places, *self.frame.to_xy(lat, lon))
        known = np.append(self.place_ids, NO_PLACE)
        return away_m, known[index]

    def route_m(self, lat: FloatArray, lon: FloatArray) -> FloatArray:
        """Distance in m of each of n places to the nearest approved route."""
        return nearest(self.routes, *self.frame.to_xy(lat, lon))[1]

    def _near(self, points: tuple[tuple[float, float], ...]) -> FloatArray | None:
        """(x, y) of points in m, n x 2; None for what lies too far away."""
        lon, lat = np.array(points, dtype=np.float64).T
        if abs(lat.mean() - self.frame.lat0) > REACH_DEG or abs(lon.mean() - self.frame.lon0) > REACH_DEG:
            return None
        return np.column_stack(self.frame.to_xy(lat, lon))


def nearest(tree: shapely.STRtree, x_m: FloatArray, y_m: FloatArray) -> tuple[IntArray, FloatArray]:
    """(index in the tree, distance in m) of the nearest shape of each of n places; (-1, FAR_M): none."""
    index: npt.NDArray[np.int64] = np.full(x_m.size, -1, dtype=np.int64)
    away_m = np.full(x_m.size, FAR_M)
    if len(tree.geometries) and x_m.size:
        (which, what), distance_m = tree.query_nearest(
            shapely.points(x_m, y_m), return_distance=True, all_matches=False
        )
        index[which], away_m[which] = what, distance_m
    return index, away_m
