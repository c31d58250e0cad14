"""Did the loaded vehicle stand outside any permitted place? The findings of `unplanned_stop`."""

import numpy as np

from models.values import LOAD_EMPTY, LOAD_FULL, LOAD_HALF, LOAD_UNKNOWN, Evidence, Figures, Reason, Track
from models.vocabulary import FindingKind, Severity
from tracking.rules.findings import FindingDraft
from tracking.rules.stops import Stop, StopBounds, find_stops, stop_bounds
from tracking.rules.trip_context import TripContext, subjects
from tracking.rules.world import World

PERMITTED_NEAR_M = 60.0  # a stop at the edge of a permitted place is a stop in it
NIGHT_HOURS = (22, 5)  # solar hours between which tipping has been caught most


def stop_drafts(trip: TripContext, clean: Track, world: World) -> list[FindingDraft]:
    """The stops of a track (clean: usable fixes without excursions) outside any permitted place."""
    bounds = stop_bounds(trip.vehicle.mode, world.thresholds.track)
    stops = find_stops(clean, bounds)
    return [stop_draft(trip, clean, stop, bounds) for stop in stops if not permitted_stop(stop, world)]


def permitted_stop(stop: Stop, world: World) -> bool:
    """Did it stand in or beside any known place?"""
    return world.fences.near(stop.lat, stop.lon, PERMITTED_NEAR_M)


def at_night(time_ms: int, lon: float) -> bool:
    """By the sun, which needs no time zone: 15 degrees of longitude an hour."""
    hour = (time_ms / 3_600_000 + lon / 15.0) % 24
    return hour >= NIGHT_HOURS[0] or hour < NIGHT_HOURS[1]


def emptied_there(track: Track, stop: Stop) -> bool:
    """Did the load sensor go from loaded to empty at this stop?"""
    before = track.load_state[: stop.last + 1]
    after = track.load_state[stop.last + 1 :]
    known_before, known_after = before[before != LOAD_UNKNOWN], after[after != LOAD_UNKNOWN]
    if known_before.size == 0 or known_after.size < 3:
        return False
    arrived_loaded = bool(np.isin(track.load_state[: stop.first + 1], (LOAD_HALF, LOAD_FULL)).any())
    return arrived_loaded and bool((known_after == LOAD_EMPTY).all())


def stop_draft(trip: TripContext, track: Track, stop: Stop, bounds: StopBounds) -> FindingDraft:
    """`unplanned_stop`: stood outside any permitted place while loaded."""
    start_ms, end_ms = int(track.time_ms[stop.first]), int(track.time_ms[stop.last])
    night = at_night(start_ms, stop.lon)
    emptied = emptied_there(track, stop)
    figures: Figures = {
        "duration_s": stop.duration_s,
        "diameter_m": round(stop.diameter_m, 1),
        "fixes": stop.last - stop.first + 1,
        "night": int(night),
        "emptied": int(emptied),
    }
    return FindingDraft(
        kind=FindingKind.UNPLANNED_STOP,
        start_ms=start_ms,
        end_ms=end_ms,
        detected_ms=int(start_ms + bounds.shortest_s * 1000),
        size=stop.duration_s / bounds.shortest_s * (1.5 if night else 1.0) * (4.0 if emptied else 1.0),
        reasons=(
            Reason("unplanned_stop.seen", {"vehicle": trip.vehicle.code, "start_ms": start_ms, **figures}),
            Reason("unplanned_stop.expected", {"shortest_s": bounds.shortest_s}),
        ),
        lat=stop.lat,
        lon=stop.lon,
        severity=Severity.HIGH if night or emptied else Severity.MEDIUM,
        evidence=Evidence(
            figures,
            {"diameter_m": bounds.diameter_m, "shortest_s": bounds.shortest_s},
            (
                {
                    "role": "stop",
                    "type": "Point",
                    "coordinates": [round(stop.lon, 6), round(stop.lat, 6)],
                    "start_ms": start_ms,
                    "end_ms": end_ms,
                    "radius_m": round(stop.diameter_m / 2, 1),
                },
            ),
        ),
        **subjects(trip),
    )
