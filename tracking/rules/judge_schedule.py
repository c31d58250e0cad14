"""Did the load arrive when it should have? The findings of `overdue`.

ETA is the planned minutes of the paper's route, or of the approved alternative that the vehicle followed
where that one is slower; without them the 90th percentile of at least `overdue_trips` earlier trips
between the same places; else there is none and nothing is said.
"""

from models.values import Evidence, Figures, Reason, Track
from models.vocabulary import FindingKind
from tracking.rules.assignment import Link
from tracking.rules.findings import FindingDraft
from tracking.rules.judge_assignment import Paper, about
from tracking.rules.world import World


def eta_minutes(link: Link, followed_id: int | None, paper: Paper, world: World) -> float | None:
    """How long this way should take, in minutes."""
    leg = paper.leg(link.claim)
    planned = [
        world.routes[route_id].planned_minutes
        for route_id in (leg.route_id, followed_id)
        if route_id is not None
    ]
    known = [minutes for minutes in planned if minutes is not None]
    return max(known) if known else world.usual_minutes.get((leg.from_id, leg.to_id))


def shortest_taken_s(track: Track, link: Link, until_ms: int) -> float:
    """The least time that the way can have taken: silence beside a fence hides when it was passed.

    track: n usable fixes from the last inside the origin to the first inside the destination. A trip
    still under way counts up to `until_ms`, unless paper says that it has arrived.
    """
    if len(track) < 3:
        return 0.0
    begin_ms = int(track.time_ms[1])
    if not link.journey.end_censored:
        return (int(track.time_ms[-2]) - begin_ms) / 1000.0
    end_ms = link.claim.arrive_ms if link.claim.arrive_ms is not None else until_ms
    return (end_ms - begin_ms) / 1000.0


def overdue_draft(
    link: Link, track: Track, followed_id: int | None, paper: Paper, world: World, until_ms: int
) -> FindingDraft | None:
    """The finding when the way took, or already takes, longer than ETA x 1.5."""
    minutes = eta_minutes(link, followed_id, paper, world)
    journey = link.journey
    if minutes is None or journey.origin_id is None:
        return None
    allowed_s = minutes * 60.0 * world.thresholds.track.overdue_factor
    taken_s = shortest_taken_s(track, link, until_ms)
    if taken_s <= allowed_s:
        return None
    end_ms = int(journey.departed_ms + taken_s * 1000)
    due_ms = int(journey.departed_ms + allowed_s * 1000)
    vehicle = world.vehicles[journey.vehicle_id].code
    figures: Figures = {
        "taken_s": taken_s,
        "planned_s": minutes * 60.0,
        "late_s": taken_s - minutes * 60.0,
    }
    params = figures | {
        "vehicle": vehicle,
        "manifest": paper.numbers(link.claim),
        "departed_ms": journey.departed_ms,
    }
    return FindingDraft(
        kind=FindingKind.OVERDUE,
        start_ms=due_ms,
        end_ms=end_ms,
        detected_ms=due_ms,
        size=taken_s / allowed_s,
        reasons=(Reason("overdue.seen", params), Reason("overdue.expected", params)),
        vehicle_codes=(vehicle,),
        facility_id=link.claim.destination_id,
        evidence=Evidence(figures, {"factor": world.thresholds.track.overdue_factor}),
        **about(link.claim, paper),
    )
