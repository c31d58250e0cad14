"""Who comes to the gate, when, with what; who stands at it; what lies at the own wharf or store?

The expected arrival comes from the vehicle's newest fix (tracking/rules/expected_arrival.py).
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from models.facilities import Route
from models.manifests import CustodyEvent, Leg, Manifest
from models.values import RouteLine, Viewer
from models.vocabulary import CustodyState
from tracking.queries.few import few_by_issue, in_few
from tracking.queries.keyset import Key, Page
from tracking.queries.live_positions import Place, newest_places
from tracking.queries.loads import LoadRow, load_rows, loads_query, oldest_loads
from tracking.queries.own_places import own_place_ids
from tracking.queries.visibility import manifests_visible
from tracking.rules.expected_arrival import expected_arrival

HERE = (CustodyState.AT_TRANSFER, CustodyState.IN_STORE)
HOUR = timedelta(hours=1)
NONE: Page[Any] = Page((), None)
FOLLOWED = 500
"""Of so many loads under way the arrival is worked out each time: more than gates take in within an hour."""


@dataclass(frozen=True, slots=True)
class Coming:
    """A load on its way to one of the viewer's places; `eta` is None where nothing tells it."""

    load: LoadRow
    eta: datetime | None
    seen: Place | None  # where its vehicle was last, and when


@dataclass(frozen=True, slots=True)
class GateQueue:
    """Everything that concerns the gates of one organisation now; a list that was not asked for is empty."""

    soon: tuple[Coming, ...] = ()  # within the hour, the next to arrive first
    later: Page[Coming] = NONE
    at_gate: Page[LoadRow] = NONE
    here: Page[LoadRow] = NONE  # at the own wharf or in the own store

    @property
    def coming(self) -> tuple[Coming, ...]:
        """All that are shown on their way."""
        return self.soon + self.later.rows


def gate_queue(
    session: Session, viewer: Viewer, now: datetime, chosen: str | None = None, after: Key | None = None
) -> GateQueue:
    """The queue as of `now`; `chosen`, one of LISTS, alone from behind `after` on."""
    if chosen is not None:
        alone: dict[str, Any] = {chosen: LISTS[chosen](session, viewer, now, after)}
        return GateQueue(**alone)
    soon = coming_soon(session, viewer, now)
    later = coming_later(session, viewer, now, None, {one.load.id for one in soon})
    return GateQueue(
        soon, later, at_gate(session, viewer, now, None), at_own_place(session, viewer, now, None)
    )


def coming_soon(session: Session, viewer: Viewer, now: datetime) -> tuple[Coming, ...]:
    """Who is expected within the hour (or is late), of the FOLLOWED loads that were issued last."""
    columns = (Manifest.id, Leg.vehicle_id, Leg.route_id)
    on_leg = and_(Leg.manifest_id == Manifest.id, Leg.seq == Manifest.leg_seq)
    query = (
        select(*columns)
        .join(Leg, on_leg)
        .where(
            manifests_visible(viewer),
            in_few([CustodyState.IN_TRANSIT]),
            Leg.to_id.in_(own_place_ids(viewer)),
        )
        .order_by(few_by_issue().column.desc(), Manifest.id.desc())
        .limit(FOLLOWED)
    )
    found = Expectation(session, [(row[0], row[1], row[2]) for row in session.execute(query)], now)
    ids = [row_id for row_id, eta in found.etas.items() if eta is not None and eta <= now + HOUR]
    if not ids:
        return ()
    rows = load_rows(session, loads_query(viewer).where(Manifest.id.in_(ids)), viewer)
    return by_arrival(found.coming(row) for row in rows)


def coming_later(
    session: Session, viewer: Viewer, now: datetime, after: Key | None, shown: Collection[int] = ()
) -> Page[Coming]:
    """Who else is under way, the oldest first; those of one page by arrival."""
    under_way = in_few([CustodyState.IN_TRANSIT]) & on_leg_to_own(viewer)
    if shown:
        under_way &= Manifest.id.not_in(sorted(shown))
    page = oldest_loads(session, viewer, under_way, after)
    legs = [(row.id, row.current.vehicle_id, row.current.route_id) for row in page.rows if row.current]
    found = Expectation(session, legs, now)
    return Page(by_arrival(found.coming(row) for row in page.rows), page.after)


def at_gate(session: Session, viewer: Viewer, _now: datetime, after: Key | None) -> Page[LoadRow]:
    """Who stands at one of the viewer's gates and waits for a decision."""
    receiver = func.coalesce(Manifest.received_at_id, Manifest.destination_id)
    arrived = in_few([CustodyState.ARRIVED])
    return oldest_loads(session, viewer, arrived & receiver.in_(own_place_ids(viewer)), after)


def at_own_place(session: Session, viewer: Viewer, _now: datetime, after: Key | None) -> Page[LoadRow]:
    """What lies at the viewer's own wharf or store."""
    return oldest_loads(session, viewer, in_few(HERE) & on_leg_to_own(viewer), after)


LISTS: dict[str, Callable[[Session, Viewer, datetime, Key | None], Page[Any]]] = {
    "later": coming_later,
    "at_gate": at_gate,
    "here": at_own_place,
}


def on_leg_to_own(viewer: Viewer) -> ColumnElement[bool]:
    """The leg that it is on, or was on last, ends at one of the viewer's places."""
    legs = select(Leg.id).where(
        Leg.manifest_id == Manifest.id, Leg.seq == Manifest.leg_seq, Leg.to_id.in_(own_place_ids(viewer))
    )
    return legs.exists()


class Expectation:
    """When loads under way are expected: (manifest id, vehicle id, route id) of their present legs."""

    def __init__(
        self, session: Session, legs: Sequence[tuple[int, int | None, int | None]], now: datetime
    ) -> None:
        vehicles = {vehicle_id for _id, vehicle_id, _route in legs if vehicle_id is not None}
        places = newest_places(session, vehicles, now)
        routes = routes_of(session, {route_id for *_others, route_id in legs if route_id is not None})
        departed = departures(session, [row_id for row_id, *_others in legs])
        self.seen = {row_id: places.get(vehicle_id or 0) for row_id, vehicle_id, _route in legs}
        self.etas: dict[int, datetime | None] = {}
        for row_id, _vehicle, route_id in legs:
            line, minutes = routes.get(route_id or 0, (None, None))
            place = self.seen[row_id]
            fix = None if place is None else (place.at, place.lat, place.lon)
            self.etas[row_id] = expected_arrival(minutes, line, departed.get(row_id), fix)

    def coming(self, row: LoadRow) -> Coming:
        """The load with what is expected of it."""
        return Coming(row, self.etas.get(row.id), self.seen.get(row.id))


def by_arrival(coming: Iterable[Coming]) -> tuple[Coming, ...]:
    """The next to arrive first, then those of whom nothing is known, by age."""
    return tuple(
        sorted(coming, key=lambda one: (one.eta is None, one.eta or one.load.issued_at, one.load.id))
    )


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
