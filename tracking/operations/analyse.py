"""Bring the analysis up to a moment: trips, matches, findings, verdicts for all that is new.

Two passes. First each dirty vehicle is worked out anew, with what is doubted of its devices (one transaction
each); devices are compared with each other and told of. Then each block with anything unjudged is judged
(some blocks a transaction). Every transaction clears exactly the marks of the work it wrote, so a run killed
anywhere is taken up by the next with the same result.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from models.journeys import Watermark
from models.session import read_sessions, write_sessions
from models.thresholds import Thresholds
from models.worlds import Scenario
from tracking.operations.compare_devices import compare_devices
from tracking.operations.judge_blocks import judge_blocks
from tracking.operations.one_at_a_time import only_analysis
from tracking.operations.retrack_vehicle import retrack_vehicle
from tracking.operations.spared_collector import spared_collector
from tracking.operations.tell_devices import tell_changed
from tracking.queries.contradictions import Run
from tracking.queries.doubt_stretches import judgement_stretches
from tracking.queries.fixes import to_ms
from tracking.queries.open_work import blocks_to_judge
from tracking.queries.track_cache import TrackCache
from tracking.queries.world import load_world

BLOCKS_A_TRANSACTION = 50

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class AnalyseResult:
    """What a run did."""

    vehicles: int
    fixes: int
    blocks: int
    until: datetime


def analyse(
    engine: Engine,
    *,
    until: datetime,
    recorded_at: datetime,
    thresholds: Thresholds,
    contradicted_score: float,
    timezone: str = "Asia/Shanghai",
    progress: Progress = lambda _stage, _done, _total: None,
    only: Collection[int] | None = None,
) -> AnalyseResult:
    """Analyse everything up to `until`; what is dated later is left for a later run.

    timezone: of the city, in whose days dated limits hold. Another run under way on the same database is
    waited for. only: the vehicles (row ids) to work out; what is new of the others, and manifests that are
    merely pending, keep their marks for a run without it.
    """
    with only_analysis(engine), spared_collector():
        tracks = TrackCache(to_ms(until))

        def this_run(session: Session) -> Run:
            world = load_world(session, thresholds, timezone)
            doubted = judgement_stretches(session)
            return Run(world, to_ms(until), recorded_at, contradicted_score, tracks, doubted)

        vehicles, fixes = retrack_dirty(engine, this_run, progress, only)
        compare_devices(engine, this_run)
        tell_changed(engine, this_run)
        blocks = judge_open(engine, this_run, progress, only)
    return AnalyseResult(vehicles, fixes, blocks, until)


def retrack_dirty(
    engine: Engine,
    this_run: Callable[[Session], Run],
    progress: Progress,
    only: Collection[int] | None = None,
) -> tuple[int, int]:
    """Work out each dirty vehicle anew; returns the vehicles and the fixes read."""
    with read_sessions(engine)() as session:
        run = this_run(session)
        chosen = select(Watermark.vehicle_id).where(Watermark.dirty_from_ms <= run.until_ms)
        dirty = list(session.scalars(chosen.order_by(Watermark.vehicle_id)))
    if only is not None:
        dirty = [vehicle_id for vehicle_id in dirty if vehicle_id in only]
    fixes = 0
    for done, vehicle_id in enumerate(dirty):
        with write_sessions(engine).begin() as session:
            fixes += retrack_vehicle(session, vehicle_id, run)
        progress("vehicles", done + 1, len(dirty))
    return len(dirty), fixes


def judge_open(
    engine: Engine,
    this_run: Callable[[Session], Run],
    progress: Progress,
    only: Collection[int] | None = None,
) -> int:
    """Judge the blocks that hold anything to judge; returns how many.

    The world is read anew: what is usual between two places is learned from the trips just found.
    """
    with read_sessions(engine)() as session:
        run = this_run(session)
        blocks = blocks_to_judge(session, run.world, run.until_ms, only)
    for low in range(0, len(blocks), BLOCKS_A_TRANSACTION):
        with write_sessions(engine).begin() as session:
            judge_blocks(session, blocks[low : low + BLOCKS_A_TRANSACTION], run)
        progress("blocks", min(low + BLOCKS_A_TRANSACTION, len(blocks)), len(blocks))
    return len(blocks)


def analysis_moment(engine: Engine, now: datetime) -> datetime:
    """Up to when to analyse by default: the earlier of the clock and the newest scenario's end."""
    with read_sessions(engine)() as session:
        reaches_to = session.scalar(select(func.max(Scenario.reaches_to)))
    return now if reaches_to is None else min(now, reaches_to)
