"""What does the track of one loaded trip contradict: jumps, route, stops, silence?"""

from dataclasses import dataclass

from tracking.rules.findings import FindingDraft
from tracking.rules.judge_jumps import teleport_draft
from tracking.rules.judge_route import route_drafts
from tracking.rules.judge_silence import gap_drafts
from tracking.rules.judge_stops import stop_drafts
from tracking.rules.jumps import find_jumps, outliers
from tracking.rules.trip_context import TripContext
from tracking.rules.world import World


@dataclass(frozen=True, slots=True)
class TrackJudgement:
    """The findings of a trip's track, and the approved route that it followed best (row id)."""

    findings: tuple[FindingDraft, ...] = ()
    followed_id: int | None = None


def judge_track(trip: TripContext, world: World) -> TrackJudgement:
    """All findings of one trip's track; fixes on an excursion elsewhere speak for `teleport` only."""
    if len(trip.track) < 2:
        return TrackJudgement()
    jumps = find_jumps(trip.track, trip.vehicle.mode, world.thresholds.doubt)
    clean = trip.track.take(~outliers(len(trip.track), jumps))
    off_route, followed_id = route_drafts(trip, clean, world)
    return TrackJudgement(
        (
            *(teleport_draft(trip, jump, world) for jump in jumps),
            *off_route,
            *stop_drafts(trip, clean, world),
            *gap_drafts(trip, clean, world),
        ),
        followed_id,
    )
