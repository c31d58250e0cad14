"""What contradicts in one block? Reads the tracks that the rules need and collects what they find."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from models.values import ManifestFacts, Track
from models.vocabulary import MS_PER_S, FacilityKind, FindingKind
from tracking.queries.end_stays import Around, end_stays
from tracking.queries.meetings import meeting_drafts
from tracking.queries.open_work import REFUSAL_SLACK_MS, Block
from tracking.queries.track_cache import TrackCache
from tracking.rules.assignment import Assignment, Claim, Journey, Link, right_destination
from tracking.rules.coverage import heard_fraction
from tracking.rules.doubt_stretches import Stretch
from tracking.rules.findings import FindingDraft
from tracking.rules.judge_assignment import (
    Paper,
    ghost_draft,
    link_drafts,
    lone_claim_draft,
    unknown_vehicle_draft,
)
from tracking.rules.judge_dwell import dwell_draft
from tracking.rules.judge_handover import signed_elsewhere
from tracking.rules.judge_schedule import overdue_draft
from tracking.rules.judge_track import judge_track
from tracking.rules.reach import could_have_visited
from tracking.rules.route_path import RoutePath
from tracking.rules.trip_context import TripContext
from tracking.rules.trips import EMPTY, LOADED
from tracking.rules.world import World

LOOKBACK_MS = 2 * 3_600_000  # of the device's habit before a trip
FILLING_KINDS = (FacilityKind.PLANT, FacilityKind.WORKS)

Scoped = tuple[str, FindingDraft]
"""A draft with the scope that owns it."""


@dataclass(frozen=True, slots=True)
class Run:
    """What holds for a whole run of the analysis; `doubted`: by vehicle, what explains jumps and silence."""

    world: World
    until_ms: int
    recorded_at: datetime
    contradicted_score: float
    tracks: TrackCache
    doubted: Mapping[int, tuple[Stretch, ...]] = field(default_factory=dict)


def trip_scope(vehicle_id: int, departed_ms: int) -> str:
    """The scope that owns the findings of one trip."""
    return f"trip:{vehicle_id}:{departed_ms}"


def trip_of(scope: str) -> tuple[int, int] | None:
    """The vehicle (row id) and departure (ms) of a trip's scope; None for another scope."""
    kind, _, key = scope.partition(":")
    vehicle_id, _, departed_ms = key.partition(":")
    return (int(vehicle_id), int(departed_ms)) if kind == "trip" else None


def manifest_scope(manifest_id: int) -> str:
    """The scope that owns the findings about one manifest's paper."""
    return f"manifest:{manifest_id}"


@dataclass(slots=True)
class Judged:
    """What was found in blocks: drafts with their scopes, and the route that each trip followed (row ids)."""

    drafts: list[Scoped] = field(default_factory=list)
    followed: dict[int, int] = field(default_factory=dict)


def judge_trips(
    session: Session, block: Block, result: Assignment, paper: Paper, run: Run, judged: Judged
) -> None:
    """Findings of the tracks of linked and ghost trips, and of the links themselves."""
    links: dict[int, list[Link]] = defaultdict(list)
    for link in result.links:
        links[link.journey.key].append(link)
    for journey in block.journeys:
        if links[journey.key]:
            judge_linked(session, journey, links[journey.key], paper, run, judged)
        else:
            scope = trip_scope(journey.vehicle_id, journey.departed_ms)
            judged.drafts += [(scope, draft) for draft in lone_trip_drafts(session, journey, run)]


