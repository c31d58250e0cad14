"""What must be judged, and which trips and manifests belong together with it?

A block is a set of claims and trips that can answer each other, joined with the blocks of the same
manifests. Blocks are independent, so each can be judged by itself; one that reaches the edge of the
window read so far makes the window wider.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session

from models.findings import Verdict
from models.journeys import ManifestMark, TripRow
from models.manifests import Leg, Manifest
from models.values import ManifestFacts
from models.vocabulary import VerdictValue
from tracking.queries.explained_silences import explained_trips
from tracking.queries.fixes import BEGINNING_MS, to_ms
from tracking.queries.paper import from_moment, manifests_issued
from tracking.rules.assignment import Claim, Journey, candidate_edges
from tracking.rules.claims import claims_of
from tracking.rules.world import World

DAY_MS = 86_400_000
REFUSAL_SLACK_MS = 600_000  # clocks of gate and device differ by minutes
PENDING_REACH_MS = 7 * DAY_MS  # what is pending for longer waits for new paper or new fixes
PAPER_LEAD_MS = 3 * DAY_MS  # paper is issued at most this long before the trip that answers it


@dataclass(frozen=True, slots=True)
class Block:
    """Claims, trips and manifests that are judged together.

    changes: how often each manifest (row id) had changed before its paper was read.
    """

    claims: tuple[Claim, ...]
    journeys: tuple[Journey, ...]
    manifests: tuple[ManifestFacts, ...]
    changes: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Todo:
    """Row ids that must be judged, and the earliest moment that they touch."""

    trip_ids: frozenset[int]
    manifest_ids: frozenset[int]
    from_ms: int | None


def find_todo(session: Session, world: World, until_ms: int, only: Collection[int] | None = None) -> Todo:
    """Unjudged trips, trips whose silence is explained by now, changed manifests, manifests without a
    verdict, and those still pending: of the vehicles `only` (row ids), of all without it."""
    trips = session.execute(
        select(TripRow.id, TripRow.departed_ms).where(
            TripRow.judged.is_(False), TripRow.departed_ms <= until_ms
        )
    ).all()
    current = select(Verdict).where(Verdict.current).subquery()
    waiting = (current.c.value == VerdictValue.PENDING) & (
        Manifest.issued_at >= from_moment(max(until_ms - PENDING_REACH_MS, 0))
    )
    if only is not None:
        carried = select(Leg.manifest_id).where(Leg.vehicle_id.in_(only))
        waiting &= Manifest.id.in_(carried) if only else false()
    manifests = session.execute(
        select(Manifest.id, Manifest.issued_at)
        .outerjoin(ManifestMark, ManifestMark.manifest_id == Manifest.id)
        .outerjoin(current, current.c.manifest_id == Manifest.id)
        .where(
            Manifest.issued_at <= from_moment(until_ms),
            or_(
                ManifestMark.dirty,
                current.c.id.is_(None),
                waiting,
            ),
        )
    ).all()
    departures = dict(trips) | explained_trips(session, world, until_ms) | after_refusals(session, world)
    moments = [*departures.values(), *(to_ms(issued) for _, issued in manifests)]
    return Todo(
        frozenset(departures),
        frozenset(manifest_id for manifest_id, _ in manifests),
        min(moments, default=None),
    )


def after_refusals(session: Session, world: World) -> dict[int, int]:
    """Row id and departure of the trips that may carry a refused load: the refusal may be told later."""
    found: dict[int, int] = {}
    for refusal in world.refusals:
        chosen = select(TripRow.id, TripRow.departed_ms).where(
            TripRow.vehicle_id == refusal.vehicle_id,
            TripRow.origin_id == refusal.site_id,
            TripRow.departed_ms.between(refusal.at_ms - REFUSAL_SLACK_MS, refusal.at_ms + DAY_MS),
        )
        found |= dict(session.execute(chosen.order_by(TripRow.departed_ms).limit(1)).all())
    return found


def blocks_to_judge(
    session: Session, world: World, until_ms: int, only: Collection[int] | None = None
) -> list[Block]:
    """The blocks that hold anything to judge; only: as in `find_todo`."""
    todo = find_todo(session, world, until_ms, only)
    if todo.from_ms is None:
        return []
    reach_ms = DAY_MS
    changes = dict(session.execute(select(ManifestMark.manifest_id, ManifestMark.changes)).all())
    while True:
        low_ms = max(todo.from_ms - reach_ms, BEGINNING_MS)
        journeys = journeys_since(session, low_ms, until_ms)
        manifests = manifests_issued(session, max(low_ms - PAPER_LEAD_MS, 0), until_ms)
        known = {vehicle.code: vehicle.id for vehicle in world.vehicles.values()}
        claims = [claim for claim in claims_of(manifests, known) if claim.depart_ms <= until_ms]
        chosen = [
            block
            for block in split(claims, journeys, manifests, world)
            if todo.trip_ids & {journey.key for journey in block.journeys}
            or todo.manifest_ids & {manifest.id for manifest in block.manifests}
        ]
        edge_ms = low_ms + world.thresholds.assignment.gate_s * 1000
        if all(begins(block, edge_ms) for block in chosen) or nothing_before(session, low_ms):
            return [replace(block, changes=changes) for block in chosen]
        reach_ms *= 4


def begins(block: Block, edge_ms: float) -> bool:
    """Does a block begin well inside the window, so that nothing before it can belong to it?"""
    return all(journey.departed_ms > edge_ms for journey in block.journeys)


def nothing_before(session: Session, low_ms: int) -> bool:
    """Are there no trips before the window?"""
    return session.scalar(select(TripRow.id).where(TripRow.departed_ms < low_ms).limit(1)) is None


def journeys_since(session: Session, low_ms: int, until_ms: int) -> list[Journey]:
    """The trips that left in a time, as the assignment sees them."""
    rows = session.execute(
        select(
            TripRow.id,
            TripRow.vehicle_id,
            TripRow.origin_id,
            TripRow.destination_id,
            TripRow.stay_from_ms,
            TripRow.departed_ms,
            TripRow.arrived_ms,
            TripRow.stay_to_ms,
            TripRow.start_censored,
            TripRow.end_censored,
            TripRow.load,
            TripRow.coverage_fraction,
        )
        .where(TripRow.departed_ms.between(low_ms, until_ms))
        .order_by(TripRow.departed_ms, TripRow.id)
    ).all()
    return [Journey(*row) for row in rows]


def split(
    claims: Sequence[Claim], journeys: Sequence[Journey], manifests: Sequence[ManifestFacts], world: World
) -> list[Block]:
    """All of it in blocks, in order of their first claim or trip."""
    edges = candidate_edges(claims, journeys, world.diversions, world.thresholds.assignment)
    first_journey, first_manifest = len(claims), len(claims) + len(journeys)
    position = {manifest.id: first_manifest + index for index, manifest in enumerate(manifests)}
    pairs = [(row, first_journey + column) for row, column in edges]
    pairs += [(row, position[key]) for row, claim in enumerate(claims) for key in claim.manifest_ids]
    size = first_manifest + len(manifests)
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    graph = coo_array((np.ones(ends.shape[1]), (ends[0], ends[1])), shape=(size, size))
    labels = connected_components(graph, directed=False)[1].tolist()
    parts: dict[int, tuple[list[Claim], list[Journey], list[ManifestFacts]]] = {}
    for node, label in enumerate(labels):
        part = parts.setdefault(label, ([], [], []))
        if node < first_journey:
            part[0].append(claims[node])
        elif node < first_manifest:
            part[1].append(journeys[node - first_journey])
        else:
            part[2].append(manifests[node - first_manifest])
    return [Block(tuple(a), tuple(b), tuple(c)) for a, b, c in parts.values()]
