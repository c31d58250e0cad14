"""What is each rule-based peer given? Of every leg on paper its fixes, and which lie in a fence, in metres.

That is more than these tools have by themselves: the paper's time window, its approved routes, and the
fences of all facilities and permitted stops, so that nothing they say inside one counts against them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from bench.detection_worlds import Staged
from demo.scenario.folder import open_folder
from demo.scenario.read_manifests import read_manifests
from demo.scenario.rows import ManifestRow
from demo.scenario.score import ScoredFinding
from demo.scenario.score_facts import carriages
from models.vocabulary import MS_PER_S, FindingKind, Mode

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Leg:
    """A leg on paper and its n fixes: s since the world began, metres on its board."""

    manifest: str
    vehicle: str
    epoch_ms: int
    routes: BaseGeometry | None  # the approved centre lines from its start to its end
    t_s: Floats  # (n,)
    xy: Floats  # (n, 2)
    away: NDArray[np.bool_]  # (n,) outside every fence

    def finding(
        self, peer: str, kind: FindingKind, from_s: float, to_s: float, told_s: float
    ) -> ScoredFinding:
        """What the peer says of this leg, in the words of this project's own findings."""
        start, end, told = (self.epoch_ms + int(at * MS_PER_S) for at in (from_s, to_s, told_s))
        return ScoredFinding(
            key=f"{peer}/{kind}/{self.manifest}/{self.vehicle}/{start}",
            kind=kind,
            manifests=frozenset({self.manifest}),
            vehicles=frozenset({self.vehicle}),
            facility=None,
            start_ms=start,
            end_ms=end,
            detected_ms=told,
        )


def paper_of(staged: Staged) -> list[ManifestRow]:
    """The manifests of the folder, as the loader reads them."""
    rows: list[ManifestRow] = read_manifests(open_folder(staged.folder)).rows
    return rows


def legs_of(staged: Staged, paper: list[ManifestRow]) -> list[Leg]:
    """Every leg by road on paper whose truck sent at least two fixes then."""
    fences = shapely.union_all([each.polygon for each in staged.world.town.facilities.values()])
    shapely.prepare(fences)
    away = {
        vehicle: ~shapely.contains_xy(fences, course.xy[:, 0], course.xy[:, 1])
        for vehicle, course in staged.courses.items()
    }
    return [leg for row in paper for leg in legs_of_manifest(staged, row, away)]


def legs_of_manifest(staged: Staged, row: ManifestRow, away: dict[str, NDArray[np.bool_]]) -> Iterator[Leg]:
    start_ms = int(staged.calendar.start.timestamp()) * MS_PER_S
    for leg, carriage in zip(row.legs, carriages(row), strict=False):
        course = staged.courses.get(leg.vehicle)
        if leg.mode is not Mode.ROAD or course is None or not np.isfinite(carriage.end_ms):
            continue
        window = [(at - start_ms) / MS_PER_S for at in (carriage.start_ms, carriage.end_ms)]
        now = slice(*np.searchsorted(course.t_s, window).tolist())
        lines = [line.way.line for line in staged.world.lines.get((leg.origin, leg.destination), ())]
        routes = shapely.MultiLineString(lines) if lines else None
        if now.stop - now.start >= 2:
            fixes = course.t_s[now], course.xy[now], away[leg.vehicle][now]
            yield Leg(row.number, leg.vehicle, start_ms, routes, *fixes)


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """(first, last) index of each unbroken run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    return [(int(first), int(after) - 1) for first, after in edges.reshape(-1, 2)]