def judge_linked(
    session: Session, journey: Journey, links: list[Link], paper: Paper, run: Run, judged: Judged
) -> None:
    """Findings of a trip that answers paper."""
    world = run.world
    first = next((link for link in links if link.how == "matched"), links[0])
    manifest_ids = tuple(key for link in links for key in link.claim.manifest_ids)
    track = trip_track(session, journey, run)
    paths = approved_paths(journey, first.claim, world)
    context = trip_context(session, journey, track, paths, manifest_ids, run)
    if journey.end_censored:
        context = replace(context, silent_until_ms=silent_until_ms(first.claim, run))
    shown = judge_track(context, world)
    scope = trip_scope(journey.vehicle_id, journey.departed_ms)
    judged.drafts += [(scope, draft) for draft in shown.findings]
    judged.drafts += [(scope, met) for met in meeting_drafts(session, context, list(shown.findings), world)]
    if shown.followed_id is not None:
        judged.followed[journey.key] = shown.followed_id
    unreached = could_have_visited(track, world.places[first.claim.destination_id], world, journey.vehicle_id)
    for link in links:
        owner = manifest_scope(link.claim.manifest_ids[0])
        sharing = first.claim.manifest_ids if link.how == "shared" else ()
        judged.drafts += [(owner, draft) for draft in link_drafts(link, paper, world, unreached, sharing)]
    late = overdue_draft(first, track, shown.followed_id, paper, world, run.until_ms)
    if late is not None:
        judged.drafts.append((manifest_scope(first.claim.manifest_ids[0]), late))
    near = Around(session, journey.vehicle_id, run.tracks, world)
    for stay in end_stays(journey, track, near):
        short = dwell_draft(stay, first, paper, world)
        if short is not None:
            judged.drafts.append((manifest_scope(first.claim.manifest_ids[0]), short))


def silent_until_ms(claim: Claim, run: Run) -> int:
    """Up to when a vehicle whose arrival the data do not show should have been heard."""
    return run.until_ms if claim.arrive_ms is None else claim.arrive_ms


def lone_trip_drafts(session: Session, journey: Journey, run: Run) -> list[FindingDraft]:
    """Findings of a trip that answers no paper: a ghost, and what its track shows."""
    world = run.world
    if journey.start_censored or journey.end_censored or journey.origin_id is None:
        return []
    refused = carries_refused(journey, world)
    if (journey.load == EMPTY and not refused) or on_the_roadside(journey, world):
        return []
    context = trip_context(
        session,
        journey,
        trip_track(session, journey, run),
        approved_paths(journey, None, world),
        (),
        run,
    )
    shown = judge_track(context, world).findings
    if journey.load != LOADED and not refused:
        filled = world.places[journey.origin_id].kind in FILLING_KINDS and stayed_to_load(journey, world)
        tipped = any(draft.kind is FindingKind.UNPLANNED_STOP for draft in shown)
        if not (filled and tipped):
            return []
    return [ghost_draft(journey, world), *shown, *meeting_drafts(session, context, list(shown), world)]


def carries_refused(journey: Journey, world: World) -> bool:
    """Does it leave a site that had just refused its load, with no further manifest for it?"""
    from_ms = journey.departed_ms if journey.stay_from_ms is None else journey.stay_from_ms
    return any(
        refusal.vehicle_id == journey.vehicle_id
        and refusal.site_id == journey.origin_id
        and from_ms - REFUSAL_SLACK_MS <= refusal.at_ms <= journey.departed_ms + REFUSAL_SLACK_MS
        for refusal in world.refusals
    )


def on_the_roadside(journey: Journey, world: World) -> bool:
    """Did it carry a load that broke down under it, or that it took over from one that had?"""
    return any(
        leg.vehicle_id == journey.vehicle_id
        and journey.departed_ms <= leg.to_ms
        and leg.from_ms <= journey.arrived_ms
        for leg in world.roadside
    )


def stayed_to_load(journey: Journey, world: World) -> bool:
    """Did it stay at its origin for at least the time that loading takes?"""
    if journey.stay_from_ms is None or journey.origin_id is None:
        return False
    own_s = world.places[journey.origin_id].min_dwell_s
    enough_s = own_s if own_s is not None else world.thresholds.track.min_dwell_s
    return journey.departed_ms - journey.stay_from_ms >= enough_s * 1000


def approved_paths(journey: Journey, claim: Claim | None, world: World) -> tuple[RoutePath, ...]:
    """The approved routes that hold for a trip, in order of id.

    With paper: all alternatives to its destination, and to where a diversion sent it. Without: every
    approved route from its origin, since nobody said where it should go.
    """
    mode = world.vehicles[journey.vehicle_id].mode
    if claim is None:
        routes = [r for r in world.routes.values() if r.origin_id == journey.origin_id and r.mode is mode]
    else:
        routes = world.approved(claim.origin_id, claim.destination_id, mode)
        if journey.destination_id != claim.destination_id and right_destination(
            claim, journey, world.diversions
        ):
            routes += world.approved(claim.origin_id, journey.destination_id, mode)
    return tuple(world.path(route.id) for route in sorted(routes, key=lambda route: route.id))


