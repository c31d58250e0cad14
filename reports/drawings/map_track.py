"""How are corridor, track and silence drawn? A soft band; a line that darkens with time; dashes.

Everything is read from the features of tracking/queries/manifest_map.py and legible without colour:
the track goes from light to dark, its arrows point where it went.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import atan2, degrees
from typing import Any

import numpy as np
import shapely
from markupsafe import Markup

from reports.drawings.map_window import MapWindow
from reports.drawings.svg import Point, group, path_of, short, tag

GeoJson = dict[str, Any]
CORRIDOR_FILL, CORRIDOR_EDGE = "#b9d7d3", "#5d938c"
EARLY, LATE = (0x5F, 0xB3, 0xC4), (0x0C, 0x2C, 0x4E)
SHADES = 10  # steps between the two: more are not told apart on paper
ARROW_EVERY_PX = 72.0
TRACK_WIDTH = 2.6
SIMPLIFY_PX = 0.3
GAP_INK = "#1c2733"
NARROWEST_BAND_PX = (
    5.0  # a corridor narrower than this on paper is widened to be seen, and the legend says its width
)


def shade(share: float) -> str:
    """The colour of a moment, 0 at the start and 1 at the end."""
    step = round(min(max(share, 0.0), 1.0) * (SHADES - 1)) / (SHADES - 1)
    return "#" + "".join(f"{round(a + (b - a) * step):02x}" for a, b in zip(EARLY, LATE, strict=True))


def corridors(features: Iterable[GeoJson], routes: Iterable[GeoJson], window: MapWindow) -> Markup:
    """The corridors as soft bands, each with its route's centre line, dotted."""
    bands = []
    for corridor, route in zip(features, routes, strict=True):
        line = path_of([window.line(route["geometry"]["coordinates"])])
        if 2 * corridor["properties"]["corridor_m"] * window.px_per_m < NARROWEST_BAND_PX:
            bands.append(_band(line))
        else:
            rings = [window.line(ring) for ring in corridor["geometry"]["coordinates"]]
            band = path_of(rings, closed=True)
            bands.append(
                tag(
                    "path",
                    d=band,
                    fill=CORRIDOR_FILL,
                    fill_opacity=0.55,
                    stroke=CORRIDOR_EDGE,
                    stroke_width=0.5,
                )
            )
        bands.append(tag("path", d=line, stroke=CORRIDOR_EDGE, stroke_width=0.8, stroke_dasharray="0.8 2.4"))
    return group(bands, fill="none", stroke_linejoin="round", stroke_linecap="round")


def _band(line: str) -> Markup:
    edge = tag("path", d=line, stroke=CORRIDOR_EDGE, stroke_width=NARROWEST_BAND_PX + 1, stroke_opacity=0.6)
    return group([edge, tag("path", d=line, stroke="#dcebe9", stroke_width=NARROWEST_BAND_PX)])


def tracks(features: Sequence[GeoJson], window: MapWindow) -> Markup:
    """All parts of all tracks: white casing below, then the line in its shades, then arrows."""
    lines = [each for each in features if each["geometry"]["type"] == "LineString"]
    if not lines:
        return Markup()
    start_ms = min(each["properties"]["times_ms"][0] for each in lines)
    end_ms = max(each["properties"]["times_ms"][-1] for each in lines)
    px = [window.to_px(each["geometry"]["coordinates"]) for each in lines]
    casing = [
        tag("path", d=path_of([_thinned(points)]), stroke="#fff", stroke_width=TRACK_WIDTH + 2)
        for points in px
    ]
    shaded, arrows = [], []
    for each, points in zip(lines, px, strict=True):
        share = (np.array(each["properties"]["times_ms"]) - start_ms) / max(end_ms - start_ms, 1)
        shaded += [
            tag("path", d=path_of([_thinned(points[part])]), stroke=shade(float(share[part].mean())))
            for part in _shades(share)
        ]
        arrows += list(_arrows(points, share))
    ink = {"fill": "none", "stroke_linejoin": "round", "stroke_linecap": "round"}
    return group([group(casing), group(shaded, stroke_width=TRACK_WIDTH), *arrows], **ink)


def _shades(share: np.ndarray) -> list[slice]:
    """Stretches of one shade; neighbours share a fix, so that the line has no holes."""
    step = np.round(share * (SHADES - 1))
    cuts = [0, *(np.flatnonzero(np.diff(step)) + 1).tolist(), len(share) - 1]
    return [slice(low, high + 1) for low, high in pairwise(cuts) if high > low]


def _thinned(points: np.ndarray) -> list[Point]:
    if len(points) < 3:
        return [(x, y) for x, y in points.tolist()]
    line = shapely.simplify(shapely.LineString(points), SIMPLIFY_PX)
    return [(x, y) for x, y in shapely.get_coordinates(line).tolist()]


def _arrows(points: np.ndarray, share: np.ndarray) -> Iterable[Markup]:
    """Arrow heads about every 72 px, each in the direction of the stretch around it."""
    reach = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))
    for at in np.arange(ARROW_EVERY_PX / 2, reach[-1], ARROW_EVERY_PX):
        x, y = (float(np.interp(at, reach, points[:, axis])) for axis in (0, 1))
        back, ahead = (
            [float(np.interp(at + way, reach, points[:, axis])) for axis in (0, 1)] for way in (-5.0, 5.0)
        )
        angle = degrees(atan2(ahead[1] - back[1], ahead[0] - back[0]))
        colour = shade(float(np.interp(at, reach, share)))
        turn = f"translate({short(x)} {short(y)}) rotate({short(angle)})"
        yield tag(
            "path", d="M-3.6-4l8.2 4l-8.2 4z", fill=colour, stroke="#fff", stroke_width=0.9, transform=turn
        )


def gaps(features: Iterable[GeoJson], window: MapWindow) -> Markup:
    """Silence: a dashed arc from the last fix to the next, bowed so that nobody takes it for a way driven."""
    arcs = []
    for each in features:
        (x1, y1), (x2, y2) = (window.point(place) for place in each["geometry"]["coordinates"])
        bow_x, bow_y = (x1 + x2) / 2 - (y2 - y1) * 0.18, (y1 + y2) / 2 + (x2 - x1) * 0.18
        arc = f"M{short(x1)} {short(y1)}Q{short(bow_x)} {short(bow_y)} {short(x2)} {short(y2)}"
        arcs.append(tag("path", d=arc, stroke="#fff", stroke_width=4))
        arcs.append(tag("path", d=arc, stroke=GAP_INK, stroke_width=1.8, stroke_dasharray="5 3.5"))
    return group(arcs, fill="none")


def middle_of_gap(feature: GeoJson, window: MapWindow) -> Point:
    """Where the arc of a gap is highest: its label's anchor."""
    (x1, y1), (x2, y2) = (window.point(place) for place in feature["geometry"]["coordinates"])
    return (x1 + x2) / 2 - (y2 - y1) * 0.09, (y1 + y2) / 2 + (x2 - x1) * 0.09
