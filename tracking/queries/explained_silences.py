"""Which silences stand as findings although others have shown since that it is a shadow zone?

Shadow is learned from all vehicles, so the first to pass a new tunnel is told of, and the finding is
withdrawn when enough others have fallen silent there too. Asked of what is stored, at every run: a run
that was killed loses nothing.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.findings import Finding, FindingVehicle
from models.fleet import Vehicle
from models.journeys import SilenceRow, TripRow
from models.values import make_track
from models.vocabulary import FindingKind
from tracking.rules.shadows import in_shadow
from tracking.rules.world import World


def explained_trips(session: Session, world: World, until_ms: int) -> dict[int, int]:
    """Row id and departure (ms UTC) of the trips with a current `signal_gap` that lies in shadow by now."""
    rows = session.execute(
        select(SilenceRow, TripRow.id, TripRow.departed_ms)
        .join(Vehicle, Vehicle.id == SilenceRow.vehicle_id)
        .join(FindingVehicle, FindingVehicle.vehicle_code == Vehicle.code)
        .join(Finding, (Finding.id == FindingVehicle.finding_id) & (Finding.start_ms == SilenceRow.before_ms))
        .join(
            TripRow,
            (TripRow.vehicle_id == SilenceRow.vehicle_id)
            & (TripRow.departed_ms <= SilenceRow.before_ms)
            & (TripRow.arrived_ms >= SilenceRow.after_ms),
        )
        .where(Finding.current, Finding.kind == FindingKind.SIGNAL_GAP, TripRow.departed_ms <= until_ms)
    )
    return {trip_id: departed for silence, trip_id, departed in rows if explained(silence, world)}


def explained(silence: SilenceRow, world: World) -> bool:
    """Is a stored silence in shadow, as far as the world is known?"""
    ends = make_track(
        time_ms=[silence.before_ms, silence.after_ms],
        lat=[silence.before_lat, silence.after_lat],
        lon=[silence.before_lon, silence.after_lon],
    )
    return in_shadow(ends, 0, silence.vehicle_id, world.silences, world.thresholds.track)
