"""What does a plant or works send today, what waits in its yard, and what became of the day before?"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from models.facilities import Facility
from models.manifests import Manifest, Receipt
from models.values import Viewer
from models.vocabulary import CustodyState
from tracking.queries.data_day import Day
from tracking.queries.few import in_few
from tracking.queries.keyset import Key, Order, Page, continued, page_of
from tracking.queries.loads import AT_A_TIME, LoadRow, load_rows, loads_query, oldest_loads
from tracking.queries.visibility import manifests_visible

IN_YARD = (CustodyState.ISSUED, CustodyState.LOADED)
ON_THE_WAY = (
    CustodyState.IN_TRANSIT,
    CustodyState.AT_TRANSFER,
    CustodyState.IN_STORE,
    CustodyState.ARRIVED,
)
TAKEN = (CustodyState.ACCEPTED, CustodyState.DISPOSED, CustodyState.CLOSED)
NOT_TAKEN = (CustodyState.PART_ACCEPTED, CustodyState.REJECTED, CustodyState.ABORTED)


@dataclass(frozen=True, slots=True)
class DayFigures:
    """What became of the loads of a day, counted; masses kg wet."""

    issued: int
    in_yard: int
    on_the_way: int
    taken: int
    not_taken: int
    accepted_kg: float
    refused_kg: float


def own_loads(viewer: Viewer) -> ColumnElement[bool]:
    """Loads that the viewer's organisation sends: it issued them, or they leave one of its places."""
    own = select(Facility.id).where(Facility.organisation_id == viewer.organisation_id)
    return or_(Manifest.issuer_id == viewer.organisation_id, Manifest.origin_id.in_(own))


def drafts(
    session: Session, viewer: Viewer, after: Key | None = None, limit: int = AT_A_TIME
) -> Page[LoadRow]:
    """What the viewer's organisation has drawn up and not issued, the oldest first."""
    author = Manifest.issuer_id == viewer.organisation_id
    condition = author & in_few([CustodyState.DRAFT])
    return oldest_loads(session, viewer, condition, after, limit)


def in_yard(
    session: Session, viewer: Viewer, after: Key | None = None, limit: int = AT_A_TIME
) -> Page[LoadRow]:
    """Issued and not yet gone, of whatever day, the oldest first: to weigh, and to hand to the driver."""
    condition = own_loads(viewer) & in_few(IN_YARD)
    return oldest_loads(session, viewer, condition, after, limit)


def loads_of_day(
    session: Session, viewer: Viewer, day: Day, after: Key | None = None, limit: int = AT_A_TIME
) -> Page[LoadRow]:
    """The loads issued on a day, the newest first."""
    order = Order(Manifest.issued_at.expression, Manifest.id.expression)
    query: Any = loads_query(viewer).where(of_day(viewer, day))
    rows = load_rows(session, continued(query, order, after, limit), viewer)
    return page_of(rows, limit, lambda row: (row.issued_at, row.id))


def figures_of_day(session: Session, viewer: Viewer, day: Day) -> DayFigures:
    """What became of the loads issued on a day."""
    query = (
        select(
            Manifest.custody_state,
            func.count(),
            func.coalesce(func.sum(Receipt.accepted_kg), 0.0),
            func.coalesce(func.sum(Receipt.refused_kg), 0.0),
        )
        .join(Receipt, Receipt.manifest_id == Manifest.id, isouter=True)
        .where(manifests_visible(viewer), of_day(viewer, day))
        .group_by(Manifest.custody_state)
    )
    rows = session.execute(query).all()
    counted = {state: count for state, count, _accepted, _refused in rows}
    return DayFigures(
        issued=sum(counted.values()),
        in_yard=sum(counted.get(state, 0) for state in IN_YARD),
        on_the_way=sum(counted.get(state, 0) for state in ON_THE_WAY),
        taken=sum(counted.get(state, 0) for state in TAKEN),
        not_taken=sum(counted.get(state, 0) for state in NOT_TAKEN),
        accepted_kg=sum(row[2] or 0.0 for row in rows),
        refused_kg=sum(row[3] or 0.0 for row in rows),
    )


def of_day(viewer: Viewer, day: Day) -> ColumnElement[bool]:
    """Sent by the viewer's organisation and issued on that day; a draft is not issued."""
    issued = (Manifest.issued_at >= day.start) & (Manifest.issued_at < day.end)
    return own_loads(viewer) & issued & (Manifest.custody_state != CustodyState.DRAFT)
