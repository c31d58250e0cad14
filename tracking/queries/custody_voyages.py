"""Which voyages 航次 are there, what is aboard, and what waits on the quay?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import Session, aliased

from models.custody_words import Act
from models.facilities import Facility
from models.fleet import Vehicle
from models.lineage import Voyage
from models.manifests import Leg, Manifest
from models.values import Viewer
from models.vocabulary import CustodyState, Role
from tracking.queries.keyset import Key, Order, Page, continued, page_of
from tracking.queries.visibility import manifests_visible

WAITS_IN = {Act.DEPART: CustodyState.LOADED, Act.TAKE_OVER: CustodyState.AT_TRANSFER}


@dataclass(frozen=True, slots=True)
class VoyageRow:
    """A voyage by codes."""

    id: int
    code: str
    vehicle: str
    origin: str
    destination: str
    opened_at: datetime
    departed_at: datetime | None
    arrived_at: datetime | None


@dataclass(frozen=True, slots=True)
class VoyageLoads:
    """A voyage with the numbers of its manifests: all that it carried, what is aboard, what waits for it."""

    voyage: VoyageRow
    carried: tuple[str, ...]
    aboard: tuple[str, ...]
    waiting: tuple[str, ...]


def voyages_visible(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on Voyage: one's own vessel's, and those from or to one's own places."""
    if viewer.sees_all:
        return true()
    if viewer.organisation_id is None:
        return false()
    if viewer.role in (Role.HAULER, Role.DRIVER):
        own = select(Vehicle.id).where(Vehicle.organisation_id == viewer.organisation_id)
        return Voyage.vehicle_id.in_(own)
    places = select(Facility.id).where(Facility.organisation_id == viewer.organisation_id)
    return or_(Voyage.from_id.in_(places), Voyage.to_id.in_(places))


def aboard(code: str) -> ColumnElement[bool]:
    """The condition on Manifest and Leg: on its way with this voyage."""
    return and_(
        Leg.voyage == code,
        Leg.seq == Manifest.leg_seq,
        Manifest.custody_state == CustodyState.IN_TRANSIT,
    )


def waiting(voyage: Voyage, act: Act) -> ColumnElement[bool]:
    """The condition on Manifest and Leg: its next leg is this vessel's between these places."""
    return and_(
        Leg.vehicle_id == voyage.vehicle_id,
        Leg.from_id == voyage.from_id,
        Leg.to_id == voyage.to_id,
        Leg.seq == Manifest.leg_seq + 1,
        Manifest.custody_state == WAITS_IN[act],
    )


def voyages(session: Session, viewer: Viewer, after: Key | None = None, limit: int = 50) -> Page[VoyageRow]:
    """Voyages, the newest first."""
    order = Order(Voyage.opened_at.expression, Voyage.id.expression)
    rows = session.execute(continued(rows_where(voyages_visible(viewer)), order, after, limit)).all()
    return page_of([VoyageRow(*row) for row in rows], limit, lambda row: (row.opened_at, row.id))


def rows_where(condition: ColumnElement[bool]) -> Any:
    """Voyages with the codes of vessel and places."""
    origin, destination = aliased(Facility), aliased(Facility)
    return (
        select(
            Voyage.id,
            Voyage.code,
            Vehicle.code,
            origin.code,
            destination.code,
            Voyage.opened_at,
            Voyage.departed_at,
            Voyage.arrived_at,
        )
        .join(Vehicle, Vehicle.id == Voyage.vehicle_id)
        .join(origin, origin.id == Voyage.from_id)
        .join(destination, destination.id == Voyage.to_id)
        .where(condition)
    )


def voyage_loads(session: Session, code: str, viewer: Viewer) -> VoyageLoads | None:
    """One voyage with its manifests, as far as the viewer may see both; None: there is none."""
    condition = and_(Voyage.code == code, voyages_visible(viewer))
    found = session.execute(rows_where(condition)).first()
    row = session.scalar(select(Voyage).where(condition))
    if found is None or row is None:
        return None
    quay = or_(waiting(row, Act.TAKE_OVER), waiting(row, Act.DEPART))
    return VoyageLoads(
        VoyageRow(*found),
        numbers(session, Leg.voyage == code, viewer),
        numbers(session, aboard(code), viewer),
        numbers(session, quay, viewer) if row.departed_at is None else (),
    )


def numbers(session: Session, condition: ColumnElement[bool], viewer: Viewer) -> tuple[str, ...]:
    """Numbers of the manifests that fit, oldest first."""
    query = select(Manifest.number).join(Leg, Leg.manifest_id == Manifest.id)
    seen = manifests_visible(viewer)
    return tuple(session.scalars(query.where(condition, seen).order_by(Manifest.id)).unique())
