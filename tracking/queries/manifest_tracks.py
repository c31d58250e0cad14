"""Where did the vehicles of a manifest go? Their tracks, prepared for maps and charts."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from models.thresholds import TrackThresholds
from models.values import FloatArray, Track
from models.vocabulary import UNUSABLE_DOUBTS
from tracking.queries.fixes import vehicle_track
from tracking.queries.manifest_paper import ApprovedWay
from tracking.queries.manifest_story import ManifestStory, paper_span
from tracking.queries.names import Name
from tracking.rules.track_parts import beside_m, parts_of, speeds_kmh

PAD_MS = 15 * 60_000  # shown before departure and after arrival, so that the stays at both ends are seen


@dataclass(frozen=True, slots=True)
class Errand:
    """Whose track is wanted, for which leg, from when to when (ms UTC)."""

    leg_seq: int
    vehicle_id: int
    vehicle: Name
    assigned: bool
    start_ms: int
    end_ms: int
    route: ApprovedWay | None


@dataclass(frozen=True, slots=True, eq=False)
class ManifestTrack:
    """One vehicle's track over one leg, n fixes with speed_kmh and from_route_m (NaN where unknown).

    Where no trip answers the leg the errand is not `assigned`: the track is where the paper's vehicle was
    during the paper's time. It reaches a quarter of an hour beyond the errand at both ends.
    """

    errand: Errand
    track: Track
    parts: tuple[slice, ...]
    speed_kmh: FloatArray
    from_route_m: FloatArray


def manifest_tracks(
    session: Session, story: ManifestStory, thresholds: TrackThresholds | None = None
) -> tuple[ManifestTrack, ...]:
    """The tracks of the assigned trips; for a leg without one, of the paper's vehicle in the paper's time."""
    rules = thresholds or TrackThresholds()
    errands = sorted(_errands(story), key=lambda errand: (errand.leg_seq, errand.start_ms))
    return tuple(errand_track(session, errand, rules) for errand in errands)


def _errands(story: ManifestStory) -> Iterator[Errand]:
    ways = {leg.seq: leg.route for leg in story.legs}
    for trip in story.trips:
        span = (trip.departed_ms, trip.arrived_ms)
        yield Errand(trip.leg_seq, trip.vehicle_id, trip.vehicle, True, *span, ways.get(trip.leg_seq))
    answered = {trip.leg_seq for trip in story.trips}
    for leg in story.legs:
        if leg.seq not in answered and leg.vehicle_id is not None:
            span = paper_span(leg)
            yield Errand(leg.seq, leg.vehicle_id, leg.vehicle, False, *span, leg.route)


def errand_track(session: Session, errand: Errand, rules: TrackThresholds) -> ManifestTrack:
    every = vehicle_track(session, errand.vehicle_id, errand.start_ms - PAD_MS, errand.end_ms + PAD_MS)
    track = every.take((every.doubts & np.uint32(int(UNUSABLE_DOUBTS))) == 0)
    return ManifestTrack(
        errand=errand,
        track=track,
        parts=tuple(parts_of(track, rules)),
        speed_kmh=speeds_kmh(track),
        from_route_m=beside_m(track, errand.route.line if errand.route else ()),
    )
