"""What do this project and its peers find on one world?"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, select

from bench.detection_legs import legs_of, paper_of
from bench.detection_links import links
from bench.detection_movingpandas import is_there, stop_and_gap_alarms
from bench.detection_negatives import Suspicion, read_innocents, suspicions
from bench.detection_noise import Residuals, residuals
from bench.detection_paper import joined
from bench.detection_score import Tally, tally
from bench.detection_traccar import WIDTHS_M, route_alarms, stop_alarms
from bench.detection_truths import VESSEL, Sized, sized_truths
from bench.detection_worlds import Condition, Extent, Staged, stage_world
from demo.scenario.load import load_scenario
from demo.scenario.rows import ManifestRow
from demo.scenario.score import Carriage, ScoredFinding, ScoredManifest, is_touched, score
from demo.scenario.score_facts import carriages, current_findings, current_verdicts
from models.findings import Finding
from models.migrate import upgrade
from models.session import open_engine, read_sessions
from models.thresholds import Thresholds
from models.vocabulary import MS_PER_S, FindingKind, VerdictValue
from tracking.operations.analyse import analyse, analysis_moment

NOW = datetime(2026, 6, 1, tzinfo=UTC)
CONTRADICTED_SCORE = 0.5
OWN = "sludgetrace"
ON_WATER = "sludgetrace_on_water"  # the same findings, those of vessels alone
Tallies = dict[str, dict[FindingKind, Tally]]  # by detector


@dataclass(frozen=True, slots=True)
class Measured:
    """All that one world says."""

    tallies: Tallies
    clean_manifests: int
    clean_contradicted: int
    violated: int
    violated_contradicted: int
    clean_hours: float
    links_right: int
    links_true: int
    extra: int = 0
    negatives: dict[str, Suspicion] = field(default_factory=dict)
    residuals: Residuals = field(default_factory=Residuals)
    missing: tuple[str, ...] = field(default=())


def measure(seed: int, condition: Condition, extent: Extent, *, graded: bool) -> Measured:
    """Simulate, load, analyse and score one world, and let the peers see the same tracks."""
    with TemporaryDirectory(prefix="sludgetrace-bench-") as folder:
        staged = stage_world(Path(folder), seed, condition, extent, graded=graded)
        with analysed(staged, Path(folder)) as engine:
            return judged(staged, engine)


@contextmanager
def analysed(staged: Staged, folder: Path) -> Iterator[Engine]:
    """A fresh SQLite database with the world in it, analysed to its end with the default thresholds."""
    url = f"sqlite:///{folder}/world.db"
    upgrade(url)
    engine = open_engine(url)
    try:
        load_scenario(engine, staged.folder, now=NOW, thresholds=Thresholds())
        until = analysis_moment(engine, NOW)
        analyse(
            engine,
            until=until,
            recorded_at=NOW,
            thresholds=Thresholds(),
            contradicted_score=CONTRADICTED_SCORE,
        )
        yield engine
    finally:
        engine.dispose()


def judged(staged: Staged, engine: Engine) -> Measured:
    """Figures of the analysed world."""
    truths = sized_truths(staged.folder, staged.condition.sampling_s)
    paper = paper_of(staged)
    with read_sessions(engine)() as session:
        findings = current_findings(session)
        verdicts = current_verdicts(session)
        ranked = select(Finding.key, Finding.score).where(Finding.current, ~Finding.retracted)
        scores = {row.key: row.score for row in session.execute(ranked)}
    manifests = [ScoredManifest(row.number, carriages(row), verdicts.get(row.number)) for row in paper]
    clean = clean_of(truths, manifests)
    told: dict[str, Any] = score([each.truth for each in truths], findings, manifests)
    if told["clean_manifests"] != len(clean):
        raise AssertionError("this bench and `sludgetrace score` disagree on which manifests are clean")
    named = {each.truth.manifest for each in truths}
    violated = [each for each in manifests if each.number in named]
    right, true = links(engine, staged)
    tallies, missing = tallied(
        staged, engine, paper, truths, findings, scores, frozenset(each.number for each in clean)
    )
    return Measured(
        tallies,
        len(clean),
        told["clean_contradicted"],
        len(violated),
        sum(each.verdict is VerdictValue.CONTRADICTED for each in violated),
        vehicle_hours([each for row in clean for each in row.carriages]),
        right,
        true,
        told["extra"],
        suspicions(read_innocents(staged.folder), findings),
        residuals(staged),
        missing,
    )


def tallied(
    staged: Staged,
    engine: Engine,
    paper: list[ManifestRow],
    truths: list[Sized],
    findings: list[ScoredFinding],
    scores: dict[str, float],
    clean: frozenset[str],
) -> tuple[Tallies, tuple[str, ...]]:
    """Every detector's tallies, and which peers were not there."""
    world = f"{staged.seed}/{staged.condition.name}"
    raised = {OWN: findings} | peers(staged, engine, paper)
    found = {
        ON_WATER: tally(world, afloat(truths), [f for f in findings if is_afloat(f.vehicles)], scores, clean)
    }
    for name, said in raised.items():
        kinds = {each.kind for each in said} | OF_PEER.get(name, frozenset())
        asked = truths if name == OWN else [each for each in truths if each.truth.kind in kinds]
        found[name] = tally(world, asked, said, scores, clean)
    return found, () if is_there() else ("movingpandas",)


