"""Which organisations and routes does the programming interface tell of, as the register has them?"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from models.facilities import Facility, Route
from models.organisations import Organisation
from models.values import Viewer
from models.vocabulary import Mode, OrganisationKind
from tracking.queries.keyset import Key, Order, Page, continued, page_of
from tracking.queries.visibility import facilities_known


@dataclass(frozen=True, slots=True)
class OrganisationTold:
    """A party as manifests name it; active from its first to its last day, blank: without end."""

    id: int
    code: str
    name: str
    name_en: str | None
    kind: OrganisationKind
    active_from: date | None
    active_to: date | None


@dataclass(frozen=True, slots=True)
class RouteTold:
    """An approved route; `line` is (lon, lat) along the way, corridor_m the half-width."""

    id: int
    code: str
    origin: str
    destination: str
    mode: Mode
    corridor_m: float
    planned_minutes: float | None
    line: list[list[float]]


def organisation_rows(session: Session, after: Key | None, limit: int) -> Page[OrganisationTold]:
    """A page of all parties, by code."""
    table = Organisation
    order = Order(table.code.expression, table.id.expression, descending=False)
    rows = session.execute(continued(organisations_told(), order, after, limit)).all()
    return page_of(rows, limit, lambda row: (row.code, row.id)).map(lambda row: OrganisationTold(*tuple(row)))


def organisation_by_code(session: Session, code: str) -> OrganisationTold | None:
    """One party."""
    row = session.execute(organisations_told().where(Organisation.code == code)).first()
    return None if row is None else OrganisationTold(*tuple(row))


def organisations_told() -> Select[Any]:
    table = Organisation
    columns: list[Any] = [table.id, table.code, table.name, table.name_en, table.kind]
    columns += [table.active_from, table.active_to]
    return select(*columns)


def route_rows(session: Session, viewer: Viewer, after: Key | None, limit: int) -> Page[RouteTold]:
    """A page of the routes between places that the viewer knows, by code."""
    order = Order(Route.code.expression, Route.id.expression, descending=False)
    rows = session.execute(continued(routes_told(viewer), order, after, limit)).all()
    return page_of(rows, limit, lambda row: (row.code, row.id)).map(lambda row: RouteTold(*tuple(row)))


def route_by_code(session: Session, code: str, viewer: Viewer) -> RouteTold | None:
    """One route between places that the viewer knows."""
    row = session.execute(routes_told(viewer).where(Route.code == code)).first()
    return None if row is None else RouteTold(*tuple(row))


def routes_told(viewer: Viewer) -> Select[Any]:
    known = select(Facility.id).where(facilities_known(viewer))
    origin, destination = aliased(Facility), aliased(Facility)
    columns: list[Any] = [
        *(Route.id, Route.code, origin.code.label("origin"), destination.code.label("destination")),
        *(Route.mode, Route.corridor_m, Route.planned_minutes, Route.line),
    ]
    return (
        select(*columns)
        .join(origin, origin.id == Route.origin_id)
        .join(destination, destination.id == Route.destination_id)
        .where(Route.origin_id.in_(known), Route.destination_id.in_(known))
    )
