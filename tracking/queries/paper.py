"""What does paper say, as far as it was known at a moment?

Rows of manifests as frozen facts. What happened after `until_ms` is left out, so that an analysis up to
a moment sees the paper of that moment.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from models.custody_words import Act, Capacity, ManifestSource
from models.fleet import Scale
from models.lineage import ManifestLink
from models.manifests import CustodyEvent, Leg, Manifest, MoistureTest, Receipt, Weighing
from models.signatures import Signature
from models.values import LegFacts, ManifestFacts, SignedFacts, WeighingFacts
from models.vocabulary import CustodyState, WeighingRole
from tracking.queries.fixes import to_ms

UNBORN = (CustodyState.DRAFT, CustodyState.CANCELLED, CustodyState.EXPIRED)
"""States of a child under which nothing travels on."""
ON_THE_VEHICLE = (Act.DEPART, Act.HAND_OVER, Act.TAKE_OVER)
"""What a driver or master signs beside the own vehicle."""
BATCH = 500  # row ids a statement: SQLite takes no more than 32,766 parameters


def manifests_issued(session: Session, from_ms: int, until_ms: int) -> list[ManifestFacts]:
    """The manifests issued between two moments (both included), as known at the later one."""
    return facts(
        session,
        select(Manifest).where(Manifest.issued_at.between(from_moment(from_ms), from_moment(until_ms))),
        until_ms,
    )


def manifests_by_id(session: Session, ids: Collection[int], until_ms: int) -> list[ManifestFacts]:
    """These manifests, as known at a moment."""
    found: list[ManifestFacts] = []
    for batch in batches(sorted(ids)):
        found += facts(session, select(Manifest).where(Manifest.id.in_(batch)), until_ms)
    return found


def batches(ids: list[int]) -> Iterator[list[int]]:
    """Row ids in statements' size."""
    for low in range(0, len(ids), BATCH):
        yield ids[low : low + BATCH]


def dated_after(session: Session, ids: Collection[int], moment_ms: int) -> set[int]:
    """Those of these manifests on which paper reports something later than a moment."""
    moment = from_moment(moment_ms)
    later: set[int] = set()
    for dated, of in (
        (Weighing.at, Weighing.manifest_id),
        (Receipt.at, Receipt.manifest_id),
        (Leg.handover_at, Leg.manifest_id),
        (CustodyEvent.at, CustodyEvent.manifest_id),
    ):
        later |= set(session.scalars(select(of).where(of.in_(ids), dated > moment)))
    return later


def facts(session: Session, chosen: Select[Manifest], until_ms: int) -> list[ManifestFacts]:
    """Chosen manifests as the rules see them, in order of number."""
    rows = session.scalars(
        chosen.options(
            selectinload(Manifest.legs),
            selectinload(Manifest.weighings),
            selectinload(Manifest.moisture_tests),
            selectinload(Manifest.receipt),
            selectinload(Manifest.disposal),
            selectinload(Manifest.events),
        ).order_by(Manifest.number)
    ).all()
    divisions = dict(session.execute(select(Scale.code, Scale.division_kg)).all())
    parents = parents_among(session, [row.id for row in rows], until_ms)
    signed = signed_places(session, [row.id for row in rows if row.source is ManifestSource.LIVE], until_ms)
    return [
        replace(
            manifest_facts(row, divisions, until_ms),
            has_child=row.id in parents,
            signed=tuple(signed.get(row.id, ())),
        )
        for row in rows
    ]


def parents_among(session: Session, ids: list[int], until_ms: int) -> set[int]:
    """Which of these manifests have a child issued by the moment."""
    found: set[int] = set()
    until = from_moment(until_ms)
    for batch in batches(ids):
        children = select(Manifest.parent_id).where(
            Manifest.parent_id.in_(batch), Manifest.issued_at <= until, Manifest.custody_state.not_in(UNBORN)
        )
        linked = (
            select(ManifestLink.parent_id)
            .join(Manifest, Manifest.id == ManifestLink.child_id)
            .where(ManifestLink.parent_id.in_(batch), Manifest.issued_at <= until)
            .where(Manifest.custody_state.not_in(UNBORN))
        )
        found |= {parent for parent in session.scalars(children) if parent is not None}
        found |= set(session.scalars(linked))
    return found


def signed_places(session: Session, ids: list[int], until_ms: int) -> dict[int, list[SignedFacts]]:
    """Where carriers signed for legs, by row id of the manifest; `device_at` of a phone that was offline."""
    found: dict[int, list[SignedFacts]] = defaultdict(list)
    for batch in batches(ids):
        query = select(Signature).where(
            Signature.manifest_id.in_(batch),
            Signature.capacity == Capacity.CARRIER,
            Signature.act.in_(ON_THE_VEHICLE),
            Signature.lat.is_not(None),
        )
        for row in session.scalars(query.order_by(Signature.id)):
            at_ms = to_ms(row.device_at or row.server_at)
            if at_ms <= until_ms and row.lat is not None and row.lon is not None:
                found[row.manifest_id].append(
                    SignedFacts(row.act, row.leg_seq, at_ms, row.lat, row.lon, row.accuracy_m)
                )
    return found


