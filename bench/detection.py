"""How right are the findings, beside Traccar's rules, MovingPandas and a join by key, on unseen worlds?

Every reporting seed is a town and a week of its own. Base worlds hold violations at 2 % of their manifests
and give the false alarms; graded ones hold every kind in sizes from the undetectable to the gross. The
settings' hash is that of all default thresholds: figures of another hash are of another detector.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import orjson

from bench import detection_valhalla
from bench.detection_measure import ON_PAPER, ON_WATER, OWN, Measured, Tallies, measure
from bench.detection_negatives import Suspicion
from bench.detection_noise import Residuals
from bench.detection_roads import SEED, on_real_roads
from bench.detection_score import Tally, figures, upper_count
from bench.detection_worlds import (
    BASE_SEEDS,
    CONDITIONS,
    GRADED_SEEDS,
    HARSH_10S,
    NORMAL_10S,
    NORMAL_30S,
    Condition,
    Extent,
)
from demo.scenario.score import share
from models.thresholds import Thresholds

Row = tuple[Condition, int, bool]  # condition, seed, graded
Flat = dict[str, float | int | None]
ON_ROADS = "real_roads_10s"
BASE_WORLDS = {NORMAL_10S: 8, HARSH_10S: 4, NORMAL_30S: 4}


@dataclass(slots=True)
class Totals:
    """The sums over all worlds of one condition."""

    tallies: Tallies = field(default_factory=dict)
    base: Tallies = field(default_factory=dict)  # of the worlds at 2 % only
    clean_manifests: int = 0
    clean_contradicted: int = 0
    violated: int = 0
    violated_contradicted: int = 0
    clean_hours: float = 0.0
    links_right: int = 0
    links_true: int = 0
    missing: tuple[str, ...] = ()
    base_seeds: list[int] = field(default_factory=list)
    graded_seeds: list[int] = field(default_factory=list)
    negatives: dict[str, Suspicion] = field(default_factory=dict)
    residuals: Residuals = field(default_factory=Residuals)

    def add(self, seed: int, world: Measured, *, graded: bool) -> None:
        """Count one more world."""
        (self.graded_seeds if graded else self.base_seeds).append(seed)
        for into in (self.tallies,) if graded else (self.tallies, self.base):
            gather(into, world.tallies)
        self.clean_manifests += world.clean_manifests
        self.clean_contradicted += world.clean_contradicted
        self.violated += world.violated
        self.violated_contradicted += world.violated_contradicted
        self.clean_hours += world.clean_hours
        self.links_right += world.links_right
        self.links_true += world.links_true
        self.missing = world.missing
        self.residuals = self.residuals + world.residuals
        for sort, told in world.negatives.items():
            self.negatives.setdefault(sort, Suspicion()).add(told)


def gather(into: Tallies, more: Tallies) -> None:
    for detector, kinds in more.items():
        held = into.setdefault(detector, {})
        for kind, tally in kinds.items():
            held[kind] = held.get(kind, Tally()) + tally


def run() -> dict[str, Any]:
    """All conditions: 28 worlds and the real roads, half an hour on two cores."""
    return result_of(everything(), Extent())


def run_into(folder: Path) -> dict[str, Any]:
    """The same, with the table and the plots written into a folder."""
    from bench.detection_report import write_report

    totals = everything()
    result = result_of(totals, Extent())
    write_report(folder, totals, result)
    return result


def everything() -> dict[str, Totals]:
    """The simulated towns, and the real roads where Valhalla and a network are there."""
    found = measured_worlds(CONDITIONS, BASE_SEEDS, GRADED_SEEDS, Extent())
    if detection_valhalla.is_there():
        found[ON_ROADS] = real_roads()
    else:
        for totals in found.values():
            totals.missing += ("valhalla",)
    return found


def real_roads() -> Totals:
    """`off_route` on a real network: clean trips stand for clean manifests."""
    told = on_real_roads(OWN)
    return Totals(told.tallies, {}, told.clean_trips, clean_hours=told.clean_hours, graded_seeds=[SEED])


def measured_worlds(
    conditions: Sequence[Condition], base: Sequence[int], graded: Sequence[int], extent: Extent
) -> dict[str, Totals]:
    """The sums of each condition, by its name."""
    rows = [
        (condition, seed, is_graded)
        for condition in conditions
        for is_graded, seeds in ((False, base[: BASE_WORLDS[condition]]), (True, graded))
        for seed in seeds
    ]
    found = {condition.name: Totals() for condition in conditions}
    for (condition, seed, is_graded), world in zip(rows, all_measured(rows, extent), strict=True):
        found[condition.name].add(seed, world, graded=is_graded)
    return found


def all_measured(rows: Sequence[Row], extent: Extent) -> Iterator[Measured]:
    """Each world by itself, in as many processes as there are cores, in the order of the rows."""
    workers = min(len(rows), len(os.sched_getaffinity(0)))
    if workers < 2:
        yield from (one_measured(row, extent) for row in rows)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        yield from pool.map(one_measured, rows, [extent] * len(rows))


def one_measured(row: Row, extent: Extent) -> Measured:
    condition, seed, graded = row
    return measure(seed, condition, extent, graded=graded)


def result_of(totals: dict[str, Totals], extent: Extent) -> dict[str, Any]:
    """As every bench prints it; keys are condition/kind/figure, of peers condition/peer/kind/figure."""
    own: Flat = {}
    peers: Flat = {}
    ratios: Flat = {}
    for name, each in totals.items():
        own |= {f"{name}/{key}": value for key, value in overall(each).items()}
        for sort, told_of in each.negatives.items():
            own |= {f"{name}/negatives/{sort}/count": told_of.count}
            own |= {f"{name}/negatives/{sort}/raised": told_of.raised}
        for detector, kinds in each.tallies.items():
            for kind, whole in kinds.items():
                tally = whole.on_paper() if detector in ON_PAPER else whole
                told = figures(tally) | rates(tally, each)
                if detector in (OWN, ON_WATER):
                    prefix = name if detector == OWN else f"{name}/water"
                    own |= {f"{prefix}/{kind}/{key}": value for key, value in told.items()}
                else:
                    peers |= {f"{name}/{detector}/{kind}/{key}": value for key, value in told.items()}
                    ours = each.tallies[OWN].get(kind, Tally())
                    compared = against(ours.on_paper() if detector in ON_PAPER else ours, tally)
                    ratios |= {f"{name}/{kind}/{key}_to_{detector}": value for key, value in compared.items()}
    missing = sorted({peer for each in totals.values() for peer in each.missing})
    settings = asdict(extent) | {"settings_hash": settings_hash(), "missing_peers": missing}
    settings |= {f"{name}_base_seeds": each.base_seeds for name, each in totals.items()}
    settings |= {f"{name}_graded_seeds": each.graded_seeds for name, each in totals.items()}
    parts = {"figures": own, "peers": peers, "ratios": ratios}
    return {"bench": "detection", "seed": BASE_SEEDS[0], "settings": settings | {"base_rate": 0.02}} | parts


def overall(totals: Totals) -> Flat:
    """What is not of one kind: verdicts and links."""
    clean, wrong = totals.clean_manifests, totals.clean_contradicted
    return {
        "clean_manifests": clean,
        "clean_contradicted": wrong,
        "contradicted_per_1000_clean": share(1_000 * wrong, clean),
        "contradicted_per_1000_clean_upper": 1_000 * upper_count(wrong) / clean if clean else None,
        "violated": totals.violated,
        "violated_contradicted_fraction": share(totals.violated_contradicted, totals.violated),
        "clean_vehicle_hours": totals.clean_hours,
        "links": totals.links_true,
        "links_right_fraction": share(totals.links_right, totals.links_true),
    }


def rates(tally: Tally, totals: Totals) -> Flat:
    """False alarms on clean manifests, with the upper 95 % bound."""
    count, hours, clean = tally.clean_alarms, totals.clean_hours, totals.clean_manifests
    return {
        "clean_alarms": count,
        "alarms_per_100_vehicle_hours": 100 * count / hours if hours else None,
        "alarms_per_100_vehicle_hours_upper": 100 * upper_count(count) / hours if hours else None,
        "alarms_per_1000_clean_upper": 1_000 * upper_count(count) / clean if clean else None,
    }


def against(own: Tally, peer: Tally) -> Flat:
    """F1 in multiples of the peer's, and false alarms as a share of the peer's; None where it has none."""
    mine, theirs = figures(own)["f1"], figures(peer)["f1"]
    return {
        "f1": mine / theirs if mine is not None and theirs else None,
        "clean_alarms": own.clean_alarms / peer.clean_alarms if peer.clean_alarms else None,
    }


def settings_hash() -> str:
    """Of every default threshold, in the order of their names."""
    text = orjson.dumps(asdict(Thresholds()), option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(text).hexdigest()[:12]
