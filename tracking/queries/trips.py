"""Which loads does a driver or master carry, or have to take over next?

A leg is for the driver named for it; one without a named driver is offered to everybody of its carrier.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.custody_words import Act
from models.manifests import Leg, Manifest
from models.values import Viewer
from models.vocabulary import CustodyState, Mode
from tracking.queries.few import in_few
from tracking.queries.keyset import Key, Page
from tracking.queries.loads import AT_A_TIME, LegRow, LoadRow, load_rows, loads_query, oldest_loads

BEFORE_ARRIVAL = (
    CustodyState.ISSUED,
    CustodyState.LOADED,
    CustodyState.IN_TRANSIT,
    CustodyState.AT_TRANSFER,
    CustodyState.IN_STORE,
)


@dataclass(frozen=True, slots=True)
class Trip:
    """A load with the leg that concerns the driver: the one under way, or the next."""

    load: LoadRow
    leg: LegRow
    aboard: bool  # the driver's own carrier answers for it now

    @property
    def urgent(self) -> bool:
        """Is there something to sign?"""
        return bool(self.load.acts)


@dataclass(frozen=True, slots=True)
class VoyageLoads:
    """航次: the loads of one voyage, signed for together."""

    code: str
    vehicle: str
    trips: tuple[Trip, ...]


def trips_aboard(
    session: Session, viewer: Viewer, after: Key | None = None, limit: int = AT_A_TIME
) -> Page[Trip]:
    """What the driver carries, the oldest first."""
    return oldest_loads(session, viewer, aboard(viewer), after, limit).map(lambda row: trip_of(row, viewer))


def trips_to_come(
    session: Session, viewer: Viewer, after: Key | None = None, limit: int = AT_A_TIME
) -> Page[Trip]:
    """What the driver takes over next; on each page first what can be signed now, then by age."""
    found = oldest_loads(session, viewer, to_come(viewer), after, limit)
    trips = [trip_of(row, viewer) for row in found.rows]
    return Page(tuple(sorted(trips, key=lambda trip: not trip.urgent)), found.after)


def aboard(viewer: Viewer) -> ColumnElement[bool]:
    """On a leg that the viewer may drive (visibility has looked at the carrier)."""
    current = select(Leg.id).where(
        Leg.manifest_id == Manifest.id, Leg.seq == Manifest.leg_seq, may_drive(viewer)
    )
    return in_few([CustodyState.IN_TRANSIT]) & current.exists()


def to_come(viewer: Viewer) -> ColumnElement[bool]:
    """Not aboard, and the next leg is one that the viewer may drive."""
    later = aliased(Leg)
    next_seq = (
        select(func.min(later.seq))
        .where(later.manifest_id == Manifest.id, later.seq > Manifest.leg_seq)
        .correlate(Manifest)
        .scalar_subquery()
    )
    following = select(Leg.id).where(Leg.manifest_id == Manifest.id, Leg.seq == next_seq, may_drive(viewer))
    return in_few(BEFORE_ARRIVAL) & following.exists() & ~aboard(viewer)


def may_drive(viewer: Viewer) -> ColumnElement[bool]:
    """Named for the leg, or nobody is."""
    return or_(Leg.driver_id.is_(None), Leg.driver_id == viewer.user_id)


def trip_of(row: LoadRow, viewer: Viewer) -> Trip:
    """The load with the viewer's leg; the row fits `aboard` or `to_come`."""
    current, following = row.current, row.following
    under_way = row.state is CustodyState.IN_TRANSIT
    if under_way and current is not None and current.driver_id in (None, viewer.user_id):
        return Trip(row, current, aboard=True)
    if following is None:
        raise LookupError(f"manifest {row.number} has no leg for this driver")
    return Trip(row, following, aboard=False)


def voyages_of(trips: Collection[Trip]) -> list[tuple[str, str]]:
    """Code and vessel of the voyages with loads among these that wait for a signature."""
    by_water = [trip.leg for trip in trips if trip.leg.mode is Mode.WATER and trip.load.acts]
    return list(dict.fromkeys((voyage_code(leg), leg.vehicle.code) for leg in by_water))


def voyage_code(leg: LegRow) -> str:
    """What a voyage is called: its own code, else its vessel."""
    return leg.voyage or leg.vehicle.code


def loads_of_voyage(session: Session, viewer: Viewer, code: str) -> VoyageLoads | None:
    """All loads of a voyage that wait for the driver's signature; None where there are fewer than two.

    Never a page of them: what is signed together is the whole voyage, and one vessel carries it.
    """
    on_it = select(Leg.manifest_id).where(
        Leg.mode == Mode.WATER, func.coalesce(Leg.voyage, Leg.vehicle_code) == code
    )
    query = loads_query(viewer).where(
        in_few(BEFORE_ARRIVAL),
        or_(aboard(viewer), to_come(viewer)),
        Manifest.id.in_(on_it),
    )
    rows = load_rows(session, query.order_by(Manifest.issued_at, Manifest.id), viewer)
    trips = [trip_of(row, viewer) for row in rows]
    together = tuple(trip for trip in trips if trip.load.acts and voyage_code(trip.leg) == code)
    if len(together) < 2:
        return None
    return VoyageLoads(code, together[0].leg.vehicle.code, together)


def acts_together(voyage: VoyageLoads, acts: Collection[Act]) -> list[Act]:
    """Which of these acts every load of the voyage waits for."""
    return [act for act in acts if all(act in trip.load.acts for trip in voyage.trips)]