def trip_track(session: Session, journey: Journey, run: Run) -> Track:
    """The usable fixes of a trip."""
    return run.tracks.between(session, journey.vehicle_id, journey.departed_ms, journey.arrived_ms)


def trip_context(
    session: Session,
    journey: Journey,
    track: Track,
    paths: tuple[RoutePath, ...],
    manifest_ids: tuple[int, ...],
    run: Run,
) -> TripContext:
    """What the rules on tracks need of one trip."""
    before_ms = journey.departed_ms - LOOKBACK_MS
    return TripContext(
        vehicle=run.world.vehicles[journey.vehicle_id],
        track=track,
        lookback=run.tracks.between(session, journey.vehicle_id, before_ms, journey.departed_ms - 1),
        paths=paths,
        manifest_ids=manifest_ids,
        device_code=run.tracks.device_code(session, journey.vehicle_id, journey.departed_ms),
        doubted=run.doubted.get(journey.vehicle_id, ()),
    )


def claim_drafts(session: Session, result: Assignment, paper: Paper, run: Run) -> list[Scoped]:
    """Findings of claims: unregistered vehicles, and paper without a trip."""
    drafts: list[Scoped] = []
    for link in result.links:
        if link.claim.vehicle_id is None:
            owner = manifest_scope(link.claim.manifest_ids[0])
            drafts.append((owner, unknown_vehicle_draft(link.claim, paper)))
    for claim in result.lone_claims:
        owner = manifest_scope(claim.manifest_ids[0])
        if claim.vehicle_id is None:
            drafts.append((owner, unknown_vehicle_draft(claim, paper)))
            continue
        draft = lone_draft(session, claim, claim.vehicle_id, paper, run)
        if draft is not None:
            drafts.append((owner, draft))
    return drafts


def own_journeys(links: Iterable[Link]) -> dict[int, Journey]:
    """By row id of the leg the trip that its own vehicle made."""
    return {
        leg_id: link.journey
        for link in links
        if link.how != "shared" and link.journey.vehicle_id == link.claim.vehicle_id
        for leg_id in link.claim.leg_ids
    }


def signing_drafts(session: Session, manifest: ManifestFacts, run: Run) -> list[FindingDraft]:
    """Signatures for legs that were given far from the leg's vehicle."""
    legs = {leg.seq: leg for leg in manifest.legs}
    margin_ms = round(run.world.thresholds.mass.signing_moment_s * MS_PER_S)
    found = []
    for signed in manifest.signed:
        leg = legs.get(signed.leg_seq)
        if leg is None or leg.vehicle_id is None or signed.at_ms > run.until_ms:
            continue
        around = (signed.at_ms - margin_ms, signed.at_ms + margin_ms)
        track = run.tracks.between(session, leg.vehicle_id, *around)
        draft = signed_elsewhere(manifest, leg, signed, track, run.world)
        if draft is not None:
            found.append(draft)
    return found


def waits_at_origin(session: Session, claim: Claim, vehicle_id: int, run: Run) -> bool:
    """Is the vehicle still where the paper's way begins?"""
    recent = run.tracks.between(session, vehicle_id, run.until_ms - LOOKBACK_MS, run.until_ms)
    if len(recent) == 0:
        return False
    last = recent.take(slice(len(recent) - 1, len(recent)))
    places = {run.world.fences.facilities[index].id for index in run.world.fences.masks(last)}
    return claim.origin_id in places


def lone_draft(
    session: Session, claim: Claim, vehicle_id: int, paper: Paper, run: Run
) -> FindingDraft | None:
    """Paper without a trip; nothing while the trip may still come to light, or has not begun."""
    waiting_ms = run.world.thresholds.assignment.gate_s * 1000
    if claim.arrive_ms is None and run.until_ms - claim.depart_ms < waiting_ms:
        return None
    end_ms = run.until_ms if claim.arrive_ms is None else max(claim.arrive_ms, claim.depart_ms)
    if claim.arrive_ms is None and waits_at_origin(session, claim, vehicle_id, run):
        return None
    around = run.tracks.between(session, vehicle_id, claim.depart_ms - LOOKBACK_MS, end_ms + LOOKBACK_MS)
    heard = heard_fraction(around, claim.depart_ms, end_ms, run.world.thresholds.track)
    return lone_claim_draft(claim, paper, run.world, heard, run.until_ms)
