"""Which violations are wished for, how many, how large?

`"none"`: nothing goes wrong. `"default"`: 2 % of the manifests are violated, the usual kinds taking turns
in an order drawn from the seed. `"every"`: the same over all kinds of the closed list, vessels too.
Otherwise the path of a JSON file: an object from kind to a rate or a count, and optionally sizes:

    {"ghost_trip": 3, "signal_gap": 0.01, "sizes": {"signal_gap": [600, 1800]}}

`"graded": true` draws every size from GRADED, from what nobody could see to the gross, by ratio and not
by difference, and pushes none out of the grey zones in which honest people would disagree.

An integer is a count, a number with a decimal point, at most 1.0, a rate (share of the world's
manifests). A size is a pair [least, greatest] from which each case is drawn evenly; units are those of
SIZES. A kind that finds no fitting load (too small a world) is committed fewer times than wished;
truth.jsonl tells what really happened.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from demo.world.chance import stream
from demo.world.loads import Misdeed

SIZES: dict[str, tuple[float, float]] = {
    "ghost_trip": (540.0, 1_500.0),  # s at the roadside, where the load is dumped
    "phantom_manifest": (0.85, 1.1),  # of the planned time between the two signatures
    "wrong_vehicle": (0.0, 0.0),
    "unknown_vehicle": (0.0, 0.0),
    "wrong_destination": (0.85, 1.1),  # of the planned time at which the forged receipt is signed
    "shared_trip": (120.0, 480.0),  # s between the two papers of the trip
    "overdue": (1.75, 3.0),  # arrival, in planned times
    "off_route": (250.0, 1_400.0),  # m beyond the corridor's half-width
    "unplanned_stop": (360.0, 2_400.0),  # s
    "signal_gap": (420.0, 2_400.0),  # s
    "teleport": (2_600.0, 7_000.0),  # m
    "wet_gap": (0.025, 0.30),  # share of the wet mass
    "dry_gap": (0.18, 0.32),  # share of the dry mass, part of it with its water
    "dilution": (0.18, 0.32),  # share of the dry mass, replaced by water
    "overload": (0.06, 0.30),  # beyond the rated payload
    "moisture_over_limit": (0.015, 0.06),  # above the limit
}
KINDS = tuple(SIZES)
FURTHER_SIZES: dict[str, tuple[float, float]] = {
    "rendezvous": (780.0, 2_400.0),  # s that two vehicles stand side by side
    "no_dwell": (0.15, 0.45),  # of the site's least stay
    "vessel_off_route": (350.0, 1_500.0),  # m beyond the waterway's half-width, up a side canal
    "vessel_stop": (1_200.0, 4_000.0),  # s at anchor outside every lock and mooring
    "vessel_silence": (1_500.0, 5_400.0),  # s
    "tare_drift": (0.04, 0.12),  # of the registered tare
    "not_permitted": (0.0, 0.0),
    "handover_mismatch": (2_400.0, 9_000.0),  # s by which paper hands over what has not come yet
    "frozen_position": (660.0, 2_400.0),  # s
    "replayed_track": (70.0, 300.0),  # fixes
    "cloned_device": (660.0, 2_400.0),  # s
    "clock_skew": (240.0, 7_200.0),  # s, ahead or behind
    "device_tamper": (240.0, 1_500.0),  # s without satellites
    "repeated_weight": (7.0, 10.0),  # loads with one weight
    "skimming": (0.01, 0.03),  # share of each load of one truck
    "datum_shift": (0.0, 0.0),
    "plant_imbalance": (0.35, 0.8),  # of a usual day's dry solids, every day
    "site_imbalance": (0.35, 0.8),
    "over_capacity": (0.1, 0.6),  # of the busiest day beyond the permit
}
EVERY = (*KINDS, *FURTHER_SIZES)
GRADED: dict[str, tuple[float, float]] = {  # from below what anybody could see to the gross
    "overdue": (1.52, 3.0),
    "off_route": (60.0, 1_800.0),
    "unplanned_stop": (90.0, 3_000.0),
    "signal_gap": (90.0, 2_400.0),
    "teleport": (800.0, 7_000.0),
    "wet_gap": (0.003, 0.30),
    "dry_gap": (0.05, 0.40),
    "dilution": (0.05, 0.40),
    "overload": (0.003, 0.40),
    "moisture_over_limit": (0.006, 0.08),
    "rendezvous": (240.0, 3_000.0),
    "no_dwell": (0.12, 1.0),
    "vessel_off_route": (60.0, 2_000.0),
    "vessel_stop": (400.0, 5_400.0),
    "vessel_silence": (300.0, 5_400.0),
    "tare_drift": (0.005, 0.15),
    "handover_mismatch": (300.0, 9_000.0),
    "frozen_position": (120.0, 2_400.0),
    "replayed_track": (25.0, 300.0),
    "cloned_device": (60.0, 2_400.0),
    "clock_skew": (15.0, 14_400.0),
    "device_tamper": (60.0, 1_800.0),
    "repeated_weight": (3.0, 10.0),
    "skimming": (0.001, 0.04),
    "plant_imbalance": (0.05, 1.0),
    "site_imbalance": (0.05, 1.0),
    "over_capacity": (0.005, 1.0),
}
DEFAULT_SHARE = 0.02


@dataclass(frozen=True)
class Wish:
    """What to commit: a total share spread over all kinds, or shares and counts of single kinds."""

    total_share: float = 0.0
    kinds: tuple[str, ...] = KINDS  # which take turns in the total share
    graded: bool = False
    single: dict[str, float | int] = field(default_factory=dict)
    sizes: dict[str, tuple[float, float]] = field(default_factory=dict)

    def size_range(self, kind: str) -> tuple[float, float]:
        usual = (SIZES | FURTHER_SIZES)[kind]
        return self.sizes.get(kind, GRADED.get(kind, usual) if self.graded else usual)

    def draw(self, kind: str, rng: np.random.Generator) -> Misdeed:
        """One violation of a size between the bounds; a graded one evenly by ratio."""
        least, greatest = self.size_range(kind)
        if self.graded and least > 0:
            return Misdeed(kind, float(least * (greatest / least) ** rng.random()), graded=True)
        return Misdeed(kind, float(rng.uniform(least, greatest)), graded=self.graded)

    def counts(self, manifests: int, seed: int) -> dict[str, int]:
        """How many of each kind in a world of so many manifests."""
        if self.total_share:
            total = max(1, round(self.total_share * manifests))
            order = [self.kinds[int(k)] for k in stream(seed, "turns").permutation(len(self.kinds))]
            return {kind: len(range(turn, total, len(order))) for turn, kind in enumerate(order)}
        return {
            k: v if isinstance(v, int) else max(1, round(v * manifests))
            for k, v in self.single.items()
            if v > 0
        }


def read_wish(violations: str | Path) -> Wish:
    """Raises ValueError with a sentence for a person when the file does not say what is wished."""
    if violations == "none":
        return Wish()
    if violations == "default":
        return Wish(DEFAULT_SHARE)
    if violations == "every":
        return Wish(DEFAULT_SHARE, EVERY)
    path = Path(violations)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{path}: cannot be read ({error.strerror})") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"{path}: no JSON in line {error.lineno}: {error.msg}") from error
    if not isinstance(content, dict):
        raise ValueError(f"{path}: an object from kind to rate or count is needed")
    sizes, graded = content.pop("sizes", {}), content.pop("graded", False)
    if not isinstance(graded, bool):
        raise ValueError(f"{path}: graded must be true or false, not {graded!r}")
    single = {k: _number(path, k, v) for k, v in content.items()}
    return Wish(single=single, sizes=_sizes(path, sizes), graded=graded)


def _known(path: Path, kind: str) -> None:
    if kind not in EVERY:
        raise ValueError(f"{path}: {kind!r} is no violation; known are {', '.join(EVERY)}")


def _number(path: Path, kind: str, value: object) -> float | int:
    _known(path, kind)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ValueError(f"{path}: {kind} must be a count or a rate, not {value!r}")
    if isinstance(value, float) and value > 1:
        raise ValueError(f"{path}: {kind}: a rate is at most 1.0; write a count without a decimal point")
    return value


def _sizes(path: Path, sizes: object) -> dict[str, tuple[float, float]]:
    if not isinstance(sizes, dict):
        raise ValueError(f"{path}: sizes must be an object from kind to [least, greatest]")
    found: dict[str, tuple[float, float]] = {}
    for kind, pair in sizes.items():
        _known(path, kind)
        good = isinstance(pair, list) and len(pair) == 2 and all(isinstance(x, int | float) for x in pair)
        if not good or pair[0] > pair[1]:
            raise ValueError(f"{path}: sizes of {kind} must be [least, greatest], not {pair!r}")
        found[kind] = (float(pair[0]), float(pair[1]))
    return found
