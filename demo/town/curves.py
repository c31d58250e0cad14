"""How do straight drawings become the bent lines of an old water town?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely import LineString

from demo.town.plane import Points

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Warp:
    """A smooth displacement of the whole board: a sum of long plane waves."""

    wave: Points  # (k, 2) radians per metre
    phase: Floats  # (k,)
    push_m: Points  # (k, 2) amplitude

    @staticmethod
    def draw(
        rng: np.random.Generator, amplitude_m: float, length_m: tuple[float, float], waves: int
    ) -> "Warp":
        heading = rng.uniform(0, 2 * np.pi, waves)
        number = 2 * np.pi / rng.uniform(*length_m, waves)
        push = rng.normal(0, amplitude_m / np.sqrt(waves), (waves, 2))
        wave = np.column_stack((np.cos(heading) * number, np.sin(heading) * number))
        return Warp(wave, rng.uniform(0, 2 * np.pi, waves), push)

    def bend(self, points: Points) -> Points:
        """(n, 2) → (n, 2)."""
        angle: Points = points @ self.wave.T + self.phase
        bent: Points = points + np.sin(angle) @ self.push_m
        return bent


def dense(points: Points, step_m: float) -> Points:
    """The same polyline with a vertex at least each `step_m` (ends kept)."""
    length = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))))
    at = np.linspace(0.0, length[-1], max(2, int(np.ceil(length[-1] / step_m)) + 1))
    return np.column_stack((np.interp(at, length, points[:, 0]), np.interp(at, length, points[:, 1])))


def closed_curve(
    centre: tuple[float, float], radii_m: tuple[float, float], wobble: Points, steps: int = 240
) -> Points:
    """A closed curve: an ellipse whose radius swings by the harmonics in `wobble` (k, 2: cosine, sine)."""
    theta = np.linspace(0, 2 * np.pi, steps + 1)
    order = np.arange(2, 2 + len(wobble))[:, None]
    swing = 1 + (wobble[:, :1] * np.cos(order * theta) + wobble[:, 1:] * np.sin(order * theta)).sum(axis=0)
    return np.column_stack(
        (centre[0] + radii_m[0] * swing * np.cos(theta), centre[1] + radii_m[1] * swing * np.sin(theta))
    )


def harmonics(rng: np.random.Generator, count: int, amplitude: float) -> Points:
    """Random harmonics for `closed_curve`, weaker with the order so that the outline stays smooth."""
    return rng.normal(0, amplitude, (count, 2)) / np.arange(2, 2 + count)[:, None] * 2


def rounded(points: Points, passes: int = 3) -> Points:
    """Corner cutting (Chaikin): the polyline without sharp turns, ends kept."""
    for _ in range(passes):
        a, b = points[:-1], points[1:]
        cut = np.empty((2 * len(a), 2))
        cut[0::2], cut[1::2] = 0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b
        points = np.vstack((points[:1], cut, points[-1:]))
    return points


def line(points: Points) -> LineString:
    """A shapely line of (n, 2) points."""
    return LineString(points)
