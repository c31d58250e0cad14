"""Did another vehicle come alongside while the loaded one stood? The findings of `rendezvous`.

Both stand, near each other, outside every known place, for longer than a queue or a talk takes: so a load, or
part of it, can change vehicles. Vehicles that drive in convoy, or wait at a light together, do not stand so
long. Source: DETECTION.md section 6.
"""

from dataclasses import dataclass

import numpy as np

from models.thresholds import TrackThresholds
from models.values import Evidence, Figures, Reason, Track
from models.vocabulary import MS_PER_S, FindingKind, Mode, Severity
from tracking.rules.findings import FindingDraft
from tracking.rules.geometry import pair_m
from tracking.rules.stops import StopBounds, find_stops, stop_bounds
from tracking.rules.trip_context import TripContext, subjects


@dataclass(frozen=True, slots=True)
class Meeting:
    """Another vehicle (row id) that stood beside; ms UTC, m between where the two stood."""

    vehicle_id: int
    from_ms: int
    to_ms: int
    apart_m: float

    @property
    def duration_s(self) -> float:
        """How long both stood, in s."""
        return (self.to_ms - self.from_ms) / MS_PER_S


def may_be_met(stop: FindingDraft, thresholds: TrackThresholds) -> bool:
    """Is this a stop in which somebody else can have come alongside for long enough?"""
    lasted_s = (stop.end_ms - stop.start_ms) / MS_PER_S
    return stop.kind is FindingKind.UNPLANNED_STOP and lasted_s >= thresholds.rendezvous_s


def met(
    stop: FindingDraft, other_id: int, mode: Mode, track: Track, thresholds: TrackThresholds
) -> Meeting | None:
    """The longest time that the other vehicle stood beside a stop; None for less than `rendezvous_s`.

    track: its n usable fixes while the stop lasted.
    """
    if stop.lat is None or stop.lon is None:
        return None
    usual = stop_bounds(mode, thresholds)
    bounds = StopBounds(usual.diameter_m, thresholds.rendezvous_s, usual.outliers, usual.merge_s)
    found = None
    for each in find_stops(track, bounds):
        here, there = (np.array([value]) for value in (stop.lat, stop.lon))
        apart_m = float(pair_m(here, there, np.array([each.lat]), np.array([each.lon]))[0])
        from_ms = max(stop.start_ms, int(track.time_ms[each.first]))
        to_ms = min(stop.end_ms, int(track.time_ms[each.last]))
        meeting = Meeting(other_id, from_ms, to_ms, apart_m)
        long_enough = meeting.duration_s >= thresholds.rendezvous_s
        if apart_m < thresholds.rendezvous_m and long_enough:
            found = meeting if found is None or meeting.duration_s > found.duration_s else found
    return found


def rendezvous_draft(
    trip: TripContext, stop: FindingDraft, meeting: Meeting, other: str, thresholds: TrackThresholds
) -> FindingDraft:
    """The finding of one vehicle (code `other`) that came alongside."""
    figures: Figures = {"duration_s": meeting.duration_s, "apart_m": round(meeting.apart_m, 1)}
    limits: Figures = {"shortest_s": thresholds.rendezvous_s, "within_m": thresholds.rendezvous_m}
    named: Figures = {"vehicle": trip.vehicle.code, "other_vehicle": other, "start_ms": meeting.from_ms}
    params = figures | limits | named
    shared = subjects(trip) | {
        "subject": f"{trip.vehicle.code}+{other}",
        "vehicle_codes": (trip.vehicle.code, other),
    }
    return FindingDraft(
        kind=FindingKind.RENDEZVOUS,
        start_ms=meeting.from_ms,
        end_ms=meeting.to_ms,
        detected_ms=meeting.from_ms + round(thresholds.rendezvous_s * MS_PER_S),
        size=meeting.duration_s / thresholds.rendezvous_s,
        reasons=(Reason("rendezvous.seen", params), Reason("rendezvous.expected", params)),
        lat=stop.lat,
        lon=stop.lon,
        severity=Severity.HIGH,
        evidence=Evidence(figures, limits, stop.evidence.marks),
        **shared,
    )
