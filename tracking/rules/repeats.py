"""How improbable is it that a figure repeats by chance? Honest scales repeat numbers, for they round.

Two independent readings with standard deviation s, rounded to a step d, agree with probability
P(|X - Y| < d/2), X - Y normal with s * sqrt 2: erf(d / (4 s)). A run of n equal figures has that to the power
n - 1. `s` is taken from the figures themselves where they vary, and never below the usual spread: somebody
who fills to a mark repeats more often than chance, and is no forger.
"""

import math
from collections.abc import Sequence

STEPS = (0.01, 0.005, 0.002, 0.001, 0.0005, 0.0001)


def chance_of_equal(spread: float, step: float) -> float:
    """Probability that two honest readings agree after rounding; spread and step in the same unit."""
    if step <= 0 or spread <= 0:
        return 1.0
    return math.erf(step / (4.0 * spread))


def chance_of_run(values: Sequence[float], step: float, usual_spread: float) -> tuple[int, float]:
    """(length, probability) of the run of equal figures at the end of `values`, in order of time.

    The spread is learned from the figures before the run, and is at least `usual_spread`, at most four times
    it: one odd load must not make every repetition look impossible.
    """
    if not values:
        return 0, 1.0
    length = 1
    while length < len(values) and values[-1 - length] == values[-1]:
        length += 1
    before = values[: len(values) - length]
    spread = usual_spread
    if len(before) >= 5:
        mean = math.fsum(before) / len(before)
        own = math.sqrt(math.fsum((each - mean) ** 2 for each in before) / (len(before) - 1))
        spread = min(max(own, usual_spread), 4.0 * usual_spread)
    return length, chance_of_equal(spread, step) ** (length - 1)


def step_of(values: Sequence[float]) -> float:
    """The coarsest usual step on which all these fractions lie: a laboratory that states whole per cent
    repeats itself often and honestly."""
    for step in STEPS:
        if all(abs(value / step - round(value / step)) < 1e-6 for value in values):
            return step
    return STEPS[-1]
