"""Where along an approved route is each fix, and how far beside it?

Linear referencing with a forward cursor: a fix is looked for on the segments just ahead of the last
one, and on the whole route only when that finds nothing near. So a route that crosses itself, or
comes back on the other side of a canal, is followed in the order in which it is driven.
"""

from dataclasses import dataclass

import numpy as np

from models.thresholds import TrackThresholds
from models.values import FloatArray, IntArray, RouteLine, Track
from tracking.rules.geometry import Frame, frame_at

CHUNK = 256  # fixes at a time: bounds the n x m matrix
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
    return RoutePath(route, frame, x_m[:-1], y_m[:-1], delta_x, delta_y, length_m, chainage_m)


def reference(track: Track, path: RoutePath, thresholds: TrackThresholds) -> Referenced:
    """Cross-track distance and chainage of each of n fixes."""
    count = len(track)
    beside_m = np.empty(count)
    along_m = np.empty(count)
    segment = np.empty(count, dtype=np.int64)
    x_m, y_m = path.frame.to_xy(track.lat, track.lon)
    cursor: int | None = None
    for low in range(0, count, CHUNK):
        part = slice(low, min(low + CHUNK, count))
        square_m2, share = to_segments(x_m[part], y_m[part], path)
        chosen, cursor = follow(square_m2, cursor, thresholds)
        rows = np.arange(chosen.size)
        segment[part] = chosen
        beside_m[part] = np.sqrt(square_m2[rows, chosen])
        along_m[part] = path.chainage_m[chosen] + share[rows, chosen] * path.length_m[chosen]
    return Referenced(beside_m, along_m, segment)


def to_segments(x_m: FloatArray, y_m: FloatArray, path: RoutePath) -> tuple[FloatArray, FloatArray]:
    """Squared distance in m2 of each of k points to each of m segments, and the share along it (k x m).

    Squared, because the root is wanted of one segment a point only.
    """
    off_x = x_m[:, None] - path.start_x
    off_y = y_m[:, None] - path.start_y
    share = off_x * path.delta_x
    spare = off_y * path.delta_y  # worked in place: memory costs more than arithmetic here
    share += spare
    share /= path.length_m**2
    np.clip(share, 0.0, 1.0, out=share)
    off_x -= np.multiply(share, path.delta_x, out=spare)
    off_y -= np.multiply(share, path.delta_y, out=spare)
    off_x *= off_x
    off_y *= off_y
    off_x += off_y
    return off_x, share


def follow(
    square_m2: FloatArray, cursor: int | None, thresholds: TrackThresholds
) -> tuple[IntArray, int | None]:
    """The segment of each point in driving order, and the cursor to go on with."""
    nearest = square_m2.argmin(axis=1)
    chosen = np.empty(square_m2.shape[0], dtype=np.int64)
    reset_m2 = thresholds.cursor_reset_m**2
    for row, anywhere in enumerate(nearest.tolist()):
        best = anywhere
        if cursor is not None:
            low = max(cursor - BACK_SEGMENTS, 0)
            high = cursor + thresholds.cursor_segments
            if not low <= anywhere < high:
                ahead = low + int(square_m2[row, low:high].argmin())
                if square_m2[row, ahead] <= reset_m2:
                    best = ahead
        chosen[row] = cursor = best
    return chosen, cursor
