"""What does a map need to be measured with: frame, degrees at the edge, scale bar, north?"""

from math import floor, log10

from markupsafe import Markup

from reports.drawings.map_labels import Box
from reports.drawings.map_window import MapWindow
from reports.drawings.svg import group, label, tag, width_of

INK, QUIET = "#1c2733", "#66727d"
TICKS_DEG = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
BAR_LONGEST_PX = 130.0


def frame(window: MapWindow) -> Markup:
    """The neat line, and ticks with degrees where meridians and parallels leave the map."""
    west, south, east, north = window.bounds_deg
    step = next((each for each in TICKS_DEG if (east - west) / each <= 5.5), TICKS_DEG[-1])
    decimals = max(0, -floor(log10(step)))
    ticks = []
    for lon in _multiples(west, east, step):
        x = window.point((lon, south))[0]
        if 24 < x < window.width - 24:
            ticks += [_tick(x, 0, 0, 4), _tick(x, window.height, 0, -4)]
            ticks.append(_degrees(x, window.height - 6, _east(lon, decimals), "middle"))
    for lat in _multiples(south, north, step):
        y = window.point((west, lat))[1]
        if 16 < y < window.height - 20:
            ticks += [_tick(0, y, 4, 0), _tick(window.width, y, -4, 0)]
            ticks.append(_degrees(6, y + 2.5, _north(lat, decimals), "start"))
    edge = tag(
        "rect",
        x=0.5,
        y=0.5,
        width=window.width - 1,
        height=window.height - 1,
        fill="none",
        stroke=INK,
        stroke_width=0.8,
    )
    return group([*ticks, edge])


def _multiples(low: float, high: float, step: float) -> list[float]:
    first = floor(low / step) + 1
    return [number * step for number in range(first, floor(high / step) + 1)]


def _tick(x: float, y: float, dx: float, dy: float) -> Markup:
    return tag("line", x1=x, y1=y, x2=x + dx, y2=y + dy, stroke=INK, stroke_width=0.7)


def _degrees(x: float, y: float, words: str, anchor: str) -> Markup:
    return label(x, y, words, 7, anchor=anchor, fill=QUIET)


def _east(lon: float, decimals: int) -> str:
    return f"{abs(lon):.{decimals}f}°{'E' if lon >= 0 else 'W'}"


def _north(lat: float, decimals: int) -> str:
    return f"{abs(lat):.{decimals}f}°{'N' if lat >= 0 else 'S'}"


def scale_bar(window: MapWindow) -> tuple[Markup, Box]:
    """A bar of a round length at the lower right, in four alternating parts, and the place it takes."""
    longest_m = BAR_LONGEST_PX / window.px_per_m
    unit = 10 ** floor(log10(longest_m))
    length_m = max(each * unit for each in (1, 2, 5) if each * unit <= longest_m)
    wide = length_m * window.px_per_m
    words = f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m"
    right, y = window.width - 12 - width_of(words, 7) / 2, window.height - 24
    left = right - wide
    parts = [
        tag(
            "rect",
            x=left + wide / 4 * number,
            y=y,
            width=wide / 4,
            height=3.4,
            fill=INK if number % 2 == 0 else "#fff",
            stroke=INK,
            stroke_width=0.6,
        )
        for number in range(4)
    ]
    box = Box(left - 10, y - 14, window.width - 6, y + 10)
    texts = [label(left, y - 3, "0", 7, anchor="middle"), label(right, y - 3, words, 7, anchor="middle")]
    return group([_ground(box), *parts, *texts]), box


def north_arrow(window: MapWindow) -> tuple[Markup, Box]:
    """An arrow at the upper right; north is up on every map here."""
    x, y = window.width - 20, 12.0
    box = Box(x - 11, y - 6, x + 11, y + 30)
    half = tag("path", d=f"M{x} {y + 8}l-5.5 17l5.5-3.6z", fill=INK)
    other = tag("path", d=f"M{x} {y + 8}l5.5 17l-5.5-3.6z", fill="#fff", stroke=INK, stroke_width=0.7)
    return group([_ground(box), half, other, label(x, y + 5, "N", 8, anchor="middle", bold=True)]), box


def _ground(box: Box) -> Markup:
    return tag(
        "rect",
        x=box.left,
        y=box.top,
        width=box.right - box.left,
        height=box.bottom - box.top,
        rx=2,
        fill="#fff",
        fill_opacity=0.82,
    )
