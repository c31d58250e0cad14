"""How do the figures look? Plots as SVG: precision against recall, detection against size, delay."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np

from bench.detection_score import Hit, Tally

WIDTH, HEIGHT = 640, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 200, 40, 48
COLOURS = ("#1a4f8b", "#b4451f", "#2f7d4f", "#7a5195", "#8a6d1b", "#4a4a4a", "#0f8a8a", "#b02a5b")
DASHES = ("", "6 3", "2 3", "8 3 2 3")
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Curve:
    """A line of a plot; points in the units of its axes."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis shows, from 0 to `until`, with so many equal parts."""

    title: str
    until: float
    parts: int = 5


def plot(title: str, across: Axis, up: Axis, curves: Sequence[Curve]) -> str:
    """One plot as an SVG document."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="12"><title>{escape(title)}</title>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        text(LEFT, 24, title, size=15),
        *grid(across, up),
    ]
    for number, curve in enumerate(curves):
        lines += drawn(curve, number, across, up)
    return "\n".join([*lines, "</svg>\n"])


def grid(across: Axis, up: Axis) -> list[str]:
    """Axes with ticks and titles."""
    lines = []
    for part in range(across.parts + 1):
        x = place((across.until * part / across.parts, 0), across, up)[0]
        lines.append(f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#ddd"/>')
        lines.append(
            text(x, HEIGHT - BOTTOM + 18, f"{across.until * part / across.parts:g}", anchor="middle")
        )
    for part in range(up.parts + 1):
        y = place((0, up.until * part / up.parts), across, up)[1]
        lines.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        lines.append(text(LEFT - 8, y + 4, f"{up.until * part / up.parts:g}", anchor="end"))
    middle = (LEFT + WIDTH - RIGHT) / 2
    lines.append(text(middle, HEIGHT - 10, across.title, anchor="middle"))
    turned = f'transform="rotate(-90 16 {HEIGHT / 2:.0f})"'
    lines.append(f'<text x="16" y="{HEIGHT / 2:.0f}" text-anchor="middle" {turned}>{escape(up.title)}</text>')
    return lines


def drawn(curve: Curve, number: int, across: Axis, up: Axis) -> list[str]:
    """A curve and its entry in the legend."""
    colour, dash = COLOURS[number % len(COLOURS)], DASHES[number // len(COLOURS) % len(DASHES)]
    style = f'stroke="{colour}" stroke-width="2" fill="none" stroke-dasharray="{dash}"'
    places = [place(point, across, up) for point in curve.points]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    x, y = WIDTH - RIGHT + 16, TOP + 10 + 20 * number
    lines = [f'<path d="M{x} {y}h24" {style}/>', text(x + 30, y + 4, curve.name)]
    if path:
        lines.append(f'<path d="M{path}" {style}/>')
    lines += [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places if len(places) < 12
    ]
    return lines


def place(point: Point, across: Axis, up: Axis) -> Point:
    """Where a point lies on the drawing; what is beyond an axis lies at its end."""
    right = min(1.0, max(0.0, point[0] / across.until))
    high = min(1.0, max(0.0, point[1] / up.until))
    return LEFT + right * (WIDTH - RIGHT - LEFT), HEIGHT - BOTTOM - high * (HEIGHT - BOTTOM - TOP)


def text(x: float, y: float, words: str, *, anchor: str = "start", size: int = 12) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{escape(words)}</text>'


def precision_recall(name: str, tally: Tally) -> Curve:
    """Recall and precision as the findings are taken in the order of their score, equal scores together."""
    points = []
    for least in sorted({each.score for each in tally.raised}, reverse=True):
        taken = [each for each in tally.raised if each.score >= least]
        right = sum(each.right for each in taken)
        points.append((right / max(1, len(tally.hits)), right / len(taken)))
    return Curve(name, tuple(points))


def by_size(name: str, hits: Sequence[Hit], parts: int = 6) -> Curve:
    """The share found in each of equally many truths by size, at the median size."""
    sized = sorted((hit.size, hit.found) for hit in hits if hit.size is not None)
    groups = [
        group
        for group in np.array_split(np.array(sized, dtype=np.float64).reshape(-1, 2), parts)
        if len(group)
    ]
    return Curve(name, tuple((float(np.median(group[:, 0])), float(group[:, 1].mean())) for group in groups))


def delays(name: str, hits: Sequence[Hit]) -> Curve:
    """The share of all truths that was found within so many seconds of its onset."""
    known = sorted(hit.delay_s for hit in hits if hit.delay_s is not None)
    return Curve(name, tuple((delay, (number + 1) / len(hits)) for number, delay in enumerate(known)))
