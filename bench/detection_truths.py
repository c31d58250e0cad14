"""How large was what really happened, and could it be detected at all?

Detectable sizes are those of DETECTION.md section 9, and for kinds of which it names none those of docs/
decisions/0130; a smaller truth that is missed counts against nobody, and a finding that answers it is
neither right nor wrong.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from demo.scenario.folder import open_folder
from demo.scenario.score import Truth
from demo.scenario.score_facts import read_truths
from models.vocabulary import FindingKind

VESSEL = "VS-"
BEYOND_M = 150.0
BEYOND_S, SPARSE_BEYOND_S, SPARSE_SAMPLING_S = 60.0, 150.0, 30.0
VESSEL_BEYOND_S = 600.0  # AIS class B speaks every three minutes at worst


@dataclass(frozen=True, slots=True)
class Measure:
    """Which figure of a truth is its size, in which unit, and from where on it can be detected.

    most: what is too large to be detected, as a stay that is nearly long enough. until: of its plot.
    """

    name: str
    unit: str
    least: float = 0.0
    most: float = float("inf")
    until: float = 1.0
    vessel_least: float | None = None


MEASURES: dict[FindingKind, Measure] = {
    FindingKind.OFF_ROUTE: Measure("beyond_m", "m beyond the corridor", BEYOND_M, until=1_800.0),
    FindingKind.UNPLANNED_STOP: Measure("duration_s", "s", 300.0, until=3_000.0, vessel_least=1_200.0),
    FindingKind.RENDEZVOUS: Measure("duration_s", "s side by side", 720.0, until=3_000.0),
    FindingKind.NO_DWELL: Measure("of_least_fraction", "of the least stay", 0.0, 0.5, 1.2),
    FindingKind.SIGNAL_GAP: Measure("duration_s", "s", 300.0, until=2_400.0, vessel_least=1_800.0),
    FindingKind.TELEPORT: Measure("leap_m", "m", 2_000.0, until=7_000.0),
    FindingKind.FROZEN_POSITION: Measure("duration_s", "s", 600.0, until=2_400.0),
    FindingKind.REPLAYED_TRACK: Measure("fixes", "fixes", 60.0, until=300.0),
    FindingKind.CLONED_DEVICE: Measure("duration_s", "s", 600.0, until=2_400.0),
    FindingKind.CLOCK_SKEW: Measure("behind_s", "s ahead or behind", 150.0, until=3_600.0),
    FindingKind.DEVICE_TAMPER: Measure("duration_s", "s", 180.0, until=1_800.0),
    FindingKind.HANDOVER_MISMATCH: Measure("early_s", "s", 1_800.0, until=9_000.0),
    FindingKind.OVERDUE: Measure("planned_times", "planned times", 1.5, until=3.0),
    FindingKind.WET_GAP: Measure("gap_u", "u", 4.0, until=20.0),
    FindingKind.DRY_GAP: Measure("gap_u", "u", 4.0, until=20.0),
    FindingKind.DILUTION: Measure("gap_u", "u", 4.0, until=20.0),
    FindingKind.OVERLOAD: Measure("beyond_fraction", "of the rated payload", 0.01, until=0.4),
    FindingKind.TARE_DRIFT: Measure("off_fraction", "of the tare", 0.03, until=0.15),
    FindingKind.REPEATED_WEIGHT: Measure("loads", "loads with one weight", 6.0, until=10.0),
    FindingKind.MOISTURE_OVER_LIMIT: Measure("beyond_fraction", "moisture beyond", 0.0, until=0.1),
    FindingKind.SKIMMING: Measure("loss_fraction", "of each load", 0.005, until=0.04),
    FindingKind.PLANT_IMBALANCE: Measure("daily_fraction", "of a day's solids", 0.3, until=1.0),
    FindingKind.SITE_IMBALANCE: Measure("daily_fraction", "of a day's solids", 0.3, until=1.0),
    FindingKind.OVER_CAPACITY: Measure("beyond_fraction", "beyond the permit", 0.02, until=1.0),
}
AHEAD_S = 40.0  # a clock may be behind by the delay of its network, ahead hardly


@dataclass(frozen=True, slots=True)
class Sized:
    """A truth with its size in the unit of its kind, None where a kind has none."""

    truth: Truth
    size: float | None
    detectable: bool


def sized_truths(folder: Path, sampling_s: float) -> list[Sized]:
    """truth.jsonl with sizes; raises FolderRefused where it cannot be read."""
    lines = (folder / "truth.jsonl").read_text("utf-8").splitlines()
    sizes = [json.loads(line).get("size", {}) for line in lines if line.strip()]
    found = []
    for truth, size in zip(read_truths(open_folder(folder)), sizes, strict=True):
        found.append(Sized(truth, size_of(truth, size), is_detectable(truth, size, sampling_s)))
    return found


def size_of(truth: Truth, size: Mapping[str, float]) -> float | None:
    """The figure that is the size of its kind; a direction is none."""
    measure = MEASURES.get(truth.kind)
    value = None if measure is None else size.get(measure.name)
    return None if value is None else abs(value)


def is_detectable(truth: Truth, size: Mapping[str, float], sampling_s: float) -> bool:
    """Is it as large as the detector must see at this sampling?"""
    value, measure = size_of(truth, size), MEASURES.get(truth.kind)
    if value is None or measure is None:
        return True
    vessel = truth.vehicle is not None and truth.vehicle.startswith(VESSEL)
    if truth.kind is FindingKind.OFF_ROUTE:
        least_s = SPARSE_BEYOND_S if sampling_s >= SPARSE_SAMPLING_S else BEYOND_S
        return size.get("over_150_m_s", 0.0) >= (VESSEL_BEYOND_S if vessel else least_s)
    if truth.kind is FindingKind.CLOCK_SKEW and size[measure.name] < 0:
        return value >= AHEAD_S
    least = measure.vessel_least if vessel and measure.vessel_least is not None else measure.least
    return least <= value <= measure.most
