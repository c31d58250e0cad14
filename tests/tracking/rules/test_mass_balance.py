"""Do the two ends of a load agree, and how sure can one be?

By hand, for 20 t net over a tare of 11 t on class III scales with e = 20 kg (BALANCE.md):

- gross 31,000 kg = 1,550 e and tare 11,000 kg = 550 e: error limits in service 2 × 1 e = 40 kg each, as
  standard uncertainties 40/√3 = 23.1 kg each, together 32.7 kg: systematic.
- two roundings 20/√12 = 5.77 kg and two repeatabilities 0.3 × 20 = 6 kg: √(2 (33.3 + 36)) = 11.8 kg: random.
- together 34.7 kg, which is 0.17 % of 20 t; the random part alone 0.06 %.
- at 80 % moisture with u = .0058: u_DS² = (34.7 × .2)² + (20,000 × .0058)², so 116.2 kg of 4,000 kg: 2.9 %.
"""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values import WeighingFacts
from tests.tracking.ground import THRESHOLDS
from tests.tracking.ledger import weighed
from tracking.rules.mass_balance import (
    error_limit_kg,
    load_masses,
    mass_gap,
    u_moisture,
    wet_uncertainty_kg,
)

MASS = THRESHOLDS.mass
LOAD = weighed(20_000, 0.80)


@pytest.mark.parametrize(
    ("mass_kg", "limit_kg"), [(9_980, 20), (10_000, 20), (10_020, 40), (40_000, 40), (40_020, 60)]
)
def test_error_limits_step_at_500_and_2000_divisions(mass_kg: float, limit_kg: float) -> None:
    """Twice 0.5 e, 1 e, 1.5 e of 20 kg."""
    assert error_limit_kg(mass_kg, 20.0) == limit_kg


def test_the_worked_example() -> None:
    random, systematic = wet_uncertainty_kg(LOAD, MASS)
    assert random == pytest.approx(11.8, abs=0.05)
    assert systematic == pytest.approx(32.7, abs=0.05)
    mass = load_masses(LOAD, MASS)
    assert mass.u_wet_kg / mass.wet_kg == pytest.approx(0.0018, abs=1e-4)
    assert mass.dry_kg == pytest.approx(4_000)
    assert mass.u_dry_kg == pytest.approx(116.2, abs=0.1)
    assert mass.t80_kg == pytest.approx(20_000)


def test_t80_restates_at_eighty_percent() -> None:
    """10 t at 60 % moisture hold 4 t dry: as much as 20 t of the usual cake."""
    assert load_masses(weighed(10_000, 0.60), MASS).t80_kg == pytest.approx(20_000)


def test_the_scales_own_division_goes_before_the_default() -> None:
    fine, coarse = weighed(20_000, scale_division_kg=10.0), weighed(20_000, scale_division_kg=50.0)
    assert sum(wet_uncertainty_kg(fine, MASS)) < sum(wet_uncertainty_kg(LOAD, MASS))
    assert sum(wet_uncertainty_kg(coarse, MASS)) > sum(wet_uncertainty_kg(LOAD, MASS))


def test_the_tests_own_uncertainty_goes_before_the_default() -> None:
    assert u_moisture(LOAD, MASS) == 0.0058
    assert u_moisture(weighed(20_000, u_moisture_fraction=0.0), MASS) == 0.0
    assert u_moisture(weighed(20_000, u_moisture_fraction=0.02), MASS) == 0.02


def test_a_gap_by_hand() -> None:
    """20,000 - 19,500 less 0.2 % on the way: 460 kg; u of two scales and the way: √(2 × 34.7² + 40²) = 63."""
    gap = mass_gap(LOAD, weighed(19_500, 0.80), MASS)
    assert gap.wet_kg == pytest.approx(460)
    assert gap.u_wet_kg == pytest.approx(63.4, abs=0.3)
    assert gap.wet_ratio == pytest.approx(7.25, abs=0.05)
    assert gap.wet_share == pytest.approx(0.023)
    assert gap.dry_kg == pytest.approx(100)
    assert gap.dry_share == pytest.approx(0.025)
    assert gap.dry_ratio is not None
    assert gap.dry_ratio == pytest.approx(0.62, abs=0.02)  # 2.9 % at either end hide 2.5 %


