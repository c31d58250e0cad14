"""Where beside a road is there room for a fence of a given size, and what is inside it?"""

from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely import LineString, Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from demo.town.network import Edge, Network
from demo.town.plane import Points
from demo.town.water import HALF_X_M, HALF_Y_M

FRONT_M = 62.0  # from the road's centre line to the fence: passing traffic stays outside
CLEAR_ROAD_M = 48.0
CLEAR_PARCEL_M = 90.0


@dataclass(frozen=True)
class Parcel:
    """A fenced plot. Its own axes: u along the road, v away from it; `spot` maps them to the board."""

    polygon: Polygon
    access: tuple[float, float]  # on the road's centre line
    along: tuple[float, float]
    inward: tuple[float, float]
    width_m: float
    depth_m: float

    def spot(self, u_m: float, v_m: float) -> tuple[float, float]:
        (ax, ay), (ux, uy), (nx, ny) = self.access, self.along, self.inward
        return ax + u_m * ux + v_m * nx, ay + u_m * uy + v_m * ny

    @property
    def driveway(self) -> Points:
        """Road → gate → weighbridge."""
        return np.array([self.access, self.spot(0, FRONT_M), self.spot(0, FRONT_M + 28.0)])

    @property
    def bay(self) -> tuple[float, float]:
        """Where loads are taken on or put down."""
        return self.spot(0.12 * self.width_m, FRONT_M + 0.72 * self.depth_m)

    def slot(self, number: int) -> tuple[float, float]:
        """A standing place: queue or parking, between gate and bay, always inside the fence."""
        row, column = divmod(number, 5)
        v = FRONT_M + 36.0 + min(9.0 * row, 0.5 * self.depth_m)
        return self.spot(-0.16 * self.width_m + 7.0 * column, v)


@dataclass
class Ground:
    """What is already taken: water, roads, other plots."""

    water: BaseGeometry
    network: Network
    taken: list[Polygon] = field(default_factory=list)

    def __post_init__(self) -> None:
        shapely.prepare(self.water)
        self._roads = [LineString(e.points) for e in self.network.edges]
        self._tree = STRtree(self._roads)

    def road_within(self, polygon: BaseGeometry, clear_m: float) -> bool:
        return bool(len(self._tree.query(polygon, predicate="dwithin", distance=clear_m)))

    def free(self, polygon: Polygon, clear_road_m: float = CLEAR_ROAD_M) -> bool:
        """May this plot be fenced here?"""
        x0, y0, x1, y1 = polygon.bounds
        if x0 < -HALF_X_M or x1 > HALF_X_M or y0 < -HALF_Y_M or y1 > HALF_Y_M:
            return False
        if self.water.intersects(polygon.buffer(6)) or self.road_within(polygon, clear_road_m):
            return False
        return all(polygon.distance(other) > CLEAR_PARCEL_M for other in self.taken)


def outline(rng: np.random.Generator, width_m: float, depth_m: float) -> Points:
    """(n, 2) corners in the plot's own axes: skewed, chamfered, L-shaped or stepped, open to the gate."""
    w, d, f = width_m / 2, depth_m, FRONT_M
    skew = rng.uniform(-0.12, 0.12, 4) * width_m
    shapes = (
        [(-w, f), (w, f), (w + skew[0], f + d), (-w + skew[1], f + 0.93 * d)],
        [(-w, f), (w, f), (w, f + 0.66 * d), (0.34 * w, f + 0.7 * d), (0.36 * w, f + d), (-w, f + d)],
        [(-w, f), (w, f), (w + skew[0], f + 0.7 * d), (0.55 * w, f + d), (-w + skew[1], f + 0.96 * d)],
        [(-w, f), (w, f), (w, f + d), (-0.36 * w, f + 1.04 * d), (-0.9 * w, f + 0.78 * d), (-w, f + 0.4 * d)],
        [
            (-0.8 * w, f),
            (w, f),
            (1.1 * w, f + 0.5 * d),
            (0.8 * w, f + d),
            (-0.7 * w, f + d),
            (-w, f + 0.45 * d),
        ],
    )
    chosen = np.array(shapes[int(rng.integers(len(shapes)))])
    if rng.random() < 0.5:
        chosen = chosen * np.array([-1.0, 1.0])
    return chosen


def plot_beside(rng: np.random.Generator, edge: Edge, at_m: float, size_m: tuple[float, float]) -> Parcel:
    """A plot of width × depth on a random side of an edge, before asking whether the ground is free."""
    length = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(edge.points, axis=0).T))))
    here = np.array([np.interp(at_m, length, edge.points[:, k]) for k in (0, 1)])
    ahead = np.array([np.interp(at_m + 25.0, length, edge.points[:, k]) for k in (0, 1)])
    behind = np.array([np.interp(at_m - 25.0, length, edge.points[:, k]) for k in (0, 1)])
    along = (ahead - behind) / np.hypot(*(ahead - behind))
    side = 1.0 if rng.random() < 0.5 else -1.0
    inward = side * np.array([-along[1], along[0]])
    corners = outline(rng, *size_m)
    points = here + corners[:, :1] * along + corners[:, 1:] * inward
    return Parcel(
        Polygon(points),
        (float(here[0]), float(here[1])),
        (float(along[0]), float(along[1])),
        (float(inward[0]), float(inward[1])),
        *size_m,
    )


def room_for(
    rng: np.random.Generator,
    ground: Ground,
    edges: list[Edge],
    size_m: tuple[float, float],
    good: "Wanted",
) -> tuple[Parcel, Edge, float] | None:
    """A free plot beside one of `edges` that also satisfies `good`, or None after a fair search."""
    for _ in range(600):
        edge = edges[int(rng.integers(len(edges)))]
        if edge.length_m < 160 or edge.tunnel:
            continue
        at_m = float(rng.uniform(60, edge.length_m - 60))
        parcel = plot_beside(rng, edge, at_m, size_m)
        if good.accepts(parcel.polygon) and ground.free(parcel.polygon):
            ground.taken.append(parcel.polygon)
            return parcel, edge, at_m
    return None


@dataclass(frozen=True)
class Wanted:
    """Wishes about a place: ring around the centre, near water, far from its like."""

    centre: tuple[float, float]
    ring_m: tuple[float, float]
    apart: tuple[tuple[tuple[float, float], ...], float] = ((), 0.0)
    near: tuple[BaseGeometry, float] | None = None

    def accepts(self, polygon: Polygon) -> bool:
        x, y = polygon.centroid.x, polygon.centroid.y
        far = float(np.hypot(x - self.centre[0], y - self.centre[1]))
        if not self.ring_m[0] <= far <= self.ring_m[1]:
            return False
        others, gap_m = self.apart
        if any(np.hypot(x - ox, y - oy) < gap_m for ox, oy in others):
            return False
        return self.near is None or polygon.distance(self.near[0]) <= self.near[1]
