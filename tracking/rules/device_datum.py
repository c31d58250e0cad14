"""In which coordinates does a device really speak? (`datum_shift`)

A day's fixes are laid over what is known of the city: where vehicles stand (facilities) and where they drive
(approved routes). A device has a shifted datum when, with that datum's offset undone, standing fixes come to
lie at two facilities from which they were far away, or the way comes to lie on approved routes in both
directions of the compass. The offset is computed at each fix; a residual that vanishes to 30 m when it is
undone equals it within 15 % and 20 degrees anywhere in China. A day that shows neither this nor the datum as
registered proves nothing. Source: INGEST.md.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from models.thresholds import DeviceThresholds
from models.values import BoolArray, FloatArray, IntArray
from models.vocabulary import Datum
from tracking.rules.datum import in_mainland, to_wgs84
from tracking.rules.datum_edges import NO_EDGES, DatumEdges, Spots, find_edges
from tracking.rules.datum_ground import DatumGround
from tracking.rules.device_fixes import DeviceFixes, step_lengths_m, step_times_s
from tracking.rules.geometry import frame_at, pair_m

DECLARED, STAYS, ROUTE = "declared", "stays", "route"  # how a datum was proved
STANDING_KMH = 5.0
THIN_M = 30.0  # the way is looked at every so many metres
MOST = 100  # fixes of each sort that are looked at: more prove no more

GroundAt = Callable[[float, float], DatumGround]
"""Facilities and routes around a place (lat, lon)."""


@dataclass(frozen=True, slots=True)
class DatumProof:
    """What a day proves: the datum, how, when it was proved, and the distances in m before and after."""

    datum: Datum
    basis: str  # DECLARED, STAYS, ROUTE
    proved_ms: int
    fixes: int
    before_m: float
    after_m: float
    offset_m: float
    facilities: int
    edges: DatumEdges = NO_EDGES


@dataclass(frozen=True, slots=True, eq=False)
class Stays:
    """The standing fixes read in one datum: distance in m to the nearest facility, and its row id."""

    away_m: FloatArray
    place: IntArray


def prove_datum(
    fixes: DeviceFixes, declared: Datum, ground_at: GroundAt, thresholds: DeviceThresholds
) -> DatumProof | None:
    """What n placed fixes of a day prove; None when they prove nothing, or no offset is in use there."""
    if len(fixes) < thresholds.datum_stop_fixes:
        return None
    middle = np.median(fixes.lat), np.median(fixes.lon)
    if not in_mainland(*(np.array([each]) for each in middle))[0]:
        return None
    length_m = step_lengths_m(fixes)
    stays, way = standing_fixes(fixes, length_m), way_fixes(length_m)
    if stays.size < thresholds.datum_stop_fixes and way.size < thresholds.datum_route_fixes:
        return None
    ground = ground_at(float(middle[0]), float(middle[1]))
    proved = prove_on(fixes, stays, way, declared, ground, thresholds)
    if proved is None:
        return None
    edges = find_edges(fixes, Spots(way, stays), proved.datum, ground, thresholds)
    return replace(proved, edges=edges)


def prove_on(
    fixes: DeviceFixes,
    stays: IntArray,
    way: IntArray,
    declared: Datum,
    ground: DatumGround,
    thresholds: DeviceThresholds,
) -> DatumProof | None:
    """What the fixes prove over what is known of the city; `stays`, `way`: indices of those looked at."""
    way_m = way_in(fixes, way, declared, ground)
    if on_routes(way_m, thresholds):
        return as_registered(fixes, declared)  # nearly every day of every device
    as_sent = stays_in(fixes, stays, declared, ground)
    proofs = []
    for datum in Datum:
        if datum is not declared:
            seen = stays_in(fixes, stays, datum, ground)
            proofs.append(by_stays(fixes, stays, as_sent, seen, declared, datum, thresholds))
            other_m = way_in(fixes, way, datum, ground)
            proofs.append(by_route(fixes, way, way_m, other_m, declared, datum, thresholds))
    found = [proof for proof in proofs if proof is not None]
    if not found and at_places(as_sent, thresholds):
        return as_registered(fixes, declared)
    return min(found, key=lambda proof: (proof.basis != ROUTE, proof.after_m), default=None)


def on_routes(way_m: FloatArray, thresholds: DeviceThresholds) -> bool:
    """Does the way lie on approved routes?"""
    enough = way_m.size >= thresholds.datum_route_fixes
    return bool(enough and np.median(way_m) <= thresholds.datum_route_far_m / 2)


def at_places(seen: Stays, thresholds: DeviceThresholds) -> bool:
    """Do standing fixes lie at facilities?"""
    return bool(np.count_nonzero(seen.away_m <= thresholds.datum_stop_m) >= thresholds.datum_stop_fixes)


def as_registered(fixes: DeviceFixes, declared: Datum) -> DatumProof:
    """The day shows the datum as it is registered."""
    return DatumProof(declared, DECLARED, int(fixes.time_ms[-1]), len(fixes), 0.0, 0.0, 0.0, 0)


def by_stays(
    fixes: DeviceFixes,
    stays: IntArray,
    before: Stays,
    after: Stays,
    declared: Datum,
    datum: Datum,
    thresholds: DeviceThresholds,
) -> DatumProof | None:
    """Proof by standing fixes: at two facilities at least, and four times as many as lie right as sent."""
    came = (after.away_m <= thresholds.datum_stop_m) & (before.away_m > thresholds.datum_away_m)
    right = int(np.count_nonzero(before.away_m <= thresholds.datum_stop_m))
    places = np.unique(after.place[came]).size
    count = int(np.count_nonzero(came))
    if count < max(thresholds.datum_stop_fixes, 4 * right) or places < 2:
        return None
    proved = stays[came][thresholds.datum_stop_fixes - 1]
    return proof(
        fixes, stays[came], before.away_m[came], after.away_m[came], declared, datum, STAYS, proved, places
    )


def by_route(
    fixes: DeviceFixes,
    way: IntArray,
    before_m: FloatArray,
    after_m: FloatArray,
    declared: Datum,
    datum: Datum,
    thresholds: DeviceThresholds,
) -> DatumProof | None:
    """Proof by the way: the median distance to approved routes falls from far to near."""
    if way.size < thresholds.datum_route_fixes:
        return None
    fell = (
        np.median(before_m) > thresholds.datum_route_far_m
        and np.median(after_m) < thresholds.datum_route_near_m
    )
    on_route = after_m < thresholds.datum_route_near_m
    if not fell or not two_ways(fixes, way, on_route, thresholds):
        return None
    proved = way[thresholds.datum_route_fixes - 1]
    return proof(fixes, way, before_m, after_m, declared, datum, ROUTE, proved, 0)


def two_ways(fixes: DeviceFixes, way: IntArray, on_route: BoolArray, thresholds: DeviceThresholds) -> bool:
    """Was the part on the route driven in more than one direction? One straight road may have a twin as far
    away as the offset; a way with bends has none."""
    frame = frame_at(float(fixes.lat[way[0]]), float(fixes.lon[way[0]]))
    x_m, y_m = frame.to_xy(fixes.lat[way], fixes.lon[way])
    kept = on_route[1:] & on_route[:-1]
    steps = np.column_stack((np.diff(x_m), np.diff(y_m)))[kept]
    if len(steps) < 2:
        return False
    directions = steps / np.maximum(np.hypot(*steps.T), 1.0)[:, None]
    shares = np.linalg.eigvalsh(directions.T @ directions / len(directions))
    return bool(shares[0] >= thresholds.datum_axis_share)


def proof(
    fixes: DeviceFixes,
    which: IntArray,
    before_m: FloatArray,
    after_m: FloatArray,
    declared: Datum,
    datum: Datum,
    basis: str,
    proved: int,
    facilities: int,
) -> DatumProof:
    """A proof with its figures."""
    lat, lon = fixes.lat[which], fixes.lon[which]
    apart_m = pair_m(*to_wgs84(lat, lon, declared), *to_wgs84(lat, lon, datum))
    return DatumProof(
        datum,
        basis,
        int(fixes.time_ms[proved]),
        int(which.size),
        round(float(np.median(before_m)), 1),
        round(float(np.median(after_m)), 1),
        round(float(np.median(apart_m)), 1),
        facilities,
    )


def stays_in(fixes: DeviceFixes, stays: IntArray, datum: Datum, ground: DatumGround) -> Stays:
    """The standing fixes over the city, read in a datum."""
    return Stays(*ground.nearest_place(*to_wgs84(fixes.lat[stays], fixes.lon[stays], datum)))


def way_in(fixes: DeviceFixes, way: IntArray, datum: Datum, ground: DatumGround) -> FloatArray:
    """Distance in m of the fixes on the way to the nearest route, read in a datum."""
    return ground.route_m(*to_wgs84(fixes.lat[way], fixes.lon[way], datum))


def standing_fixes(fixes: DeviceFixes, length_m: FloatArray) -> IntArray:
    """Indices of fixes of a standing device, thinned evenly (length_m: of each step)."""
    implied_kmh = length_m / step_times_s(fixes) * 3.6
    beside = np.concatenate(
        (implied_kmh[:1], np.minimum(implied_kmh[:-1], implied_kmh[1:]), implied_kmh[-1:])
    )
    return thinned(np.flatnonzero(beside <= STANDING_KMH))


def way_fixes(length_m: FloatArray) -> IntArray:
    """Indices of fixes along the way, a standing vehicle counting once, thinned evenly.

    length_m: of each step.
    """
    travelled_m = np.concatenate(([0.0], np.cumsum(length_m)))
    pieces = np.floor(travelled_m / THIN_M)
    first = np.concatenate(([True], np.diff(pieces) > 0))
    return thinned(np.flatnonzero(first))


def thinned(indices: IntArray) -> IntArray:
    """At most MOST of them, evenly."""
    return indices[:: indices.size // MOST + 1]
