"""Where did a vehicle go over a time, whatever it carried? As GeoJSON for a map."""

from datetime import datetime

from sqlalchemy.orm import Session

from models.thresholds import TrackThresholds
from models.vocabulary import MS_PER_S
from tracking.queries.city_map import GeoJson, collection
from tracking.queries.fleet_list import VehicleRow
from tracking.queries.manifest_map import gap_features, track_features
from tracking.queries.manifest_tracks import Errand, errand_track
from tracking.queries.names import Name


def vehicle_map(session: Session, row: VehicleRow, start: datetime, end: datetime) -> GeoJson:
    """The vehicle's track from `start` to `end`, with its silences."""
    span = [round(at.timestamp() * MS_PER_S) for at in (start, end)]
    return collection(wandering(session, row.id, row.vehicle, span[0], span[1]))


def wandering(session: Session, vehicle_id: int, vehicle: Name, start_ms: int, end_ms: int) -> list[GeoJson]:
    """The features of a track that answers no leg."""
    errand = Errand(0, vehicle_id, vehicle, False, start_ms, end_ms, None)
    track = errand_track(session, errand, TrackThresholds())
    return [*track_features(track), *gap_features(track)]
