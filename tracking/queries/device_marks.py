"""What does the map show of a doubted stretch: where it was, which way is a copy, where it truly was?"""

from typing import Any

from sqlalchemy.orm import Session

from models.vocabulary import Datum, FindingKind
from tracking.queries.contradictions import Run
from tracking.rules.datum import from_wgs84
from tracking.rules.doubt_stretches import Stretch
from tracking.rules.trip_context import mark

AROUND_MS = 600_000
MOST_POINTS = 200


def device_marks(session: Session, vehicle_id: int, stretch: Stretch, run: Run) -> tuple[dict[str, Any], ...]:
    """Marks for the map, beside the places that the stretch names itself."""
    if stretch.kind is FindingKind.REPLAYED_TRACK:
        track = run.tracks.between(session, vehicle_id, stretch.from_ms, stretch.to_ms)
        thin = track.take(slice(None, None, len(track) // MOST_POINTS + 1))
        return (mark("jump", thin, 0, len(thin) - 1),) if len(thin) else ()
    if stretch.kind is FindingKind.DATUM_SHIFT:
        return datum_marks(session, vehicle_id, stretch, run)
    if stretch.kind is FindingKind.CLOCK_SKEW:
        track = run.tracks.between(session, vehicle_id, stretch.from_ms, stretch.to_ms)
        return (mark("seen", track, 0, 0),) if len(track) else ()
    return ()


def datum_marks(session: Session, vehicle_id: int, stretch: Stretch, run: Run) -> tuple[dict[str, Any], ...]:
    """One place as it was sent, and where it truly is."""
    proved_ms = int(stretch.figures["proved_ms"] or 0)
    track = run.tracks.between(session, vehicle_id, proved_ms - AROUND_MS, proved_ms)
    if len(track) == 0:
        return ()
    last = len(track) - 1
    true = mark("expected", track, last, last)
    lat, lon = from_wgs84(track.lat[-1:], track.lon[-1:], Datum(stretch.cause))
    sent = true | {"role": "seen", "coordinates": [round(float(lon[0]), 6), round(float(lat[0]), 6)]}
    return sent, true
