"""What would a join of paper and trips by vehicle, origin, destination and day raise?

It is given the trips that this project found in the noisy fixes, which is the harder half of the work.
"""

from collections import defaultdict
from datetime import timedelta
from math import inf

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, aliased

from demo.scenario.rows import ManifestRow
from demo.scenario.score import ScoredFinding
from demo.scenario.score_facts import carriages
from models.facilities import Facility
from models.fleet import Vehicle
from models.journeys import TripRow
from models.session import read_sessions
from models.vocabulary import MS_PER_S, FacilityKind, FindingKind, ManifestKind, Mode

Key = tuple[str, str, str, int]  # vehicle, origin, destination, local day
Trip = tuple[Key, int, int]  # its key, departed and arrived (ms)
ZONE_MS = int(timedelta(hours=8) / timedelta(milliseconds=1))
DAY_MS = 86_400 * MS_PER_S
ORIGINS = (FacilityKind.PLANT, FacilityKind.WORKS, FacilityKind.TRANSFER)
DESTINATIONS = (FacilityKind.SITE, FacilityKind.STORE, FacilityKind.TRANSFER)


def joined(engine: Engine, paper: list[ManifestRow], diverted: dict[str, str]) -> list[ScoredFinding]:
    """`phantom_manifest` for road legs without a trip of their key, `ghost_trip` for trips without a leg.

    Of several trips of one key a leg takes the one that left nearest to its loading. Legs by water are
    left out, because one voyage answers for many manifests, and so are returns. `diverted` gives the
    destination of a diversion in force.
    """
    with read_sessions(engine)() as session:
        trips = trips_by_key(session)
    found = []
    for row in (each for each in paper if each.kind is not ManifestKind.RETURN):
        for leg, carriage in zip(row.legs, carriages(row), strict=False):
            if leg.mode is not Mode.ROAD or carriage.end_ms == inf:
                continue
            span = int(carriage.start_ms), int(carriage.end_ms)
            last = leg is row.legs[-1] and row.diversion is not None
            end = diverted.get(row.diversion or "", leg.destination) if last else leg.destination
            same = trips.get((leg.vehicle, leg.origin, end, local_day(span[0])))
            if same:
                same.remove(min(same, key=lambda trip: abs(trip[0] - span[0])))
            else:
                found.append(said(FindingKind.PHANTOM_MANIFEST, row.number, leg.vehicle, span))
    left = [(key, span) for key, many in trips.items() for span in many]
    return found + [said(FindingKind.GHOST_TRIP, None, key[0], span) for key, span in left]


def trips_by_key(session: Session) -> dict[Key, list[tuple[int, int]]]:
    """All trips from where sludge is loaded to where it may go."""
    origin, destination = aliased(Facility), aliased(Facility)
    rows = session.execute(
        select(Vehicle.code, origin.code, destination.code, TripRow.departed_ms, TripRow.arrived_ms)
        .join(Vehicle, Vehicle.id == TripRow.vehicle_id)
        .join(origin, origin.id == TripRow.origin_id)
        .join(destination, destination.id == TripRow.destination_id)
        .where(origin.kind.in_(ORIGINS), destination.kind.in_(DESTINATIONS), Vehicle.mode == Mode.ROAD)
    )
    found: dict[Key, list[tuple[int, int]]] = defaultdict(list)
    for vehicle, start, end, departed_ms, arrived_ms in rows:
        found[vehicle, start, end, local_day(departed_ms)].append((departed_ms, arrived_ms))
    return found


def local_day(at_ms: int) -> int:
    return (at_ms + ZONE_MS) // DAY_MS


def said(kind: FindingKind, manifest: str | None, vehicle: str, span: tuple[int, int]) -> ScoredFinding:
    return ScoredFinding(
        key=f"join/{kind}/{manifest}/{vehicle}/{span[0]}",
        kind=kind,
        manifests=frozenset() if manifest is None else frozenset({manifest}),
        vehicles=frozenset({vehicle}),
        facility=None,
        start_ms=span[0],
        end_ms=span[1],
        detected_ms=span[1],
    )
