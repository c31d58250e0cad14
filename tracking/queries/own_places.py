"""Which plants, gates, wharves and stores are the viewer's own?"""

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models.facilities import Facility
from models.values import Viewer
from models.vocabulary import DisposalMethod, FacilityKind
from tracking.queries.names import Name


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """One of them, with how it disposes of sludge where it does."""

    id: int
    name: Name
    kind: FacilityKind
    method: DisposalMethod | None


def own_places(session: Session, viewer: Viewer) -> list[OwnPlace]:
    """By code."""
    query = select(Facility).where(Facility.id.in_(own_place_ids(viewer))).order_by(Facility.code)
    return [
        OwnPlace(row.id, Name(row.code, row.name, row.name_en), row.kind, row.method)
        for row in session.scalars(query)
    ]


def own_place_ids(viewer: Viewer) -> Select[int]:
    """Row ids of the places of the viewer's organisation; nobody's for somebody without one."""
    return select(Facility.id).where(Facility.organisation_id == viewer.organisation_id)
