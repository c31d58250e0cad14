"""Which loads stand in somebody's list of work, and what can that person sign for each of them?

One row for plant, gate, store and driver alike, in a fixed number of queries however long the list is.
Masses kg, times aware UTC.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, joinedload, selectinload

from models.corrections import Hold
from models.custody_words import Act
from models.facilities import Facility
from models.manifests import Leg, Manifest
from models.values import Viewer
from models.vocabulary import CustodyState, ManifestKind, Mode, SludgeKind, WeighingRole
from tracking.queries.custody_facts import stretch
from tracking.queries.few import few_by_issue
from tracking.queries.keyset import Key, Page, continued, page_of
from tracking.queries.manifest_paper import organisation_name
from tracking.queries.names import Name
from tracking.queries.next_steps import parties_ground, signings
from tracking.queries.visibility import manifests_visible
from tracking.rules.custody.facts import Custody

AT_A_TIME = 50
"""Rows of a page of a list of work."""


@dataclass(frozen=True, slots=True)
class LegRow:
    """A leg as a list shows it."""

    seq: int
    mode: Mode
    vehicle: Name
    vehicle_id: int | None
    carrier: Name | None
    driver: str | None
    driver_id: int | None
    origin: Name
    destination: Name
    destination_id: int
    voyage: str | None
    route_id: int | None


@dataclass(frozen=True, slots=True)
class LoadRow:
    """A load with what it weighs, where it is, and what the viewer may sign next."""

    id: int
    number: str
    kind: ManifestKind
    state: CustodyState
    version: int
    sludge_kind: SludgeKind
    origin: Name
    destination: Name
    destination_id: int
    custodian: Name | None
    legs: tuple[LegRow, ...]
    leg_seq: int
    planned_kg: float | None
    loaded_kg: float | None
    loaded_moisture_fraction: float | None
    accepted_kg: float | None
    refused_kg: float | None
    reason: str | None
    issued_at: datetime
    due_at: datetime | None
    overdue: bool
    on_hold: bool
    acts: tuple[Act, ...]

    @property
    def current(self) -> LegRow | None:
        """The leg it is on or was on last."""
        return next((leg for leg in self.legs if leg.seq == self.leg_seq), None)

    @property
    def following(self) -> LegRow | None:
        """The leg that comes next."""
        return next((leg for leg in self.legs if leg.seq > self.leg_seq), None)

    @property
    def at_hand(self) -> LegRow | None:
        """The leg that matters now: the one it is on, or the first before it has left."""
        return self.current or self.following

    @property
    def weight_kg(self) -> float | None:
        """As loaded; before that as planned."""
        return self.loaded_kg if self.loaded_kg is not None else self.planned_kg


def oldest_loads(
    session: Session,
    viewer: Viewer,
    condition: ColumnElement[bool],
    after: Key | None = None,
    limit: int = AT_A_TIME,
) -> Page[LoadRow]:
    """The loads that fit and that the viewer may see, the oldest first, from behind `after` on.

    `condition` leaves few: see tracking/queries/few.py.
    """
    query = continued(loads_query(viewer).where(condition), few_by_issue(), after, limit)
    return page_of(load_rows(session, query, viewer), limit, lambda row: (row.issued_at, row.id))


def loads_query(viewer: Viewer) -> Any:
    """Manifests with everything a row shows, and whether they are on hold."""
    held = exists().where(Hold.manifest_id == Manifest.id, Hold.lifted_at.is_(None))
    ends = (joinedload(Leg.origin), joinedload(Leg.destination))
    return (
        select(Manifest, held)
        .where(manifests_visible(viewer))
        .options(
            joinedload(Manifest.origin),
            joinedload(Manifest.destination),
            joinedload(Manifest.received_at),
            joinedload(Manifest.custodian),
            joinedload(Manifest.receipt),
            selectinload(Manifest.weighings),
            selectinload(Manifest.moisture_tests),
            selectinload(Manifest.legs).options(joinedload(Leg.vehicle), joinedload(Leg.carrier), *ends),
        )
    )


def load_rows(session: Session, query: Any, viewer: Viewer) -> list[LoadRow]:
    """The rows of a query that `loads_query` began."""
    return [load_row(manifest, bool(held), viewer) for manifest, held in session.execute(query)]


def load_row(row: Manifest, on_hold: bool, viewer: Viewer) -> LoadRow:
    loaded = next((each for each in row.weighings if each.role is WeighingRole.LOADED), None)
    tested = next((each for each in row.moisture_tests if each.role is WeighingRole.LOADED), None)
    receipt = row.receipt
    return LoadRow(
        id=row.id,
        number=row.number,
        kind=row.kind,
        state=row.custody_state,
        version=row.version,
        sludge_kind=row.sludge_kind,
        origin=facility_name(row.origin),
        destination=facility_name(row.received_at or row.destination),
        destination_id=row.received_at_id or row.destination_id,
        custodian=organisation_name(row.custodian),
        legs=tuple(leg_row(leg) for leg in row.legs),
        leg_seq=row.leg_seq,
        planned_kg=row.planned_kg,
        loaded_kg=None if loaded is None else loaded.gross_kg - loaded.tare_kg,
        loaded_moisture_fraction=None if tested is None else tested.moisture_fraction,
        accepted_kg=None if receipt is None else receipt.accepted_kg,
        refused_kg=None if receipt is None else receipt.refused_kg,
        reason=None if receipt is None else receipt.reason,
        issued_at=row.issued_at,
        due_at=row.due_at,
        overdue=row.overdue,
        on_hold=on_hold,
        acts=acts_of(row, viewer),
    )


def leg_row(leg: Leg) -> LegRow:
    vehicle = leg.vehicle
    return LegRow(
        seq=leg.seq,
        mode=leg.mode,
        vehicle=Name(leg.vehicle_code, vehicle.name if vehicle else leg.vehicle_code),
        vehicle_id=leg.vehicle_id,
        carrier=organisation_name(leg.carrier),
        driver=leg.driver,
        driver_id=leg.driver_id,
        origin=facility_name(leg.origin),
        destination=facility_name(leg.destination),
        destination_id=leg.to_id,
        voyage=leg.voyage,
        route_id=leg.route_id,
    )


def facility_name(facility: Facility) -> Name:
    return Name(facility.code, facility.name, facility.name_en)


def acts_of(row: Manifest, viewer: Viewer) -> tuple[Act, ...]:
    """What the viewer may sign for it, each act once."""
    waited = signings(custody_of_row(row), parties_ground(places_of(row)), viewer)
    return tuple(dict.fromkeys(each.act for each in waited if each.mine))


def places_of(row: Manifest) -> Sequence[Facility]:
    named = [row.origin, row.destination, row.received_at, *(leg.destination for leg in row.legs)]
    return [each for each in named if each is not None]


def custody_of_row(row: Manifest) -> Custody:
    """The manifest as far as parties of its next steps depend on it."""
    return Custody(
        id=row.id,
        number=row.number,
        kind=row.kind,
        source=row.source,
        state=row.custody_state,
        leg_seq=row.leg_seq,
        version=row.version,
        issuer_id=row.issuer_id,
        custodian_id=row.custodian_id,
        origin_id=row.origin_id,
        destination_id=row.destination_id,
        received_at_id=row.received_at_id,
        sludge_kind=row.sludge_kind,
        planned_kg=row.planned_kg,
        plan=row.plan,
        diversion=row.diversion,
        approval=row.approval,
        issued_at=row.issued_at,
        last_event_at=row.issued_at,
        legs=tuple(stretch(leg) for leg in row.legs),
    )
