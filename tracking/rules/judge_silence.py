"""Was the device silent on the loaded way? The findings of `signal_gap` between two fixes."""

import numpy as np
from geopy.distance import geodesic

from models.values import Evidence, Figures, Reason, Track
from models.vocabulary import Doubt, FindingKind
from tracking.rules.findings import FindingDraft
from tracking.rules.reach import reach_marks
from tracking.rules.shadows import in_shadow
from tracking.rules.silence import Gap, find_gaps, open_gap
from tracking.rules.trip_context import TripContext, joined, mark, subjects
from tracking.rules.visits import free_flow_kmh
from tracking.rules.world import World

STILL_STEP_S = 600.0


def gap_drafts(trip: TripContext, clean: Track, world: World) -> list[FindingDraft]:
    """`signal_gap`: silence on the loaded leg that the device's habit does not explain."""
    both = joined(trip.lookback, clean)
    first = len(both) - len(clean)
    gaps = find_gaps(both, trip.vehicle.mode, world.thresholds.track)
    drafts = [
        gap_draft(trip, both, gap, world)
        for gap in gaps
        if gap.before >= first
        and not confused_clock(both, gap)
        and not in_shadow(both, gap.before, trip.vehicle.id, world.silences, world.thresholds.track)
    ]
    if trip.silent_until_ms is not None:
        still = open_gap(both, trip.silent_until_ms, trip.vehicle.mode, world.thresholds.track)
        if still is not None:
            drafts.append(open_gap_draft(trip, both, still, world))
    return drafts


def confused_clock(track: Track, gap: Gap) -> bool:
    """Does the device's clock go wrong, or come right, at one end? Then the time between is no silence."""
    skewed = track.doubts[[gap.before, gap.before + 1]] & np.uint32(int(Doubt.CLOCK_SKEW))
    return bool(skewed[0] != skewed[1])


def open_gap_draft(trip: TripContext, track: Track, gap: Gap, world: World) -> FindingDraft:
    """The finding of a silence that goes on; told in whole ten minutes, so that it is not a new version
    at every look."""
    settings = world.thresholds.track
    start_ms = int(track.time_ms[-1])
    duration_s = max(gap.duration_s // STILL_STEP_S * STILL_STEP_S, settings.gap_report_s)
    limit_s = max(settings.gap_report_s, settings.gap_intervals * gap.expected_s)
    figures: Figures = {"duration_s": duration_s, "expected_s": gap.expected_s, "still_silent": 1}
    params: Figures = {"vehicle": trip.vehicle.code, "start_ms": start_ms, **figures}
    place = [round(float(track.lon[-1]), 6), round(float(track.lat[-1]), 6)]
    return FindingDraft(
        kind=FindingKind.SIGNAL_GAP,
        start_ms=start_ms,
        end_ms=int(start_ms + duration_s * 1000),
        detected_ms=int(start_ms + limit_s * 1000),
        size=max(duration_s / settings.still_report_s, 0.25),
        reasons=(
            Reason("signal_gap.still.seen", params),
            Reason("signal_gap.expected", {"expected_s": gap.expected_s, "limit_s": limit_s}),
        ),
        lat=place[1],
        lon=place[0],
        evidence=Evidence(
            figures, {"limit_s": limit_s}, ({"role": "seen", "type": "Point", "coordinates": place},)
        ),
        **subjects(trip),
    )


def gap_draft(trip: TripContext, track: Track, gap: Gap, world: World) -> FindingDraft:
    """The finding of one silence."""
    before, after = gap.before, gap.before + 1
    start_ms, end_ms = int(track.time_ms[before]), int(track.time_ms[after])
    settings = world.thresholds.track
    ends = [(float(track.lat[fix]), float(track.lon[fix])) for fix in (before, after)]
    distance_m = geodesic(*ends).m
    figures: Figures = {
        "duration_s": gap.duration_s,
        "expected_s": gap.expected_s,
        "distance_m": round(distance_m, 1),
        "free_flow_s": round(gap.free_flow_s, 1),
        "slack_s": round(gap.slack_s, 1),
    }
    limit_s = max(settings.gap_report_s, settings.gap_intervals * gap.expected_s)
    speed_kmh = free_flow_kmh(trip.vehicle.mode, settings)
    return FindingDraft(
        kind=FindingKind.SIGNAL_GAP,
        start_ms=start_ms,
        end_ms=end_ms,
        detected_ms=int(start_ms + limit_s * 1000),
        size=max(gap.slack_s / settings.slack_min_s, 0.25),
        reasons=(
            Reason("signal_gap.seen", {"vehicle": trip.vehicle.code, "start_ms": start_ms, **figures}),
            Reason("signal_gap.expected", {"expected_s": gap.expected_s, "limit_s": limit_s}),
        ),
        lat=float(track.lat[before]),
        lon=float(track.lon[before]),
        evidence=Evidence(
            figures,
            {"limit_s": limit_s, "free_flow_kmh": speed_kmh},
            (mark("gap", track, before, after), *reach_marks(ends, gap.duration_s, speed_kmh)),
        ),
        **subjects(trip),
    )
