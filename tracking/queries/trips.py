"""Which loads does a driver or master carry, or have to take over next?

The driver named for a leg comes first; a leg without a named driver is offered to everybody of its carrier.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from models.manifests import Manifest
from models.values import Viewer
from models.vocabulary import CustodyState, Mode
from tracking.queries.loads import LegRow, LoadRow, loads_where

BEFORE_ARRIVAL = (
    CustodyState.ISSUED,
    CustodyState.LOADED,
    CustodyState.IN_TRANSIT,
    CustodyState.AT_TRANSFER,
    CustodyState.IN_STORE,
)
WITH_CARRIER = (CustodyState.IN_TRANSIT, CustodyState.AT_TRANSFER)


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


def trips_of(session: Session, viewer: Viewer) -> list[Trip]:
    """The driver's trips: what is aboard first, then what can be signed, then what is to come."""
    rows = loads_where(session, viewer, Manifest.custody_state.in_(BEFORE_ARRIVAL))
    trips = [trip for row in rows if (trip := trip_of(row, viewer)) is not None]
    return sorted(trips, key=lambda trip: (not trip.aboard, not trip.urgent, trip.load.issued_at))


def trip_of(row: LoadRow, viewer: Viewer) -> Trip | None:
    """The load with the viewer's leg; None where that leg is over."""
    current, following = row.current, row.following
    if row.state is CustodyState.IN_TRANSIT and current is not None and may_drive(current, viewer):
        return Trip(row, current, aboard=True)
    if row.state is CustodyState.IN_TRANSIT and current is not None and following is None:
        return None
    if following is not None and may_drive(following, viewer):
        return Trip(row, following, aboard=False)
    return None


def may_drive(leg: LegRow, viewer: Viewer) -> bool:
    """Named for the leg, or nobody is (visibility has looked at the carrier)."""
    return leg.driver_id in (None, viewer.user_id)


def voyages_of(trips: list[Trip]) -> list[VoyageLoads]:
    """The loads that lie together on a vessel, where there is more than one: by voyage, else by vessel."""
    by_code: dict[str, list[Trip]] = {}
    for trip in trips:
        if trip.leg.mode is Mode.WATER and trip.load.acts:
            by_code.setdefault(trip.leg.voyage or trip.leg.vehicle.code, []).append(trip)
    return [
        VoyageLoads(code, together[0].leg.vehicle.code, tuple(together))
        for code, together in by_code.items()
        if len(together) > 1
    ]
