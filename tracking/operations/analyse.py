"""Bring the analysis up to a moment: trips, matches, findings, verdicts for all that is new.

Two passes. First each dirty vehicle is worked out anew (one transaction each), then each block with
anything unjudged is judged (some blocks a transaction). Every transaction clears exactly the marks of
the work it wrote, so a run killed anywhere is taken up by the next with the same result.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, func, select

from models.journeys import Watermark
from models.session import read_sessions, write_sessions
from models.thresholds import Thresholds
from models.worlds import Scenario
from tracking.operations.judge_blocks import judge_blocks
from tracking.operations.retrack_vehicle import retrack_vehicle
from tracking.queries.contradictions import Run
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
    progress: Progress = lambda _stage, _done, _total: None,
) -> AnalyseResult:
    """Analyse everything up to `until`; what is dated later is left for a later run."""
    until_ms = to_ms(until)
    tracks = TrackCache(until_ms)
    with read_sessions(engine)() as session:
        run = Run(load_world(session, thresholds), until_ms, recorded_at, contradicted_score, tracks)
        dirty = list(
            session.scalars(
                select(Watermark.vehicle_id)
                .where(Watermark.dirty_from_ms <= until_ms)
                .order_by(Watermark.vehicle_id)
            )
        )
    fixes = 0
    for done, vehicle_id in enumerate(dirty):
        with write_sessions(engine).begin() as session:
            fixes += retrack_vehicle(session, vehicle_id, run)
        progress("vehicles", done + 1, len(dirty))
    with read_sessions(engine)() as session:
        # Anew: what is usual between two places is learned from the trips just found.
        run = Run(load_world(session, thresholds), until_ms, recorded_at, contradicted_score, tracks)
        blocks = blocks_to_judge(session, run.world, until_ms)
    for low in range(0, len(blocks), BLOCKS_A_TRANSACTION):
        with write_sessions(engine).begin() as session:
            judge_blocks(session, blocks[low : low + BLOCKS_A_TRANSACTION], run)
        progress("blocks", min(low + BLOCKS_A_TRANSACTION, len(blocks)), len(blocks))
    return AnalyseResult(len(dirty), fixes, len(blocks), until)


def analysis_moment(engine: Engine, now: datetime) -> datetime:
    """Up to when to analyse by default: the earlier of the clock and the newest scenario's end."""
    with read_sessions(engine)() as session:
        reaches_to = session.scalar(select(func.max(Scenario.reaches_to)))
    return now if reaches_to is None else min(now, reaches_to)