def afloat(truths: list[Sized]) -> list[Sized]:
    """What happened to vessels."""
    return [each for each in truths if each.truth.vehicle and each.truth.vehicle.startswith(VESSEL)]


def is_afloat(vehicles: frozenset[str]) -> bool:
    return bool(vehicles) and all(each.startswith(VESSEL) for each in vehicles)


OF_PEER: dict[str, frozenset[FindingKind]] = {
    **{f"traccar_{width:.0f}m": frozenset({FindingKind.OFF_ROUTE}) for width in WIDTHS_M},
    "traccar_stops": frozenset({FindingKind.UNPLANNED_STOP}),
    "exact_key_join": frozenset({FindingKind.PHANTOM_MANIFEST, FindingKind.GHOST_TRIP}),
    "movingpandas": frozenset({FindingKind.UNPLANNED_STOP, FindingKind.SIGNAL_GAP}),
}

ON_PAPER = frozenset(OF_PEER) - {"exact_key_join"} | {"valhalla_75m"}  # they watch legs on paper only


def peers(staged: Staged, engine: Engine, paper: list[ManifestRow]) -> dict[str, list[ScoredFinding]]:
    """What each peer raises."""
    legs = legs_of(staged, paper)
    diverted = {each.id: each.to_site for each in staged.world.diversions}
    found = {f"traccar_{width:.0f}m": route_alarms(legs, width) for width in WIDTHS_M}
    found |= {"traccar_stops": stop_alarms(legs), "exact_key_join": joined(engine, paper, diverted)}
    if is_there():
        stops, gaps = stop_and_gap_alarms(legs)
        found["movingpandas"] = stops + gaps
    return found


def clean_of(truths: list[Sized], manifests: list[ScoredManifest]) -> list[ScoredManifest]:
    """The manifests that no truth names or touches, as `sludgetrace score` counts them."""
    named = {each.truth.manifest for each in truths}
    by_vehicle: dict[str, list[Any]] = {}
    for each in truths:
        if each.truth.vehicle is not None:
            by_vehicle.setdefault(each.truth.vehicle, []).append(each.truth)
    return [each for each in manifests if each.number not in named and not is_touched(each, by_vehicle)]


def vehicle_hours(carriages: list[Carriage]) -> float:
    """How long vehicles carried these loads, on paper: a voyage counts once, a load that never came not."""
    total_ms = 0.0
    until: dict[str, float] = {}
    for each in sorted(carriages, key=lambda carriage: carriage.start_ms):
        if math.isfinite(each.end_ms):
            begin = max(each.start_ms, until.get(each.vehicle, each.start_ms))
            total_ms += max(0.0, each.end_ms - begin)
            until[each.vehicle] = max(begin, each.end_ms)
    return total_ms / MS_PER_S / 3_600
