"""Where on a chart is a moment? A clock that skips the hours in which nothing moved.

A load that waits half a day at a wharf would leave two thin strips of movement at the ends of an empty
chart. So the axis has a part for each stretch with positions, each as wide as it lasts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SKIP_FROM_MS = 30 * 60_000  # shorter pauses are shown
BETWEEN_PX = 16.0
LEAST_SHARE = 0.12  # of the axis, for the shortest part


@dataclass(frozen=True, slots=True)
class ClockPart:
    """One stretch of time (ms UTC) and where it lies, px."""

    start_ms: int
    end_ms: int
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Clock:
    """The horizontal axis of a chart: at least one part, in order."""

    parts: tuple[ClockPart, ...]

    @property
    def left(self) -> float:
        return self.parts[0].left

    @property
    def right(self) -> float:
        return self.parts[-1].right

    def x(self, at_ms: float) -> float:
        """The place of a moment; one outside all parts is at the nearest edge."""
        part = min(self.parts, key=lambda each: max(each.start_ms - at_ms, at_ms - each.end_ms, 0))
        share = (at_ms - part.start_ms) / max(part.end_ms - part.start_ms, 1)
        return part.left + min(max(share, 0.0), 1.0) * (part.right - part.left)

    def pieces(self, start_ms: int, end_ms: int) -> Iterator[tuple[float, float]]:
        """(left, right) of a stretch of time in each part that it touches."""
        for part in self.parts:
            if start_ms <= part.end_ms and end_ms >= part.start_ms:
                yield self.x(max(start_ms, part.start_ms)), self.x(min(end_ms, part.end_ms))


def clock_of(spans: Sequence[tuple[int, int]], left: float, right: float) -> Clock:
    """The clock over spans of (first ms, last ms), at least one, between two edges in px."""
    stretches: list[tuple[int, int]] = []
    for start_ms, end_ms in sorted(spans):
        if stretches and start_ms - stretches[-1][1] < SKIP_FROM_MS:
            stretches[-1] = (stretches[-1][0], max(stretches[-1][1], end_ms))
        else:
            stretches.append((start_ms, end_ms))
    room = right - left - BETWEEN_PX * (len(stretches) - 1)
    total_ms = sum(end_ms - start_ms for start_ms, end_ms in stretches) or 1
    shares = [max((end_ms - start_ms) / total_ms, LEAST_SHARE) for start_ms, end_ms in stretches]
    parts, at = [], left
    for (start_ms, end_ms), share in zip(stretches, shares, strict=True):
        wide = room * share / sum(shares)
        parts.append(ClockPart(start_ms, end_ms, at, at + wide))
        at += wide + BETWEEN_PX
    return Clock(tuple(parts))
