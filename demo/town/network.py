"""How do the roads join, and which way is the quickest?"""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from shapely import LineString, STRtree
from shapely.geometry import Point

from demo.town.names import Name
from demo.town.plane import Points
from demo.town.streets import Road

FREE_KMH = {"motorway": 80.0, "primary": 58.0, "secondary": 48.0, "street": 32.0, "access": 18.0}
NEAR_M = 30.0  # crossings nearer than this are one junction


@dataclass
class Edge:
    """A piece of road between two junctions; `points` runs from a to b."""

    a: int
    b: int
    points: Points
    klass: str
    name: Name
    tunnel: bool = False
    closed: bool = False  # roadworks: nobody drives through who need not

    @property
    def length_m(self) -> float:
        return float(np.hypot(*np.diff(self.points, axis=0).T).sum())

    @property
    def free_s(self) -> float:
        return self.length_m / (FREE_KMH[self.klass] / 3.6)


@dataclass
class Network:
    """Junctions and edges. Call `route` only after the last `split`."""

    nodes: list[tuple[float, float]] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)

    def node(self, point: tuple[float, float]) -> int:
        self.nodes.append(point)
        return len(self.nodes) - 1

    def split(self, edge: Edge, at_m: float) -> int:
        """Insert a junction on an edge, `at_m` metres from its start; returns the junction."""
        length = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(edge.points, axis=0).T))))
        x, y = (float(np.interp(at_m, length, edge.points[:, k])) for k in (0, 1))
        k = int(np.searchsorted(length, at_m, side="right"))
        middle = self.node((x, y))
        head = np.vstack((edge.points[:k], [[x, y]]))
        tail = np.vstack(([[x, y]], edge.points[k:]))
        self.edges.append(Edge(middle, edge.b, tail, edge.klass, edge.name, edge.tunnel, edge.closed))
        edge.b, edge.points = middle, head
        return middle

    def degrees(self) -> NDArray[np.int64]:
        ends = np.array([(e.a, e.b) for e in self.edges]).ravel()
        return np.bincount(ends, minlength=len(self.nodes))

    def best_edges(self) -> dict[tuple[int, int], int]:
        """(from, to) → the quickest edge between two junctions, both ways."""
        best: dict[tuple[int, int], int] = {}
        for k, edge in enumerate(self.edges):
            for pair in ((edge.a, edge.b), (edge.b, edge.a)):
                if pair not in best or edge.free_s < self.edges[best[pair]].free_s:
                    best[pair] = k
        return best


class Router:
    """Shortest ways over a finished network, with edges made dearer at will."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._best = network.best_edges()
        self._pairs = np.array(list(self._best), dtype=np.int64)
        self._edge_of = np.array(list(self._best.values()), dtype=np.int64)
        edges = network.edges
        cost = np.array([e.free_s * (40.0 if e.closed else 1.0) for e in edges])
        self.cost_s = cost

    def way(self, start: int, end: int, factor: NDArray[np.float64] | None = None) -> list[tuple[int, bool]]:
        """Edges from junction to junction as (edge, forward?); `factor` multiplies each edge's cost."""
        return self.ways(start, [end], factor)[0]

    def ways(
        self, start: int, ends: list[int], factor: NDArray[np.float64] | None = None
    ) -> list[list[tuple[int, bool]]]:
        """One search, several goals; an empty way where a goal cannot be reached."""
        cost = self.cost_s if factor is None else self.cost_s * factor
        size = len(self.network.nodes)
        graph = csr_array((cost[self._edge_of], (self._pairs[:, 0], self._pairs[:, 1])), shape=(size, size))
        before = dijkstra(graph, indices=np.array([start]), return_predecessors=True)[1][0]
        return [self._walk_back(before, start, end) for end in ends]

    def _walk_back(self, before: NDArray[np.int32], start: int, end: int) -> list[tuple[int, bool]]:
        steps: list[tuple[int, bool]] = []
        here = end
        while here != start:
            last = int(before[here])
            if last < 0:
                return []
            k = self._best[(last, here)]
            steps.append((k, self.network.edges[k].a == last))
            here = last
        return steps[::-1]

    def points(self, way: list[tuple[int, bool]]) -> Points:
        """The line of a way, without doubled vertices."""
        parts = [self.network.edges[k].points[:: 1 if forward else -1] for k, forward in way]
        joined = np.vstack([parts[0], *(p[1:] for p in parts[1:])])
        moved = np.concatenate(([True], np.hypot(*np.diff(joined, axis=0).T) > 0.05))
        return joined[moved]


