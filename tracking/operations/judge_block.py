"""Judge one block: assign its trips to its claims, find what contradicts, set the verdicts.

One block is one unit of a transaction: links, findings, verdicts and the marks that say "judged" are
written together, so a killed run leaves whole blocks done and whole blocks to do.
"""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from models.journeys import ManifestMark, TripLeg, TripRow
from models.vocabulary import FindingKind
from tracking.operations.revise_findings import ScopedDraft, revise_findings
from tracking.operations.set_verdict import set_verdict
from tracking.queries.contradictions import Run, Scoped, claim_drafts, manifest_scope, trip_drafts, trip_scope
from tracking.queries.open_work import Block
from tracking.queries.paper import batches
from tracking.rules.assignment import Assignment, assign
from tracking.rules.findings import score_of
from tracking.rules.judge_assignment import Paper
from tracking.rules.judge_masses import judge_masses
from tracking.rules.verdicts import LegProof, RankedFinding, judge_manifest
from tracking.rules.world import World


def judge_block(session: Session, block: Block, run: Run) -> None:
    """Everything there is to say about one block, written."""
    world = run.world
    paper = Paper(
        {manifest.id: manifest for manifest in block.manifests},
        {leg.id: leg for manifest in block.manifests for leg in manifest.legs},
    )
    result = assign(block.claims, block.journeys, world.diversions, world.thresholds.assignment)
    write_links(session, block, result)
    drafts = [*trip_drafts(session, block, result, paper, run), *claim_drafts(session, result, paper, run)]
    for manifest in block.manifests:
        drafts += [(manifest_scope(manifest.id), draft) for draft in judge_masses(manifest, world)]
    scored = scores(drafts, world)
    scopes = {manifest_scope(manifest.id) for manifest in block.manifests}
    scopes |= {trip_scope(journey.vehicle_id, journey.departed_ms) for journey in block.journeys}
    revise_findings(session, scopes, scored, run.recorded_at)
    write_verdicts(session, block, result, scored, run)
    mark_judged(session, block)


def write_links(session: Session, block: Block, result: Assignment) -> None:
    """Which trip answers which leg, in place of what was there."""
    for batch in batches([journey.key for journey in block.journeys]):
        session.execute(delete(TripLeg).where(TripLeg.trip_id.in_(batch)))
    for batch in batches([leg for claim in block.claims for leg in claim.leg_ids]):
        session.execute(delete(TripLeg).where(TripLeg.leg_id.in_(batch)))
    session.add_all(
        TripLeg(
            trip_id=link.journey.key,
            leg_id=leg_id,
            how=link.how,
            cost=link.cost,
            margin=min(link.margin, 1e6),
        )
        for link in result.links
        for leg_id in link.claim.leg_ids
    )


def scores(drafts: list[Scoped], world: World) -> list[ScopedDraft]:
    """Each draft with its score; other kinds about the same manifest or trip speak for it."""
    kinds: dict[object, set[FindingKind]] = defaultdict(set)
    for scope, draft in drafts:
        for subject in draft.manifest_ids or (scope,):
            kinds[subject].add(draft.kind)
    return [
        ScopedDraft(
            scope,
            draft,
            score_of(
                draft,
                world.tallies,
                max(len(kinds[subject]) for subject in draft.manifest_ids or (scope,)) - 1,
            ),
        )
        for scope, draft in drafts
    ]


def write_verdicts(
    session: Session, block: Block, result: Assignment, scored: Iterable[ScopedDraft], run: Run
) -> None:
    """The verdict of each manifest of the block."""
    found: dict[int, list[RankedFinding]] = defaultdict(list)
    for scoped in scored:
        for manifest_id in scoped.draft.manifest_ids:
            found[manifest_id].append(RankedFinding(scoped.draft.kind, scoped.score))
    coverage = trip_coverage(session, block)
    proofs = {
        leg_id: (coverage.get(link.journey.key), link.margin)
        for link in result.links
        for leg_id in link.claim.leg_ids
    }
    for manifest in block.manifests:
        legs = [LegProof(leg.seq, *proofs.get(leg.id, (None, None))) for leg in manifest.legs]
        draft = judge_manifest(
            manifest, found[manifest.id], legs, run.world.thresholds, run.contradicted_score
        )
        set_verdict(session, manifest.id, draft, run.recorded_at)


def trip_coverage(session: Session, block: Block) -> dict[int, float]:
    """Coverage of each trip of the block."""
    found: dict[int, float] = {}
    for batch in batches([journey.key for journey in block.journeys]):
        chosen = select(TripRow.id, TripRow.coverage_fraction).where(TripRow.id.in_(batch))
        found |= dict(session.execute(chosen).tuples().all())
    return found


def mark_judged(session: Session, block: Block) -> None:
    """Trips and manifests of the block are up to date."""
    for batch in batches([journey.key for journey in block.journeys]):
        session.execute(update(TripRow).where(TripRow.id.in_(batch)).values(judged=True))
    for batch in batches([manifest.id for manifest in block.manifests]):
        session.execute(update(ManifestMark).where(ManifestMark.manifest_id.in_(batch)).values(dirty=False))
