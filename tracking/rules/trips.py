"""Which trips did a vehicle make, and was it loaded?

A trip runs from leaving one node (plant, works, site, transfer station, store) to entering the next.
It is split where no node follows within `trip_split_s`; where a load sensor goes to empty outside a
node, the moment is kept with the trip. A trip already under way when the data begins, or not ended
when it ends, is censored and proves neither a ghost nor a missing arrival (DETECTION.md section 3).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from models.thresholds import TrackThresholds
from models.values import LOAD_EMPTY, LOAD_FULL, LOAD_HALF, LOAD_UNKNOWN, FacilityArea, Track
from models.vocabulary import NODE_KINDS, RECEIVING_KINDS, FacilityKind
from tracking.rules.coverage import heard_fraction
from tracking.rules.geometry import pair_m, steps_m
from tracking.rules.visits import CENSOR_GAP_S, Visit

LOADED, EMPTY, UNKNOWN = "loaded", "empty", "unknown"
SENSOR_SHARE = 0.8  # a load sensor is believed when this share of its readings agrees
EMPTIED_FIXES = 3  # readings of "empty" in a row that end a load


@dataclass(frozen=True, slots=True)
class Trip:
    """A trip; facility ids are None for a beginning or end outside any node. Times ms, lengths m.

    departed_ms and arrived_ms are the last fix inside the origin and the first inside the destination;
    stay_from_ms and stay_to_ms bound the stays beside it (None where censored). coverage_fraction is
    the share of the trip's time in which the device was heard (rules/coverage.py).
    """

    origin_id: int | None
    destination_id: int | None
    stay_from_ms: int | None
    departed_ms: int
    arrived_ms: int
    stay_to_ms: int | None
    start_censored: bool
    end_censored: bool
    load: str
    distance_m: float
    coverage_fraction: float
    fix_count: int
    emptied_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Ends:
    """Where and when a trip begins and ends, before anything is measured on it."""

    start: Visit | None
    end: Visit | None
    departed_ms: int
    arrived_ms: int
    start_censored: bool
    end_censored: bool


def find_trips(
    track: Track,
    visits: Sequence[Visit],
    places: Mapping[int, FacilityArea],
    thresholds: TrackThresholds,
    arriving_load: str = UNKNOWN,
) -> list[Trip]:
    """The trips of a track in order.

    track: n usable fixes; visits: of the same track, any facility kinds; arriving_load: load of the trip
    that led into the first visit (a transfer station turns it round).
    """
    if len(track) == 0:
        return []
    nodes = rejoined(track, node_visits(visits, places), thresholds.parked_m)
    trips: list[Trip] = []
    for ends in all_ends(track, nodes, thresholds):
        load = trip_load(track, ends, places, thresholds, arriving_load)
        trips.append(measured(track, ends, load, thresholds))
        arriving_load = trips[-1].load
    return trips


def node_visits(visits: Sequence[Visit], places: Mapping[int, FacilityArea]) -> list[Visit]:
    """Visits of nodes, of two that overlap the one with more fixes."""
    kept: list[Visit] = []
    for visit in (v for v in visits if places[v.facility_id].kind in NODE_KINDS):
        if kept and visit.entered_ms <= kept[-1].left_ms:
            if visit.fix_count > kept[-1].fix_count:
                kept[-1] = visit
            continue
        kept.append(visit)
    return kept


def rejoined(track: Track, nodes: list[Visit], parked_m: float) -> list[Visit]:
    """Stays at one node as one, where the vehicle was heard all the while and came no further than `parked_m`
    from where it was last inside: a vessel that swings at a wharf's edge has made no voyage."""
    kept: list[Visit] = []
    for visit in nodes:
        same = bool(kept) and kept[-1].facility_id == visit.facility_id
        if not same or not hovered(track, kept[-1], visit, parked_m):
            kept.append(visit)
            continue
        before = kept.pop()
        whole = replace(
            visit,
            entered_ms=before.entered_ms,
            outside_before_ms=before.outside_before_ms,
            fix_count=before.fix_count + visit.fix_count,
        )
        kept.append(whole)
    return kept


def hovered(track: Track, first: Visit, second: Visit, parked_m: float) -> bool:
    """Did it stay near, and in sight, between two stays?"""
    if 0 in (first.fix_count, second.fix_count):
        return False  # a crossing between two fixes is no fix from which to measure
    way = track.between(first.left_ms, second.entered_ms)
    if len(way) < 2 or int(np.diff(way.time_ms).max()) > CENSOR_GAP_S * 1000:
        return False
    start_lat, start_lon = np.full(len(way), way.lat[0]), np.full(len(way), way.lon[0])
    return float(pair_m(start_lat, start_lon, way.lat, way.lon).max()) <= parked_m


