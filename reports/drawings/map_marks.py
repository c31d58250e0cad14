"""How are the marks of findings drawn? Heavy, each with a shape of its own: grey print tells them apart."""

from collections.abc import Callable, Iterable
from math import sqrt
from typing import Any

from markupsafe import Markup

from models.vocabulary import MS_PER_S
from reports.drawings.map_window import MapWindow
from reports.drawings.svg import Point, group, path_of, tag

GeoJson = dict[str, Any]
ALERT = "#b3261e"
STOP_SMALLEST_PX, STOP_LARGEST_PX = 5.0, 16.0


def marks(features: Iterable[GeoJson], window: MapWindow) -> Markup:
    """All marks, areas below lines below points."""
    ordered = sorted(features, key=lambda each: ORDER.index(each["geometry"]["type"]))
    return group(_mark(each, window) for each in ordered)


ORDER = ["Polygon", "MultiPolygon", "MultiLineString", "LineString", "MultiPoint", "Point"]


def _mark(feature: GeoJson, window: MapWindow) -> Markup:
    draw = DRAWN.get(feature["properties"]["role"], _other)
    return draw(feature, window)


def lines_of(feature: GeoJson, window: MapWindow) -> list[list[Point]]:
    """The lines or rings of a feature in px; a point is a line of one."""
    kind, coordinates = feature["geometry"]["type"], feature["geometry"]["coordinates"]
    if kind == "Point":
        return [[window.point(coordinates)]]
    if kind in ("LineString", "MultiPoint"):
        return [window.line(coordinates)]
    if kind == "MultiPolygon":
        return [window.line(ring) for polygon in coordinates for ring in polygon]
    return [window.line(ring) for ring in coordinates]


def stop_radius_px(feature: GeoJson) -> float:
    """A circle whose area grows with the time it stood."""
    said = feature["properties"]
    minutes = float(said.get("end_ms", 0) - said.get("start_ms", 0)) / MS_PER_S / 60
    return min(STOP_LARGEST_PX, max(STOP_SMALLEST_PX, 3.2 + 1.9 * sqrt(max(minutes, 0.0))))


def anchor_of(feature: GeoJson, window: MapWindow) -> Point:
    """Where the label of a mark points to: the middle of its longest line, or its point."""
    longest = max(lines_of(feature, window), key=len)
    return longest[len(longest) // 2]


def _off_route(feature: GeoJson, window: MapWindow) -> Markup:
    path = path_of(lines_of(feature, window))
    ink = {"fill": "none", "stroke_linejoin": "round", "stroke_linecap": "round"}
    casing = tag("path", d=path, stroke="#fff", stroke_width=8.4)
    return group([casing, tag("path", d=path, stroke=ALERT, stroke_width=5.6)], **ink)


def _stop(feature: GeoJson, window: MapWindow) -> Markup:
    (x, y), radius = anchor_of(feature, window), stop_radius_px(feature)
    disc = tag("circle", cx=x, cy=y, r=radius, fill="#fff", fill_opacity=0.75, stroke=ALERT, stroke_width=2)
    return group([disc, tag("circle", cx=x, cy=y, r=2.2, fill=ALERT)])


def _jump(feature: GeoJson, window: MapWindow) -> Markup:
    path = path_of(lines_of(feature, window))
    return tag("path", d=path, fill="none", stroke=ALERT, stroke_width=1.4, stroke_dasharray="1.4 2.8")


def _reach(feature: GeoJson, window: MapWindow) -> Markup:
    path = path_of(lines_of(feature, window), closed=True)
    return tag(
        "path", d=path, fill=ALERT, fill_opacity=0.06, stroke=ALERT, stroke_width=0.9, stroke_dasharray="4 3"
    )


def _gap(_feature: GeoJson, _window: MapWindow) -> Markup:
    return Markup()  # the track's own gap is drawn already, as an arc


def _other(feature: GeoJson, window: MapWindow) -> Markup:
    if feature["geometry"]["type"] == "Point":
        x, y = anchor_of(feature, window)
        cross = f"M{x - 4:.1f} {y - 4:.1f}l8 8M{x - 4:.1f} {y + 4:.1f}l8-8"
        return tag("path", d=cross, fill="none", stroke=ALERT, stroke_width=2)
    closed = "Polygon" in feature["geometry"]["type"]
    path = path_of(lines_of(feature, window), closed=closed)
    return tag("path", d=path, fill="none", stroke=ALERT, stroke_width=1.6)


DRAWN: dict[str, Callable[[GeoJson, MapWindow], Markup]] = {
    "off_route_part": _off_route,
    "stop": _stop,
    "jump": _jump,
    "reach": _reach,
    "gap": _gap,
}
