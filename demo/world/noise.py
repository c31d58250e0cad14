"""How wrong are positions: slow drift, reflections between houses?"""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from demo.town.plane import Points

Floats = NDArray[np.float64]
STEP_S = 5.0
BURST_EVERY_S = 4_800.0
BURST_M, BURST_S = (30.0, 120.0), (20.0, 300.0)
MOOD_SPREAD, MOOD_TAU_S = 0.55, 400.0  # open country and street canyons: σ swings slowly by this log factor


def drift(rng: np.random.Generator, end_s: float, sigma_m: float, tau_s: float) -> Points:
    """Ornstein–Uhlenbeck wander on a 5 s grid, (n, 2) metres; its σ itself wanders slowly."""
    n = int(end_s / STEP_S) + 2
    mood = _ornstein(rng, (1, n), MOOD_TAU_S)[0]
    unit = _ornstein(rng, (2, n), tau_s)
    swing: Points = (unit * (sigma_m * np.exp(MOOD_SPREAD * mood - MOOD_SPREAD**2 / 2))).T
    return swing


def _ornstein(rng: np.random.Generator, shape: tuple[int, int], tau_s: float) -> Points:
    """Unit-variance Ornstein–Uhlenbeck rows on the grid."""
    keep = float(np.exp(-STEP_S / tau_s))
    kicks = rng.standard_normal(shape) * np.sqrt(1 - keep**2)
    kicks[:, 0] /= np.sqrt(1 - keep**2)
    filtered: Points = lfilter([1.0], [1.0, -keep], kicks, axis=1)
    return filtered


def bursts(rng: np.random.Generator, end_s: float) -> tuple[Floats, Floats, Points]:
    """Multipath: (starts, lengths, offsets (k, 2)). Small and short ones are the common ones."""
    count = int(rng.poisson(end_s / BURST_EVERY_S))
    start = np.sort(rng.uniform(0, end_s, count))
    size = np.minimum(BURST_M[0] + rng.exponential(26.0, count), BURST_M[1])
    length = np.minimum(BURST_S[0] + rng.exponential(40.0, count), BURST_S[1])
    heading = rng.uniform(0, 2 * np.pi, count)
    return start, length, np.column_stack((size * np.cos(heading), size * np.sin(heading)))


def add_bursts(t_s: Floats, offset: Points, drawn: tuple[Floats, Floats, Points]) -> None:
    """Add to the offsets at times t (sorted) every burst, swelling and fading; in place."""
    for start, length, push in zip(*drawn, strict=True):
        lo, hi = np.searchsorted(t_s, (start, start + length))
        if hi > lo:
            shape = np.sin(np.pi * (t_s[lo:hi] - start) / length) ** 0.5
            offset[lo:hi] += shape[:, None] * push


def errors_at(rng: np.random.Generator, t_s: Floats, end_s: float, sigma_m: float, tau_s: float) -> Points:
    """(n, 2) metres of error at sorted times."""
    grid = np.arange(int(end_s / STEP_S) + 2) * STEP_S
    wander = drift(rng, end_s, sigma_m, tau_s)
    offset = np.column_stack([np.interp(t_s, grid, wander[:, k]) for k in (0, 1)])
    offset += rng.normal(0, 0.6, offset.shape)
    add_bursts(t_s, offset, bursts(rng, end_s))
    return offset
