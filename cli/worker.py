"""What keeps analysing? The `worker`: a look every few seconds, a sweep every minute, timers of custody."""

import signal
import time
from dataclasses import dataclass
from datetime import datetime
from types import FrameType
from zoneinfo import ZoneInfo

import click
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from cli.analysis import run_once
from cli.runtime import now, ready_engine, settings, thresholds
from models.session import read_sessions
from tracking.operations.analyse import AnalyseResult, analysis_moment
from tracking.operations.custody.run_timers import night_of, run_timers
from tracking.operations.custody.take_step import Setting
from tracking.operations.watch_stream import StreamWatch
from tracking.queries.fixes import to_ms

SWEEP_REST = 4  # times as long as it took, a sweep leaves the time to looks
MOST_AT_ONCE = 500  # vehicles with something to judge: then all are


@click.command()
@click.option("--every", "every_s", default=2.0, show_default=True, help="Seconds between looks.")
@click.option("--sweep", "sweep_s", default=60.0, show_default=True, help="Seconds between sweeps.")
def worker(every_s: float, sweep_s: float) -> None:
    """Analyse what comes in and run the timers of custody, until told to stop.

    Every look follows the new fixes and judges at once the vehicles to which something happened; every sweep
    judges all that is new, in at most a fifth of the time. SIGTERM or SIGINT ends it after the run under way.
    """
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    night: datetime | None = None
    watching = Watching(StreamWatch(thresholds()), sweep_s)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while not stopping:
        try:
            result = watching.look(time.monotonic())
            if result is not None and (result.fixes or result.blocks):
                click.echo(f"{now().isoformat()} {result.fixes} fixes, {result.blocks} blocks", err=True)
            night = run_due(watching.database(), night)
        except DBAPIError as error:
            # The database is away or busy: what was not written is still marked, the next sweep takes it.
            watching.again()
            click.echo(f"{now().isoformat()} database: {error.orig}", err=True)
        waited_s = 0.0
        while waited_s < every_s and not stopping:
            time.sleep(0.2)
            waited_s += 0.2


@dataclass(slots=True)
class Watching:
    """What a worker does at each look: a sweep when it is due, else whom the stream calls for."""

    stream: StreamWatch
    sweep_s: float
    sweep_at_s: float | None = None
    engine: Engine | None = None

    def database(self) -> Engine:
        """The database, migrated when it is first asked for."""
        if self.engine is None:
            self.engine = ready_engine()
        return self.engine

    def again(self) -> None:
        """A run failed: the next look is a sweep."""
        self.sweep_at_s = None

    def look(self, at_s: float) -> AnalyseResult | None:
        """One look at a moment of a clock that never goes back; None where there was nothing to do."""
        if self.sweep_at_s is None or at_s >= self.sweep_at_s:
            return self.sweep(at_s)
        engine = self.database()
        with read_sessions(engine)() as session:
            choice = self.stream.choose(session, to_ms(analysis_moment(engine, now())))
        if choice.nothing:
            return None
        if len(choice.signs) > MOST_AT_ONCE:
            return self.sweep(at_s)
        result = run_once(None, engine, choice.signs.keys())
        with read_sessions(engine)() as session:
            self.stream.judged(session, choice)
        return result

    def sweep(self, at_s: float) -> AnalyseResult:
        """Judge all that is new."""
        engine = self.database()
        began_s = time.monotonic()
        result = run_once(None, engine)
        with read_sessions(engine)() as session:
            self.stream.begin(session)
        took_s = time.monotonic() - began_s
        self.sweep_at_s = at_s + took_s + max(self.sweep_s, SWEEP_REST * took_s)
        return result


def run_due(engine: Engine, closed_night: datetime | None) -> datetime:
    """Run the timers of custody, closing manifests once a night; the night that is done with then."""
    rules = thresholds()
    setting = Setting(rules.custody, ZoneInfo(settings().timezone), now(), rules)
    night = night_of(setting)
    done = run_timers(engine, setting, closing=night != closed_night, clock=now)
    if done.any:
        click.echo(
            f"{setting.now.isoformat()} {done.expired} expired, {done.overdue} overdue,"
            f" {done.escalated} escalated, {done.regrouped} regrouped, {done.closed} closed",
            err=True,
        )
    return night
