"""Did the load arrive when it should have? The findings of `overdue`.

ETA is the route's planned minutes, else the 90th percentile of at least `overdue_trips` earlier trips
between the same places, else there is none and nothing is said.
"""

from models.values import Evidence, Figures, Reason
from models.vocabulary import FindingKind
from tracking.rules.assignment import Link
from tracking.rules.findings import FindingDraft
from tracking.rules.judge_assignment import Paper, about
from tracking.rules.world import World


def eta_minutes(link: Link, paper: Paper, world: World) -> float | None:
    """How long this way should take, in minutes."""
    leg = paper.leg(link.claim)
    if leg.route_id is not None and world.routes[leg.route_id].planned_minutes is not None:
        return world.routes[leg.route_id].planned_minutes
    planned = [
        route.planned_minutes
        for route in world.approved(leg.from_id, leg.to_id, leg.mode)
        if route.planned_minutes is not None
    ]
    return max(planned) if planned else world.usual_minutes.get((leg.from_id, leg.to_id))


def overdue_draft(link: Link, paper: Paper, world: World, until_ms: int) -> FindingDraft | None:
    """The finding when the way took, or already takes, longer than ETA x 1.5.

    until_ms: the moment up to which the world is known; a trip still under way counts up to it, unless
    paper says that it has arrived.
    """
    minutes = eta_minutes(link, paper, world)
    journey = link.journey
    if minutes is None or journey.origin_id is None:
        return None
    if journey.end_censored:
        end_ms = link.claim.arrive_ms if link.claim.arrive_ms is not None else until_ms
    else:
        end_ms = journey.arrived_ms
    allowed_s = minutes * 60.0 * world.thresholds.track.overdue_factor
    taken_s = (end_ms - journey.departed_ms) / 1000.0
    if taken_s <= allowed_s:
        return None
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
