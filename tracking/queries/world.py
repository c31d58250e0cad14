"""What does the city look like now? Rows of places, routes, vehicles and limits as the rules' world."""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from models.custody_words import ManifestSource
from models.facilities import Facility, Route
from models.fleet import Vehicle
from models.journeys import SilenceRow, TripRow
from models.limits import RuleLimit
from models.lineage import ManifestLink
from models.manifests import CustodyEvent, Diversion, Leg, Manifest, Receipt
from models.thresholds import Thresholds
from models.values import (
    DiversionFacts,
    FacilityArea,
    RefusalFacts,
    RoadsideFacts,
    RouteLine,
    VehicleFacts,
)
from models.vocabulary import CustodyState, ReceiptDecision
from tracking.queries.end_stays import usual_stays_s
from tracking.queries.fixes import to_ms
from tracking.queries.paper import UNBORN
from tracking.queries.permit_book import permit_book
from tracking.queries.rule_tallies import tallies
from tracking.rules.shadows import Silences, no_silences
from tracking.rules.visits import Fences
from tracking.rules.world import Limit, World

ENDS_ON_THE_ROAD = (CustodyState.ARRIVED, CustodyState.ABORTED)
FOREVER_MS = 2**62


def load_world(session: Session, thresholds: Thresholds, timezone: str = "Asia/Shanghai") -> World:
    """Everything that rules look up; timezone: of the city."""
    places = {row.id: facility_area(row) for row in session.scalars(select(Facility).order_by(Facility.id))}
    return World(
        places=places,
        routes={row.id: route_line(row) for row in session.scalars(select(Route).order_by(Route.id))},
        vehicles={row.id: vehicle_facts(row) for row in session.scalars(select(Vehicle))},
        diversions=[diversion_facts(row) for row in session.scalars(select(Diversion))],
        limits=[limit_facts(row) for row in session.scalars(select(RuleLimit))],
        thresholds=thresholds,
        fences=Fences(list(places.values()), thresholds.track.exit_buffer_m),
        tallies=tallies(session),
        silences=silences(session),
        refusals=open_refusals(session),
        zone=ZoneInfo(timezone),
        usual_minutes=usual_minutes(session, thresholds.track.overdue_trips),
        usual_stay_s=usual_stays_s(session),
        permits=permit_book(session, ZoneInfo(timezone)),
        roadside=roadside(session),
    )


def facility_area(row: Facility) -> FacilityArea:
    """A facility as the rules see it."""
    return FacilityArea(
        id=row.id,
        code=row.code,
        kind=row.kind,
        polygon=tuple((point[0], point[1]) for point in row.polygon),
        organisation_id=row.organisation_id,
        method=row.method,
        min_dwell_s=row.min_dwell_s,
        max_moisture_fraction=row.max_moisture_fraction,
        valid_from_ms=None if row.valid_from is None else to_ms(row.valid_from),
        valid_to_ms=None if row.valid_to is None else to_ms(row.valid_to),
    )


def route_line(row: Route) -> RouteLine:
    """An approved route as the rules see it."""
    return RouteLine(
        id=row.id,
        code=row.code,
        origin_id=row.origin_id,
        destination_id=row.destination_id,
        mode=row.mode,
        corridor_m=row.corridor_m,
        line=tuple((point[0], point[1]) for point in row.line),
        planned_minutes=row.planned_minutes,
    )


def vehicle_facts(row: Vehicle) -> VehicleFacts:
    """A registered vehicle as the rules see it."""
    return VehicleFacts(row.id, row.code, row.mode, row.organisation_id, row.tare_kg, row.rated_payload_kg)


def diversion_facts(row: Diversion) -> DiversionFacts:
    """A diversion as the rules see it."""
    return DiversionFacts(row.from_site_id, row.to_site_id, to_ms(row.valid_from), to_ms(row.valid_to))


def limit_facts(row: RuleLimit) -> Limit:
    """A dated limit as the rules see it."""
    return Limit(row.subject, row.value, row.inclusive, row.standard, row.clause, row.valid_from)


