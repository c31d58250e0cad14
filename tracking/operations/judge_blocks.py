"""Judge blocks: assign their trips to their claims, find what contradicts, set the verdicts.

Some blocks are one transaction: links, findings, verdicts and the marks that say "judged" are written
together, so a killed run leaves whole blocks done and whole blocks to do.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import bindparam, delete, insert, update
from sqlalchemy.orm import Session

from models.journeys import ManifestMark, TripLeg, TripRow
from models.vocabulary import FindingKind
from tracking.operations.revise_findings import ScopedDraft, revise_findings
from tracking.operations.set_verdicts import set_verdicts
from tracking.operations.tell_devices import device_findings, tell_vehicles
from tracking.queries.contradictions import (
    Judged,
    Run,
    Scoped,
    claim_drafts,
    judge_trips,
    manifest_scope,
    own_journeys,
    signing_drafts,
    trip_scope,
)
from tracking.queries.earlier_loads import LoadHistory
from tracking.queries.open_work import Block
from tracking.queries.paper import batches, dated_after
from tracking.rules.assignment import Link, assign
from tracking.rules.findings import score_of
from tracking.rules.judge_assignment import Paper
from tracking.rules.judge_handover import early_takers, handed_too_soon
from tracking.rules.judge_masses import judge_masses
from tracking.rules.judge_paper import judge_paper
from tracking.rules.ranking import corroboration_of
from tracking.rules.verdicts import LegProof, RankedFinding, VerdictDraft, judge_manifest
from tracking.rules.world import World

MAX_MARGIN = 1e6  # "nothing else fits" is infinitely sure; the column wants a number


def judge_blocks(session: Session, blocks: Sequence[Block], run: Run) -> None:
    """Everything there is to say about some blocks, written."""
    judged = Judged()
    links: list[Link] = []
    manifests = [manifest for block in blocks for manifest in block.manifests]
    history = LoadHistory(session, manifests, run.until_ms, run.world.zone)
    for block in blocks:
        links += judge_one(session, block, run, judged, history)
    write_links(session, blocks, links)
    write_routes(session, judged)
    tell_vehicles(session, vehicles_of(blocks), run)
    scored = scores(judged.drafts, run.world, device_kinds(session, blocks))
    revise_findings(session, scopes_of(blocks), scored, run.recorded_at)
    set_verdicts(session, verdicts_of(session, blocks, links, scored, run), run.recorded_at)
    mark_judged(session, blocks, run.until_ms)


def judge_one(
    session: Session, block: Block, run: Run, judged: Judged, history: LoadHistory
) -> Sequence[Link]:
    """The links of one block; what contradicts goes to `judged`."""
    world = run.world
    paper = Paper(
        {manifest.id: manifest for manifest in block.manifests},
        {leg.id: leg for manifest in block.manifests for leg in manifest.legs},
    )
    result = assign(block.claims, block.journeys, world.diversions, world.thresholds.assignment)
    judge_trips(session, block, result, paper, run, judged)
    judged.drafts += claim_drafts(session, result, paper, run)
    journeys = own_journeys(result.links)
    for manifest in block.manifests:
        drafts = [
            *judge_masses(manifest, world),
            *judge_paper(manifest, world, history.before(manifest)),
            *early_takers(manifest, journeys, world),
            *handed_too_soon(manifest, journeys, world),
            *signing_drafts(session, manifest, run),
        ]
        judged.drafts += [(manifest_scope(manifest.id), draft) for draft in drafts]
    return result.links


def scopes_of(blocks: Sequence[Block]) -> set[str]:
    """The scopes whose findings are judged anew with these blocks."""
    scopes = {manifest_scope(manifest.id) for block in blocks for manifest in block.manifests}
    return scopes | {
        trip_scope(journey.vehicle_id, journey.departed_ms) for block in blocks for journey in block.journeys
    }


def write_links(session: Session, blocks: Sequence[Block], links: Sequence[Link]) -> None:
    """Which trip answers which leg, in place of what was there."""
    for batch in batches([journey.key for block in blocks for journey in block.journeys]):
        session.execute(delete(TripLeg).where(TripLeg.trip_id.in_(batch)))
    for batch in batches([leg for block in blocks for claim in block.claims for leg in claim.leg_ids]):
        session.execute(delete(TripLeg).where(TripLeg.leg_id.in_(batch)))
    rows = [
        {
            "trip_id": link.journey.key,
            "leg_id": leg_id,
            "how": link.how,
            "cost": link.cost,
            "margin": min(link.margin, MAX_MARGIN),
        }
        for link in links
        for leg_id in link.claim.leg_ids
    ]
    if rows:
        session.execute(insert(TripLeg), rows)


def write_routes(session: Session, judged: Judged) -> None:
    """Which approved route each trip followed best."""
    rows = [{"id": trip_id, "route_id": route_id} for trip_id, route_id in judged.followed.items()]
    if rows:
        session.execute(update(TripRow), rows)


def device_kinds(session: Session, blocks: Sequence[Block]) -> dict[int, set[FindingKind]]:
    """What is told of devices while they were on these manifests, by row id: a witness of its own."""
    manifest_ids = [manifest.id for block in blocks for manifest in block.manifests]
    told = device_findings(session, manifest_ids)
    return {manifest_id: {ranked.kind for ranked in found} for manifest_id, found in told.items()}


def scores(
    drafts: Sequence[Scoped], world: World, devices: Mapping[int, set[FindingKind]]
) -> list[ScopedDraft]:
    """Each draft with its score; other kinds about the same manifest or trip speak for it."""
    kinds: dict[object, set[FindingKind]] = defaultdict(set)
    for manifest_id, told in devices.items():
        kinds[manifest_id] |= told
    for scope, draft in drafts:
        for subject in draft.manifest_ids or (scope,):
            kinds[subject].add(draft.kind)
    scored = []
    for scope, draft in drafts:
        subjects = draft.manifest_ids or (scope,)
        beside = max(
            (corroboration_of(draft.kind, kinds[subject]) for subject in subjects),
            key=lambda each: (each.companions, each.families),
        )
        scored.append(ScopedDraft(scope, draft, score_of(draft, world.tallies, beside), beside))
    return scored


def vehicles_of(blocks: Sequence[Block]) -> set[int]:
    """The vehicles (row ids) of trips and claims."""
    claimed = (claim.vehicle_id for block in blocks for claim in block.claims)
    moved = {journey.vehicle_id for block in blocks for journey in block.journeys}
    return moved | {vehicle_id for vehicle_id in claimed if vehicle_id is not None}


def verdicts_of(
    session: Session,
    blocks: Sequence[Block],
    links: Sequence[Link],
    scored: Iterable[ScopedDraft],
    run: Run,
) -> dict[int, VerdictDraft]:
    """The verdict of each manifest, by row id."""
    found: dict[int, list[RankedFinding]] = defaultdict(list)
    found |= device_findings(session, [manifest.id for block in blocks for manifest in block.manifests])
    for scoped in scored:
        for manifest_id in scoped.draft.manifest_ids:
            found[manifest_id].append(RankedFinding(scoped.draft.kind, scoped.score))
    proofs = {
        leg_id: (link.journey.coverage_fraction, link.margin)
        for link in links
        for leg_id in link.claim.leg_ids
    }
    verdicts = {}
    for manifest in (manifest for block in blocks for manifest in block.manifests):
        legs = [LegProof(leg.seq, *proofs.get(leg.id, (None, None))) for leg in manifest.legs]
        verdicts[manifest.id] = judge_manifest(
            manifest, found[manifest.id], legs, run.world.thresholds, run.contradicted_score
        )
    return verdicts


def mark_judged(session: Session, blocks: Sequence[Block], until_ms: int) -> None:
    """Trips and manifests of the blocks are up to date, but for paper that changed since it was read, or
    that is dated after the run's moment."""
    for batch in batches([journey.key for block in blocks for journey in block.journeys]):
        session.execute(update(TripRow).where(TripRow.id.in_(batch)).values(judged=True))
    seen = {
        manifest.id: block.changes.get(manifest.id, 0) for block in blocks for manifest in block.manifests
    }
    for batch in batches(list(seen)):
        later = dated_after(session, batch, until_ms)
        clean = [{"m": key, "c": seen[key]} for key in batch if key not in later]
        if later:
            marks = update(ManifestMark).where(ManifestMark.manifest_id.in_(sorted(later)))
            session.execute(marks.values(dirty=True))
        if clean:
            unchanged = (ManifestMark.manifest_id == bindparam("m"), ManifestMark.changes == bindparam("c"))
            session.connection().execute(update(ManifestMark).where(*unchanged).values(dirty=False), clean)
