"""How fast was the vehicle, and how far beside the route? Two strips over one clock.

The upper strip is speed, the lower the distance from the approved route with the corridor's half-width
drawn as a line. Stays in facilities are bands named on top, silence is hatched, findings are bars on
the clock with the number they have in the print.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from markupsafe import Markup

from models.values import FloatArray, IntArray
from reports.drawings.axes import round_ticks, time_ticks
from reports.drawings.clock import Clock, clock_of
from reports.drawings.svg import Point, drawing, group, label, path_of, tag, width_of

INK, QUIET, GRID = "#1c2733", "#66727d", "#dfe4e8"
LINE, ALERT, BAND = "#0c2c4e", "#b3261e", "#eaf0ee"
LEFT, RIGHT, TOP = 40.0, 10.0, 31.0
SPEED_HIGH, BESIDE_HIGH, BETWEEN, CLOCK_HIGH, FINDINGS_HIGH = 108.0, 58.0, 17.0, 15.0, 20.0
TITLE_RISE = 20.0  # the names of stays stand between the strip and its title
LEAST_SPEED_KMH = 40.0
WIDTHS_SHOWN = 2.0  # the lower strip reaches at least twice the corridor's half-width


@dataclass(frozen=True, slots=True)
class ChartTrack:
    """n fixes of one vehicle: time ms UTC, speed km/h, distance from the route in m (NaN: unknown)."""

    time_ms: IntArray
    speed_kmh: FloatArray
    from_route_m: FloatArray
    parts: tuple[slice, ...]
    corridor_m: float | None


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time with its name: a stay, a silence or a finding; ms UTC."""

    start_ms: int
    end_ms: int
    words: str


@dataclass(frozen=True, slots=True)
class ChartWords:
    """What the chart says in the reader's language."""

    title: str
    speed: str
    beside: str
    corridor: str
    timezone: str


def chart_svg(
    tracks: Sequence[ChartTrack],
    stays: Sequence[Span],
    silences: Sequence[Span],
    findings: Sequence[Span],
    words: ChartWords,
    width: float,
) -> Markup:
    """The chart of all tracks (at least one fix among them) over their whole time."""
    spans = [(int(each.time_ms[0]), int(each.time_ms[-1])) for each in tracks if len(each.time_ms)]
    clock = clock_of(spans, LEFT, width - RIGHT)
    routed = [each for each in tracks if each.corridor_m is not None and np.isfinite(each.from_route_m).any()]
    low = TOP + SPEED_HIGH + (BETWEEN + BESIDE_HIGH if routed else 0)
    height = low + CLOCK_HIGH + (FINDINGS_HIGH if findings else 0)
    bands = [
        *_bands(stays, clock, low, BAND, TOP - 5),
        *_bands(silences, clock, low, "url(#hatch)", TOP + 9),
    ]
    strips = [_speed_strip(tracks, clock, words.speed)]
    if routed:
        strips.append(_beside_strip(routed, clock, TOP + SPEED_HIGH + BETWEEN, words))
    body = [tag("defs", _hatch()), *bands, *strips, *_clock_axis(clock, low, words.timezone)]
    return drawing(width, height, words.title, [*body, *_finding_bars(findings, clock, low)])


def _hatch() -> Markup:
    line = tag("path", d="M0 5l5-5", stroke="#9aa5ae", stroke_width=0.7)
    return tag("pattern", line, id="hatch", width=5, height=5, patternUnits="userSpaceOnUse")


def _bands(spans: Sequence[Span], clock: Clock, low: float, fill: str, text_y: float) -> Iterator[Markup]:
    free_from = 0.0
    for span in sorted(spans, key=lambda each: each.start_ms):
        for left, right in clock.pieces(span.start_ms, span.end_ms):
            yield tag("rect", x=left, y=TOP, width=max(right - left, 1), height=low - TOP, fill=fill)
            wide = width_of(span.words, 8)
            middle = min(max((left + right) / 2, clock.left + wide / 2), clock.right - wide / 2)
            if middle - wide / 2 >= free_from:
                yield label(middle, text_y, span.words, 8, anchor="middle", fill=INK)
                free_from = middle + wide / 2 + 6


def _speed_strip(tracks: Sequence[ChartTrack], clock: Clock, title: str) -> Markup:
    speeds = np.concatenate([each.speed_kmh for each in tracks])
    highest = max(float(np.nanmax(speeds)) if np.isfinite(speeds).any() else 0.0, LEAST_SPEED_KMH)
    ticks = round_ticks(highest, 4)
    bottom = TOP + SPEED_HIGH
    y = _scale(ticks[-1], bottom, SPEED_HIGH)
    lines = [line for each in tracks for line in _curve(each, each.speed_kmh, clock, y)]
    curve = tag("path", d=path_of(lines), fill="none", stroke=LINE, stroke_width=1.1, stroke_linejoin="round")
    return group([*_value_axis(ticks, y, clock, title, TOP), curve])