def open_refusals(session: Session) -> list[RefusalFacts]:
    """Loads refused at their last leg's end that have no child manifest."""
    child = aliased(Manifest)
    ends = aliased(Leg)
    last_leg = select(func.max(ends.seq)).where(ends.manifest_id == Manifest.id).scalar_subquery()
    rows = session.execute(
        select(Leg.vehicle_id, Leg.to_id, Receipt.at)
        .join(Manifest, Manifest.id == Leg.manifest_id)
        .join(Receipt, Receipt.manifest_id == Manifest.id)
        .where(
            Receipt.decision != ReceiptDecision.ACCEPTED,
            Leg.seq == last_leg,
            ~select(child.id)
            .where(child.parent_id == Manifest.id, child.custody_state.not_in(UNBORN))
            .exists(),
            ~select(ManifestLink.id)
            .join(child, child.id == ManifestLink.child_id)
            .where(ManifestLink.parent_id == Manifest.id, child.custody_state.not_in(UNBORN))
            .exists(),
        )
    )
    return [
        RefusalFacts(vehicle_id, site_id, to_ms(at))
        for vehicle_id, site_id, at in rows
        if vehicle_id is not None
    ]


def roadside(session: Session) -> list[RoadsideFacts]:
    """Legs that ended in a breakdown, and the first legs of rescues, from departure to end."""
    began, ended = aliased(CustodyEvent), aliased(CustodyEvent)
    broke = (
        select(CustodyEvent.id)
        .where(CustodyEvent.manifest_id == Manifest.id, CustodyEvent.to_state == CustodyState.ABORTED)
        .exists()
    )
    rows = session.execute(
        select(Leg.vehicle_id, began.at, ended.at)
        .join(Manifest, Manifest.id == Leg.manifest_id)
        .join(
            began,
            (began.manifest_id == Manifest.id)
            & (began.to_state == CustodyState.IN_TRANSIT)
            & (began.leg_seq == Leg.seq),
        )
        .outerjoin(ended, (ended.manifest_id == Manifest.id) & ended.to_state.in_(ENDS_ON_THE_ROAD))
        .where(
            Manifest.source != ManifestSource.PAPER,
            Leg.vehicle_id.is_not(None),
            (Manifest.place_lat.is_not(None) & (Leg.seq == 1)) | (broke & (Leg.seq == Manifest.leg_seq)),
        )
    )
    found = []
    for vehicle_id, began_at, ended_at in rows.all():
        until: datetime | None = ended_at  # of an outer join
        if vehicle_id is not None:
            found.append(
                RoadsideFacts(vehicle_id, to_ms(began_at), FOREVER_MS if until is None else to_ms(until))
            )
    return found


def silences(session: Session) -> Silences:
    """The silences of moving vehicles, to learn shadow zones from."""
    rows = session.execute(
        select(
            SilenceRow.vehicle_id,
            SilenceRow.before_ms,
            SilenceRow.after_ms,
            SilenceRow.before_lat,
            SilenceRow.before_lon,
            SilenceRow.after_lat,
            SilenceRow.after_lon,
        ).order_by(SilenceRow.vehicle_id, SilenceRow.before_ms)
    ).all()
    if not rows:
        return no_silences()
    return Silences(*(np.array(column) for column in zip(*rows, strict=True)))


def usual_minutes(session: Session, enough: int) -> dict[tuple[int, int], float]:
    """90th percentile of the minutes between two places that have at least `enough` whole trips."""
    durations: dict[tuple[int, int], list[float]] = {}
    rows = session.execute(
        select(TripRow.origin_id, TripRow.destination_id, TripRow.departed_ms, TripRow.arrived_ms).where(
            TripRow.start_censored.is_(False),
            TripRow.end_censored.is_(False),
        )
    )
    for origin, destination, departed, arrived in rows:
        if origin is None or destination is None:
            continue
        durations.setdefault((origin, destination), []).append((arrived - departed) / 60_000.0)
    return {
        pair: float(np.percentile(minutes, 90))
        for pair, minutes in durations.items()
        if len(minutes) >= enough
    }
