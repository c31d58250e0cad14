"""Which violations are wished for, how many, how large?

`"none"`: nothing goes wrong. `"default"`: 2 % of the manifests are violated, the kinds taking turns in
an order drawn from the seed. Otherwise the path of a JSON file: an object from kind to a rate or a
count, and optionally sizes:

    {"ghost_trip": 3, "signal_gap": 0.01, "sizes": {"signal_gap": [600, 1800]}}

An integer is a count, a number with a decimal point, at most 1.0, a rate (share of the world's
manifests). A size is a pair [least, greatest] from which each case is drawn evenly; units are those of
SIZES. A kind that finds no fitting load (too small a world) is committed fewer times than wished;
truth.jsonl tells what really happened.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

from demo.world.chance import stream

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
DEFAULT_SHARE = 0.02


@dataclass(frozen=True)
class Wish:
    """What to commit: a total share spread over all kinds, or shares and counts of single kinds."""

    total_share: float = 0.0
    single: dict[str, float | int] = field(default_factory=dict)
    sizes: dict[str, tuple[float, float]] = field(default_factory=dict)

    def size_range(self, kind: str) -> tuple[float, float]:
        return self.sizes.get(kind, SIZES[kind])

    def counts(self, manifests: int, seed: int) -> dict[str, int]:
        """How many of each kind in a world of so many manifests."""
        if self.total_share:
            total = max(1, round(self.total_share * manifests))
            order = [KINDS[int(k)] for k in stream(seed, "turns").permutation(len(KINDS))]
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
        return Wish(total_share=DEFAULT_SHARE)
    path = Path(violations)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{path}: cannot be read ({error.strerror})") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"{path}: no JSON in line {error.lineno}: {error.msg}") from error
    if not isinstance(content, dict):
        raise ValueError(f"{path}: an object from kind to rate or count is needed")
    sizes = content.pop("sizes", {})
    return Wish(0.0, {k: _number(path, k, v) for k, v in content.items()}, _sizes(path, sizes))


def _known(path: Path, kind: str) -> None:
    if kind not in SIZES:
        raise ValueError(f"{path}: {kind!r} is no violation; known are {', '.join(KINDS)}")


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
