"""Which other vehicles stood beside a stop?

Every other vehicle's fixes of that time are looked at; stops long enough for it are rare. Where two loaded
vehicles stood side by side, both without leave, it is told once: of the one whose code comes first.
"""

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.findings import Finding
from models.journeys import TripRow
from models.values import Track, make_track
from models.vocabulary import MS_PER_S, FindingKind
from tracking.queries.fresh_fixes import FreshFix, fresh_fixes
from tracking.rules.findings import FindingDraft
from tracking.rules.geometry import pair_m
from tracking.rules.judge_rendezvous import Meeting, may_be_met, met, rendezvous_draft
from tracking.rules.trip_context import TripContext
from tracking.rules.trips import LOADED
from tracking.rules.world import World

NEAR_M = 500.0  # of a stop: whoever came no nearer stood nowhere beside it
LONGEST_STOP_MS = 43_200_000


def meeting_drafts(
    session: Session, trip: TripContext, shown: list[FindingDraft], world: World
) -> Iterator[FindingDraft]:
    """`rendezvous` at the stops among what a trip's track shows."""
    thresholds = world.thresholds.track
    for stop in shown:
        if may_be_met(stop, thresholds):
            for meeting in meetings(session, trip, stop, world):
                other = world.vehicles[meeting.vehicle_id].code
                yield rendezvous_draft(trip, stop, meeting, other, thresholds)


def meetings(session: Session, trip: TripContext, stop: FindingDraft, world: World) -> list[Meeting]:
    """The vehicles that stood beside a stop, in order of code."""
    others = [vehicle.id for vehicle in world.vehicles.values() if vehicle.id != trip.vehicle.id]
    heard: dict[int, list[FreshFix]] = defaultdict(list)
    for fix in fresh_fixes(session, dict.fromkeys(others, stop.start_ms - 1), stop.end_ms):
        heard[fix.vehicle_id].append(fix)
    found = []
    for vehicle_id, fixes in heard.items():
        other = world.vehicles[vehicle_id]
        meeting = met(stop, vehicle_id, other.mode, track_of(fixes), world.thresholds.track)
        if meeting is not None and not told_by_other(session, trip, other.code, meeting):
            found.append(meeting)
    return sorted(found, key=lambda meeting: world.vehicles[meeting.vehicle_id].code)


def track_of(fixes: list[FreshFix]) -> Track:
    """Fixes of one vehicle as a track."""
    return make_track(
        time_ms=[fix.time_ms for fix in fixes],
        lat=[fix.lat for fix in fixes],
        lon=[fix.lon for fix in fixes],
        speed_kmh=[fix.speed_kmh for fix in fixes],
        acc=[fix.acc for fix in fixes],
    )


def told_by_other(session: Session, trip: TripContext, code: str, meeting: Meeting) -> bool:
    """Was the other one loaded on its way as well, and tells of the meeting itself?"""
    if code > trip.vehicle.code:
        return False
    loaded = select(TripRow.id).where(
        TripRow.vehicle_id == meeting.vehicle_id,
        TripRow.load == LOADED,
        TripRow.departed_ms <= meeting.from_ms,
        TripRow.arrived_ms >= meeting.to_ms,
    )
    return session.scalar(loaded.limit(1)) is not None


def stops_met(session: Session, track: Track, from_ms: int, to_ms: int) -> set[str]:
    """The scopes of the trips, of any vehicle, with a stop that a vehicle's fixes over a time came near.

    It may be a meeting now.
    """
    part = track.between(from_ms, to_ms)
    if len(part) == 0:
        return set()
    stops = session.execute(
        select(Finding.scope, Finding.start_ms, Finding.end_ms, Finding.lat, Finding.lon).where(
            Finding.current,
            Finding.kind == FindingKind.UNPLANNED_STOP,
            Finding.start_ms.between(int(part.time_ms[0]) - LONGEST_STOP_MS, int(part.time_ms[-1])),
            Finding.end_ms >= int(part.time_ms[0]),
        )
    ).all()
    scopes = set()
    for scope, start_ms, end_ms, lat, lon in stops:
        beside = part.between(start_ms - MS_PER_S, end_ms + MS_PER_S)
        if len(beside) and lat is not None and lon is not None:
            apart_m = pair_m(beside.lat, beside.lon, 0 * beside.lat + lat, 0 * beside.lon + lon)
            if float(apart_m.min()) < NEAR_M:
                scopes.add(scope)
    return scopes
