"""What lies in the piles of one's own places, wet and dry, and which loads wait for their disposal?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models.custody_words import StockMove
from models.facilities import Facility
from models.lineage import StockEntry
from models.manifests import Manifest
from models.sight import PileSum
from models.values import Viewer
from models.vocabulary import CustodyState
from tracking.queries.few import few_by_issue, in_few
from tracking.queries.keyset import Key, Order, Page, continued, page_of
from tracking.queries.loads import LoadRow, load_rows, loads_query
from tracking.queries.names import Name
from tracking.queries.own_places import own_place_ids
from tracking.queries.visibility import facilities_visible

ACCEPTED = (CustodyState.ACCEPTED, CustodyState.PART_ACCEPTED)
AT_A_TIME = 50


@dataclass(frozen=True, slots=True)
class Pile:
    """A pile by its books. `dry_kg` is None where the moisture of a part of it is unknown."""

    facility: Name
    pile: str
    wet_kg: float
    dry_kg: float | None
    entries: int
    newest: datetime

    @property
    def moisture_fraction(self) -> float | None:
        """Of the whole pile, where both masses are known and it is not empty."""
        if self.dry_kg is None or self.wet_kg <= 0:
            return None
        return min(max(1 - self.dry_kg / self.wet_kg, 0.0), 1.0)


@dataclass(frozen=True, slots=True)
class StockMovement:
    """A line of a pile's ledger."""

    id: int
    facility: Name
    pile: str
    move: StockMove
    number: str | None
    wet_kg: float
    dry_kg: float | None
    at: datetime
    note: str | None


def piles(session: Session, viewer: Viewer) -> list[Pile]:
    """The piles of the viewer's own places, by place and name."""
    columns: list[Any] = [Facility.code, Facility.name, Facility.name_en, PileSum.pile, PileSum.wet_kg]
    columns += [PileSum.dry_kg, PileSum.unknown, PileSum.entries, PileSum.newest_at]
    query = (
        select(*columns)
        .join(Facility, Facility.id == PileSum.facility_id)
        .where(facilities_visible(viewer))
        .order_by(Facility.code, PileSum.pile)
    )
    return [
        Pile(Name(code, zh, en), pile, wet, None if unknown else dry, count, newest)
        for code, zh, en, pile, wet, dry, unknown, count, newest in session.execute(query)
    ]


def movements(
    session: Session, viewer: Viewer, after: Key | None = None, limit: int = AT_A_TIME
) -> Page[StockMovement]:
    """The ledger of the viewer's piles, the newest first.

    Of a party the ledger of each place is read in its own order: among all piles of the city its own would be
    looked for in vain.
    """
    order = Order(StockEntry.at.expression, StockEntry.id.expression)
    ledgers = [_ledger(viewer)]
    if not viewer.sees_all:
        own = select(PileSum.facility_id).join(Facility, Facility.id == PileSum.facility_id)
        places = session.scalars(own.where(facilities_visible(viewer)).distinct()).all()
        ledgers = [ledgers[0].where(StockEntry.facility_id == place) for place in places]
    found = [
        _movement(row)
        for ledger in ledgers
        for row in session.execute(continued(ledger, order, after, limit))
    ]
    found.sort(key=lambda row: (row.at, row.id), reverse=True)
    return page_of(found[: limit + 1], limit, lambda row: (row.at, row.id))


def movement_by_id(session: Session, entry_id: int, viewer: Viewer) -> StockMovement | None:
    """One line of the ledger of the viewer's piles."""
    row = session.execute(_ledger(viewer).where(StockEntry.id == entry_id)).first()
    return None if row is None else _movement(row)


def _movement(row: Any) -> StockMovement:
    return StockMovement(row[0], Name(row[1], row[2], row[3]), *tuple(row)[4:])


def _ledger(viewer: Viewer) -> Select[Any]:
    query: Any = (
        select(
            StockEntry.id,
            *(Facility.code, Facility.name, Facility.name_en),
            StockEntry.pile,
            StockEntry.move,
            Manifest.number,
            StockEntry.wet_kg,
            StockEntry.dry_kg,
            StockEntry.at,
            StockEntry.note,
        )
        .join(Facility, Facility.id == StockEntry.facility_id)
        .join(Manifest, Manifest.id == StockEntry.manifest_id, isouter=True)
        .where(facilities_visible(viewer))
    )
    chosen: Select[Any] = query
    return chosen


def waiting_for_disposal(
    session: Session, viewer: Viewer, after: Key | None = None, limit: int = AT_A_TIME
) -> Page[LoadRow]:
    """Loads that were accepted and not disposed of, the newest first."""
    query: Any = loads_query(viewer).where(
        in_few(ACCEPTED),
        func.coalesce(Manifest.received_at_id, Manifest.destination_id).in_(own_place_ids(viewer)),
    )
    rows = load_rows(
        session,
        continued(query, few_by_issue(descending=True), after, limit),
        viewer,
    )
    return page_of(rows, limit, lambda row: (row.issued_at, row.id))