def manifest_facts(row: Manifest, divisions: dict[str, float | None], until_ms: int) -> ManifestFacts:
    """One manifest with what was known at the moment."""
    receipt: Receipt | None = row.receipt
    if receipt is not None and to_ms(receipt.at) > until_ms:
        receipt = None
    disposal = row.disposal
    if disposal is not None and to_ms(disposal.at) > until_ms:
        disposal = None
    live = row.source is not ManifestSource.PAPER
    steps = steps_of(row.events, until_ms) if live else {}
    weighings = weighings_of(row, divisions, until_ms)
    return ManifestFacts(
        id=row.id,
        number=row.number,
        origin_id=row.origin_id,
        destination_id=row.destination_id,
        sludge_kind=row.sludge_kind,
        kind=row.kind,
        custody_state=state_at(row.custody_state, row.events, until_ms),
        issued_at_ms=to_ms(row.issued_at),
        legs=tuple(
            leg_facts(leg, until_ms, steps.get((CustodyState.IN_TRANSIT, leg.seq))) for leg in row.legs
        ),
        hauler_id=row.hauler_id,
        loaded=weighings.get((WeighingRole.LOADED, 0)),
        received=weighings.get((WeighingRole.RECEIVED, 0)),
        decision=None if receipt is None else receipt.decision,
        accepted_kg=None if receipt is None else receipt.accepted_kg,
        refused_kg=None if receipt is None else receipt.refused_kg,
        live=live,
        weighings=weighings,
        arrived_at_ms=steps.get((CustodyState.ARRIVED, 0), steps.get((CustodyState.ABORTED, 0))),
        received_at_id=row.received_at_id,
        approval=row.approval,
        begins_anywhere=row.place_lat is not None,
        disposed_by=None if disposal is None else disposal.method,
        disposed_at_ms=None if disposal is None else to_ms(disposal.at),
    )


def steps_of(events: Collection[CustodyEvent], until_ms: int) -> dict[tuple[CustodyState, int], int]:
    """When each state was reached, by state and leg."""
    return {
        (event.to_state, event.leg_seq): to_ms(event.at) for event in events if to_ms(event.at) <= until_ms
    }


def state_at(now: CustodyState, events: Collection[CustodyEvent], until_ms: int) -> CustodyState:
    """The custody state at a moment: the last change up to then."""
    past = [event for event in events if to_ms(event.at) <= until_ms]
    if len(past) == len(events):
        return now
    return past[-1].to_state if past else CustodyState.DRAFT


def leg_facts(leg: Leg, until_ms: int, departed_at_ms: int | None = None) -> LegFacts:
    """A leg as the rules see it."""
    handover_ms = None if leg.handover_at is None else to_ms(leg.handover_at)
    return LegFacts(
        id=leg.id,
        seq=leg.seq,
        mode=leg.mode,
        vehicle_code=leg.vehicle_code,
        vehicle_id=leg.vehicle_id,
        from_id=leg.from_id,
        to_id=leg.to_id,
        route_id=leg.route_id,
        voyage=leg.voyage,
        handover_at_ms=handover_ms if handover_ms is not None and handover_ms <= until_ms else None,
        departed_at_ms=departed_at_ms,
        carrier_id=leg.carrier_id,
    )


def weighings_of(
    row: Manifest, divisions: dict[str, float | None], until_ms: int
) -> dict[tuple[WeighingRole, int], WeighingFacts]:
    """Every weighing with the moisture test that belongs to it, by role and leg."""
    tests = {(each.role, each.leg_seq): each for each in row.moisture_tests if to_ms(each.at) <= until_ms}
    return {
        (each.role, each.leg_seq): weighing_facts(each, tests.get((each.role, each.leg_seq)), divisions)
        for each in row.weighings
        if to_ms(each.at) <= until_ms
    }


def weighing_facts(
    weighing: Weighing, test: MoistureTest | None, divisions: dict[str, float | None]
) -> WeighingFacts:
    """One weighing with its moisture test."""
    return WeighingFacts(
        gross_kg=weighing.gross_kg,
        tare_kg=weighing.tare_kg,
        at_ms=to_ms(weighing.at),
        moisture_fraction=None if test is None else test.moisture_fraction,
        u_moisture_fraction=None if test is None else test.u_moisture_fraction,
        scale_code=weighing.scale_code,
        scale_division_kg=divisions.get(weighing.scale_code) if weighing.scale_code else None,
        ticket=weighing.ticket,
    )


def from_moment(moment_ms: int) -> datetime:
    """An aware time from ms UTC."""
    return datetime.fromtimestamp(moment_ms / 1000, UTC)
