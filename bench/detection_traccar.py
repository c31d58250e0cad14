"""What would Traccar's rules raise on the same tracks?

Its polyline geofence and its report of stops, after its documentation: a fix farther from the line than
the geofence's distance is outside at once; a stop is at least so long within so far of where it began.
"""

import numpy as np
import shapely

from bench.detection_legs import Leg, runs
from demo.scenario.score import ScoredFinding
from models.vocabulary import FindingKind

WIDTHS_M = (25.0, 75.0)
STOP_M, STOP_S = 200.0, 180.0
MOSTLY = 0.5  # of its fixes outside every fence: otherwise it is a stay, which these rules need not know


def route_alarms(legs: list[Leg], width_m: float) -> list[ScoredFinding]:
    """A finding for each time that a vehicle was outside the polyline geofences of all approved routes."""
    peer = f"traccar_{width_m:.0f}m"
    found = []
    for leg in legs:
        if leg.routes is None:
            continue
        shapely.prepare(leg.routes)
        outside = shapely.distance(shapely.points(leg.xy), leg.routes) > width_m
        for first, last in runs(np.asarray(outside) & leg.away):
            span = float(leg.t_s[first]), float(leg.t_s[last])
            found.append(leg.finding(peer, FindingKind.OFF_ROUTE, *span, span[0]))
    return found


def stop_alarms(legs: list[Leg]) -> list[ScoredFinding]:
    """A finding for each stop outside every fence."""
    found = []
    for leg in legs:
        first = 0
        while first < len(leg.t_s):
            away = np.hypot(*(leg.xy[first:] - leg.xy[first]).T) > STOP_M
            after = first + int(np.argmax(away)) if away.any() else len(leg.t_s)
            from_s, to_s = float(leg.t_s[first]), float(leg.t_s[after - 1])
            if to_s - from_s >= STOP_S:
                told_s = from_s + STOP_S
                if leg.away[first:after].mean() >= MOSTLY:
                    found.append(leg.finding("traccar", FindingKind.UNPLANNED_STOP, from_s, to_s, told_s))
                first = after
            else:
                first += 1
    return found
