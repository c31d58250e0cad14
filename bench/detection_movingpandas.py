"""What would MovingPandas' stop detector and gap splitter raise on the same tracks?

It is given the very diameters and durations of this project's own rules. MovingPandas comes with the
extra `bench`; without it the peer is left out, and the result says so.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from bench.detection_legs import Leg
from bench.detection_traccar import MOSTLY
from demo.scenario.score import ScoredFinding
from models.vocabulary import FindingKind

STOP_M, STOP_S = 100.0, 240.0
GAP_S = 300.0


def is_there() -> bool:
    return find_spec("movingpandas") is not None


def stop_and_gap_alarms(legs: list[Leg]) -> tuple[list[ScoredFinding], list[ScoredFinding]]:
    """(unplanned_stop findings, signal_gap findings); times of fixes are s since the world began."""
    movingpandas = import_module("movingpandas")
    stops: list[ScoredFinding] = []
    gaps: list[ScoredFinding] = []
    for leg in legs:
        detector = movingpandas.TrajectoryStopDetector(trajectory_of(leg, movingpandas))
        for each in detector.get_stop_time_ranges(min_duration=seconds(STOP_S), max_diameter=STOP_M):
            from_s, to_s = each.t_0.timestamp(), each.t_n.timestamp()
            within = slice(*np.searchsorted(leg.t_s, (from_s, to_s + 1)).tolist())
            if leg.away[within].mean() >= MOSTLY:
                told_s = from_s + STOP_S
                stops.append(leg.finding("movingpandas", FindingKind.UNPLANNED_STOP, from_s, to_s, told_s))
        # the rule of its ObservationGapSplitter, which gives the pieces and not the gaps
        for before in np.flatnonzero(np.diff(leg.t_s) > GAP_S).tolist():
            from_s, to_s = float(leg.t_s[before]), float(leg.t_s[before + 1])
            gaps.append(leg.finding("movingpandas", FindingKind.SIGNAL_GAP, from_s, to_s, to_s))
    return stops, gaps


def trajectory_of(leg: Leg, movingpandas: Any) -> Any:
    """The leg as MovingPandas wants it: metres, naive UTC times."""
    geopandas, pandas = import_module("geopandas"), import_module("pandas")
    frame = geopandas.GeoDataFrame(
        {"vehicle": leg.vehicle},
        geometry=geopandas.points_from_xy(*leg.xy.T),
        index=pandas.to_datetime(leg.t_s, unit="s"),
        crs="EPSG:3857",  # a board in metres: the detector only takes differences
    )
    return movingpandas.Trajectory(frame, traj_id=leg.manifest)


def seconds(count: float) -> Any:
    return import_module("pandas").Timedelta(seconds=count).to_pytimedelta()
