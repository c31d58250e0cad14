"""Where along an approved route is each fix, and how far beside it?

Linear referencing with a forward cursor: a fix is looked for on the segments just ahead of the last
one, and on the whole route only when that finds nothing near. So a route that crosses itself, or
comes back on the other side of a canal, is followed in the order in which it is driven.

All fixes are first put on the segment that is nearest of all, found by the route's grid; the few whose
nearest segment is not just ahead are then looked at one by one.
"""

from dataclasses import dataclass

import numpy as np

from models.thresholds import TrackThresholds
from models.values import FloatArray, IntArray, RouteLine, Track
from tracking.rules.geometry import Frame, frame_at
from tracking.rules.route_grid import NEAR_M, RouteGrid, route_grid

CHUNK = 256  # fixes at a time: bounds the n x m matrix
ALL = slice(None)
BACK_SEGMENTS = 3  # GNSS scatter may put a fix a little behind the last one


@dataclass(frozen=True, slots=True, eq=False)
class RoutePath:
    """A route prepared for measuring: m segments in a flat frame, lengths in m."""

    route: RouteLine
    frame: Frame
    start_x: FloatArray
    start_y: FloatArray
    delta_x: FloatArray
    delta_y: FloatArray
    length_m: FloatArray
    chainage_m: FloatArray  # of each segment's start
    grid: RouteGrid


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """n fixes, each on one segment: which, how far from it (m2), and the share of its length."""

    segment: IntArray
    square_m2: FloatArray
    share: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Referenced:
    """n fixes referenced along one route: cross-track distance and chainage in m, segment index."""

    beside_m: FloatArray
    along_m: FloatArray
    segment: IntArray


def route_path(route: RouteLine) -> RoutePath:
    """A route prepared for measuring; repeated points are dropped."""
    lon, lat = np.array(route.line, dtype=np.float64).T
    frame = frame_at(float(lat.mean()), float(lon[0]))
    x_m, y_m = frame.to_xy(lat, lon)
    keep = np.concatenate(([True], np.hypot(np.diff(x_m), np.diff(y_m)) > 0))
    x_m, y_m = x_m[keep], y_m[keep]
    if x_m.size == 1:
        x_m, y_m = np.repeat(x_m, 2), np.repeat(y_m, 2)
    delta_x, delta_y = np.diff(x_m), np.diff(y_m)
    length_m = np.maximum(np.hypot(delta_x, delta_y), 1e-9)
    chainage_m = np.concatenate(([0.0], np.cumsum(length_m)[:-1]))
    grid = route_grid(x_m, y_m)
    return RoutePath(route, frame, x_m[:-1], y_m[:-1], delta_x, delta_y, length_m, chainage_m, grid)


def reference(track: Track, path: RoutePath, thresholds: TrackThresholds) -> Referenced:
    """Cross-track distance and chainage of each of n fixes."""
    x_m, y_m = path.frame.to_xy(track.lat, track.lon)
    on = nearest(x_m, y_m, path)
    follow(x_m, y_m, path, on, thresholds)
    along_m = path.chainage_m[on.segment] + on.share * path.length_m[on.segment]
    return Referenced(np.sqrt(on.square_m2), along_m, on.segment)


def nearest(x_m: FloatArray, y_m: FloatArray, path: RoutePath) -> Placed:
    """Each of n places on the segment that is nearest of all; of several the first."""
    first, count = path.grid.candidates(x_m, y_m)
    size = x_m.size
    on = Placed(np.zeros(size, dtype=np.int64), np.full(size, np.inf), np.zeros(size))
    listed = np.flatnonzero(count)
    if listed.size:
        place_among(x_m, y_m, path, listed, first[listed], count[listed], on)
    far = np.flatnonzero(on.square_m2 > NEAR_M**2)
    for low in range(0, far.size, CHUNK):
        part = far[low : low + CHUNK]
        square_m2, share = to_segments(x_m[part], y_m[part], path)
        chosen = square_m2.argmin(axis=1)
        rows = np.arange(part.size)
        on.segment[part], on.square_m2[part] = chosen, square_m2[rows, chosen]
        on.share[part] = share[rows, chosen]
    return on


