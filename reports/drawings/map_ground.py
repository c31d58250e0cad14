"""How is the base map drawn? Quietly: water blue-grey, roads grey by class, so that the track stands out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import shapely
from markupsafe import Markup

from reports.drawings.map_window import MapWindow
from reports.drawings.svg import Point, group, path_of, tag
from tracking.queries.base_map import MapPiece

SIMPLIFY_PX = 0.35  # a tenth of a millimetre on paper
SHORTEST_PX = 1.5
SHORTEST_NAMED_PX = 40.0


@dataclass(frozen=True, slots=True)
class Ink:
    """How one class of the base map is printed; `fill` only for areas."""

    stroke: str | None
    width: float
    fill: str | None = None


WATER, WATER_EDGE = "#d9e6ee", "#bfd3e0"
LAYERS: tuple[tuple[str, str | None, Ink], ...] = (
    ("block", None, Ink(None, 0.0, "#f3f1ec")),
    ("block", "park", Ink(None, 0.0, "#e9efe3")),
    ("lake", None, Ink(WATER_EDGE, 0.5, WATER)),
    ("river", None, Ink(WATER, 3.2, WATER)),
    ("canal", None, Ink(WATER, 1.8, WATER)),
    ("road", None, Ink("#dedede", 0.6)),
    ("road", "street", Ink("#dedede", 0.6)),
    ("road", "secondary", Ink("#d2d2d2", 1.1)),
    ("road", "primary", Ink("#c4c4c4", 1.6)),
    ("road", "motorway", Ink("#b4b4b4", 2.3)),
    ("bridge", None, Ink("#a8a8a8", 1.1)),
)
"""In the order of drawing; a class without a line of its own is drawn as its layer's first."""


def ground(pieces: Sequence[MapPiece], window: MapWindow) -> Markup:
    """All pieces of the base map, one path an ink."""
    if not pieces:
        return Markup()
    shapes = shapely.transform([piece.shape for piece in pieces], window.to_px)
    shapes = shapely.simplify(shapes, SIMPLIFY_PX)
    sorted_shapes: dict[tuple[str, str | None], list[shapely.Geometry]] = {}
    for piece, shape in zip(pieces, shapes, strict=True):
        sorted_shapes.setdefault(_class_of(piece), []).append(shape)
    return group(
        _layer(sorted_shapes[(layer, grade)], ink)
        for layer, grade, ink in LAYERS
        if (layer, grade) in sorted_shapes
    )


def _class_of(piece: MapPiece) -> tuple[str, str | None]:
    known = {(layer, grade) for layer, grade, _ in LAYERS}
    return (piece.layer, piece.grade) if (piece.layer, piece.grade) in known else (piece.layer, None)


def _layer(shapes: Iterable[shapely.Geometry], ink: Ink) -> Markup:
    lines: list[list[Point]] = []
    areas: list[list[Point]] = []
    for part in shapely.get_parts(list(shapes)):
        if isinstance(part, shapely.Polygon):
            areas += [
                ring.coords[:] for ring in (part.exterior, *part.interiors) if ring.length > SHORTEST_PX
            ]
        elif part.length > SHORTEST_PX:
            lines.append(part.coords[:])
    return group(
        [
            tag(
                "path",
                d=path_of(areas, closed=True),
                fill=ink.fill or "none",
                fill_rule="evenodd",
                stroke=ink.stroke if ink.fill and ink.width < 1 else None,
                stroke_width=ink.width if ink.fill and ink.width < 1 else None,
            )
            if areas
            else "",
            tag("path", d=path_of(lines), stroke=ink.stroke or ink.fill, stroke_width=max(ink.width, 0.5))
            if lines
            else "",
        ],
        fill="none",
        stroke_linecap="round",
        stroke_linejoin="round",
    )


def named_lines(
    pieces: Sequence[MapPiece], window: MapWindow, language: str, most: int = 6
) -> list[tuple[str, Point]]:
    """Names of the longest named waters and main roads in the window, with a place on each: (name, px)."""
    found: dict[str, tuple[float, Point]] = {}
    for piece in pieces:
        name = piece.name(language)
        if not name or (piece.layer == "road" and piece.grade not in ("motorway", "primary")):
            continue
        if piece.layer not in ("lake", "river", "canal", "road"):
            continue
        shape = shapely.transform(piece.shape, window.to_px)
        size = float(shapely.length(shape))
        if size > found.get(name, (SHORTEST_NAMED_PX, (0.0, 0.0)))[0]:
            found[name] = (size, _middle(shape))
    longest = sorted(found.items(), key=lambda item: (-item[1][0], item[0]))[:most]
    return [(name, point) for name, (_, point) in longest]


def _middle(shape: shapely.Geometry) -> Point:
    """A place on a line, half-way, or inside an area."""
    if isinstance(shape, shapely.LineString):
        point = shape.interpolate(0.5, normalized=True)
    else:
        point = shapely.point_on_surface(shape)
    return float(shapely.get_x(point)), float(shapely.get_y(point))
