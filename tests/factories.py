"""Which rows does a test begin with? Builders for both engines; `haul` puts them together to one load.

Every builder adds to the session, flushes and returns the row. Codes count up where none is given.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models.facilities import Facility, Route
from models.findings import Decision, Finding, FindingManifest, FindingVehicle, Verdict
from models.fleet import Device, Vehicle
from models.journeys import TripLeg, TripRow, VisitRow
from models.manifests import Leg, Manifest
from models.organisations import Organisation, User
from models.vocabulary import (
    DecisionOutcome,
    DisposalMethod,
    FacilityKind,
    FindingKind,
    OrganisationKind,
    Severity,
    VerdictValue,
    WeighingRole,
)
from tests.city_factories import (
    DAY,
    add,
    binding,
    centre,
    device,
    drive,
    facility,
    fixes,
    map_line,
    ms,
    next_code,
    organisation,
    route,
    scale,
    square,
    user,
    vehicle,
)
from tests.paper_factories import custody, disposal, leg, manifest, receipt, weighing

__all__ = [
    "DAY",
    "Haul",
    "about",
    "add",
    "assign",
    "binding",
    "centre",
    "custody",
    "decision",
    "device",
    "disposal",
    "drive",
    "facility",
    "finding",
    "fixes",
    "haul",
    "leg",
    "manifest",
    "map_line",
    "ms",
    "next_code",
    "organisation",
    "receipt",
    "route",
    "scale",
    "square",
    "trip",
    "user",
    "vehicle",
    "verdict",
    "visit",
    "weighing",
]


def visit(session: Session, by: Vehicle, place: Facility, entered: datetime, left: datetime) -> VisitRow:
    times = {"entered_ms": ms(entered), "left_ms": ms(left)}
    sides = {"outside_before_ms": ms(entered) - 30_000, "outside_after_ms": ms(left) + 30_000}
    return add(session, VisitRow(vehicle_id=by.id, facility_id=place.id, fix_count=10, **times, **sides))


def trip(
    session: Session,
    by: Vehicle,
    origin: Facility | None,
    destination: Facility | None,
    departed: datetime,
    arrived: datetime,
    **given: Any,
) -> TripRow:
    values = {
        "vehicle_id": by.id,
        "origin_id": origin.id if origin else None,
        "destination_id": destination.id if destination else None,
        "departed_ms": ms(departed),
        "arrived_ms": ms(arrived),
        "start_censored": False,
        "end_censored": False,
        "load": "loaded",
        "distance_m": 12_000.0,
        "coverage_fraction": 0.98,
        "fix_count": 100,
    }
    return add(session, TripRow(**values | given))


def assign(
    session: Session, journey: TripRow, stretch: Leg, how: str = "matched", margin: float = 9.0
) -> TripLeg:
    return add(session, TripLeg(trip_id=journey.id, leg_id=stretch.id, how=how, cost=0.4, margin=margin))


def finding(
    session: Session,
    kind: FindingKind = FindingKind.OFF_ROUTE,
    of: Manifest | None = None,
    by: Vehicle | None = None,
    start: datetime = DAY,
    minutes: float = 10.0,
    **given: Any,
) -> Finding:
    """A current finding about the manifest `of` and the vehicle `by`."""
    end = ms(start + timedelta(minutes=minutes))
    values: dict[str, Any] = {
        "key": given.pop("key", None) or next_code("finding-"),
        "version": 1,
        "current": True,
        "scope": f"manifest:{of.id}" if of else "city",
        "kind": kind,
        "severity": Severity.HIGH,
        "score": 0.9,
        "start_ms": ms(start),
        "end_ms": end,
        "detected_ms": end,
        "reasons": [],
        "evidence": {"figures": {}, "thresholds": {}, "marks": []},
        "rule_version": "1",
        "recorded_at": start + timedelta(hours=3),
    }
    row = add(session, Finding(**values | given))
    if of is not None:
        about(session, row, of)
    if by is not None:
        add(session, FindingVehicle(finding_id=row.id, vehicle_code=by.code, ordinal=0))
    return row


def about(session: Session, what: Finding, which: Manifest, ordinal: int = 0) -> FindingManifest:
    """The link that makes a finding one about a manifest."""
    return add(session, FindingManifest(finding_id=what.id, manifest_id=which.id, ordinal=ordinal))


def decision(session: Session, about: Finding, by: User, outcome: DecisionOutcome, **given: Any) -> Decision:
    values = {
        "finding_key": about.key,
        "finding_version": about.version,
        "outcome": outcome,
        "reason": "looked at the site's camera",
        "user_id": by.id,
        "decided_at": about.recorded_at + timedelta(days=1),
    }
    return add(session, Decision(**values | given))


def verdict(
    session: Session, of: Manifest, value: VerdictValue = VerdictValue.CONSISTENT, **given: Any
) -> Verdict:
    values = {
        "manifest_id": of.id,
        "version": 1,
        "current": True,
        "value": value,
        "score": 0.1,
        "reasons": [],
        "rule_version": "1",
        "recorded_at": of.issued_at + timedelta(hours=3),
    }
    return add(session, Verdict(**values | given))


@dataclass(frozen=True)
class Haul:
    """One load from a plant to a site, all parties registered: what most tests need."""

    regulator: User
    plant_org: Organisation
    haul_org: Organisation
    site_org: Organisation
    plant: Facility
    site: Facility
    route: Route
    vehicle: Vehicle
    device: Device
    manifest: Manifest
    leg: Leg
    trip: TripRow
    verdict: Verdict


def haul(
    session: Session, start: datetime = DAY, received_kg: float = 17_080.0, minutes: float = 50.0
) -> Haul:
    """A consistent load of 17.10 t at 79 % moisture, driven along its route in `minutes`."""
    plant_org = organisation(session, OrganisationKind.PLANT_OPERATOR)
    haul_org, site_org = organisation(session), organisation(session, OrganisationKind.SITE_OPERATOR)
    plant = facility(session, FacilityKind.PLANT, plant_org, (120.0, 31.0))
    site = facility(session, FacilityKind.SITE, site_org, (120.1, 31.05), method=DisposalMethod.INCINERATION)
    line = [centre(plant), [120.04, 31.0], [120.06, 31.05], centre(site)]
    way = route(session, plant, site, line=line)
    truck = vehicle(session, haul_org)
    terminal = device(session, truck)
    arrival = start + timedelta(minutes=minutes)
    fixes(session, terminal, drive(line, start, minutes))
    load = manifest(session, plant, site, hauler_id=haul_org.id, issued_at=start - timedelta(minutes=30))
    stretch = leg(session, load, truck, way)
    weighing(session, load, WeighingRole.LOADED, 17_100.0, 0.79, start - timedelta(minutes=5))
    weighing(session, load, WeighingRole.RECEIVED, received_kg, 0.789, arrival + timedelta(minutes=5))
    receipt(session, load, arrival + timedelta(minutes=10), accepted_kg=received_kg)
    custody(session, load, start=start)
    visit(session, truck, plant, start - timedelta(minutes=25), start)
    visit(session, truck, site, arrival, arrival + timedelta(minutes=20))
    journey = trip(session, truck, plant, site, start, arrival, route_id=way.id)
    assign(session, journey, stretch)
    judged = verdict(session, load)
    regulator = user(session)
    return Haul(
        regulator,
        plant_org,
        haul_org,
        site_org,
        plant,
        site,
        way,
        truck,
        terminal,
        load,
        stretch,
        journey,
        judged,
    )
