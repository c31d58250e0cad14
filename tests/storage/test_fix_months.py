"""Does every fix find its month, also when nobody was there before, and do the locks hold in each of them?"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import numpy as np
import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from gps_ingest.decoders.fix_batch import make_batch
from gps_ingest.store.fix_months import make_room, months_of, name_of
from gps_ingest.store.fix_rows import FixRows, insert_fixes
from gps_ingest.store.watermarks import to_ms
from models.fleet import Device
from models.migrate import downgrade, upgrade
from models.session import open_engine, write_sessions
from models.vocabulary import Protocol
from tests.postgres_server import PostgresServer

PARTITIONS = text(
    "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
    "WHERE i.inhparent = 'fix'::regclass ORDER BY 1"
)
OLD_FIX = text(
    "INSERT INTO fix (device_id, time_ms, lat_e7, lon_e7, load_state, acc, doubts, raw_id) "
    "VALUES (1, :time, 312000000, 1206000000, 0, 0, 0, 1)"
)
OLD_DEVICE = text(
    "INSERT INTO device (id, code, protocol, datum, active) VALUES (1, 'D1', 'json', 'wgs84', true)"
)
OLD_RAW = text(
    "INSERT INTO raw_message "
    "(id, device_code, device_id, protocol, received_at, body, sha256, source, status) "
    "VALUES (1, 'D1', 1, 'json', '2026-03-01 00:00:00+00:00', :body, 'x', 'test', 'accepted')"
)


def at(*parts: int) -> int:
    return to_ms(datetime(*parts, tzinfo=UTC))  # type: ignore[arg-type, misc]  # year, month, day …


def rows_at(times: list[int], device: int = 1, raw: int = 1) -> FixRows:
    count = len(times)
    batch = make_batch(time_ms=times, lat=[31.2] * count, lon=[120.6] * count)
    whole = np.ones(count, dtype=np.int64)
    return FixRows(whole * device, whole * raw, batch, np.zeros(count, dtype=np.uint32))


def times_of(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return list(connection.scalars(text("SELECT time_ms FROM fix ORDER BY time_ms")))


EXTREMES = [at(1980, 1, 6), at(2019, 12, 31, 23, 59, 59), at(2020, 1, 1), at(2026, 2, 28), at(2026, 3, 1)]
EXTREMES += [at(2026, 3, 31, 23, 59, 59) + 999, at(2026, 4, 1), at(2099, 12, 31), at(2100, 6, 1)]


def test_any_time_is_stored_and_none_twice(engine: Engine) -> None:
    with write_sessions(engine).begin() as session:
        assert insert_fixes(session.connection(), rows_at(EXTREMES)).all()
    with write_sessions(engine).begin() as session:
        assert not insert_fixes(session.connection(), rows_at(EXTREMES)).any()
    assert times_of(engine) == EXTREMES


def test_months_are_those_of_utc() -> None:
    last_ms = np.array([at(2026, 4, 1) - 1, at(2026, 3, 1)])
    assert [name_of(month) for month in months_of(last_ms)] == ["fix_2026_03"]
    assert [name_of(month) for month in months_of(last_ms + 1)] == ["fix_2026_03", "fix_2026_04"]
    assert [name_of(month) for month in months_of(np.array([-1]))] == ["fix_1969_12"]


@pytest.fixture
def own_database(postgres: PostgresServer) -> Iterator[str]:
    """A migrated PostgreSQL database without any month."""
    with postgres.empty() as url:
        upgrade(url)
        yield url


@pytest.mark.postgres
def test_a_month_is_made_once_when_first_needed(own_database: str) -> None:
    engine = open_engine(own_database)
    with write_sessions(engine).begin() as session:
        insert_fixes(session.connection(), rows_at(EXTREMES))
        insert_fixes(session.connection(), rows_at([at(2026, 5, 1)], device=2))
    with engine.connect() as connection:
        assert list(connection.scalars(PARTITIONS)) == [
            "fix_2020_01", "fix_2026_02", "fix_2026_03", "fix_2026_04", "fix_2026_05", "fix_2099_12",
            "fix_before_2020", "fix_from_2100",
        ]  # fmt: skip
    engine.dispose()


@pytest.mark.postgres
def test_many_writers_that_need_the_same_months_at_once(own_database: str) -> None:
    """Each of them holds the table already when it finds that a month is missing."""
    engine = open_engine(own_database)
    months = [at(2030 + n // 12, 1 + n % 12, 1) for n in range(24)]

    def write(device: int) -> int:
        new = 0
        with write_sessions(engine).begin() as session:
            for month in months if device % 2 else reversed(months):
                new += int(insert_fixes(session.connection(), rows_at([month], device)).sum())
        return new

    with ThreadPoolExecutor(6) as writers:
        assert list(writers.map(write, range(1, 7))) == [24] * 6
    with engine.connect() as connection:
        assert len(list(connection.scalars(PARTITIONS))) == 26
    engine.dispose()


@pytest.mark.postgres
def test_a_month_that_cannot_be_made_now_is_a_passing_fault(
    own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever locks the whole table may wait for us: we give up first, and the sender tries again."""
    monkeypatch.setattr("gps_ingest.store.fix_months.MOST_WAIT", text("SET LOCAL lock_timeout = '50ms'"))
    engine = open_engine(own_database)
    with engine.begin() as migration:
        migration.execute(text("LOCK TABLE fix IN ACCESS EXCLUSIVE MODE"))
        with pytest.raises(OperationalError, match="lock timeout"), engine.connect() as connection:
            make_room(connection, np.array([at(2031, 1, 1)]))
    with engine.connect() as connection:
        make_room(connection, np.array([at(2031, 1, 1)]))
        assert "fix_2031_01" in set(connection.scalars(PARTITIONS))
    engine.dispose()


