"""What is drawn under everything else: roads, water, bridges, built-up blocks?"""

import numpy as np
import shapely
from shapely import LineString, MultiLineString, Polygon
from shapely.ops import polygonize, unary_union

from demo.town.names import Name
from demo.town.streets import TOWN_CENTRE
from demo.town.town import Town
from demo.town.water import CORE_RADIUS_M

Layer = tuple[dict[str, object], LineString | Polygon]
STREET_MARGIN_M = {"core": 13.0, "outer": 16.0}
BLOCK_M2 = (7_000.0, 640_000.0)


def basemap(town: Town) -> list[Layer]:
    """(properties, shape) of every quiet thing on the map, areas first, great roads last."""
    return [*_water(town), *_blocks(town), *_roads(town), *_bridges(town)]


def _props(layer: str, klass: str, name: Name | None = None, **more: object) -> dict[str, object]:
    named = {"name": name.zh, "name_en": name.en} if name else {}
    return {"layer": layer, "class": klass, **named, **more}


def _water(town: Town) -> list[Layer]:
    water = town.water
    found: list[Layer] = [(_props("lake", "lake", water.lake_name), water.lake)]
    found += [(_props("lake", "pond", pond.name), pond.shape) for pond in water.ponds]
    for way in (*water.canals, water.river):
        shape = way.centre.buffer(way.half_width_m).simplify(2.5)
        if isinstance(shape, Polygon):
            found.append((_props(way.kind, way.kind, way.name, width_m=round(2 * way.half_width_m)), shape))
    return found


def _roads(town: Town) -> list[Layer]:
    """Edges of one road joined again where nothing else matters, so that names can follow the line."""
    groups: dict[tuple[str, Name, bool], list[LineString]] = {}
    for edge in town.network.edges:
        groups.setdefault((edge.klass, edge.name, edge.tunnel), []).append(LineString(edge.points))
    order = {"street": 0, "secondary": 1, "primary": 2, "motorway": 3}
    found: list[Layer] = []
    for (klass, name, tunnel), lines in sorted(
        groups.items(), key=lambda g: (order[g[0][0]], g[0][1], g[0][2])
    ):
        merged = shapely.line_merge(MultiLineString(lines))
        more = {"tunnel": True} if tunnel else {}
        for part in getattr(merged, "geoms", [merged]):
            drawn = LineString(shapely.simplify(part, 1.2).coords)
            found.append((_props("road", klass, name, **more), drawn))
    return found


def _bridges(town: Town) -> list[Layer]:
    """The pieces of road over water, a little longer than the water is wide."""
    wet = town.water.area.buffer(9)
    shapely.prepare(wet)
    found: list[Layer] = []
    for edge in town.network.edges:
        road = LineString(edge.points)
        if edge.tunnel or not wet.intersects(road):
            continue
        over = road.intersection(wet)
        for part in getattr(over, "geoms", [over]):
            if isinstance(part, LineString) and part.length > 12:
                found.append((_props("bridge", edge.klass, edge.name), part))
    return found


def _blocks(town: Town) -> list[Layer]:
    """Built-up blocks: what streets enclose, less the streets' own width and the water."""
    lines = unary_union([LineString(e.points) for e in town.network.edges if not e.tunnel])
    wet = town.water.area.buffer(10)
    fences = unary_union([f.polygon.buffer(25) for f in town.facilities.values() if f.kind != "works"])
    found: list[Layer] = []
    for face in polygonize(lines):
        if not BLOCK_M2[0] < face.area < BLOCK_M2[1]:
            continue
        inner = face.buffer(-14).difference(wet).difference(fences).buffer(-3).buffer(3)
        for part in getattr(inner, "geoms", [inner]):
            if isinstance(part, Polygon) and part.area > 2_500:
                found.append((_props("block", _use(part)), Polygon(part.exterior.simplify(2.0).coords)))
    return found


def _use(block: Polygon) -> str:
    """Old town inside the moat's reach, housing in the core, mixed use outside; some greens."""
    x, y = block.centroid.x, block.centroid.y
    far = float(np.hypot(x - TOWN_CENTRE[0], y - TOWN_CENTRE[1]))
    if int(abs(x * 7.3 + y * 3.1)) % 19 == 0:
        return "park"
    if far < 1_500:
        return "old_town"
    return "residential" if far < CORE_RADIUS_M else "mixed"
