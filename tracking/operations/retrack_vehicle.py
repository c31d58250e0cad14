"""Work out a vehicle's visits and trips anew from the point that new fixes can change.

The point is the last stay at a node that was over well before the first new fix: from the fix outside
before it, the result does not depend on anything earlier but the load of the trip that led there. Trips
that come out as before, with no new fix in them, keep their row and their verdict. One transaction a
vehicle; killed between two, the next run takes up the rest.
"""

from dataclasses import dataclass, fields
from operator import attrgetter

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from models.journeys import SilenceRow, TripLeg, TripRow, VisitRow, Watermark
from models.manifests import Leg, Manifest
from models.values import Track
from tracking.operations.mark_manifests import mark_manifests
from tracking.operations.revise_findings import retract_scopes
from tracking.operations.watch_devices import watch_devices
from tracking.queries.contradictions import Run, trip_of, trip_scope
from tracking.queries.doubt_stretches import behind_ms
from tracking.queries.fixes import BEGINNING_MS, next_fix_ms, vehicle_track
from tracking.queries.meetings import stops_met
from tracking.queries.paper import from_moment
from tracking.rules.jumps import find_jumps, outliers
from tracking.rules.shadows import teaching_steps
from tracking.rules.trip_context import usable
from tracking.rules.trips import UNKNOWN, Trip, find_trips
from tracking.rules.visits import Visit, find_visits
from tracking.rules.world import World

SETTLED_MS = 900_000  # a stay that was over this long before the first new fix can no longer change
TRIP_COLUMNS = tuple(column.name for column in fields(Trip))
VISIT_COLUMNS = tuple(column.name for column in fields(Visit))
trip_values, visit_values = attrgetter(*TRIP_COLUMNS), attrgetter(*VISIT_COLUMNS)
PAPER_REACH_MS = 3 * 86_400_000  # paper issued up to 3 days before a fix may be about it


@dataclass(frozen=True, slots=True)
class Anchor:
    """From where to work out anew: the fix before a stay, the stay's entry, the load it came with."""

    restart_ms: int
    entered_ms: int
    arriving_load: str


def retrack_vehicle(session: Session, vehicle_id: int, run: Run) -> int:
    """Bring one dirty vehicle's visits and trips up to the run's moment; returns the fixes read."""
    mark = session.scalar(
        select(Watermark).where(Watermark.vehicle_id == vehicle_id).with_for_update(skip_locked=True)
    )
    if mark is None or mark.dirty_from_ms is None or mark.dirty_from_ms > run.until_ms:
        return 0
    dirty_ms, read = watch_devices(session, vehicle_id, mark.dirty_from_ms, run)
    anchor = find_anchor(session, vehicle_id, dirty_ms)
    track = usable(vehicle_track(session, vehicle_id, anchor.restart_ms, run.until_ms, read))
    run.tracks.keep(vehicle_id, anchor.restart_ms, run.until_ms, track)
    visits, trips = journeys_of(track, vehicle_id, anchor, run.world)
    replace_visits(session, vehicle_id, anchor, visits)
    replace_silences(session, vehicle_id, anchor, track)
    gone = replace_trips(session, vehicle_id, anchor, trips, dirty_ms)
    retract_scopes(session, [trip_scope(vehicle_id, departed_ms) for departed_ms in gone], run.recorded_at)
    mark_paper(session, vehicle_id, dirty_ms, run.until_ms)
    mark_met(session, vehicle_id, stops_met(session, track, dirty_ms, run.until_ms))
    if len(track):
        mark.analysed_to_ms = max(mark.analysed_to_ms or BEGINNING_MS, int(track.time_ms[-1]))
    mark.dirty_from_ms = next_fix_ms(
        session, vehicle_id, run.until_ms - behind_ms(session, vehicle_id, run.until_ms)
    )
    return len(track)


def find_anchor(session: Session, vehicle_id: int, dirty_ms: int) -> Anchor:
    """The last settled stay that ends a trip, else the beginning of the data."""
    stay = session.execute(
        select(VisitRow.outside_before_ms, VisitRow.entered_ms, TripRow.load)
        .join(
            TripRow,
            (TripRow.vehicle_id == VisitRow.vehicle_id)
            & (TripRow.arrived_ms == VisitRow.entered_ms)
            & (TripRow.destination_id == VisitRow.facility_id),
        )
        .where(
            VisitRow.vehicle_id == vehicle_id,
            VisitRow.outside_after_ms < dirty_ms - SETTLED_MS,
            VisitRow.outside_before_ms.is_not(None),
            VisitRow.fix_count > 0,
        )
        .order_by(VisitRow.entered_ms.desc())
        .limit(1)
    ).first()
    if stay is None or stay.outside_before_ms is None:
        return Anchor(BEGINNING_MS, BEGINNING_MS, UNKNOWN)
    return Anchor(stay.outside_before_ms, stay.entered_ms, stay.load)


