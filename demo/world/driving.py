"""When is a vehicle where along its way: acceleration, bends, lights, jams, halts?"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.town.plane import Points
from demo.world.ways import Way

Floats = NDArray[np.float64]
GAIN_MS2, BRAKE_MS2 = 0.55, 0.8  # a laden truck
LANE_M = 2.4  # drivers keep to the right of the centre line
HOURLY = np.array(
    [1.06] * 6
    + [
        0.98,
        0.78,
        0.74,
        0.84,
        0.9,
        0.92,
        0.94,
        0.92,
        0.9,
        0.88,
        0.82,
        0.74,
        0.76,
        0.88,
        0.95,
        1.0,
        1.03,
        1.05,
    ]
)  # share of free speed by hour of the day
RED_LIGHT_SHARE, RED_LIGHT_MAX_S = 0.35, 75.0
LIGHTS_APART_M = 260.0  # two reds nearer than this are one wait


@dataclass(frozen=True)
class Halt:
    """A stand on the way: where, how long, how far aside of the lane, and whether the engine runs."""

    at_m: float
    duration_s: float
    aside_m: float = 6.0
    ramp_m: float = 60.0
    why: str = "halt"


@dataclass(frozen=True)
class Sidestep:
    """A stretch driven beside the centre line, such as a service road."""

    from_m: float
    to_m: float
    aside_m: float


@dataclass(frozen=True)
class Drive:
    """What physically happened on one way: knots of time and place, and what interrupted it."""

    t_s: Floats  # (n,) seconds since the world began
    xy: Points  # (n, 2)
    s_m: Floats  # (n,)
    halts: tuple[tuple[float, float, Halt], ...]  # (from, to, halt) in seconds
    dark: tuple[tuple[float, float], ...]  # intervals without satellites
    slow: tuple[tuple[float, float], ...] = ()  # intervals in rolling congestion
    beside: tuple[tuple[float, float], ...] = ()  # intervals on a service road

    @property
    def start_s(self) -> float:
        return float(self.t_s[0])

    @property
    def end_s(self) -> float:
        return float(self.t_s[-1])

    def when_at(self, s_m: float) -> float:
        """First time at a chainage."""
        return float(self.t_s[np.searchsorted(self.s_m, s_m)])


def drive(
    way: Way,
    start_s: float,
    rng: np.random.Generator,
    halts: tuple[Halt, ...] = (),
    beside: tuple[Sidestep, ...] = (),
    pace: float = 1.0,
    traffic: bool = True,
) -> Drive:
    """Drive a way from rest to rest; `pace` is the driver's share of the usual speed."""
    reds = _red_lights(way, rng, halts)
    stops = sorted(
        [*((h.at_m, h.duration_s, h) for h in halts), *((m, d, None) for m, d in reds)], key=_first
    )
    index = np.array([int(np.searchsorted(way.s_m, m)) for m, _, _ in stops], dtype=np.int64)
    limit, jams_m = _limit(way, start_s, rng, pace) if traffic else (way.free_ms * pace, [])
    speed = _profile(way, limit, index)
    step = np.diff(way.s_m) / np.maximum(0.5 * (speed[1:] + speed[:-1]), 0.4)
    t = start_s + np.concatenate(([0.0], np.cumsum(step)))
    xy = way.xy + way.right * _aside(way, halts, beside)[:, None]
    s = way.s_m
    stood: list[tuple[float, float, Halt | None]] = []
    if stops:
        t, xy, s, stood = _with_stands(t, xy, s, stops, index)
    dark, slow, aside = (
        tuple((float(np.interp(a, s, t)), float(np.interp(b, s, t))) for a, b in spans)
        for spans in (way.dark_m, jams_m, [(b.from_m, b.to_m) for b in beside])
    )
    return Drive(t, xy, s, tuple((a, b, h) for a, b, h in stood if h is not None), dark, slow, aside)


def _first(item: tuple[float, float, Halt | None]) -> float:
    return item[0]


def sail(way: Way, start_s: float, rng: np.random.Generator, halts: tuple[Halt, ...]) -> Drive:
    """A vessel's voyage: 8 to 14 km/h, wandering across the fairway."""
    swing = 9.0 * np.sin(way.s_m / rng.uniform(500, 900) + rng.uniform(0, 6.3))
    fade = np.minimum(1.0, np.minimum(way.s_m, way.length_m - way.s_m) / 600.0)
    moved = Way(
        way.line, way.xy + way.right * (swing * fade)[:, None], way.right, way.s_m, way.free_ms, way.lights_m
    )
    return drive(moved, start_s, rng, halts, pace=float(rng.uniform(0.84, 1.1)), traffic=False)