def all_ends(track: Track, nodes: list[Visit], thresholds: TrackThresholds) -> list[Ends]:
    """Beginning and end of each trip between consecutive nodes, and of the open ones at both ends."""
    first_ms, last_ms = int(track.time_ms[0]), int(track.time_ms[-1])
    if not nodes:
        return [Ends(None, None, first_ms, last_ms, True, True)] if last_ms > first_ms else []
    ends: list[Ends] = []
    if first_ms < nodes[0].entered_ms:
        ends.append(Ends(None, nodes[0], first_ms, nodes[0].entered_ms, True, False))
    split_ms = thresholds.trip_split_s * 1000
    for start, end in pairwise(nodes):
        if end.entered_ms - start.left_ms <= split_ms:
            ends.append(Ends(start, end, start.left_ms, end.entered_ms, False, False))
        else:
            middle_ms = int(start.left_ms + split_ms)
            ends.append(Ends(start, None, start.left_ms, middle_ms, False, False))
            ends.append(Ends(None, end, middle_ms + 1, end.entered_ms, False, False))
    if last_ms > nodes[-1].left_ms:
        over = last_ms - nodes[-1].left_ms > split_ms
        until_ms = int(nodes[-1].left_ms + split_ms) if over else last_ms
        ends.append(Ends(nodes[-1], None, nodes[-1].left_ms, until_ms, False, not over))
    return ends


def trip_load(
    track: Track,
    ends: Ends,
    places: Mapping[int, FacilityArea],
    thresholds: TrackThresholds,
    arriving_load: str,
) -> str:
    """Loaded when the sensor says so, else when the stay at a plant was long enough to load."""
    by_sensor = sensor_load(track.between(ends.departed_ms, ends.arrived_ms))
    if by_sensor is not None:
        return by_sensor
    if ends.start is None:
        return arriving_load
    origin = places[ends.start.facility_id]
    if origin.kind is FacilityKind.SITE:
        return EMPTY
    if origin.kind in (FacilityKind.TRANSFER, FacilityKind.STORE):
        return {LOADED: EMPTY, EMPTY: LOADED}.get(arriving_load, UNKNOWN)
    enough_s = origin.min_dwell_s if origin.min_dwell_s is not None else thresholds.min_dwell_s
    if ends.start.longest_s < enough_s:
        return EMPTY
    receives = ends.end is not None and places[ends.end.facility_id].kind in RECEIVING_KINDS
    return LOADED if receives and ends.start.shortest_s >= enough_s else UNKNOWN


def sensor_load(way: Track) -> str | None:
    """What the load sensor says of the first third of the way; None without clear readings."""
    readings = way.load_state[: max(len(way) // 3, EMPTIED_FIXES)]
    known = readings[readings != LOAD_UNKNOWN]
    if known.size < EMPTIED_FIXES:
        return None
    full_share = float(np.isin(known, (LOAD_HALF, LOAD_FULL)).mean())
    if full_share >= SENSOR_SHARE:
        return LOADED
    return EMPTY if full_share <= 1 - SENSOR_SHARE else None


def measured(track: Track, ends: Ends, load: str, thresholds: TrackThresholds) -> Trip:
    """The trip between two ends, with its length, coverage and the moment at which it was emptied."""
    way = track.between(ends.departed_ms, ends.arrived_ms)
    return Trip(
        origin_id=None if ends.start is None else ends.start.facility_id,
        destination_id=None if ends.end is None else ends.end.facility_id,
        stay_from_ms=None if ends.start is None else stay_start_ms(ends.start),
        departed_ms=ends.departed_ms,
        arrived_ms=ends.arrived_ms,
        stay_to_ms=None if ends.end is None else stay_end_ms(ends.end),
        start_censored=ends.start_censored,
        end_censored=ends.end_censored,
        load=load,
        distance_m=float(steps_m(way.lat, way.lon).sum()),
        coverage_fraction=heard_fraction(way, ends.departed_ms, ends.arrived_ms, thresholds),
        fix_count=len(way),
        emptied_ms=emptied_at_ms(way) if load == LOADED else None,
    )


def stay_start_ms(visit: Visit) -> int | None:
    """When the stay began at the latest; None where the data do not show it."""
    return None if visit.outside_before_ms is None else visit.entered_ms


def stay_end_ms(visit: Visit) -> int | None:
    """When the stay ended at the earliest; None where the data do not show it."""
    return None if visit.outside_after_ms is None else visit.left_ms


def emptied_at_ms(way: Track) -> int | None:
    """When a load sensor went from loaded to empty on the way, outside any node."""
    loaded = np.isin(way.load_state, (LOAD_HALF, LOAD_FULL))
    if not loaded.any():
        return None
    last_loaded = int(np.flatnonzero(loaded)[-1])
    after = way.load_state[last_loaded + 1 :]
    if int((after == LOAD_EMPTY).sum()) < EMPTIED_FIXES:
        return None
    return int(way.time_ms[last_loaded])
