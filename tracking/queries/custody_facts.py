"""What is the custody of one manifest? Its rows as the values that guards look at.

Reads only what the state can have: a manifest in transit has no receipt, a plain one no parents. Queries
count here, for every step of every load comes through.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session, selectinload

from models.cases import Case, CaseFinding
from models.corrections import Correction, Hold
from models.custody_words import CaseState, CorrectionState, StockMove
from models.findings import Decision, Finding, FindingManifest
from models.lineage import ManifestLink, StockEntry
from models.manifests import CustodyEvent, Leg, Manifest, MoistureTest, Receipt, Weighing
from models.values import Viewer
from models.vocabulary import CustodyState, FindingKind, ManifestKind, WeighingRole
from models.weighbridge import GateArrival
from tracking.queries.visibility import manifests_visible
from tracking.rules.custody.facts import Custody, Part, Stretch, Weighed

OPEN_CORRECTIONS = (CorrectionState.OPEN, CorrectionState.WITH_REGULATOR)
NOT_LIVE = (CustodyState.DRAFT, CustodyState.CANCELLED, CustodyState.EXPIRED)  # carry nothing
GAPS = (FindingKind.WET_GAP, FindingKind.DRY_GAP, FindingKind.DILUTION)
BEFORE_ARRIVAL = frozenset(
    {
        CustodyState.DRAFT,
        CustodyState.ISSUED,
        CustodyState.LOADED,
        CustodyState.IN_TRANSIT,
        CustodyState.AT_TRANSFER,
        CustodyState.IN_STORE,
    }
)
IN_A_PILE = {
    CustodyState.IN_STORE: StockMove.STORED,
    CustodyState.ACCEPTED: StockMove.ACCEPTED,
    CustodyState.PART_ACCEPTED: StockMove.ACCEPTED,
}
"""States in which a load lies in a pile, and the move that brought it there."""
WITHOUT_CHILDREN = frozenset(
    {CustodyState.DRAFT, CustodyState.ISSUED, CustodyState.LOADED, CustodyState.IN_TRANSIT}
)
"""States in which no load was passed on: children take from what stands, was refused or broke down."""


def custody_by_number(session: Session, number: str, viewer: Viewer, *, lock: bool = False) -> Custody | None:
    """The manifest if the viewer may see it. `lock`: keep its row until the transaction ends."""
    return custody_where(session, (Manifest.number == number) & manifests_visible(viewer), lock=lock)


def custody_by_id(session: Session, manifest_id: int, *, lock: bool = False) -> Custody | None:
    """The manifest with this row id, whoever asks."""
    return custody_where(session, Manifest.id == manifest_id, lock=lock)


def custody_where(session: Session, condition: ColumnElement[bool], *, lock: bool = False) -> Custody | None:
    """The one manifest that fits."""
    query = chosen(condition)
    found = session.execute(query.with_for_update(of=Manifest) if lock else query).first()
    if found is None:
        return None
    manifest, on_hold, correction_open, last_event_at = found
    return custody_of(session, manifest, bool(on_hold), bool(correction_open), last_event_at)


def chosen(condition: ColumnElement[bool]) -> Select[Manifest, bool, bool, datetime]:
    """The manifest with what stands beside it, fresh even where the session has seen it before."""
    held = exists().where(Hold.manifest_id == Manifest.id, Hold.lifted_at.is_(None))
    disputed = exists().where(Correction.manifest_id == Manifest.id, Correction.state.in_(OPEN_CORRECTIONS))
    newest = (
        select(func.max(CustodyEvent.at)).where(CustodyEvent.manifest_id == Manifest.id).scalar_subquery()
    )
    parts = (
        selectinload(Manifest.legs),
        selectinload(Manifest.weighings),
        selectinload(Manifest.moisture_tests),
    )
    return (
        select(Manifest, held, disputed, newest)
        .where(condition)
        .options(*parts)
        .execution_options(populate_existing=True)
    )


def custody_of(
    session: Session, row: Manifest, on_hold: bool, correction_open: bool, last_event_at: datetime | None
) -> Custody:
    """The values of a row that was read by `chosen`."""
    arrived = row.custody_state not in BEFORE_ARRIVAL
    receipt = receipt_of(session, row.id) if arrived else None
    stored = stock_of(session, row)
    return Custody(
        id=row.id,
        number=row.number,
        kind=row.kind,
        source=row.source,
        state=row.custody_state,
        leg_seq=row.leg_seq,
        version=row.version,
        issuer_id=row.issuer_id,
        custodian_id=row.custodian_id,
        origin_id=row.origin_id,
        destination_id=row.destination_id,
        received_at_id=row.received_at_id,
        sludge_kind=row.sludge_kind,
        planned_kg=row.planned_kg,
        plan=row.plan,
        diversion=row.diversion,
        approval=row.approval,
        issued_at=row.issued_at,
        last_event_at=aware(last_event_at) or row.issued_at,
        place=None if row.place_lat is None or row.place_lon is None else (row.place_lat, row.place_lon),
        legs=tuple(stretch(leg) for leg in row.legs),
        weighed=weighed_of(row.weighings, row.moisture_tests),
        arrival=arrival_of(session, row.id) if arrived else None,
        decision=None if receipt is None else receipt.decision,
        accepted_kg=None if receipt is None else receipt.accepted_kg,
        refused_kg=None if receipt is None else receipt.refused_kg,
        parts_out=() if row.custody_state in WITHOUT_CHILDREN else parts_out(session, row.id),
        parts_in=() if row.kind is ManifestKind.NORMAL else parts_in(session, row.id),
        stored_kg=stored[0],
        stored_dry_kg=stored[1],
        store_pile=stored[2],
        departed=row.leg_seq > 0,
        on_hold=on_hold,
        correction_open=correction_open,
    )


def aware(at: datetime | None) -> datetime | None:
    """A maximum keeps the column's type on PostgreSQL and loses its zone on SQLite."""
    return at if at is None or at.tzinfo is not None else at.replace(tzinfo=UTC)


