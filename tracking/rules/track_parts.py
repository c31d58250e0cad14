"""How is a track drawn: where does it break off, how fast did it go, how far beside the route?

For maps and charts, not for findings: a break here is only an interval so long that a straight line
through it would claim more than is known. A vehicle that reports seldom while it stands is no break.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import shapely

from models.thresholds import TrackThresholds
from models.values import FloatArray, Track
from models.vocabulary import MS_PER_S
from tracking.rules.geometry import frame_at, steps_m

LONGEST_SPEED_STEP_S = 300.0  # a mean over more than five minutes is no speed of a moment


def parts_of(track: Track, thresholds: TrackThresholds) -> list[slice]:
    """The unbroken stretches of a track, in order; together they hold every fix."""
    if len(track) == 0:
        return []
    step_s = np.diff(track.time_ms) / MS_PER_S
    usual_s = float(np.median(step_s)) if step_s.size else 0.0
    longest_s = max(thresholds.gap_min_s, thresholds.gap_intervals * usual_s)
    stood = (steps_m(track.lat, track.lon) <= thresholds.parked_m) & (step_s <= thresholds.still_report_s)
    cuts = [0, *(np.flatnonzero((step_s > longest_s) & ~stood) + 1).tolist(), len(track)]
    return [slice(low, high) for low, high in pairwise(cuts)]


def speeds_kmh(track: Track) -> FloatArray:
    """Speed at each of n fixes: the device's own, else the mean of the steps beside it (NaN if unknown)."""
    own = track.speed_kmh.astype(np.float64)
    if len(track) < 2 or not np.isnan(own).any():
        return own
    step_s = np.diff(track.time_ms) / MS_PER_S
    step_kmh = np.full(step_s.size, np.nan)
    usable = (step_s > 0) & (step_s <= LONGEST_SPEED_STEP_S)
    step_kmh[usable] = steps_m(track.lat, track.lon)[usable] / step_s[usable] * 3.6
    before, after = np.concatenate(([np.nan], step_kmh)), np.concatenate((step_kmh, [np.nan]))
    known = (~np.isnan(before)).astype(np.int64) + ~np.isnan(after)
    total = np.nan_to_num(before) + np.nan_to_num(after)
    mean = np.divide(total, known, out=np.full(len(track), np.nan), where=known > 0)
    return np.where(np.isnan(own), mean, own)


def beside_m(track: Track, line: Sequence[tuple[float, float]]) -> FloatArray:
    """Distance in m of each of n fixes from a line of (lon, lat), wherever along it is nearest."""
    if len(track) == 0 or len(line) < 2:
        return np.full(len(track), np.nan)
    lon, lat = np.array(line, dtype=np.float64).T
    frame = frame_at(float(lat.mean()), float(lon[0]))
    way = shapely.LineString(np.column_stack(frame.to_xy(lat, lon)))
    return np.asarray(shapely.distance(shapely.points(*frame.to_xy(track.lat, track.lon)), way))


def corridor_rings(line: Sequence[tuple[float, float]], corridor_m: float) -> list[list[tuple[float, float]]]:
    """A route's corridor as a polygon's closed rings of (lon, lat), the outer one first.

    The line is grown by its half-width; a route that comes round on itself leaves holes.
    """
    lon, lat = np.array(line, dtype=np.float64).T
    frame = frame_at(float(lat.mean()), float(lon[0]))
    way = shapely.LineString(np.column_stack(frame.to_xy(lat, lon)))
    band = shapely.orient_polygons(way.buffer(corridor_m, quad_segs=6))  # RFC 7946: outer ring to the left
    rings = []
    for ring in (band.exterior, *band.interiors):
        lat, lon = frame.to_degrees(*np.array(ring.coords).T)
        rings.append(list(zip(lon.round(6).tolist(), lat.round(6).tolist(), strict=True)))
    return rings
