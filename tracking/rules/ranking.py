"""How probable is it that an inspector would confirm a finding? What the work queue is sorted by.

log odds = what the rule has earned + what this finding shows beyond the rule's usual one:

    logit(score) = alpha(rule) + shift,  shift = 0.8 ln(size) + 0.3 companions + 0.2 other families

`alpha` is learned: inspectors' decisions are explained by the shifts that the decided findings had (the
intercept of a logistic regression with a known offset), held by a Beta prior, whose weight counts like that
many decisions about an ordinary finding. So a rule whose strong findings were confirmed and whose weak ones
were dismissed is not praised for the strong ones alone, and the scores of a rule add up to its confirmations.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from models.vocabulary import FindingKind

PRIORS: dict[FindingKind, tuple[float, float]] = {
    # Beta(a, b) of each rule's precision before anybody has decided: pilot figures of DETECTION.md
    # section 4 and 5 where there are any, weakly held (a + b small) so that decisions soon outweigh them.
    FindingKind.GHOST_TRIP: (9, 1),
    FindingKind.PHANTOM_MANIFEST: (9, 1),
    FindingKind.WRONG_VEHICLE: (9, 1),
    FindingKind.UNKNOWN_VEHICLE: (9.5, 0.5),
    FindingKind.WRONG_DESTINATION: (9, 1),
    FindingKind.SHARED_TRIP: (9, 1),
    FindingKind.OVERDUE: (5, 5),
    FindingKind.OFF_ROUTE: (8, 2),
    FindingKind.UNPLANNED_STOP: (6.5, 3.5),
    FindingKind.SIGNAL_GAP: (6, 4),
    FindingKind.TELEPORT: (7, 3),
    FindingKind.FROZEN_POSITION: (7, 3),
    FindingKind.REPLAYED_TRACK: (9, 1),
    FindingKind.CLONED_DEVICE: (8, 2),
    FindingKind.DEVICE_TAMPER: (6, 4),
    FindingKind.CLOCK_SKEW: (9, 1),
    FindingKind.DATUM_SHIFT: (9, 1),
    FindingKind.WET_GAP: (8, 2),
    FindingKind.DRY_GAP: (7.5, 2.5),
    FindingKind.DILUTION: (7.5, 2.5),
    FindingKind.OVERLOAD: (8, 2),
    FindingKind.MOISTURE_OVER_LIMIT: (8, 2),
    FindingKind.NOT_PERMITTED: (8, 2),  # registers lag behind renewals
    FindingKind.HANDOVER_MISMATCH: (6, 4),
    FindingKind.TARE_DRIFT: (5, 5),  # tools, fuel, another trailer
    FindingKind.REPEATED_WEIGHT: (7, 3),  # chance is ruled out, habit of a scale house is not
}
DEFAULT_PRIOR = (5.0, 5.0)

ORDINARY_SHIFT = 0.4  # of the finding that a prior speaks of: 1.65 times beyond its threshold, nothing beside
SIZE_WEIGHT = 0.8
SIZE_BOUNDS = (0.25, 8.0)  # beyond eight times the threshold nobody doubts the figure, only its meaning
COMPANION_WEIGHT = 0.3
MOST_COMPANIONS = 3
FAMILY_WEIGHT = 0.2  # another instrument says so too: worth more than the same one twice
MOST_FAMILIES = 2
STEPS = 60  # halvings of a bracket of 40 in log odds: far below the third decimal of a score
HALF_BRACKET = 20.0

TRACK_KINDS = frozenset(
    {
        FindingKind.NO_DWELL,
        FindingKind.OVERDUE,
        FindingKind.OFF_ROUTE,
        FindingKind.UNPLANNED_STOP,
        FindingKind.RENDEZVOUS,
        FindingKind.SIGNAL_GAP,
    }
)
DEVICE_KINDS = frozenset(
    {
        FindingKind.TELEPORT,
        FindingKind.FROZEN_POSITION,
        FindingKind.REPLAYED_TRACK,
        FindingKind.CLONED_DEVICE,
        FindingKind.CLOCK_SKEW,
        FindingKind.DATUM_SHIFT,
        FindingKind.DEVICE_TAMPER,
    }
)
MASS_KINDS = frozenset(
    {
        FindingKind.WET_GAP,
        FindingKind.DRY_GAP,
        FindingKind.DILUTION,
        FindingKind.OVERLOAD,
        FindingKind.TARE_DRIFT,
        FindingKind.REPEATED_WEIGHT,
        FindingKind.MOISTURE_OVER_LIMIT,
        FindingKind.SKIMMING,
        FindingKind.PLANT_IMBALANCE,
        FindingKind.SITE_IMBALANCE,
        FindingKind.OVER_CAPACITY,
    }
)


@dataclass(frozen=True, slots=True)
class Tally:
    """What inspectors decided of a rule's findings so far.

    `shifts`: (shift, how many decided findings had it). Decisions that it does not cover count as about an
    ordinary finding.
    """

    confirmed: int = 0
    decided: int = 0
    shifts: tuple[tuple[float, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Corroboration:
    """What else speaks for a finding: other kinds about the same load, and how many other families of them
    (route and stops, device, masses, paper), each of which is another witness."""

    companions: int = 0
    families: int = 0


NOTHING_BESIDE = Corroboration()


def family_of(kind: FindingKind) -> str:
    """Which witness a kind hears."""
    named = {"track": TRACK_KINDS, "device": DEVICE_KINDS, "mass": MASS_KINDS}
    return next((family for family, kinds in named.items() if kind in kinds), "paper")


def corroboration_of(kind: FindingKind, kinds: set[FindingKind]) -> Corroboration:
    """What the kinds found of one load say for one of them."""
    others = kinds - {kind}
    families = {family_of(other) for other in others} - {family_of(kind)}
    return Corroboration(len(others), len(families))


def shift_of(size: float, beside: Corroboration) -> float:
    """How far a finding's log odds lie above its rule's; `size` is a ratio (1 = at the threshold)."""
    low, high = SIZE_BOUNDS
    shift = SIZE_WEIGHT * math.log(min(max(size, low), high))
    shift += COMPANION_WEIGHT * min(beside.companions, MOST_COMPANIONS)
    return round(shift + FAMILY_WEIGHT * min(beside.families, MOST_FAMILIES), 4)


def prior_of(kind: FindingKind) -> tuple[float, float]:
    """Beta(a, b) of a rule's precision before anybody decided."""
    return PRIORS.get(kind, DEFAULT_PRIOR)