def _red_lights(way: Way, rng: np.random.Generator, halts: tuple[Halt, ...]) -> list[tuple[float, float]]:
    """Which junctions show red, and for how long; never two near each other nor near a halt."""
    red = way.lights_m[rng.random(len(way.lights_m)) < RED_LIGHT_SHARE]
    waits = rng.uniform(8.0, RED_LIGHT_MAX_S, len(red))
    found: list[tuple[float, float]] = []
    for at_m, wait_s in zip(red.tolist(), waits.tolist(), strict=True):
        near_halt = any(abs(at_m - h.at_m) < LIGHTS_APART_M for h in halts)
        near_gate = at_m < LIGHTS_APART_M or at_m > way.length_m - LIGHTS_APART_M
        if not near_halt and not near_gate and (not found or at_m - found[-1][0] > LIGHTS_APART_M):
            found.append((at_m, wait_s))
    return found


def _limit(
    way: Way, start_s: float, rng: np.random.Generator, pace: float
) -> tuple[Floats, list[tuple[float, float]]]:
    """Free speed × hour × driver × patches of rolling congestion (never a standstill), and the patches."""
    jams: list[tuple[float, float]] = []
    hour = (start_s / 3600.0) % 24.0
    share = float(np.interp(hour, np.arange(25), np.append(HOURLY, HOURLY[0])))
    limit = way.free_ms * (share * pace * rng.uniform(0.94, 1.04))
    for _ in range(int(rng.poisson(1.1 if share < 0.85 else 0.25))):
        at = rng.uniform(0.1, 0.85) * way.length_m
        jams.append((float(at), float(at + rng.uniform(250, 800))))
        slow = (way.s_m > at) & (way.s_m < jams[-1][1])
        limit[slow] = np.minimum(limit[slow], rng.uniform(2.6, 4.5))
    return limit, jams


def _profile(way: Way, limit: Floats, stops: NDArray[np.int64]) -> Floats:
    """Highest speed under the limit that gains and brakes within bounds: running minima of v² ∓ 2as."""
    square = limit**2
    square[[0, -1]] = 0.1
    square[stops] = 0.1
    gain, brake = 2 * GAIN_MS2 * way.s_m, 2 * BRAKE_MS2 * way.s_m
    forward = np.minimum.accumulate(square - gain) + gain
    back = np.minimum.accumulate((forward + brake)[::-1])[::-1] - brake
    return np.sqrt(np.maximum(back, 0.05))


def _aside(way: Way, halts: tuple[Halt, ...], beside: tuple[Sidestep, ...]) -> Floats:
    """Metres to the right of the centre line at each grid point."""
    ends = np.minimum(1.0, np.minimum(way.s_m, way.length_m - way.s_m) / 40.0)
    aside = LANE_M * ends
    for h in halts:
        share = np.clip(1.0 - (np.abs(way.s_m - h.at_m) - 15.0) / h.ramp_m, 0.0, 1.0)
        aside = np.maximum(aside, h.aside_m * share) if h.aside_m >= 0 else aside + h.aside_m * share
    for b in beside:
        edge = np.minimum(way.s_m - b.from_m, b.to_m - way.s_m) / 80.0
        aside = aside + (b.aside_m - LANE_M) * np.clip(edge, 0.0, 1.0)
    return aside


def _with_stands(
    t: Floats, xy: Points, s: Floats, stops: list[tuple[float, float, Halt | None]], index: NDArray[np.int64]
) -> tuple[Floats, Points, Floats, list[tuple[float, float, Halt | None]]]:
    """Double the knot of every stop and push all later knots back by its duration."""
    waits = np.array([d for _, d, _ in stops])
    delay = np.zeros(len(t))
    np.add.at(delay, np.minimum(index + 1, len(t) - 1), waits)
    moved = t + np.cumsum(delay)
    arrive = moved[index]
    stood = [(float(a), float(a + d), h) for a, (_, d, h) in zip(arrive, stops, strict=True)]
    t_all = np.insert(moved, index + 1, arrive + waits)
    return t_all, np.insert(xy, index + 1, xy[index], axis=0), np.insert(s, index + 1, s[index]), stood
