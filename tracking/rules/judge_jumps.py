"""Did the device claim a step that no vehicle can make? The findings of `teleport`."""

from geopy.distance import geodesic

from models.values import Evidence, Figures, Reason
from models.vocabulary import FindingKind
from tracking.rules.findings import FindingDraft
from tracking.rules.jumps import Jump, top_speed_kmh
from tracking.rules.trip_context import TripContext, mark, subjects
from tracking.rules.world import World


def teleport_draft(trip: TripContext, jump: Jump, world: World) -> FindingDraft:
    """`teleport`: a step that no vehicle can make."""
    track = trip.track
    start_ms = int(track.time_ms[jump.first])
    ends = ((float(track.lat[fix]), float(track.lon[fix])) for fix in (jump.before, jump.first))
    leap_m = geodesic(*ends).m  # what is printed is the geodesic
    limit_kmh = top_speed_kmh(trip.vehicle.mode, world.thresholds.doubt)
    figures: Figures = {
        "distance_m": round(leap_m, 1),
        "implied_kmh": round(jump.implied_kmh, 1),
        "fixes": jump.last - jump.first + 1,
        "returned": int(jump.after is not None),
    }
    last = jump.after if jump.after is not None else jump.last
    return FindingDraft(
        kind=FindingKind.TELEPORT,
        start_ms=start_ms,
        end_ms=int(track.time_ms[jump.last]),
        detected_ms=int(track.time_ms[last]),
        size=jump.distance_m / 2000.0,
        reasons=(
            Reason("teleport.seen", {"vehicle": trip.vehicle.code, "start_ms": start_ms, **figures}),
            Reason("teleport.expected", {"limit_kmh": limit_kmh}),
        ),
        lat=float(track.lat[jump.first]),
        lon=float(track.lon[jump.first]),
        evidence=Evidence(
            figures,
            {"limit_kmh": limit_kmh, "min_m": world.thresholds.doubt.teleport_min_m},
            (mark("jump", track, jump.before, last),),
        ),
        **subjects(trip),
    )
