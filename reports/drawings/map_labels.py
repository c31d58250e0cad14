"""Where does a label stand so that it hides neither another label nor what the map is about?

Greedy, most important first: of the places around its anchor each label takes the one that covers
least. A label that had to move away is tied to its anchor by a thin line.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import cos, hypot, radians, sin

import numpy as np
from markupsafe import Markup

from models.values import FloatArray
from reports.drawings.svg import Point, group, label, tag, width_of

ANGLES_DEG = (0, 180, -35, 35, 145, -145, -90, 90, -65, 65, 115, -115)
REACHES_PX = (0.0, 14.0, 30.0, 50.0, 75.0)
PADDING_PX = 2.5
OUTSIDE_COST = 1e6
OVERLAP_COST = 40.0  # a px2 of covered label against a covered point of the track
LEADER_FROM_PX = 18.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the sheet, px."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: "Box") -> float:
        """Common area in px2."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.bottom, other.bottom) - max(self.top, other.top)
        return wide * high if wide > 0 and high > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A label: its lines (the first may be bold), where it points to, and how far its symbol reaches."""

    lines: tuple[str, ...]
    anchor: Point
    clear_px: float = 5.0
    size: float = 8.0
    bold: bool = False
    fill: str = "#1c2733"


@dataclass(slots=True)
class LabelSheet:
    """The labels of one map; `busy` are points (n x 2, px) that should stay visible."""

    width: float
    height: float
    busy: FloatArray
    taken: list[Box] = field(default_factory=list)

    def reserve(self, box: Box) -> None:
        """Keep labels off a place, e.g. a symbol or the scale bar."""
        self.taken.append(box)

    def place(self, wanted: Wanted, required: bool = True) -> Markup:
        """The label at its best place; nothing for one that is not required and finds no free place."""
        box, cost = min(
            ((box, self._cost(box, reach)) for box, reach in _candidates(wanted)), key=lambda c: c[1]
        )
        if cost >= OUTSIDE_COST or (not required and cost > OVERLAP_COST):
            return Markup() if not required else self._draw(wanted, self._inside(box))
        return self._draw(wanted, box)

    def _cost(self, box: Box, reach: float) -> float:
        if box.left < 1 or box.top < 1 or box.right > self.width - 1 or box.bottom > self.height - 1:
            return OUTSIDE_COST + reach
        covered = sum(box.overlap(other) for other in self.taken) * OVERLAP_COST
        x, y = self.busy[:, 0], self.busy[:, 1]
        hidden = np.count_nonzero((x > box.left) & (x < box.right) & (y > box.top) & (y < box.bottom))
        return covered + float(hidden) * 3.0 + reach * 0.4

    def _inside(self, box: Box) -> Box:
        right = min(max(box.left, 1), self.width - 1 - (box.right - box.left))
        down = min(max(box.top, 1), self.height - 1 - (box.bottom - box.top))
        return Box(right, down, right + box.right - box.left, down + box.bottom - box.top)

    def _draw(self, wanted: Wanted, box: Box) -> Markup:
        self.taken.append(box)
        x, y = wanted.anchor
        near = (min(max(x, box.left), box.right), min(max(y, box.top), box.bottom))
        far = hypot(near[0] - x, near[1] - y) > wanted.clear_px + LEADER_FROM_PX
        leader = tag("line", x1=x, y1=y, x2=near[0], y2=near[1], stroke=wanted.fill, stroke_width=0.6)
        ground = tag(
            "rect",
            x=box.left,
            y=box.top,
            width=box.right - box.left,
            height=box.bottom - box.top,
            rx=2,
            fill="#fff",
            fill_opacity=0.86,
        )
        words = [
            label(
                box.left + PADDING_PX,
                box.top + PADDING_PX + wanted.size * (0.86 + 1.22 * row),
                line,
                wanted.size,
                bold=wanted.bold and row == 0,
                fill=wanted.fill,
            )
            for row, line in enumerate(wanted.lines)
        ]
        return group([leader if far else "", ground, *words])


def _candidates(wanted: Wanted) -> list[tuple[Box, float]]:
    wide = max(width_of(line, wanted.size) for line in wanted.lines) * (1.04 if wanted.bold else 1.0)
    wide += 2 * PADDING_PX
    high = wanted.size * (1.22 * len(wanted.lines) - 0.1) + 2 * PADDING_PX
    x, y = wanted.anchor
    found = []
    for reach in REACHES_PX:
        for angle in ANGLES_DEG:
            east, south = cos(radians(angle)), sin(radians(angle))
            middle_x = x + east * (wanted.clear_px + reach + wide / 2)
            middle_y = y + south * (wanted.clear_px + reach + high / 2)
            found.append(
                (
                    Box(middle_x - wide / 2, middle_y - high / 2, middle_x + wide / 2, middle_y + high / 2),
                    reach,
                )
            )
    return found


def along(lines: Sequence[Sequence[Point]], every_px: float = 4.0) -> FloatArray:
    """Points about every few px along lines: what labels should leave visible (n x 2)."""
    found = [np.empty((0, 2))]
    for line in lines:
        points = np.asarray(line, dtype=np.float64)
        if len(points) < 2:
            found.append(points.reshape(-1, 2))
            continue
        reach = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))
        at = np.arange(0.0, reach[-1] + every_px, every_px)
        found.append(np.column_stack([np.interp(at, reach, points[:, axis]) for axis in (0, 1)]))
    return np.concatenate(found)
