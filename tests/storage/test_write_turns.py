"""Do the threads of a process write to a SQLite file one after the other, and is no turn ever lost?"""

import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from models.session import open_engine

WRITERS, EACH = 8, 10


@pytest.fixture
def writing(tmp_path: Path) -> Engine:
    """An engine whose transactions write, with one table."""
    engine = open_engine(f"sqlite:///{tmp_path / 'turns.db'}").execution_options(writes=True)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE written (id INTEGER PRIMARY KEY)"))
    return engine


def add(engine: Engine, number: int) -> None:
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO written VALUES (:id)"), {"id": number})


def counted(engine: Engine) -> int:
    with engine.begin() as connection:
        return int(connection.execute(text("SELECT count(*) FROM written")).scalar_one())


def test_all_get_their_turn(writing: Engine) -> None:
    """Many threads at once lose nothing."""

    def work(writer: int) -> None:
        for number in range(EACH):
            add(writing, writer * EACH + number)

    threads = [threading.Thread(target=work, args=(writer,)) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert counted(writing) == WRITERS * EACH


def test_a_transaction_that_fails_gives_its_turn_back(writing: Engine) -> None:
    """Refused, rolled back by hand, or thrown away with its connection: the next one writes."""
    add(writing, 1)
    with pytest.raises(IntegrityError):
        add(writing, 1)
    with writing.connect() as connection:
        connection.execute(text("INSERT INTO written VALUES (2)"))
        connection.rollback()
        connection.execute(text("INSERT INTO written VALUES (3)"))
        connection.invalidate()
        connection.rollback()
    add(writing, 4)
    assert counted(writing) == 2
