"""What does the track of one loaded trip contradict: jumps, route, stops, silence?"""

from dataclasses import dataclass

from models.vocabulary import FindingKind
from tracking.rules.findings import FindingDraft
from tracking.rules.judge_jumps import teleport_draft
from tracking.rules.judge_route import route_drafts
from tracking.rules.judge_silence import gap_drafts
from tracking.rules.judge_stops import stop_drafts
from tracking.rules.jumps import Jump, find_jumps, outliers
from tracking.rules.trip_context import TripContext
from tracking.rules.world import World


@dataclass(frozen=True, slots=True)
class TrackJudgement:
    """The findings of a trip's track, and the approved route that it followed best (row id)."""

    findings: tuple[FindingDraft, ...] = ()
    followed_id: int | None = None


def judge_track(trip: TripContext, world: World) -> TrackJudgement:
    """All findings of one trip's track; fixes on an excursion elsewhere speak for `teleport` only.

    A few fixes away and back are bad reception, passed over and not told of. Jumps between the places of a
    cloned device, and silence where only one frozen place is left out, are told of as what they are.
    """
    if len(trip.track) < 2:
        return TrackJudgement()
    jumps = find_jumps(trip.track, trip.vehicle.mode, world.thresholds.doubt)
    clean = trip.track.take(~outliers(len(trip.track), jumps))
    off_route, followed_id = route_drafts(trip, clean, world)
    return TrackJudgement(
        (
            *(teleport_draft(trip, jump, world) for jump in jumps if is_claim(trip, jump, world)),
            *off_route,
            *stop_drafts(trip, clean, world),
            *(gap for gap in gap_drafts(trip, clean, world) if not is_frozen(trip, gap)),
        ),
        followed_id,
    )


def is_claim(trip: TripContext, jump: Jump, world: World) -> bool:
    """Does a jump claim a place, rather than being bad reception or the other place of a clone?"""
    away = jump.last - jump.first + 1
    if jump.after is not None and away <= world.thresholds.device.outlier_fixes:
        return False
    at_ms = int(trip.track.time_ms[jump.first])
    return not any(
        each.kind is FindingKind.CLONED_DEVICE and each.from_ms <= at_ms <= each.to_ms
        for each in trip.doubted
    )


def is_frozen(trip: TripContext, gap: FindingDraft) -> bool:
    """Is a silence only what is left of a place that the device repeated? Half of it at least."""
    frozen_ms = sum(
        max(0, min(each.to_ms, gap.end_ms) - max(each.from_ms, gap.start_ms))
        for each in trip.doubted
        if each.kind is FindingKind.FROZEN_POSITION
    )
    return frozen_ms * 2 >= max(gap.end_ms - gap.start_ms, 1)
