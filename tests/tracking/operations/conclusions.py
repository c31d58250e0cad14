"""What did the analysis conclude, apart from row ids and the clock? For comparing two ways to it."""

from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, selectinload

from models.findings import Finding, FindingManifest, Verdict
from models.fleet import Vehicle
from models.journeys import SilenceRow, TripLeg, TripRow, VisitRow
from models.manifests import Leg, Manifest

FINDING = (
    "kind",
    "severity",
    "score",
    "start_ms",
    "end_ms",
    "detected_ms",
    "lat",
    "lon",
    "reasons",
    "evidence",
)
TRIP = (
    "origin_id",
    "destination_id",
    "stay_from_ms",
    "arrived_ms",
    "stay_to_ms",
    "start_censored",
    "end_censored",
    "load",
    "distance_m",
    "coverage_fraction",
    "fix_count",
    "emptied_ms",
)

Conclusions = dict[str, dict[Any, Any]]


def conclusions(engine: Engine) -> Conclusions:
    """Current findings, current verdicts, trips, links, visits and silences by what they are about."""
    with Session(engine) as session:
        vehicles = dict(session.execute(select(Vehicle.id, Vehicle.code)).all())
        return {
            "findings": findings(session),
            "verdicts": verdicts(session),
            "trips": trips(session, vehicles),
            "links": links(session, vehicles),
            "visits": rows(session, VisitRow, vehicles),
            "silences": rows(session, SilenceRow, vehicles),
        }


def findings(session: Session) -> dict[Any, Any]:
    found = session.scalars(
        select(Finding)
        .where(Finding.current)
        .options(
            selectinload(Finding.manifests).selectinload(FindingManifest.manifest),
            selectinload(Finding.vehicles),
        )
    )
    return {
        row.key: [getattr(row, name) for name in FINDING]
        + [[link.manifest.number for link in row.manifests], [link.vehicle_code for link in row.vehicles]]
        for row in found
    }


def verdicts(session: Session) -> dict[Any, Any]:
    found = session.execute(
        select(Manifest.number, Verdict.value, Verdict.score, Verdict.reasons)
        .join(Verdict, Verdict.manifest_id == Manifest.id)
        .where(Verdict.current)
    )
    return {number: (value, score, reasons) for number, value, score, reasons in found}


def trips(session: Session, vehicles: dict[int, str]) -> dict[Any, Any]:
    return {
        (vehicles[row.vehicle_id], row.departed_ms): [getattr(row, name) for name in TRIP]
        for row in session.scalars(select(TripRow))
    }


def links(session: Session, vehicles: dict[int, str]) -> dict[Any, Any]:
    found = session.execute(
        select(TripRow.vehicle_id, TripRow.departed_ms, Manifest.number, Leg.seq, TripLeg.how, TripLeg.cost)
        .join(TripLeg, TripLeg.trip_id == TripRow.id)
        .join(Leg, Leg.id == TripLeg.leg_id)
        .join(Manifest, Manifest.id == Leg.manifest_id)
    )
    return {
        (vehicles[v], departed, number, seq): (how, cost) for v, departed, number, seq, how, cost in found
    }


def rows(
    session: Session, table: type[VisitRow] | type[SilenceRow], vehicles: dict[int, str]
) -> dict[Any, Any]:
    """Derived rows without their ids: each once, by everything that it says."""
    columns = [column for column in table.__table__.columns if column.key not in ("id", "vehicle_id")]
    found = session.execute(select(table.__table__.c.vehicle_id, *columns))
    return {(vehicles[vehicle_id], *values): 1 for vehicle_id, *values in found}


def differences(one: Conclusions, other: Conclusions) -> list[str]:
    """What differs, in words."""
    told = []
    for part in one:
        for key in sorted(set(one[part]) | set(other[part]), key=repr):
            first, second = one[part].get(key), other[part].get(key)
            if first != second:
                told.append(f"{part} {key}: {first} / {second}")
    return told
