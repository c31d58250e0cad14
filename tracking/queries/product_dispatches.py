"""What has left the viewer's sites as a product, for which use, to whom?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.facilities import Facility
from models.lineage import ProductDispatch
from models.values import Viewer
from models.vocabulary import DisposalMethod
from tracking.queries.keyset import Key, Order, Page, continued, page_of
from tracking.queries.names import Name
from tracking.queries.visibility import facilities_visible

AT_A_TIME = 50


@dataclass(frozen=True, slots=True)
class DispatchRow:
    """One dispatch; mass kg wet."""

    id: int
    number: str
    facility: Name
    product: str
    method: DisposalMethod | None
    mass_kg: float
    use: str
    receiver: str
    vehicle: str | None
    at: datetime


def product_dispatches(
    session: Session, viewer: Viewer, after: Key | None = None, limit: int = AT_A_TIME
) -> Page[DispatchRow]:
    """The newest first."""
    order = Order(ProductDispatch.at.expression, ProductDispatch.id.expression)
    found = session.execute(continued(_dispatches(viewer), order, after, limit))
    return page_of([_row(row) for row in found], limit, lambda row: (row.at, row.id))


def dispatch_by_number(session: Session, number: str, viewer: Viewer) -> DispatchRow | None:
    """One dispatch of a site that the viewer sees."""
    row = session.execute(_dispatches(viewer).where(ProductDispatch.number == number)).first()
    return None if row is None else _row(row)


def _dispatches(viewer: Viewer) -> Any:
    return (
        select(ProductDispatch, Facility.code, Facility.name, Facility.name_en)
        .join(Facility, Facility.id == ProductDispatch.facility_id)
        .where(facilities_visible(viewer))
    )


def _row(found: Any) -> DispatchRow:
    row, code, zh, en = found
    return DispatchRow(
        row.id,
        row.number,
        Name(code, zh, en),
        row.product,
        row.method,
        row.mass_kg,
        row.use,
        row.receiver,
        row.vehicle,
        row.at,
    )
