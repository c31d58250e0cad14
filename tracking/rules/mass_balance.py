"""Do the two ends of one load agree, and how sure can one be? (BALANCE.md, "single load")

W is net wet mass, w moisture, DS = W (1 - w) dry solids. A class III weighbridge in service may be off
by twice the initial error limits of OIML R 76 (0.5 e up to 500 e, 1 e up to 2000 e, 1.5 e beyond): a
rectangular, systematic term, which the same scale at both ends cancels. Rounding (e / sqrt 12) and
repeatability (0.3 e) are random. Masses kg, moisture a fraction, u a standard uncertainty.
"""

import math
from dataclasses import dataclass

from models.thresholds import MassThresholds
from models.values import WeighingFacts
from models.vocabulary import T80_DRY_FRACTION

REPEATABILITY_E = 0.3


@dataclass(frozen=True, slots=True)
class LoadMass:
    """One end of a load; dry figures are None without a moisture test."""

    wet_kg: float
    u_wet_kg: float
    dry_kg: float | None
    u_dry_kg: float | None
    t80_kg: float | None


@dataclass(frozen=True, slots=True)
class MassGap:
    """What is missing between loading and receipt (positive = lost), with its standard uncertainty.

    wet_kg has the learned drip and evaporation of the way taken off; wet_share is of the loaded mass.
    """

    wet_kg: float
    u_wet_kg: float
    wet_share: float
    dry_kg: float | None
    u_dry_kg: float | None
    dry_share: float | None

    @property
    def wet_ratio(self) -> float:
        return self.wet_kg / self.u_wet_kg

    @property
    def dry_ratio(self) -> float | None:
        return None if self.dry_kg is None or not self.u_dry_kg else self.dry_kg / self.u_dry_kg


def error_limit_kg(mass_kg: float, division_kg: float) -> float:
    """Error limit in service of a class III scale at a load (OIML R 76-1, 3.5.1 and 3.5.2)."""
    divisions = mass_kg / division_kg
    initial = 0.5 if divisions <= 500 else 1.0 if divisions <= 2000 else 1.5
    return 2 * initial * division_kg


def wet_uncertainty_kg(weighing: WeighingFacts, thresholds: MassThresholds) -> tuple[float, float]:
    """Standard uncertainty of a net mass as (random, systematic), kg."""
    e_kg = weighing.scale_division_kg or thresholds.scale_division_kg
    random = math.sqrt(2 * (e_kg**2 / 12 + (REPEATABILITY_E * e_kg) ** 2))
    systematic = math.hypot(
        error_limit_kg(weighing.gross_kg, e_kg) / math.sqrt(3),
        error_limit_kg(weighing.tare_kg, e_kg) / math.sqrt(3),
    )
    return random, systematic


def load_masses(weighing: WeighingFacts, thresholds: MassThresholds) -> LoadMass:
    """Wet, dry and T80 mass of one end of a load with uncertainty."""
    wet_kg = weighing.net_kg
    u_wet_kg = math.hypot(*wet_uncertainty_kg(weighing, thresholds))
    moisture = weighing.moisture_fraction
    if moisture is None:
        return LoadMass(wet_kg, u_wet_kg, None, None, None)
    dry_kg = wet_kg * (1 - moisture)
    u_dry_kg = math.hypot(u_wet_kg * (1 - moisture), wet_kg * u_moisture(weighing, thresholds))
    return LoadMass(wet_kg, u_wet_kg, dry_kg, u_dry_kg, dry_kg / T80_DRY_FRACTION)


def u_moisture(weighing: WeighingFacts, thresholds: MassThresholds) -> float:
    """Standard uncertainty of the moisture, absolute; +-1 % rectangular when the test states none."""
    given = weighing.u_moisture_fraction
    return thresholds.default_u_moisture_fraction if given is None else given


def mass_gap(loaded: WeighingFacts, received: WeighingFacts, thresholds: MassThresholds) -> MassGap:
    """What is missing between the two ends of a load."""
    random_a, systematic_a = wet_uncertainty_kg(loaded, thresholds)
    random_b, systematic_b = wet_uncertainty_kg(received, thresholds)
    one_scale = loaded.scale_code is not None and loaded.scale_code == received.scale_code
    systematic = abs(systematic_a - systematic_b) if one_scale else math.hypot(systematic_a, systematic_b)
    u_ends_kg = math.sqrt(random_a**2 + random_b**2 + systematic**2)
    lost_on_way_kg = thresholds.evaporation_fraction * loaded.net_kg
    wet_kg = loaded.net_kg - received.net_kg - lost_on_way_kg
    u_wet_kg = math.hypot(u_ends_kg, thresholds.u_evaporation_fraction * loaded.net_kg)
    first, second = load_masses(loaded, thresholds), load_masses(received, thresholds)
    if first.dry_kg is None or second.dry_kg is None:
        return MassGap(wet_kg, u_wet_kg, wet_kg / loaded.net_kg, None, None, None)
    dry_kg = first.dry_kg - second.dry_kg
    dry_fraction = (first.dry_kg / first.wet_kg + second.dry_kg / second.wet_kg) / 2
    u_dry_kg = math.sqrt(
        (u_ends_kg * dry_fraction) ** 2
        + (first.wet_kg * u_moisture(loaded, thresholds)) ** 2
        + (second.wet_kg * u_moisture(received, thresholds)) ** 2
    )
    share = dry_kg / first.dry_kg if first.dry_kg else None
    return MassGap(wet_kg, u_wet_kg, wet_kg / loaded.net_kg, dry_kg, u_dry_kg, share)
