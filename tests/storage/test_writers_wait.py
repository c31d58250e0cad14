"""Does one who wants to write to SQLite wait for the other, no longer than needed, and not for ever?"""

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from models import session as sessions
from models.session import open_engine


@pytest.fixture
def shared_file(tmp_path: Path) -> Engine:
    """Two connections at least to one file."""
    return open_engine(f"sqlite:///{tmp_path / 'shared.db'}").execution_options(writes=True)


def test_the_lock_is_taken_soon_after_it_is_free(shared_file: Engine) -> None:
    freed: list[float] = []
    with shared_file.connect() as holder:
        holder.execute(text("CREATE TABLE held (x INTEGER)"))

        def release() -> None:
            time.sleep(0.3)
            freed.append(time.monotonic())
            holder.commit()

        releasing = threading.Thread(target=release)
        releasing.start()
        with shared_file.begin() as waiter:
            waited_s = time.monotonic() - freed[0]
            waiter.execute(text("INSERT INTO held VALUES (1)"))
        releasing.join()
    assert (
        waited_s < 0.2
    )  # SQLite by itself would have slept in steps of 100 ms by now, and looked once or twice
    shared_file.dispose()


def test_waiting_ends(shared_file: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "SQLITE_BUSY_MS", 100)
    with shared_file.connect() as holder, shared_file.connect() as waiter:
        holder.execute(text("SELECT 1"))
        with pytest.raises(OperationalError, match="database is locked"):
            waiter.execute(text("SELECT 1"))
    shared_file.dispose()


def test_any_other_trouble_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "no.db"
    path.write_bytes(b"this is no database, and it is longer than a header of one" * 20)
    engine = open_engine(f"sqlite:///{path}").execution_options(writes=True)
    began = time.monotonic()
    with pytest.raises(Exception, match="not a database"), engine.begin():
        pass
    assert time.monotonic() - began < 5