@pytest.mark.postgres
@pytest.mark.parametrize("partition", ["fix_2026_03", "fix_before_2020", "fix_from_2100"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET doubts = 1", "DELETE FROM {}", "TRUNCATE {}"])
def test_a_partition_refuses_changes_too(own_database: str, partition: str, statement: str) -> None:
    engine = open_engine(own_database)
    with write_sessions(engine).begin() as session:
        insert_fixes(session.connection(), rows_at([at(1999, 1, 1), at(2026, 3, 1), at(2101, 1, 1)]))
    with pytest.raises(DBAPIError, match="is insert-only"), engine.begin() as connection:
        connection.execute(text(statement.format(f"fix_months.{partition}")))
    assert len(times_of(engine)) == 3
    engine.dispose()


def test_rows_survive_the_step_forward_and_back(empty_database_url: str) -> None:
    times = [*EXTREMES[:-1], at(2100, 1, 1) - 1]
    upgrade(empty_database_url, "0002")
    engine = open_engine(empty_database_url)
    with engine.execution_options(writes=True).begin() as connection:
        connection.execute(OLD_DEVICE)
        connection.execute(OLD_RAW, {"body": b"{}"})
        connection.execute(OLD_FIX, [{"time": time} for time in times])
    for move, step in ((upgrade, "head"), (downgrade, "0002"), (upgrade, "head")):
        move(empty_database_url, step)
        assert times_of(engine) == sorted(times)
        with pytest.raises(DBAPIError, match="is insert-only"), engine.begin() as connection:
            connection.execute(text("DELETE FROM fix"))
    engine.dispose()


def test_a_device_with_fixes_cannot_go_nor_change_its_key(session: Session) -> None:
    quiet, heard = (Device(code=code, protocol=Protocol.JSON) for code in ("quiet", "heard"))
    session.add_all([quiet, heard])
    session.flush()
    insert_fixes(session.connection(), rows_at([at(2026, 3, 1)], device=heard.id))
    session.commit()
    for change in ("DELETE FROM device WHERE id = :id", "UPDATE device SET id = 99 WHERE id = :id"):
        with pytest.raises(DBAPIError, match="a device with fixes stays"):
            session.execute(text(change), {"id": heard.id})
        session.rollback()
    session.execute(text("UPDATE device SET code = 'heard 2' WHERE id = :id"), {"id": heard.id})
    session.execute(text("DELETE FROM device WHERE id = :id"), {"id": quiet.id})
    assert session.query(Device.code).all() == [("heard 2",)]