@lru_cache(maxsize=1024)
def intercept(kind: FindingKind, tally: Tally) -> float:
    """Log odds that a finding of the rule with shift 0 would be confirmed.

    Solves  sum over decided of sigma(alpha + shift) + (a + b) sigma(alpha + ordinary) = a + confirmed,  whose
    left side rises in alpha from 0 to more than the right one, so that there is one solution.
    """
    a, b = prior_of(kind)
    known = sum(count for _, count in tally.shifts)
    ordinary = a + b + max(tally.decided - known, 0)
    low, high = -HALF_BRACKET, HALF_BRACKET
    for _ in range(STEPS):
        middle = (low + high) / 2
        expected = ordinary * probability(middle + ORDINARY_SHIFT)
        expected += sum(count * probability(middle + shift) for shift, count in tally.shifts)
        low, high = (low, middle) if expected > a + tally.confirmed else (middle, high)
    return (low + high) / 2


def probability(log_odds: float) -> float:
    """The logistic function, without overflow."""
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    return math.exp(log_odds) / (1 + math.exp(log_odds))


def rank(kind: FindingKind, shift: float, cap: float, tallies: Mapping[FindingKind, Tally]) -> float:
    """The score in [0, cap], to three decimals: equal evidence has equal scores on every machine."""
    return round(min(probability(intercept(kind, tallies.get(kind, Tally())) + shift), cap), 3)
