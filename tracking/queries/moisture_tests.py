"""How wet was what was moved: every test of moisture of the loads that the viewer sees?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models.custody_words import MoistureMethod
from models.manifests import Manifest, MoistureTest
from models.values import Viewer
from models.vocabulary import WeighingRole
from tracking.queries.keyset import Key, Order, Page, continued, page_of
from tracking.queries.visibility import in_sight, manifests_visible


@dataclass(frozen=True, slots=True)
class MoistureRow:
    """A test of one load; `u_moisture_fraction`: standard uncertainty, absolute, as far as it was stated."""

    id: int
    number: str
    role: WeighingRole
    leg_seq: int
    at: datetime
    moisture_fraction: float
    u_moisture_fraction: float | None
    u_basis: str | None
    method: MoistureMethod | None


def moisture_page(
    session: Session, viewer: Viewer, manifest: str | None, after: Key | None, limit: int
) -> Page[MoistureRow]:
    """A page of the tests, of the manifests issued last first; of one manifest where it is named."""
    query = tests_seen(viewer)
    if manifest is not None:
        query = query.where(Manifest.number == manifest)
    query, issued = in_sight(query, viewer)
    order = Order(issued.column, MoistureTest.id.expression)
    rows = session.execute(continued(query, order, after, limit)).all()
    return page_of(rows, limit, lambda row: (row.issued_at, row.id)).map(_row)


def moisture_by_id(session: Session, test_id: int, viewer: Viewer) -> MoistureRow | None:
    """One test of a load that the viewer sees."""
    row = session.execute(tests_seen(viewer).where(MoistureTest.id == test_id)).first()
    return None if row is None else _row(row)


def tests_seen(viewer: Viewer) -> Select[Any]:
    """Tests of the manifests that the viewer sees."""
    test = MoistureTest
    columns: list[Any] = [test.id, Manifest.number, test.role, test.leg_seq, test.at, test.moisture_fraction]
    columns += [test.u_moisture_fraction, test.u_basis, test.method, Manifest.issued_at]
    query = select(*columns).join(Manifest, Manifest.id == test.manifest_id)
    return query.where(manifests_visible(viewer))


def _row(row: Any) -> MoistureRow:
    return MoistureRow(*tuple(row)[:-1])
