"""How long did a vehicle stay at either end of a trip, at most?"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.facilities import Facility
from models.journeys import TripLeg, TripRow
from models.values import Track
from models.vocabulary import MS_PER_S
from tracking.queries.track_cache import TrackCache
from tracking.rules.assignment import Journey
from tracking.rules.judge_dwell import LEARNED_STAYS, EndStay, least_stay_s
from tracking.rules.visits import CENSOR_GAP_S
from tracking.rules.world import World

REACH_MS = int(CENSOR_GAP_S) * MS_PER_S
BACK_MS = 1_800 * MS_PER_S  # who is back at the gate within half an hour had only left the queue


@dataclass(frozen=True, slots=True)
class Around:
    """The fixes of one vehicle before and after a trip."""

    session: Session
    vehicle_id: int
    tracks: TrackCache
    world: World

    def between(self, from_ms: int, to_ms: int) -> Track:
        """Its usable fixes over a time."""
        return self.tracks.between(self.session, self.vehicle_id, from_ms, to_ms)

    def alone(self, stay: EndStay) -> bool:
        """Was it not there just before or after as well? Read only for a stay that would be told of."""
        if stay.longest_s >= least_stay_s(stay.facility_id, self.world):
            return True
        before = self.between(stay.outside_before_ms - BACK_MS, stay.outside_before_ms)
        after = self.between(stay.outside_after_ms, stay.outside_after_ms + BACK_MS)
        return not any(inside(part, stay.facility_id, self.world) for part in (before, after))


def end_stays(journey: Journey, track: Track, near: Around) -> Iterator[EndStay]:
    """The stays at the ends of a trip that the data show whole and that were no part of a longer one.

    track: the usable fixes of the trip, the last inside its origin and the first inside its destination too.
    """
    if len(track) < 3:
        return
    if journey.origin_id is not None and journey.stay_from_ms is not None and not journey.start_censored:
        came = near.between(journey.stay_from_ms - REACH_MS, journey.stay_from_ms - 1)
        if len(came):
            stay = EndStay(journey.origin_id, int(came.time_ms[-1]), int(track.time_ms[1]), unloading=False)
            if near.alone(stay):
                yield stay
    if journey.destination_id is not None and journey.stay_to_ms is not None and not journey.end_censored:
        gone = near.between(journey.stay_to_ms + 1, journey.stay_to_ms + REACH_MS)
        if len(gone):
            stay = EndStay(
                journey.destination_id, int(track.time_ms[-2]), int(gone.time_ms[0]), unloading=True
            )
            if near.alone(stay):
                yield stay


def inside(track: Track, facility_id: int, world: World) -> bool:
    """Does any fix lie in the fence of a facility?"""
    if len(track) == 0:
        return False
    masks = world.fences.masks(track)
    return any(
        world.fences.facilities[index].id == facility_id and bool(core.any())
        for index, (core, _) in masks.items()
    )


def usual_stays_s(session: Session) -> dict[int, float]:
    """The 5th percentile of the stays of loads that came as declared, in s, by facility (row id).

    Of facilities that name no least stay and saw at least LEARNED_STAYS such loads.
    """
    rows = session.execute(
        select(TripRow.destination_id, TripRow.arrived_ms, TripRow.stay_to_ms)
        .join(Facility, Facility.id == TripRow.destination_id)
        .where(
            Facility.min_dwell_s.is_(None),
            TripRow.end_censored.is_(False),
            TripRow.stay_to_ms.is_not(None),
            select(TripLeg.leg_id).where(TripLeg.trip_id == TripRow.id, TripLeg.how == "matched").exists(),
        )
    )
    stays: dict[int, list[float]] = {}
    for facility_id, arrived_ms, left_ms in rows:
        if facility_id is None or left_ms is None:
            continue
        stays.setdefault(facility_id, []).append((left_ms - arrived_ms) / MS_PER_S)
    return {
        facility_id: float(np.percentile(seconds, 5))
        for facility_id, seconds in stays.items()
        if len(seconds) >= LEARNED_STAYS
    }
