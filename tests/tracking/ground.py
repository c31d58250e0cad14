"""How do tests of rules lay out places, routes and tracks by hand? In metres and seconds.

Everything is given as (x east, y north) in m from the origin of a flat frame, at seconds from DAY, so that
distances in a test can be checked by eye. The frame itself is held against the geodesic in test_geometry.py.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from models.thresholds import Thresholds
from models.values import DiversionFacts, FacilityArea, RouteLine, Track, VehicleFacts, make_track
from models.vocabulary import FacilityKind, Mode
from tracking.rules.geometry import Frame, frame_at
from tracking.rules.visits import Fences
from tracking.rules.world import Limit, World

DAY_MS = 1_772_409_600_000  # 2026-03-02T00:00:00Z, 08:00 in Shanghai
HOME = frame_at(31.0, 120.0)
THRESHOLDS = Thresholds()

Point = tuple[float, float]


def at(seconds: float) -> int:
    """ms UTC of a moment counted from DAY."""
    return DAY_MS + round(seconds * 1000)


def track(seconds: npt.ArrayLike, points: npt.ArrayLike, frame: Frame = HOME, **columns: Any) -> Track:
    """A track through (x, y) at these seconds."""
    x_m, y_m = np.asarray(points, dtype=np.float64).reshape(-1, 2).T
    lat, lon = frame.to_degrees(x_m, y_m)
    times = [at(second) for second in np.asarray(seconds, dtype=np.float64).tolist()]
    return make_track(time_ms=times, lat=lat, lon=lon, **columns)


def drive(
    points: Sequence[Point], start_s: float = 0.0, speed_m_s: float = 10.0, every_s: float = 10.0
) -> tuple[list[float], list[Point]]:
    """(seconds, points) of a drive through corners at an even speed; the last corner is a fix too."""
    corners = np.array(points, dtype=np.float64)
    length_m = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))))
    end_s = length_m[-1] / speed_m_s
    seconds = np.append(np.arange(0.0, end_s, every_s), end_s)
    x_m = np.interp(seconds * speed_m_s, length_m, corners[:, 0])
    y_m = np.interp(seconds * speed_m_s, length_m, corners[:, 1])
    return (seconds + start_s).tolist(), list(zip(x_m.tolist(), y_m.tolist(), strict=True))


def stand(
    point: Point, start_s: float, for_s: float, every_s: float = 10.0
) -> tuple[list[float], list[Point]]:
    """(seconds, points) of standing still, both ends included."""
    seconds = np.append(np.arange(0.0, for_s, every_s), for_s) + start_s
    return seconds.tolist(), [point] * len(seconds)


def day(*stretches: tuple[list[float], list[Point]], frame: Frame = HOME, **columns: Any) -> Track:
    """A track of drives and stands one after the other."""
    seconds = [second for part, _ in stretches for second in part]
    points = [point for _, part in stretches for point in part]
    return track(seconds, points, frame, **columns)


def ring(x_m: float, y_m: float, half_m: float, frame: Frame = HOME) -> tuple[Point, ...]:
    """A square of (lon, lat) around a place."""
    sides = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]) * half_m + (x_m, y_m)
    lat, lon = frame.to_degrees(sides[:, 0], sides[:, 1])
    return tuple(zip(lon.tolist(), lat.tolist(), strict=True))


def place(
    place_id: int, kind: FacilityKind, middle: Point, half_m: float = 100.0, frame: Frame = HOME, **given: Any
) -> FacilityArea:
    """A square facility with sides of 2 × half_m."""
    return FacilityArea(
        place_id, f"{kind.value.upper()}-{place_id}", kind, ring(*middle, half_m, frame), **given
    )


def road(
    route_id: int,
    origin_id: int,
    destination_id: int,
    points: Sequence[Point],
    frame: Frame = HOME,
    **given: Any,
) -> RouteLine:
    """An approved route through (x, y), half-width 75 m."""
    x_m, y_m = np.array(points, dtype=np.float64).T
    lat, lon = frame.to_degrees(x_m, y_m)
    line = tuple(zip(lon.tolist(), lat.tolist(), strict=True))
    values: dict[str, Any] = {"mode": Mode.ROAD, "corridor_m": 75.0} | given
    return RouteLine(route_id, f"R{route_id}", origin_id, destination_id, line=line, **values)


def truck(vehicle_id: int, **given: Any) -> VehicleFacts:
    """A registered truck of 11 t with 20 t rated payload."""
    values: dict[str, Any] = {
        "mode": Mode.ROAD,
        "organisation_id": 1,
        "tare_kg": 11_000.0,
        "rated_payload_kg": 20_000.0,
    }
    return VehicleFacts(vehicle_id, f"V{vehicle_id}", **(values | given))


def city(
    places: Iterable[FacilityArea] = (),
    routes: Iterable[RouteLine] = (),
    vehicles: Iterable[VehicleFacts] = (),
    diversions: Sequence[DiversionFacts] = (),
    limits: Sequence[Limit] = (),
    **given: Any,
) -> World:
    """The world of the rules."""
    known = {each.id: each for each in places}
    return World(
        places=known,
        routes={each.id: each for each in routes},
        vehicles={each.id: each for each in vehicles},
        diversions=diversions,
        limits=limits,
        thresholds=THRESHOLDS,
        fences=Fences(list(known.values()), THRESHOLDS.track.exit_buffer_m),
        **given,
    )
