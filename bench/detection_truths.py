"""How large was what really happened, and could it be detected at all?

Detectable sizes are those of DETECTION.md section 9; a smaller truth that is missed counts against
nobody, and a finding that answers it is neither right nor wrong.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from demo.scenario.folder import open_folder
from demo.scenario.score import Truth
from demo.scenario.score_facts import read_truths
from models.vocabulary import MS_PER_S, FindingKind

NUMBER = re.compile(r"(\d+(?:\.\d+)?)(%?)")
BEYOND_M = 150.0
BEYOND_S, SPARSE_BEYOND_S, SPARSE_SAMPLING_S = 60.0, 150.0, 30.0
LEAST: dict[FindingKind, float] = {
    FindingKind.UNPLANNED_STOP: 300.0,  # s
    FindingKind.SIGNAL_GAP: 300.0,  # s
    FindingKind.TELEPORT: 2_000.0,  # m
}
BY_DURATION = (FindingKind.UNPLANNED_STOP, FindingKind.SIGNAL_GAP, FindingKind.RENDEZVOUS)
BY_DETAIL = (FindingKind.OFF_ROUTE, FindingKind.TELEPORT, FindingKind.WET_GAP, FindingKind.DRY_GAP)


@dataclass(frozen=True, slots=True)
class Sized:
    """A truth with its size in the unit of its kind (m, s, or a share), None where a kind has none."""

    truth: Truth
    size: float | None
    detectable: bool


def sized_truths(folder: Path, sampling_s: float) -> list[Sized]:
    """truth.jsonl with sizes; raises FolderRefused where it cannot be read."""
    lines = (folder / "truth.jsonl").read_text("utf-8").splitlines()
    details = [json.loads(line)["detail"] for line in lines if line.strip()]
    found = []
    for truth, detail in zip(read_truths(open_folder(folder)), details, strict=True):
        size = size_of(truth, detail)
        found.append(Sized(truth, size, is_detectable(truth, size, sampling_s)))
    return found


def duration_s(truth: Truth) -> float:
    if truth.start_ms is None or truth.end_ms is None:
        return 0.0
    return (truth.end_ms - truth.start_ms) / MS_PER_S


def size_of(truth: Truth, detail: str) -> float | None:
    """The size in the unit of its kind."""
    if truth.kind in BY_DURATION:
        return duration_s(truth)
    number = NUMBER.search(detail) if truth.kind in BY_DETAIL else None
    if number is None:
        return None
    return float(number[1]) / (100.0 if number[2] else 1.0)


def is_detectable(truth: Truth, size: float | None, sampling_s: float) -> bool:
    """Is it as large as the detector must see at this sampling?"""
    if truth.kind is FindingKind.OFF_ROUTE:
        least_s = SPARSE_BEYOND_S if sampling_s >= SPARSE_SAMPLING_S else BEYOND_S
        return (size or 0.0) > BEYOND_M and duration_s(truth) >= least_s
    return truth.kind not in LEAST or (size or 0.0) >= LEAST[truth.kind]