def place_among(
    x_m: FloatArray,
    y_m: FloatArray,
    path: RoutePath,
    listed: IntArray,
    first: IntArray,
    count: IntArray,
    on: Placed,
) -> None:
    """Put the places `listed` on the nearest of their candidates: `count` grid entries from `first`."""
    begins = np.cumsum(count) - count
    entry = np.arange(int(count.sum())) + np.repeat(first - begins, count)
    segment = path.grid.segments[entry]
    whose = np.repeat(listed, count)
    delta_x, delta_y = path.delta_x[segment], path.delta_y[segment]
    off_x, off_y = x_m[whose] - path.start_x[segment], y_m[whose] - path.start_y[segment]
    share = np.clip((off_x * delta_x + off_y * delta_y) / path.length_m[segment] ** 2, 0.0, 1.0)
    square_m2 = (off_x - share * delta_x) ** 2 + (off_y - share * delta_y) ** 2
    least = np.minimum.reduceat(square_m2, begins)
    hits = np.flatnonzero(square_m2 == np.repeat(least, count))
    best = hits[np.searchsorted(hits, begins)]
    on.segment[listed], on.square_m2[listed], on.share[listed] = segment[best], least, share[best]


def follow(
    x_m: FloatArray, y_m: FloatArray, path: RoutePath, on: Placed, thresholds: TrackThresholds
) -> None:
    """Move each fix whose nearest segment is not just ahead of the last one to the best there, if near."""
    ahead = np.diff(on.segment)
    astray = np.flatnonzero((ahead < -BACK_SEGMENTS) | (ahead >= thresholds.cursor_segments)) + 1
    looked_at = 0
    for start in astray.tolist():
        if start < looked_at:
            continue
        fix = start
        while fix < on.segment.size and draw_ahead(x_m, y_m, path, on, fix, thresholds):
            fix += 1  # where a fix was moved, the next one is looked for ahead of there
        looked_at = fix + 1


def draw_ahead(
    x_m: FloatArray, y_m: FloatArray, path: RoutePath, on: Placed, fix: int, thresholds: TrackThresholds
) -> bool:
    """Put one fix on the best segment just ahead of the one before it; False where its nearest may stay."""
    cursor = int(on.segment[fix - 1])
    low, high = max(cursor - BACK_SEGMENTS, 0), cursor + thresholds.cursor_segments
    if low <= on.segment[fix] < high:
        return False
    window = slice(low, high)
    square_m2, share = to_segments(x_m[fix : fix + 1], y_m[fix : fix + 1], path, window)
    best = int(square_m2[0].argmin())
    if square_m2[0, best] > thresholds.cursor_reset_m**2:
        return False
    on.segment[fix], on.square_m2[fix], on.share[fix] = low + best, square_m2[0, best], share[0, best]
    return True


def to_segments(
    x_m: FloatArray, y_m: FloatArray, path: RoutePath, window: slice = ALL
) -> tuple[FloatArray, FloatArray]:
    """Squared distance in m2 of each of k points to each of m segments, and the share along it (k x m).

    Squared, because the root is wanted of one segment a point only.
    """
    delta_x, delta_y = path.delta_x[window], path.delta_y[window]
    off_x = x_m[:, None] - path.start_x[window]
    off_y = y_m[:, None] - path.start_y[window]
    share = off_x * delta_x
    spare = off_y * delta_y  # worked in place: memory costs more than arithmetic here
    share += spare
    share /= path.length_m[window] ** 2
    np.clip(share, 0.0, 1.0, out=share)
    off_x -= np.multiply(share, delta_x, out=spare)
    off_y -= np.multiply(share, delta_y, out=spare)
    off_x *= off_x
    off_y *= off_y
    off_x += off_y
    return off_x, share
