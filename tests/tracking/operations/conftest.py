"""What do tests of the analysis begin with? A morning in a folder, and a way to take folders in."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from demo.scenario.load import load_scenario
from models.session import open_engine
from models.thresholds import Thresholds
from tests.tracking.operations.conclusions import Conclusions, conclusions
from tests.tracking.operations.morning import busy_morning
from tracking.operations.analyse import AnalyseResult, analyse

LATER = datetime(2026, 3, 3, tzinfo=UTC)  # the day after the morning
NOW = datetime(2026, 3, 4, tzinfo=UTC)
ONE_ENGINE = pytest.mark.parametrize(
    "database_kind", ["sqlite"], indirect=True
)  # where the engine is no matter


@pytest.fixture(scope="session")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The busy morning as a scenario folder."""
    return busy_morning().write(tmp_path_factory.mktemp("busy") / "morning")


def take_in(engine: Engine, folder: Path) -> None:
    """Load a folder; nothing of it may be refused."""
    result = load_scenario(engine, folder, now=NOW, thresholds=Thresholds())
    assert result.refusals == []


def analysed(engine: Engine, until: datetime = LATER) -> AnalyseResult:
    """Analyse up to a moment, by default the day after."""
    return analyse(engine, until=until, recorded_at=NOW, thresholds=Thresholds(), contradicted_score=0.5)


@pytest.fixture(scope="session")
def fresh_engine(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Engine]]:
    """Makes engines on empty migrated SQLite files, for what is worked out once for several tests."""
    made: list[Engine] = []

    def make() -> Engine:
        path = tmp_path_factory.mktemp("fresh") / "sludgetrace.db"
        shutil.copyfile(sqlite_template, path)
        made.append(open_engine(f"sqlite:///{path}"))
        return made[-1]

    yield make
    for engine in made:
        engine.dispose()


@pytest.fixture(scope="session")
def at_once(morning: Path, fresh_engine: Callable[[], Engine]) -> Conclusions:
    """What is concluded when all of it comes at once."""
    engine = fresh_engine()
    take_in(engine, morning)
    analysed(engine)
    return conclusions(engine)