def journeys_of(
    track: Track, vehicle_id: int, anchor: Anchor, world: World
) -> tuple[list[Visit], list[Trip]]:
    """The visits and trips of a track from the anchor on."""
    mode = world.vehicles[vehicle_id].mode
    jumps = find_jumps(track, mode, world.thresholds.doubt)
    clean = track.take(~outliers(len(track), jumps))
    visits = [
        visit
        for visit in find_visits(clean, world.fences, mode, world.thresholds.track)
        if visit.entered_ms >= anchor.entered_ms
    ]
    trips = find_trips(clean, visits, world.places, world.thresholds.track, anchor.arriving_load)
    return visits, [trip for trip in trips if trip.departed_ms >= anchor.entered_ms]


def replace_visits(session: Session, vehicle_id: int, anchor: Anchor, visits: list[Visit]) -> None:
    """The stored visits from the anchor on become these."""
    session.execute(
        delete(VisitRow).where(VisitRow.vehicle_id == vehicle_id, VisitRow.entered_ms >= anchor.entered_ms)
    )
    rows = [
        {"vehicle_id": vehicle_id, **dict(zip(VISIT_COLUMNS, visit_values(visit), strict=True))}
        for visit in visits
    ]
    if rows:
        session.execute(insert(VisitRow), rows)


def replace_silences(session: Session, vehicle_id: int, anchor: Anchor, track: Track) -> None:
    """The stored silences from the anchor on become those of the track."""
    session.execute(
        delete(SilenceRow).where(
            SilenceRow.vehicle_id == vehicle_id, SilenceRow.before_ms >= anchor.entered_ms
        )
    )
    rows = [
        {
            "vehicle_id": vehicle_id,
            "before_ms": int(track.time_ms[step]),
            "after_ms": int(track.time_ms[step + 1]),
            "before_lat": float(track.lat[step]),
            "before_lon": float(track.lon[step]),
            "after_lat": float(track.lat[step + 1]),
            "after_lon": float(track.lon[step + 1]),
        }
        for step in teaching_steps(track).tolist()
        if track.time_ms[step] >= anchor.entered_ms
    ]
    if rows:
        session.execute(insert(SilenceRow), rows)


def replace_trips(
    session: Session, vehicle_id: int, anchor: Anchor, trips: list[Trip], dirty_ms: int
) -> list[int]:
    """The stored trips from the anchor on become these; what changed must be judged again.

    Returns the departures of stored trips that are no more.
    """
    stored = {
        row.departed_ms: row
        for row in session.scalars(
            select(TripRow).where(TripRow.vehicle_id == vehicle_id, TripRow.departed_ms >= anchor.entered_ms)
        )
    }
    columns = {trip.departed_ms: dict(zip(TRIP_COLUMNS, trip_values(trip), strict=True)) for trip in trips}
    changed = [row for departed_ms, row in stored.items() if departed_ms not in columns]
    gone = list(changed)
    new = [values for departed_ms, values in columns.items() if departed_ms not in stored]
    for departed_ms, values in columns.items():
        row = stored.get(departed_ms)
        if row is None:
            continue
        if values["arrived_ms"] >= dirty_ms or any(getattr(row, k) != v for k, v in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            row.judged = False
            changed.append(row)
    mark_linked(session, [row.id for row in changed])
    for row in gone:
        session.delete(row)
    session.flush()
    if new:
        fixed = {"vehicle_id": vehicle_id, "judged": False}
        session.execute(insert(TripRow), [fixed | values for values in new])
    return [row.departed_ms for row in gone]


def mark_linked(session: Session, trip_ids: list[int]) -> None:
    """The manifests that changed or vanished trips answered must be judged again."""
    if trip_ids:
        mark_manifests(
            session,
            select(Leg.manifest_id)
            .join(TripLeg, TripLeg.leg_id == Leg.id)
            .where(TripLeg.trip_id.in_(trip_ids)),
        )


def mark_met(session: Session, vehicle_id: int, scopes: set[str]) -> None:
    """The trips of others whose stops the new fixes came near must be judged again."""
    for scope in scopes:
        trip = trip_of(scope)
        if trip is not None and trip[0] != vehicle_id:
            stopped = (TripRow.vehicle_id == trip[0]) & (TripRow.departed_ms == trip[1])
            session.execute(update(TripRow).where(stopped).values(judged=False))


def mark_paper(session: Session, vehicle_id: int, dirty_ms: int, until_ms: int) -> None:
    """Paper that names the vehicle around the new fixes must be judged again: its coverage changed."""
    mark_manifests(
        session,
        select(Leg.manifest_id)
        .join(Manifest, Manifest.id == Leg.manifest_id)
        .where(
            Leg.vehicle_id == vehicle_id,
            Manifest.issued_at.between(from_moment(max(dirty_ms - PAPER_REACH_MS, 0)), from_moment(until_ms)),
        ),
    )
