"""What is the custody of one manifest? Its rows as the values that guards look at.

Reads only what the state can have: a manifest in transit has no receipt, a plain one no parents. Queries
count here, for every step of every load comes through.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Executable, Row
from sqlalchemy.orm import Session

from models.custody_words import StockMove
from models.manifests import Leg
from models.values import Viewer
from models.vocabulary import CustodyState, ManifestKind, WeighingRole
from tracking.queries.custody_statements import (
    BESIDE,
    BY_ID,
    BY_ID_KEPT,
    PARTS_IN,
    PARTS_OUT,
    RECEPTION,
    STOCK,
    WEIGHINGS,
    seen_by,
)
from tracking.rules.custody.facts import Custody, Part, Stretch, Weighed

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
UNWEIGHED = frozenset({CustodyState.DRAFT, CustodyState.ISSUED, CustodyState.EXPIRED})
"""States in which nothing was weighed yet."""
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
    row = session.execute(seen_by(viewer, lock=lock), {"key": number}).first()
    return None if row is None else custody_of(session, row)


def is_seen(session: Session, number: str, viewer: Viewer) -> bool:
    """Is there such a manifest for the viewer?"""
    return session.execute(seen_by(viewer), {"key": number}).first() is not None


def custody_by_id(session: Session, manifest_id: int, *, lock: bool = False) -> Custody | None:
    """The manifest with this row id, whoever asks."""
    row = session.execute(BY_ID_KEPT if lock else BY_ID, {"key": manifest_id}).first()
    return None if row is None else custody_of(session, row)


def custody_of(session: Session, row: Row[Any]) -> Custody:
    """The values of a row of `standing`, fresh even where the session has seen the manifest before."""
    one = {"manifest_id": row.id}
    beside = session.execute(BESIDE, one).all()
    received = session.execute(RECEPTION, one).one() if row.custody_state not in BEFORE_ARRIVAL else None
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
        last_event_at=aware(beside[0].last_event_at) or row.issued_at,
        place=None if row.place_lat is None or row.place_lon is None else (row.place_lat, row.place_lon),
        legs=tuple(stretch(leg) for leg in beside if leg.id is not None),
        weighed={} if row.custody_state in UNWEIGHED else weighed_of(session.execute(WEIGHINGS, one)),
        arrival=None if received is None or received.gate_id is None else arrival_of(received),
        decision=None if received is None else received.decision,
        accepted_kg=None if received is None else received.accepted_kg,
        refused_kg=None if received is None else received.refused_kg,
        parts_out=() if row.custody_state in WITHOUT_CHILDREN else parts_of(session, PARTS_OUT, row.id),
        parts_in=() if row.kind is ManifestKind.NORMAL else parts_of(session, PARTS_IN, row.id),
        stored_kg=stored[0],
        stored_dry_kg=stored[1],
        store_pile=stored[2],
        departed=row.leg_seq > 0,
        on_hold=bool(beside[0].on_hold),
        correction_open=bool(beside[0].correction_open),
        parties=parties_of(row, beside),
    )


def parties_of(row: Row[Any], beside: Iterable[Row[Any]]) -> dict[int, str]:
    """Codes of who issued it, who has it and who carries it, by row id."""
    named = {row.issuer_id: row.issuer, row.custodian_id: row.custodian}
    named |= {leg.carrier_id: leg.carrier for leg in beside}
    return {row_id: code for row_id, code in named.items() if row_id is not None}


def aware(at: datetime | None) -> datetime | None:
    """A maximum keeps the column's type on PostgreSQL and loses its zone on SQLite."""
    return None if at is None else aware_moment(at)


def aware_moment(at: datetime) -> datetime:
    """The same moment in UTC where it lost its zone."""
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def stretch(leg: Leg | Row[Any]) -> Stretch:
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


def weighed_of(rows: Iterable[Row[Any]]) -> Mapping[tuple[WeighingRole, int], Weighed]:
    """Weighings with their moisture tests, by role and leg."""
    scales: dict[tuple[WeighingRole, int], Row[Any]] = {}
    tests: dict[tuple[WeighingRole, int], Row[Any]] = {}
    for row in rows:
        (scales if row.scale else tests)[(row.role, row.leg_seq)] = row
    found: dict[tuple[WeighingRole, int], Weighed] = {}
    for key in scales.keys() | tests.keys():
        scale, moisture = scales.get(key), tests.get(key)
        found[key] = Weighed(
            at=(scale or tests[key]).at,
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


def arrival_of(row: Row[Any]) -> Weighed:
    """What the gate wrote down."""
    return Weighed(
        at=row.gate_at,
        gross_kg=row.gate_gross_kg,
        scale_code=row.gate_scale_code,
        ticket=row.gate_ticket,
        scale_ticket_id=row.gate_scale_ticket_id,
    )


def parts_of(session: Session, query: Executable, manifest_id: int) -> tuple[Part, ...]:
    """What travels on under children that were issued and not cancelled, or what it carries of parents."""
    return tuple(Part(*row) for row in session.execute(query, {"manifest_id": manifest_id}))


def stock_of(session: Session, row: Row[Any]) -> tuple[float, float | None, str | None]:
    """(wet kg, dry kg or None where unknown, pile) of this load as it lies since it was last put down.

    As it went in, and as surveys of the pile corrected it; what children took is not subtracted.
    """
    move = IN_A_PILE.get(row.custody_state)
    if move is None:
        return 0.0, None, None
    moves = {"manifest_id": row.id, "moves": (move, StockMove.MEASURED)}
    entries = session.execute(STOCK, moves).all()
    starts = [index for index, entry in enumerate(entries) if entry.move is move]
    stay = entries[starts[-1] :] if starts else []
    if not stay:
        return 0.0, None, None
    dry = [entry.dry_kg for entry in stay]
    dry_kg = None if None in dry else sum(each for each in dry if each is not None)
    return sum(entry.wet_kg for entry in stay), dry_kg, stay[0].pile
