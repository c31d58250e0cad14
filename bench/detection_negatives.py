"""What is said of what looked odd and was allowed? The hard negatives of negatives.jsonl, by sort."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from demo.scenario.score import ScoredFinding
from models.vocabulary import MS_PER_S, FindingKind

OF_TRACKS = frozenset(
    {
        FindingKind.OFF_ROUTE,
        FindingKind.UNPLANNED_STOP,
        FindingKind.RENDEZVOUS,
        FindingKind.NO_DWELL,
        FindingKind.OVERDUE,
        FindingKind.SIGNAL_GAP,
        FindingKind.TELEPORT,
        FindingKind.FROZEN_POSITION,
        FindingKind.REPLAYED_TRACK,
        FindingKind.CLONED_DEVICE,
        FindingKind.CLOCK_SKEW,
        FindingKind.DEVICE_TAMPER,
        FindingKind.WRONG_DESTINATION,
    }
)


@dataclass(frozen=True, slots=True)
class Innocent:
    """A stretch of one vehicle's time on which truth is silent."""

    sort: str
    vehicle: str
    start_ms: int
    end_ms: int


@dataclass(slots=True)
class Suspicion:
    """How many of one sort there were, on how many something was raised, and what."""

    count: int = 0
    raised: int = 0
    kinds: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Suspicion") -> None:
        self.count += other.count
        self.raised += other.raised
        self.kinds += other.kinds


def read_innocents(folder: Path) -> list[Innocent]:
    """negatives.jsonl of a simulated folder."""
    found = []
    for line in (folder / "negatives.jsonl").read_text("utf-8").splitlines():
        told = json.loads(line)
        span = [int(datetime.fromisoformat(told[name]).timestamp() * MS_PER_S) for name in ("start", "end")]
        found.append(Innocent(told["sort"], told["vehicle"], span[0], span[1]))
    return found


def suspicions(innocents: Iterable[Innocent], findings: Sequence[ScoredFinding]) -> dict[str, Suspicion]:
    """By sort; a finding of a track is on an innocent stretch when it names the vehicle and overlaps it."""
    by_vehicle: dict[str, list[ScoredFinding]] = {}
    for finding in findings:
        for vehicle in finding.vehicles if finding.kind in OF_TRACKS else ():
            by_vehicle.setdefault(vehicle, []).append(finding)
    told: dict[str, Suspicion] = {}
    for each in innocents:
        own = by_vehicle.get(each.vehicle, [])
        on_it = [f.kind.value for f in own if f.start_ms < each.end_ms and f.end_ms > each.start_ms]
        told.setdefault(each.sort, Suspicion()).add(Suspicion(1, int(bool(on_it)), Counter(set(on_it))))
    return told
