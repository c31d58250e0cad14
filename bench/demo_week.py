"""Which world do benchmarks run on? The demo week, simulated and loaded once into a temporary folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from demo.scenario.load import load_scenario
from demo.simulate import simulate
from models.migrate import upgrade
from models.session import open_engine
from models.thresholds import Thresholds
from tracking.operations.analyse import AnalyseResult, analyse, analysis_moment

SEED, DAYS, PLANTS, VEHICLES = 7, 7, 5, 24
SETTINGS = {"days": DAYS, "plants": PLANTS, "vehicles": VEHICLES, "engine": "sqlite"}
NOW = datetime(2026, 4, 1, tzinfo=UTC)


@contextmanager
def loaded_week() -> Iterator[Engine]:
    """An engine on a database that holds the demo week, not yet analysed."""
    with TemporaryDirectory(prefix="sludgetrace-bench-") as folder:
        world = Path(folder) / "world"
        simulate(world, seed=SEED, days=DAYS, plants=PLANTS, vehicles=VEHICLES)
        url = f"sqlite:///{folder}/week.db"
        upgrade(url)
        engine = open_engine(url)
        load_scenario(engine, world, now=NOW, thresholds=Thresholds())
        try:
            yield engine
        finally:
            engine.dispose()


def analyse_week(engine: Engine) -> AnalyseResult:
    """Analyse all of the week."""
    return analyse(
        engine,
        until=analysis_moment(engine, NOW),
        recorded_at=NOW,
        thresholds=Thresholds(),
        contradicted_score=0.5,
    )
