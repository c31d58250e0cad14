"""Does an analysis that is killed at any point, and run again, conclude the same as one that was not?

Killed for certain: `sludgetrace analyse` in a process of its own sends itself SIGKILL at the n-th SQL
statement. And stopped by an error in the middle of a transaction, in this process, at many more points.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from models.session import open_engine
from tests.conftest import PROJECT
from tests.tracking.operations.conclusions import Conclusions, conclusions, differences
from tests.tracking.operations.conftest import analysed, take_in

KILLING = """
import os, signal, sys
from sqlalchemy import Engine, event
from cli.main import main

left = int(sys.argv[1])

@event.listens_for(Engine, "before_cursor_execute")
def count(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

main(["analyse", "--until", "2026-03-03T00:00:00Z"])
"""


class Stopped(Exception):
    """The analysis is stopped here."""


@pytest.fixture(scope="session")
def loaded(morning: Path, fresh_engine: Callable[[], Engine]) -> Path:
    """A database with the morning loaded and nothing analysed, to copy."""
    engine = fresh_engine()
    take_in(engine, morning)
    engine.dispose()
    return Path(str(engine.url.database))


@pytest.fixture(scope="session")
def unkilled(loaded: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Conclusions, int]:
    """What an analysis concludes that nobody stops, and how many statements it takes."""
    engine = copy_of(loaded, tmp_path_factory.mktemp("unkilled"))
    with counted(engine) as statements:
        analysed(engine)
    told = conclusions(engine)
    engine.dispose()
    return told, statements[0]


def copy_of(database: Path, folder: Path) -> Engine:
    """An engine on a copy of a SQLite file that nobody has open."""
    for suffix in ("", "-wal"):
        source = database.with_name(database.name + suffix)
        if source.exists():
            shutil.copyfile(source, folder / f"copy.db{suffix}")
    return open_engine(f"sqlite:///{folder / 'copy.db'}")


@contextmanager
def counted(engine: Engine, stop_at: int | None = None) -> Iterator[list[int]]:
    """Counts the statements of an engine; raises Stopped in place of one of them."""
    seen = [0]

    def count(*_: Any) -> None:
        seen[0] += 1
        if seen[0] == stop_at:
            raise Stopped

    event.listen(engine, "before_cursor_execute", count)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", count)


def kill_at(engine: Engine, statement: int) -> int:
    """Run the command in a process of its own until it kills itself; its exit status."""
    url = engine.url.render_as_string(hide_password=False)
    words = [sys.executable, "-c", KILLING, str(statement)]
    environment = os.environ | {"SLUDGETRACE_DATABASE_URL": url}
    return subprocess.run(words, cwd=PROJECT, env=environment, capture_output=True, timeout=120).returncode


def test_killed_again_and_again(loaded: Path, unkilled: tuple[Conclusions, int], tmp_path: Path) -> None:
    """Four kills of one database, each further on than the last, then a run to the end."""
    told, statements = unkilled
    engine = copy_of(loaded, tmp_path)
    for share in (0.05, 0.3, 0.4, 0.3):
        assert kill_at(engine, max(5, round(statements * share))) == -signal.SIGKILL
    assert differences(told, conclusions(engine)) != []
    analysed(engine)
    assert differences(told, conclusions(engine)) == []
    engine.dispose()


@pytest.mark.parametrize("share", [0.05, 0.2, 0.4, 0.6, 0.8, 0.9, 0.99])
def test_stopped_in_the_middle_of_a_transaction(
    loaded: Path, unkilled: tuple[Conclusions, int], tmp_path: Path, share: float
) -> None:
    told, statements = unkilled
    engine = copy_of(loaded, tmp_path)
    with counted(engine, stop_at=round(statements * share)), pytest.raises(Stopped):
        analysed(engine)
    analysed(engine)
    assert differences(told, conclusions(engine)) == []
    engine.dispose()


def test_stopped_once_in_every_step(engine: Engine, morning: Path, unkilled: tuple[Conclusions, int]) -> None:
    """On both engines: stopped at every third transaction, taken up again each time."""
    take_in(engine, morning)
    stops, statement = 0, 30
    for _ in range(12):
        try:
            with counted(engine, stop_at=statement):
                analysed(engine)
        except Stopped:
            stops += 1
            statement += 15
    analysed(engine)
    assert stops >= 3
    assert differences(unkilled[0], conclusions(engine)) == []