def stretch(leg: Leg) -> Stretch:
    return Stretch(
        seq=leg.seq,
        mode=leg.mode,
        carrier_id=leg.carrier_id,
        vehicle_id=leg.vehicle_id,
        vehicle_code=leg.vehicle_code,
        from_id=leg.from_id,
        to_id=leg.to_id,
        route_id=leg.route_id,
        driver_id=leg.driver_id,
        driver=leg.driver,
        voyage=leg.voyage,
    )


def weighed_of(
    weighings: list[Weighing], tests: list[MoistureTest]
) -> Mapping[tuple[WeighingRole, int], Weighed]:
    """Weighings with their moisture tests, by role and leg."""
    scales = {(row.role, row.leg_seq): row for row in weighings}
    moistures = {(row.role, row.leg_seq): row for row in tests}
    found: dict[tuple[WeighingRole, int], Weighed] = {}
    for key in scales.keys() | moistures.keys():
        scale, moisture = scales.get(key), moistures.get(key)
        found[key] = Weighed(
            at=(scale or moistures[key]).at,
            gross_kg=None if scale is None else scale.gross_kg,
            tare_kg=None if scale is None else scale.tare_kg,
            scale_code=None if scale is None else scale.scale_code,
            ticket=None if scale is None else scale.ticket,
            scale_ticket_id=None if scale is None else scale.scale_ticket_id,
            moisture_fraction=None if moisture is None else moisture.moisture_fraction,
            u_moisture_fraction=None if moisture is None else moisture.u_moisture_fraction,
            moisture_method=None if moisture is None else moisture.method,
        )
    return found


def receipt_of(session: Session, manifest_id: int) -> Receipt | None:
    return session.scalar(select(Receipt).where(Receipt.manifest_id == manifest_id))


def arrival_of(session: Session, manifest_id: int) -> Weighed | None:
    """What the gate wrote down."""
    row = session.scalar(select(GateArrival).where(GateArrival.manifest_id == manifest_id))
    if row is None:
        return None
    return Weighed(
        at=row.at,
        gross_kg=row.gross_kg,
        scale_code=row.scale_code,
        ticket=row.ticket,
        scale_ticket_id=row.scale_ticket_id,
    )


def parts_out(session: Session, manifest_id: int) -> tuple[Part, ...]:
    """What travels on under children that were issued and not cancelled."""
    return _parts(session, ManifestLink.child_id, ManifestLink.parent_id == manifest_id, live=True)


def parts_in(session: Session, manifest_id: int) -> tuple[Part, ...]:
    """What it carries on of its parents."""
    return _parts(session, ManifestLink.parent_id, ManifestLink.child_id == manifest_id, live=False)


def _parts(session: Session, other: Any, condition: ColumnElement[bool], *, live: bool) -> tuple[Part, ...]:
    query = (
        select(Manifest.id, Manifest.number, Manifest.custody_state, ManifestLink.wet_kg, ManifestLink.dry_kg)
        .join(Manifest, Manifest.id == other)
        .where(condition)
        .order_by(ManifestLink.id)
    )
    if live:
        query = query.where(Manifest.custody_state.not_in(NOT_LIVE))
    return tuple(Part(*row) for row in session.execute(query))


def stock_of(session: Session, row: Manifest) -> tuple[float, float | None, str | None]:
    """(wet kg, dry kg or None where unknown, pile) of this load as it lies since it was last put down.

    As it went in, and as surveys of the pile corrected it; what children took is not subtracted.
    """
    move = IN_A_PILE.get(row.custody_state)
    if move is None:
        return 0.0, None, None
    entries = session.execute(
        select(StockEntry.move, StockEntry.wet_kg, StockEntry.dry_kg, StockEntry.pile)
        .where(StockEntry.manifest_id == row.id, StockEntry.move.in_((move, StockMove.MEASURED)))
        .order_by(StockEntry.id)
    ).all()
    starts = [index for index, entry in enumerate(entries) if entry.move is move]
    stay = entries[starts[-1] :] if starts else []
    if not stay:
        return 0.0, None, None
    dry = [entry.dry_kg for entry in stay]
    dry_kg = None if None in dry else sum(each for each in dry if each is not None)
    return sum(entry.wet_kg for entry in stay), dry_kg, stay[0].pile


def in_dispute(session: Session, manifest_id: int) -> tuple[int, bool]:
    """(how many open cases are about it, does a finding of a mass gap wait for a decision)."""
    about = (
        select(Finding.key)
        .join(FindingManifest, FindingManifest.finding_id == Finding.id)
        .where(FindingManifest.manifest_id == manifest_id, Finding.current, ~Finding.retracted)
    )
    cases = session.scalar(
        select(func.count(func.distinct(Case.id)))
        .join(CaseFinding, CaseFinding.case_id == Case.id)
        .where(CaseFinding.finding_key.in_(about), Case.state != CaseState.CLOSED)
    )
    decided = select(Decision.finding_key)
    gap = session.scalar(
        select(exists(about.where(Finding.kind.in_(GAPS), Finding.key.not_in(decided)).subquery().select()))
    )
    return cases or 0, bool(gap)