def _beside_strip(tracks: Sequence[ChartTrack], clock: Clock, top: float, words: ChartWords) -> Markup:
    widest = max(each.corridor_m or 0.0 for each in tracks)
    away = np.concatenate([each.from_route_m for each in tracks])
    ticks = round_ticks(max(float(np.nanmax(away)), WIDTHS_SHOWN * widest), 3)
    bottom = top + BESIDE_HIGH
    y = _scale(ticks[-1], bottom, BESIDE_HIGH)
    shapes: list[Markup] = [*_value_axis(ticks, y, clock, words.beside, top)]
    for each in tracks:
        lines = list(_curve(each, each.from_route_m, clock, y))
        areas = [[(line[0][0], bottom), *line, (line[-1][0], bottom)] for line in lines]
        shapes.append(tag("path", d=path_of(areas, closed=True), fill=LINE, fill_opacity=0.14))
        shapes.append(tag("path", d=path_of(lines), fill="none", stroke=LINE, stroke_width=0.9))
        edge = y(each.corridor_m or 0.0)
        ends = [(clock.x(int(each.time_ms[0])), edge), (clock.x(int(each.time_ms[-1])), edge)]
        shapes.append(
            tag("path", d=path_of([ends]), stroke=ALERT, stroke_width=0.9, stroke_dasharray="4 2.5")
        )
    edge_y = y(widest)
    shapes.append(label(clock.right - 2, edge_y - 2.5, words.corridor, 7.5, anchor="end", fill=ALERT))
    return group(shapes)


def _scale(highest: float, bottom: float, high: float) -> Callable[[float], float]:
    return lambda value: bottom - min(value / highest, 1.0) * high


def _curve(
    track: ChartTrack, values: FloatArray, clock: Clock, y: Callable[[float], float]
) -> Iterator[list[Point]]:
    """The lines of a curve, broken where the track is and where a value is unknown."""
    for part in track.parts:
        time, value = track.time_ms[part], values[part]
        known = np.isfinite(value)
        cuts = [0, *(np.flatnonzero(np.diff(known)) + 1).tolist(), len(value)]
        for low, high in pairwise(cuts):
            if known[low] and high - low > 1:
                yield [
                    (clock.x(at), y(each))
                    for at, each in zip(time[low:high].tolist(), value[low:high].tolist(), strict=True)
                ]


def _value_axis(
    ticks: Sequence[float], y: Callable[[float], float], clock: Clock, title: str, top: float
) -> Iterator[Markup]:
    for tick in ticks:
        at = y(tick)
        for part in clock.parts:
            yield tag("line", x1=part.left, y1=at, x2=part.right, y2=at, stroke=GRID, stroke_width=0.6)
        yield label(LEFT - 4, at + 2.8, f"{tick:g}", 7.5, anchor="end", fill=QUIET)
    bottom = y(0.0)
    for part in clock.parts:
        yield tag("line", x1=part.left, y1=bottom, x2=part.right, y2=bottom, stroke=INK, stroke_width=0.8)
    yield label(LEFT, top - (4 if top > TOP else TITLE_RISE), title, 8, bold=True, fill=INK)


def _clock_axis(clock: Clock, low: float, timezone: str) -> Iterator[Markup]:
    """Times under each part; where the clock skips, two strokes say so."""
    for part in clock.parts:
        most = max(2, round(12 * (part.right - part.left) / (clock.right - clock.left)))
        for at_ms, words in time_ticks(part.start_ms, part.end_ms, most, timezone):
            x = clock.x(at_ms)
            yield tag("line", x1=x, y1=low, x2=x, y2=low + 3.5, stroke=INK, stroke_width=0.7)
            yield label(x, low + 12, words, 7.5, anchor="middle", fill=QUIET)
    for before, after in pairwise(clock.parts):
        middle = (before.right + after.left) / 2
        strokes = f"M{middle - 4:.1f} {low + 4:.1f}l4-8M{middle:.1f} {low + 4:.1f}l4-8"
        yield tag("path", d=strokes, stroke=INK, stroke_width=0.8)


def _finding_bars(findings: Sequence[Span], clock: Clock, low: float) -> Iterator[Markup]:
    """Bars under the clock, one row, named where there is room."""
    free_from, y = clock.left, low + 17
    for span in sorted(findings, key=lambda each: each.start_ms):
        for left, right in clock.pieces(span.start_ms, span.end_ms):
            yield tag("rect", x=left, y=y, width=max(right - left, 2.5), height=4, fill=ALERT)
            words_wide = width_of(span.words, 8) * 1.04
            start = min(max(left, free_from), clock.right - words_wide)
            if start >= free_from:
                yield label(start, y + 13, span.words, 8, bold=True, fill=ALERT)
                free_from = start + words_wide + 8
