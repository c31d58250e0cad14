"""How improbable is a repetition? Held against drawn numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracking.rules.repeats import chance_of_equal, chance_of_run, step_of


@pytest.mark.parametrize(("spread", "step"), [(170.0, 20.0), (50.0, 20.0), (400.0, 50.0)])
def test_two_honest_readings_agree_as_often_as_it_says(spread: float, step: float) -> None:
    """Readings rounded to the step; the formula takes |X - Y| < step / 2: near the truth for wide spreads."""
    rng = np.random.default_rng(7)
    readings = np.round(rng.normal(17_000.0, spread, (200_000, 2)) / step)
    share = float((readings[:, 0] == readings[:, 1]).mean())
    assert chance_of_equal(spread, step) == pytest.approx(share, rel=0.06)


def test_a_run_is_counted_from_its_end() -> None:
    assert chance_of_run([], 20.0, 170.0) == (0, 1.0)
    assert chance_of_run([1.0, 2.0], 20.0, 170.0) == (1, 1.0)
    length, chance = chance_of_run([2.0, 1.0, 1.0, 1.0], 20.0, 170.0)
    assert length == 3
    assert chance == pytest.approx(chance_of_equal(170.0, 20.0) ** 2)


def test_a_vehicle_that_is_filled_to_a_mark_is_given_its_due() -> None:
    """The usual spread is the least that is assumed, whatever its own loads say."""
    exact = [17_000.0] * 20
    wide = [16_000.0, 18_000.0, 17_500.0, 16_500.0, 17_200.0, 15_900.0]
    narrow = chance_of_run(exact[:6], 20.0, 170.0)[1]
    assert chance_of_run([*wide, *exact[:6]], 20.0, 170.0)[1] < narrow


@given(st.lists(st.integers(0, 50), min_size=1, max_size=30))
def test_a_chance_is_a_chance(readings: list[int]) -> None:
    length, chance = chance_of_run([float(each) for each in readings], 1.0, 10.0)
    assert 1 <= length <= len(readings)
    assert 0.0 <= chance <= 1.0


@pytest.mark.parametrize(
    ("values", "step"), [([0.8, 0.79], 0.01), ([0.785, 0.79], 0.005), ([0.781], 0.001), ([0.78123], 0.0001)]
)
def test_the_step_is_the_coarsest_that_fits(values: list[float], step: float) -> None:
    assert step_of(values) == step
