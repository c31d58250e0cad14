"""What do tests of worlds share: two simulated ones, and a database where one engine is enough?"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from demo.simulate import simulate
from demo.world.wishes import KINDS
from models.migrate import upgrade
from models.session import open_engine
from tests.demo.simulated import Folder

WISHED = 2


@pytest.fixture(scope="session")
def crooked_world(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """Two days, 24 vehicles, every kind of violation twice."""
    base: Path = tmp_path_factory.mktemp("crooked")
    wish = base / "violations.json"
    wish.write_text(json.dumps(dict.fromkeys(KINDS, WISHED)), encoding="utf-8")
    simulate(base / "world", seed=11, days=2, plants=5, vehicles=24, violations=wish)
    return Folder(base / "world")


@pytest.fixture(scope="session")
def honest_world(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """One day, 24 vehicles, nothing wrong."""
    path: Path = tmp_path_factory.mktemp("honest") / "world"
    simulate(path, seed=13, days=1, plants=5, vehicles=24, violations="none")
    return Folder(path)


@pytest.fixture
def sqlite_engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """One engine is enough for what is decided before the database is asked."""
    path = tmp_path / "refusals.db"
    shutil.copyfile(sqlite_template, path)
    opened = open_engine(f"sqlite:///{path}")
    yield opened
    opened.dispose()


@pytest.fixture
def elsewhere(empty_database_url: str) -> Iterator[Engine]:
    """A second database of the same kind, migrated and empty."""
    upgrade(empty_database_url)
    opened = open_engine(empty_database_url)
    yield opened
    opened.dispose()
