"""Which stream does the watch follow in the benchmark? Trucks on a board of facilities, fix by fix.

Facilities stand on a board 3 km apart; every second one is a plant with three approved routes to sites
around it. Each truck drives one of the routes to and fro at 40 km/h, standing at both ends, reporting every
10 s with noise that wanders (Ornstein-Uhlenbeck, 5 m, 60 s). One in fifty leaves its route for a while.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.values import FacilityArea, RouteLine
from models.vocabulary import FacilityKind, Mode
from tracking.rules.geometry import frame_at

FRAME = frame_at(31.2, 120.5)
APART_M, HALF_M, EVERY_S = 3_000.0, 120.0, 10.0
STEP_M, STAND_FIXES = 40.0 / 3.6 * EVERY_S, 60
NOISE_M, NOISE_S = 5.0, 60.0
WAYS = ((1, 0), (1, 2), (3, 0))
"""Sites of a plant, in fields of the board to the east and north."""
ASTRAY_SHARE, ASTRAY_M = 0.02, 600.0

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Board:
    """The facilities and routes, and each route's line in m."""

    facilities: list[FacilityArea]
    routes: list[RouteLine]
    lines: list[Floats]


def board(facilities: int) -> Board:
    """A board of so many facilities."""
    wide = max(2, round(facilities**0.5))
    where = [(APART_M * (k % wide), APART_M * (k // wide)) for k in range(facilities)]
    index = {(k % wide, k // wide): k for k in range(facilities)}
    places = [area(k + 1, *where[k], plant=k % 2 == 0) for k in range(facilities)]
    routes: list[RouteLine] = []
    lines: list[Floats] = []
    for (column, row), k in index.items():
        sites = [index[column + i, row + j] for i, j in WAYS if (column + i, row + j) in index]
        for site in sites if k % 2 == 0 else ():
            line = bent(np.array(where[k]), np.array(where[site]))
            lon_lat = tuple(zip(*degrees(line)[::-1], strict=True))
            routes.append(
                RouteLine(len(routes) + 1, f"R{len(routes)}", k + 1, site + 1, Mode.ROAD, 75.0, lon_lat)
            )
            lines.append(line)
    return Board(places, routes, lines)


def area(key: int, x_m: float, y_m: float, *, plant: bool) -> FacilityArea:
    """A square facility."""
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]) * HALF_M + (x_m, y_m)
    lat, lon = degrees(corners)
    kind = FacilityKind.PLANT if plant else FacilityKind.SITE
    return FacilityArea(key, f"F{key}", kind, tuple(zip(lon, lat, strict=True)))


def bent(start: Floats, end: Floats) -> Floats:
    """A road with curves: a point every 100 m, up to 300 m beside the straight line."""
    length_m = float(np.hypot(*(end - start)))
    share = np.linspace(0.0, 1.0, max(2, round(length_m / 100.0) + 1))
    across = np.array([-(end - start)[1], (end - start)[0]]) / length_m
    swing_m = 300.0 * np.sin(np.pi * share) * np.sin(5 * np.pi * share)
    return np.asarray(start + share[:, None] * (end - start) + swing_m[:, None] * across)


def degrees(xy_m: Floats) -> tuple[list[float], list[float]]:
    """(lat, lon) of points in m."""
    lat, lon = FRAME.to_degrees(xy_m[:, 0], xy_m[:, 1])
    return lat.tolist(), lon.tolist()


Round = tuple[int, list[float], list[float], list[float]]
"""Time in ms; latitude, longitude in degrees and speed in km/h of each vehicle."""


def rounds(town: Board, vehicles: int, count: int, seed: int) -> Iterator[Round]:
    """So many rounds of one fix a vehicle."""
    chance = np.random.default_rng(seed)
    ways = [to_and_fro(line) for line in town.lines]
    own = chance.integers(len(ways), size=vehicles)
    size = np.array([len(way) for way in ways])[own]
    at = chance.integers(1_000_000, size=vehicles) % size
    begins = np.cumsum([0, *(len(way) for way in ways)])[own]
    road = np.vstack(ways)
    astray = chance.random(vehicles) < ASTRAY_SHARE
    drift = chance.normal(0.0, NOISE_M, (vehicles, 2))
    keep = float(np.exp(-EVERY_S / NOISE_S))
    for step in range(count):
        drift = keep * drift + (1 - keep**2) ** 0.5 * NOISE_M * chance.normal(size=(vehicles, 2))
        here = begins + (at + step) % size
        place = road[here] + drift
        place[astray & (step % 40 > 20)] += ASTRAY_M
        stands = np.all(road[here] == road[begins + (at + step + 1) % size], axis=1)
        lat, lon = degrees(place)
        yield int(step * EVERY_S * 1000), lat, lon, np.where(stands, 0.0, 40.0).tolist()


def to_and_fro(line: Floats) -> Floats:
    """The places of a truck, one every report: along the line, a stand, back, a stand."""
    along_m = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))))
    way_m = np.arange(0.0, along_m[-1], STEP_M)
    there = np.column_stack([np.interp(way_m, along_m, line[:, axis]) for axis in (0, 1)])
    return np.vstack(
        (there, np.repeat(line[-1:], STAND_FIXES, 0), there[::-1], np.repeat(line[:1], STAND_FIXES, 0))
    )