def join(roads: list[Road]) -> Network:
    """Cut every road at its crossings and keep the one piece of network that hangs together."""
    cuts = _crossings(roads)
    network = Network()
    place: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, road in enumerate(roads):
        at = sorted({0.0, road.centre.length, *cuts[number]})
        kept = [at[0], *(m for m, before in zip(at[1:-1], at, strict=False) if m - before > 0.5), at[-1]]
        for lo, hi in pairwise(kept):
            if hi - lo < 1.0:
                continue
            points = _between(road.centre, lo, hi)
            a, b = (_junction(network, place, points[k]) for k in (0, -1))
            if a != b:
                points[0], points[-1] = network.nodes[a], network.nodes[b]
                network.edges.append(Edge(a, b, points, road.klass, road.name, road.tunnel))
    return _largest(_without_stubs(network))


def _crossings(roads: list[Road]) -> dict[int, list[float]]:
    cuts: dict[int, list[float]] = defaultdict(list)
    tree = STRtree([r.centre for r in roads])
    left, right = tree.query([r.centre for r in roads], predicate="intersects")
    for i, j in zip(left.tolist(), right.tolist(), strict=True):
        if i >= j or not _meet(roads[i], roads[j]):
            continue
        shared = roads[i].centre.intersection(roads[j].centre)
        for piece in getattr(shared, "geoms", [shared]):
            if isinstance(piece, Point):
                cuts[i].append(roads[i].centre.project(piece))
                cuts[j].append(roads[j].centre.project(piece))
    return cuts


def _meet(one: Road, other: Road) -> bool:
    """The expressway has junctions with primary roads only; tunnels have none."""
    if one.tunnel or other.tunnel:
        return False
    classes = {one.klass, other.klass}
    return "motorway" not in classes or classes == {"motorway", "primary"}


def _between(centre: LineString, lo_m: float, hi_m: float) -> Points:
    points = np.asarray(centre.coords)
    length = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))
    inner = points[(length > lo_m + 1.0) & (length < hi_m - 1.0)]
    ends = [[np.interp(m, length, points[:, k]) for k in (0, 1)] for m in (lo_m, hi_m)]
    return np.vstack((ends[0], inner, ends[1]))


def _junction(network: Network, place: dict[tuple[int, int], list[int]], point: Points) -> int:
    """The junction at a point; one that is already within NEAR_M is the same junction."""
    cell = (int(point[0] // NEAR_M), int(point[1] // NEAR_M))
    for dx in (-1, 0, 1):
        for dy in (-1, 0, 1):
            for near in place.get((cell[0] + dx, cell[1] + dy), []):
                if np.hypot(*(np.array(network.nodes[near]) - point)) < NEAR_M:
                    return near
    made = network.node((float(point[0]), float(point[1])))
    place[cell].append(made)
    return made


def _without_stubs(network: Network) -> Network:
    """Dead ends shorter than 220 m are what clipping left over; drop them, twice."""
    for _ in range(2):
        degree = network.degrees()
        network.edges = [
            e for e in network.edges if e.length_m > 220 or (degree[e.a] > 1 and degree[e.b] > 1)
        ]
    return network


def _largest(network: Network) -> Network:
    size = len(network.nodes)
    pairs = np.array([(e.a, e.b) for e in network.edges])
    graph = csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    label = connected_components(graph, directed=False)[1]
    main = np.bincount(label[pairs[:, 0]]).argmax()
    network.edges = [e for e in network.edges if label[e.a] == main]
    return network
