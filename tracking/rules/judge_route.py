"""Did the trip leave every approved corridor? The findings of `off_route`."""

import numpy as np

from models.values import BoolArray, Evidence, Figures, Reason, Track
from models.vocabulary import FindingKind, Severity
from tracking.rules.corridor import Excursion, find_excursions, followed_route, nearest_corridor
from tracking.rules.findings import FindingDraft
from tracking.rules.geometry import steps_m
from tracking.rules.trip_context import TripContext, mark, subjects
from tracking.rules.world import World


def route_drafts(trip: TripContext, clean: Track, world: World) -> tuple[list[FindingDraft], int | None]:
    """`off_route`: the times outside every approved corridor, facilities left aside.

    Returns the findings, and the row id of the approved route that was followed best.
    """
    outside = clean.take(~in_any_facility(clean, world))
    if not trip.paths or len(outside) == 0:
        return [], None
    beside = nearest_corridor(outside, trip.paths, world.thresholds.track)
    found = find_excursions(outside, beside, world.thresholds.track)
    drafts = [route_draft(trip, outside, excursion, world) for excursion in found]
    return drafts, followed_route(beside, trip.paths)


def in_any_facility(track: Track, world: World) -> BoolArray:
    """Mask of the fixes inside any widened fence."""
    mask = np.zeros(len(track), dtype=np.bool_)
    for _, wide in world.fences.masks(track).values():
        mask |= wide
    return mask


def route_draft(trip: TripContext, track: Track, excursion: Excursion, world: World) -> FindingDraft:
    """The finding of one excursion."""
    start_ms, end_ms = int(track.time_ms[excursion.first]), int(track.time_ms[excursion.last])
    route = trip.paths[excursion.route].route
    duration_s = (end_ms - start_ms) / 1000.0
    part = track.take(slice(excursion.first, excursion.last + 1))
    travelled_m = float(steps_m(part.lat, part.lon).sum())
    figures: Figures = {
        "farthest_m": round(excursion.beyond_m, 1),
        "duration_s": duration_s,
        "travelled_m": round(travelled_m, 1),
        "fixes": excursion.last - excursion.first + 1,
        "alarm_after_s": (int(track.time_ms[excursion.alarm]) - start_ms) / 1000.0,
    }
    params: Figures = {"vehicle": trip.vehicle.code, "start_ms": start_ms, "route": route.code, **figures}
    return FindingDraft(
        kind=FindingKind.OFF_ROUTE,
        start_ms=start_ms,
        end_ms=end_ms,
        detected_ms=int(track.time_ms[excursion.alarm]),
        size=(excursion.beyond_m - excursion.corridor_m) / 150.0 * max(1.0, duration_s / 120.0) ** 0.5,
        reasons=(
            Reason("off_route.seen", params),
            Reason("off_route.expected", {"route": route.code, "corridor_m": excursion.corridor_m}),
        ),
        lat=float(track.lat[excursion.farthest]),
        lon=float(track.lon[excursion.farthest]),
        route_id=route.id,
        severity=Severity.MEDIUM,
        evidence=Evidence(
            figures,
            {
                "corridor_m": excursion.corridor_m,
                "alarm": world.thresholds.track.cusum_alarm,
                "min_travel_m": world.thresholds.track.off_min_travel_m,
            },
            (mark("off_route_part", track, max(excursion.first - 1, 0), excursion.last),),
        ),
        **subjects(trip),
    )
