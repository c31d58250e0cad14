"""Which trips carried a manifest's legs, and where did their vehicles stand?

Frozen values for pages and prints; times are ms UTC, as in the tracks they come from.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from models.facilities import Facility, Route
from models.fleet import Vehicle
from models.journeys import TripLeg, TripRow, VisitRow
from models.manifests import Leg
from models.vocabulary import FacilityKind
from tracking.queries.names import Name, name_or_none

MOST_VISITS = 100  # of one story; the vehicles of a load stand at a handful of places in its time


@dataclass(frozen=True, slots=True)
class TripStory:
    """A trip assigned to a leg. `how` is matched, shared or mismatch; `margin` the cost to the runner-up."""

    leg_seq: int
    vehicle_id: int
    vehicle: Name
    origin: Name | None
    destination: Name | None
    departed_ms: int
    arrived_ms: int
    start_censored: bool
    end_censored: bool
    load: str
    distance_m: float
    coverage_fraction: float
    fix_count: int
    route: str | None
    how: str
    cost: float
    margin: float

    @property
    def duration_s(self) -> float:
        return (self.arrived_ms - self.departed_ms) / 1000.0


@dataclass(frozen=True, slots=True)
class VisitStory:
    """A stay inside a fence; its upper bound reaches from the fix before to the fix after it."""

    vehicle: Name
    facility: Name
    kind: FacilityKind
    entered_ms: int
    left_ms: int
    outside_before_ms: int | None
    outside_after_ms: int | None
    fix_count: int


def trips_of(session: Session, manifest_id: int) -> tuple[TripStory, ...]:
    """The trips assigned to the legs of a manifest, in the order of the legs and of time."""
    origin, destination = aliased(Facility), aliased(Facility)
    query = (
        select(
            TripRow,
            TripLeg,
            Leg.seq,
            *(Vehicle.code, Vehicle.name),
            *(origin.code, origin.name, origin.name_en),
            *(destination.code, destination.name, destination.name_en),
            Route.code,
        )
        .join(TripLeg, TripLeg.trip_id == TripRow.id)
        .join(Leg, Leg.id == TripLeg.leg_id)
        .join(Vehicle, Vehicle.id == TripRow.vehicle_id)
        .join(origin, origin.id == TripRow.origin_id, isouter=True)
        .join(destination, destination.id == TripRow.destination_id, isouter=True)
        .join(Route, Route.id == TripRow.route_id, isouter=True)
        .where(Leg.manifest_id == manifest_id)
        .order_by(Leg.seq, TripRow.departed_ms, TripRow.id)
    )
    return tuple(
        _trip(trip, link, seq, Name(*named), name_or_none(*ends[:3]), name_or_none(*ends[3:]), route)
        for trip, link, seq, *named_and_ends, route in session.execute(query).all()
        for named, ends in [(named_and_ends[:2], named_and_ends[2:])]
    )


def _trip(
    trip: TripRow,
    link: TripLeg,
    leg_seq: int,
    vehicle: Name,
    origin: Name | None,
    destination: Name | None,
    route: str | None,
) -> TripStory:
    return TripStory(
        leg_seq=leg_seq,
        vehicle_id=trip.vehicle_id,
        vehicle=vehicle,
        origin=origin,
        destination=destination,
        departed_ms=trip.departed_ms,
        arrived_ms=trip.arrived_ms,
        start_censored=trip.start_censored,
        end_censored=trip.end_censored,
        load=trip.load,
        distance_m=trip.distance_m,
        coverage_fraction=trip.coverage_fraction,
        fix_count=trip.fix_count,
        route=route,
        how=link.how,
        cost=link.cost,
        margin=link.margin,
    )


def visits_of(session: Session, around: Sequence[tuple[int, int, int]]) -> tuple[VisitStory, ...]:
    """The stays that touch any (vehicle id, from ms, to ms), in order."""
    if not around:
        return ()
    touches = [
        and_(VisitRow.vehicle_id == vehicle, VisitRow.entered_ms <= end_ms, VisitRow.left_ms >= start_ms)
        for vehicle, start_ms, end_ms in around
    ]
    query = (
        select(
            VisitRow,
            Vehicle.code,
            Vehicle.name,
            Facility.code,
            Facility.name,
            Facility.name_en,
            Facility.kind,
        )
        .join(Vehicle, Vehicle.id == VisitRow.vehicle_id)
        .join(Facility, Facility.id == VisitRow.facility_id)
        .where(or_(*touches))
        .order_by(VisitRow.entered_ms, VisitRow.id)
        .limit(MOST_VISITS)
    )
    return tuple(
        VisitStory(
            vehicle=Name(row[1], row[2]),
            facility=Name(row[3], row[4], row[5]),
            kind=row[6],
            entered_ms=row[0].entered_ms,
            left_ms=row[0].left_ms,
            outside_before_ms=row[0].outside_before_ms,
            outside_after_ms=row[0].outside_after_ms,
            fix_count=row[0].fix_count,
        )
        for row in session.execute(query)
    )
