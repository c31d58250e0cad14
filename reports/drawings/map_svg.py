"""How is a manifest's map printed? Base map, corridor, track, marks, places; labels do not collide."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from reports.drawings.map_furniture import frame, north_arrow, scale_bar
from reports.drawings.map_ground import ground, named_lines
from reports.drawings.map_labels import LabelSheet, Wanted, along
from reports.drawings.map_marks import ALERT, anchor_of, marks, stop_radius_px
from reports.drawings.map_places import PlaceSign, places
from reports.drawings.map_track import corridors, gaps, middle_of_gap, tracks
from reports.drawings.map_window import LonLat, MapWindow, trimmed, window_around
from reports.drawings.svg import drawing, group, tag
from tracking.queries.base_map import MapPiece

GeoJson = dict[str, Any]
PAPER = "#fcfcfa"
GROUND_ROLES = frozenset({"corridor", "route", "facility", "track", "gap"})
FAR_ROLES = frozenset({"jump", "reach"})  # may lie anywhere: they do not decide what the map shows


@dataclass(frozen=True, slots=True)
class MapWords:
    """What the map says, in the reader's language: signs by place code, labels by feature index."""

    language: str
    title: str
    signs: Mapping[str, PlaceSign] = field(default_factory=dict)
    labels: Mapping[int, str] = field(default_factory=dict)


def window_of(collection: GeoJson, signs: Sequence[str], width: float, height: float) -> MapWindow:
    """The window that shows routes, tracks, near marks and the places whose codes are given."""
    return window_around(_seen(collection["features"], set(signs)), width, height)


def _seen(features: Sequence[GeoJson], codes: set[str]) -> Iterator[LonLat]:
    for each in features:
        role, shape = each["properties"]["role"], each["geometry"]
        if role in FAR_ROLES or (role == "facility" and each["properties"]["code"] not in codes):
            continue
        corners = shape["coordinates"]
        if shape["type"] == "Point":
            corners = [corners]
        elif shape["type"] != "LineString":
            corners = corners[0]
        if role == "track":
            yield from trimmed(corners)
        else:
            yield from ((lon, lat) for lon, lat in corners)


def map_svg(collection: GeoJson, pieces: Sequence[MapPiece], window: MapWindow, words: MapWords) -> Markup:
    """The map as one SVG of the window's size."""
    by_role: dict[str, list[GeoJson]] = {}
    for each in collection["features"]:
        by_role.setdefault(each["properties"]["role"], []).append(each)
    found = [each for each in collection["features"] if each["properties"]["role"] not in GROUND_ROLES]
    ways = [window.line(each["geometry"]["coordinates"]) for each in _lines(by_role)]
    sheet = LabelSheet(window.width, window.height, along(ways))
    furniture = []
    for piece, box in (scale_bar(window), north_arrow(window)):
        furniture.append(piece)
        sheet.reserve(box)
    fences, names = places(by_role.get("facility", []), words.signs, window, sheet, words.language)
    body = [
        tag("rect", width=window.width, height=window.height, fill=PAPER),
        ground(pieces, window),
        corridors(by_role.get("corridor", []), by_role.get("route", []), window),
        tracks(by_role.get("track", []), window),
        gaps(by_role.get("gap", []), window),
        marks(found, window),
        fences,
        names,
        group(_mark_labels(collection["features"], window, words, sheet)),
        group(_quiet_names(pieces, window, words.language, sheet)),
        frame(window),
        *furniture,
    ]
    clip = tag("clipPath", tag("rect", width=window.width, height=window.height), id="sheet")
    inside = group(body, clip_path="url(#sheet)")
    return drawing(window.width, window.height, words.title, [tag("defs", clip), inside])


def _lines(by_role: Mapping[str, Sequence[GeoJson]]) -> Iterator[GeoJson]:
    for role in ("track", "route"):
        yield from (each for each in by_role.get(role, []) if each["geometry"]["type"] == "LineString")


def _mark_labels(
    features: Sequence[GeoJson], window: MapWindow, words: MapWords, sheet: LabelSheet
) -> Iterator[Markup]:
    for number, said in sorted(words.labels.items()):
        feature = features[number]
        gap = feature["properties"]["role"] == "gap" and feature["geometry"]["type"] == "LineString"
        at = middle_of_gap(feature, window) if gap else anchor_of(feature, window)
        if not window.holds(at):
            continue
        clear = stop_radius_px(feature) + 2 if feature["properties"]["role"] == "stop" else 6.0
        ink = "#1c2733" if "finding" not in feature["properties"] else ALERT
        yield sheet.place(Wanted((said,), at, clear, 8.6, bold=True, fill=ink))


def _quiet_names(
    pieces: Sequence[MapPiece], window: MapWindow, language: str, sheet: LabelSheet
) -> Iterator[Markup]:
    for name, at in named_lines(pieces, window, language):
        yield sheet.place(Wanted((name,), at, 0.0, 7.0, fill="#6b7885"), required=False)
