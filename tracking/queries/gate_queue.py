"""Who comes to the gate, when, with what; who stands at it; what lies at the own wharf or store?

The expected arrival comes from the vehicle's newest fix (tracking/rules/expected_arrival.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from models.facilities import Route
from models.manifests import CustodyEvent, Leg, Manifest
from models.values import RouteLine, Viewer
from models.vocabulary import CustodyState
from tracking.queries.live_positions import Place, newest_places
from tracking.queries.loads import LoadRow, loads_where
from tracking.queries.own_places import own_place_ids
from tracking.rules.expected_arrival import expected_arrival

HERE = (CustodyState.AT_TRANSFER, CustodyState.IN_STORE)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Coming:
    """A load on its way to one of the viewer's places; `eta` is None where nothing tells it."""

    load: LoadRow
    eta: datetime | None
    seen: Place | None  # where its vehicle was last, and when

    def within_the_hour(self, now: datetime) -> bool:
        return self.eta is not None and self.eta <= now + HOUR


@dataclass(frozen=True, slots=True)
class GateQueue:
    """Everything that concerns the gates of one organisation now."""

    coming: tuple[Coming, ...]
    at_gate: tuple[LoadRow, ...]
    here: tuple[LoadRow, ...]  # at the own wharf or in the own store


def gate_queue(session: Session, viewer: Viewer, now: datetime) -> GateQueue:
    """The queue as of `now`: the next to arrive first, then those of whom nothing is known."""
    under_way = Manifest.custody_state == CustodyState.IN_TRANSIT
    arrived = Manifest.custody_state == CustodyState.ARRIVED
    receiver = func.coalesce(Manifest.received_at_id, Manifest.destination_id)
    coming = loads_where(session, viewer, under_way & on_leg_to_own(viewer))
    return GateQueue(
        with_eta(session, coming, now),
        tuple(loads_where(session, viewer, arrived & receiver.in_(own_place_ids(viewer)))),
        tuple(loads_where(session, viewer, Manifest.custody_state.in_(HERE) & on_leg_to_own(viewer))),
    )


def on_leg_to_own(viewer: Viewer) -> ColumnElement[bool]:
    """The leg that it is on, or was on last, ends at one of the viewer's places."""
    legs = select(Leg.id).where(
        Leg.manifest_id == Manifest.id, Leg.seq == Manifest.leg_seq, Leg.to_id.in_(own_place_ids(viewer))
    )
    return legs.exists()


def with_eta(session: Session, loads: Sequence[LoadRow], now: datetime) -> tuple[Coming, ...]:
    """Each with its expected arrival, the next first."""
    legs = [row.current for row in loads if row.current is not None]
    seen = newest_places(session, {leg.vehicle_id for leg in legs if leg.vehicle_id is not None}, now)
    routes = routes_of(session, {leg.route_id for leg in legs if leg.route_id is not None})
    departed = departures(session, [row.id for row in loads])
    coming = [coming_of(row, seen, routes, departed) for row in loads]
    return tuple(
        sorted(coming, key=lambda one: (one.eta is None, one.eta or one.load.issued_at, one.load.id))
    )


def coming_of(
    row: LoadRow,
    seen: Mapping[int, Place],
    routes: Mapping[int, tuple[RouteLine, float | None]],
    departed: Mapping[int, datetime],
) -> Coming:
    leg = row.current
    place = None if leg is None else seen.get(leg.vehicle_id or 0)
    line, minutes = routes.get(0 if leg is None else leg.route_id or 0, (None, None))
    fix = None if place is None else (place.at, place.lat, place.lon)
    return Coming(row, expected_arrival(minutes, line, departed.get(row.id), fix), place)


def routes_of(session: Session, ids: set[int]) -> dict[int, tuple[RouteLine, float | None]]:
    """route id → its line and planned minutes."""
    if not ids:
        return {}
    rows = session.scalars(select(Route).where(Route.id.in_(sorted(ids))))
    return {row.id: (route_line(row), row.planned_minutes) for row in rows}


def route_line(row: Route) -> RouteLine:
    line = tuple((float(lon), float(lat)) for lon, lat in row.line)
    return RouteLine(
        id=row.id,
        code=row.code,
        origin_id=row.origin_id,
        destination_id=row.destination_id,
        mode=row.mode,
        line=line,
        corridor_m=row.corridor_m,
        planned_minutes=row.planned_minutes,
    )


def departures(session: Session, ids: Sequence[int]) -> dict[int, datetime]:
    """manifest id → when its present leg began."""
    if not ids:
        return {}
    began = and_(
        CustodyEvent.manifest_id == Manifest.id,
        CustodyEvent.to_state == CustodyState.IN_TRANSIT,
        CustodyEvent.leg_seq == Manifest.leg_seq,
    )
    query = (
        select(Manifest.id, func.max(CustodyEvent.at))
        .join(CustodyEvent, began)
        .where(Manifest.id.in_(ids))
        .group_by(Manifest.id)
    )
    found = session.execute(query)
    return {row_id: at if at.tzinfo else at.replace(tzinfo=UTC) for row_id, at in found}