def test_the_same_scale_cancels_its_own_error() -> None:
    """Only the random parts of both ends remain, and what tells the two loads apart on the scale."""
    one = mass_gap(weighed(20_000, scale_code="W1"), weighed(20_000, scale_code="W1"), MASS)
    two = mass_gap(weighed(20_000, scale_code="W1"), weighed(20_000, scale_code="W2"), MASS)
    unnamed = mass_gap(LOAD, LOAD, MASS)
    assert one.u_wet_kg == pytest.approx(math.hypot(11.8 * math.sqrt(2), 40), abs=0.1)
    assert two.u_wet_kg == unnamed.u_wet_kg > one.u_wet_kg


def test_added_water_shows_in_the_dry_mass_only() -> None:
    gap = mass_gap(weighed(17_000, 0.788), weighed(16_970, 0.845), MASS)
    assert abs(gap.wet_ratio) < 1
    assert gap.dry_ratio is not None
    assert gap.dry_ratio > 6


def test_without_a_moisture_test_nothing_is_said_of_the_dry_mass() -> None:
    for pair in ((weighed(20_000, None), LOAD), (LOAD, weighed(20_000, None))):
        gap = mass_gap(*pair, MASS)
        assert (gap.dry_kg, gap.u_dry_kg, gap.dry_share, gap.dry_ratio) == (None, None, None, None)
    assert load_masses(weighed(20_000, None), MASS).t80_kg is None


def test_pure_water_has_no_dry_share_and_is_no_exception() -> None:
    gap = mass_gap(weighed(20_000, 1.0), weighed(20_000, 1.0), MASS)
    assert gap.dry_kg == 0.0
    assert gap.dry_share is None


NETS = st.floats(500, 45_000)
MOISTURES = st.floats(0.3, 0.95)


@given(NETS, MOISTURES)
def test_what_is_conserved_is_within_bounds(net_kg: float, moisture: float) -> None:
    """The usual drip on the way and nothing else: no gap, in no unit."""
    lost_kg = net_kg * MASS.evaporation_fraction
    dry_kg = net_kg * (1 - moisture)
    left = weighed(net_kg - lost_kg, 1 - dry_kg / (net_kg - lost_kg))
    gap = mass_gap(weighed(net_kg, moisture), left, MASS)
    assert gap.wet_kg == pytest.approx(0, abs=1e-6)
    assert gap.dry_kg == pytest.approx(0, abs=1e-6)
    assert abs(gap.wet_ratio) < MASS.gap_u


@given(NETS, NETS, MOISTURES, MOISTURES)
def test_ends_turned_round_turn_the_sign_of_the_dry_gap(
    first_kg: float, second_kg: float, one: float, other: float
) -> None:
    a, b = weighed(first_kg, one), weighed(second_kg, other)
    there, back = mass_gap(a, b, MASS), mass_gap(b, a, MASS)
    assert there.dry_kg == pytest.approx(-(back.dry_kg or 0.0))
    assert there.u_dry_kg == pytest.approx(back.u_dry_kg)


@given(NETS, MOISTURES, st.floats(0, 0.05))
def test_less_sure_measurements_make_a_less_sure_gap(net_kg: float, moisture: float, extra: float) -> None:
    def gap_u(u: float) -> float:
        end: WeighingFacts = weighed(net_kg, moisture, u_moisture_fraction=u)
        return mass_gap(end, end, MASS).u_dry_kg or 0.0

    assert gap_u(0.0058 + extra) >= gap_u(0.0058) > 0
