"""How wrong are the simulator's own positions, beside those of real trucks?

Cross-track distances of honest laden trucks from their approved routes, as real ones were measured, and the
correlation of one fix's cross-track error with the next one's.
"""

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from bench.detection_worlds import Course, Staged
from demo.world.loads import Load

Floats = NDArray[np.float64]
QUANTILES = (0.5, 0.9, 0.95, 0.99, 0.999, 1.0)
REAL_M = (3.4, 11.2, 15.8, 36.0, 85.0, 161.0)  # DETECTION.md, section 5
REAL_LAG_1 = 0.85
NEXT_S = 45.0  # fixes further apart are not neighbours


@dataclass(frozen=True, slots=True, eq=False)
class Residuals:
    """Of n fixes the distances from the route; of pairs of neighbours the sums that a correlation needs."""

    far_m: Floats = field(default_factory=lambda: np.zeros(0))
    sums: Floats = field(default_factory=lambda: np.zeros(6))  # n, Σa, Σb, Σab, Σaa, Σbb

    def __add__(self, other: "Residuals") -> "Residuals":
        return Residuals(np.concatenate((self.far_m, other.far_m)), self.sums + other.sums)

    def quantiles_m(self) -> list[float]:
        return [float(np.quantile(self.far_m, each)) for each in QUANTILES] if len(self.far_m) else []

    def lag_1(self) -> float | None:
        n, a, b, ab, aa, bb = self.sums.tolist()
        spread = (n * aa - a * a) * (n * bb - b * b)
        return float((n * ab - a * b) / spread**0.5) if spread > 0 else None


def residuals(staged: Staged) -> Residuals:
    """Of all honest road legs of a world. Halts beside the route and jams are part of driving."""
    found = Residuals()
    for load in staged.world.loads:
        if load.misdeed is None and load.on_paper and load.carriages and not load.voyage:
            course = staged.courses.get(load.carriages[0].vehicle)
            if course is not None and not staged.world.journals[load.carriages[0].vehicle].lies:
                found = found + of_leg(staged, load, course)
    return found


def of_leg(staged: Staged, load: Load, course: Course) -> Residuals:
    leg = load.carriages[0]
    lines = staged.world.lines.get((leg.line.start, leg.to or leg.line.end), [])
    now = slice(*np.searchsorted(course.t_s, (leg.left_s, leg.reached_s or leg.trip.end_s)).tolist())
    t_s, xy = course.t_s[now], course.xy[now]
    if not lines or len(t_s) < 2:
        return Residuals()
    routes = shapely.MultiLineString([line.way.line for line in lines])
    far_m = np.asarray(shapely.distance(shapely.points(xy), routes), dtype=np.float64)
    knots = leg.trip.t_s + np.arange(len(leg.trip.t_s)) * 1e-7
    true, ahead = (
        np.column_stack([np.interp(at, knots, leg.trip.xy[:, k]) for k in (0, 1)]) for at in (t_s, t_s + 1.0)
    )
    along = ahead - true
    speed = np.hypot(*along.T)
    error = xy - true
    cross = (error[:, 0] * along[:, 1] - error[:, 1] * along[:, 0]) / np.maximum(speed, 1e-9)
    near = (np.diff(t_s) <= NEXT_S) & (speed[1:] > 1.0) & (speed[:-1] > 1.0)
    a, b = cross[:-1][near], cross[1:][near]
    sums = np.array([len(a), a.sum(), b.sum(), (a * b).sum(), (a * a).sum(), (b * b).sum()])
    return Residuals(far_m, sums)
