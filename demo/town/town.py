"""What does the whole invented town look like?"""

from dataclasses import dataclass

import numpy as np
from shapely import LineString, Polygon

from demo.town.facilities import (
    Facility,
    Placer,
    Yard,
    place_depots,
    place_plants,
    place_sites,
    place_store,
    site_methods,
)
from demo.town.names import CITIES, HAULERS, Name
from demo.town.network import Edge, Network, Router, join
from demo.town.parcels import Ground
from demo.town.plane import Plane, Points
from demo.town.streets import draw_roads
from demo.town.water import Water, draw_water
from demo.town.wharves import place_lock_and_mooring, place_wharves, sailing_line

WORKS_LENGTH_M, WORKS_HALF_WIDTH_M = 150.0, 19.0


@dataclass
class Town:
    """The stage: nothing in it moves."""

    city: Name
    plane: Plane
    water: Water
    network: Network
    ground: Ground
    router: Router
    facilities: dict[str, Facility]
    wharves: tuple[Facility, Facility] | None
    sailing: Points | None

    def of_kind(self, kind: str) -> list[Facility]:
        return [f for f in self.facilities.values() if f.kind == kind]


def build_town(seed: int, *, plants: int, haulers: int, vessels: bool, works: int) -> Town:
    """Draw the town of a seed. Raises RuntimeError when so many plants find no room."""
    rng = np.random.default_rng([seed, 101])
    water = draw_water(rng)
    network = join(draw_roads(rng, water))
    placer = Placer(rng, Ground(water.area, network), water)
    wharves = place_wharves(placer) if vessels else None
    sailing = sailing_line(water, *wharves) if wharves else None
    if sailing is not None:
        place_lock_and_mooring(placer, sailing)
    place_plants(placer, plants)
    place_sites(placer, site_methods(plants), wharves[1].centre if wharves else None)
    place_depots(placer, list(HAULERS[:haulers]))
    place_store(placer)
    for k in range(works):
        _place_works(placer, k)
    plane = Plane(31.0 + float(rng.uniform(0.02, 0.35)), 120.45 + float(rng.uniform(0.0, 0.5)))
    found = {f.id: f for f in placer.found}
    city = CITIES[(seed - 7) % len(CITIES)]
    return Town(city, plane, water, network, placer.ground, Router(network), found, wharves, sailing)


def _place_works(placer: Placer, number: int) -> None:
    """Sewer dredging closes a stretch of a street that nobody needs; its fence is the stretch itself."""
    network, rng = placer.ground.network, placer.rng
    degree = network.degrees()
    streets = [
        e
        for e in network.edges
        if e.klass == "street" and e.length_m > 330 and degree[e.a] > 2 and degree[e.b] > 2 and not e.closed
    ]
    order = rng.permutation(len(streets))
    for k in order:
        edge = streets[int(k)]
        polygon = _stretch(edge)
        others = placer.ground.taken
        if any(polygon.distance(o) < 150 for o in others) or polygon.intersects(placer.water.area):
            continue
        if _other_road_near(network, edge, polygon):
            continue
        placer.ground.taken.append(polygon)
        node = network.split(edge, edge.length_m / 2)
        edge.closed = network.edges[-1].closed = True
        name = Name(f"{edge.name.zh}管网清疏施工点", f"{edge.name.en} Sewer Dredging")
        yard = _works_yard(polygon, network.nodes[node])
        placer.found.append(Facility(f"C{number + 1:02d}", name, "works", polygon, yard, node))
        return


def _stretch(edge: Edge) -> Polygon:
    centre = LineString(edge.points)
    middle = centre.length / 2
    at = np.linspace(middle - WORKS_LENGTH_M / 2, middle + WORKS_LENGTH_M / 2, 8)
    piece = LineString([centre.interpolate(m) for m in at])
    return Polygon(piece.buffer(WORKS_HALF_WIDTH_M, cap_style="flat").exterior)


def _other_road_near(network: Network, edge: Edge, polygon: Polygon) -> bool:
    return any(LineString(e.points).distance(polygon) < 45 for e in network.edges if e is not edge)


def _works_yard(polygon: Polygon, at: tuple[float, float]) -> Yard:
    driveway = np.array([at, at])
    slots = tuple((at[0] + 2.0 * k, at[1]) for k in range(4))
    inside = [s for s in slots if polygon.contains(LineString([at, s]).centroid)]
    return Yard(driveway, at, tuple(inside or [at]))
