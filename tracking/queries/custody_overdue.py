"""Which manifests wait longer than they should? The regulator's queue, the longest overdue first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.manifests import Manifest
from models.organisations import Organisation
from models.values import Viewer
from models.vocabulary import CustodyState
from tracking.queries.keyset import Key, Order, Page, continued, page_of
from tracking.queries.names import Name
from tracking.queries.visibility import manifests_visible


@dataclass(frozen=True, slots=True)
class OverdueManifest:
    """A manifest that should have left its state at `due_at`; `custodian` answers for the load."""

    id: int
    number: str
    state: CustodyState
    due_at: datetime
    custodian: Name | None


def overdue_manifests(
    session: Session, viewer: Viewer, after: Key | None = None, limit: int = 50
) -> Page[OverdueManifest]:
    """Overdue manifests that the viewer may see."""
    query: Any = (
        select(
            Manifest.id,
            Manifest.number,
            Manifest.custody_state,
            Manifest.due_at,
            Organisation.code,
            Organisation.name,
            Organisation.name_en,
        )
        .join(Organisation, Organisation.id == Manifest.custodian_id, isouter=True)
        .where(Manifest.overdue, Manifest.due_at.is_not(None), manifests_visible(viewer))
    )
    order = Order(Manifest.due_at.expression, Manifest.id.expression, descending=False)
    rows = [
        OverdueManifest(row[0], row[1], row[2], row[3], None if row[4] is None else Name(*row[4:7]))
        for row in session.execute(continued(query, order, after, limit))
    ]
    return page_of(rows, limit, lambda row: (row.due_at, row.id))
