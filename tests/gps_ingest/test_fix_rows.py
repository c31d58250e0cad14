"""Does the table hold what was handed over, blanks as blanks, and does each insert tell what was new?"""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from gps_ingest.decoders.fix_batch import COLUMNS, FixBatch, make_batch
from gps_ingest.store.fix_rows import FixRows, insert_fixes
from models.fixes import FixRow
from models.session import write_sessions

START_MS = 1_772_323_200_000
MEASURED = ("speed_kmh", "course_deg", "accuracy_m", "odometer_km", "recorder_speed_kmh", "load_kg")
COUNTED = ("satellites", "signal")


def batch_of_chance(seed: int, count: int) -> FixBatch:
    """Every column filled, a third of the cells that may be blank blank."""
    chance = np.random.default_rng(seed)
    columns: dict[str, Any] = {
        name: np.where(chance.random(count) < 0.33, np.nan, np.round(chance.random(count) * 500, 3))
        for name in MEASURED
    }
    columns |= {
        name: np.where(chance.random(count) < 0.33, -1, chance.integers(0, 999, count)) for name in COUNTED
    }
    return make_batch(
        **columns,
        time_ms=START_MS + chance.permutation(count) * 1000,
        lat=np.round(chance.uniform(-90, 90, count), 7),
        lon=np.round(chance.uniform(-180, 180, count), 7),
        received_ms=np.where(chance.random(count) < 0.5, -1, START_MS),
        load_state=chance.integers(0, 4, count),
        acc=chance.integers(0, 3, count),
        alarm=chance.integers(0, 2**32, count),
    )


def rows_of(batch: FixBatch, device: int = 1, raw: int = 1) -> FixRows:
    whole = np.ones(len(batch), dtype=np.int64)
    return FixRows(whole * device, whole * raw, batch, np.full(len(batch), 2**31, dtype=np.uint32))


def insert(engine: Engine, rows: FixRows) -> list[bool]:
    with write_sessions(engine).begin() as session:
        new: list[bool] = insert_fixes(session.connection(), rows).tolist()
    return new


def cell(batch: FixBatch, name: str, index: int) -> float | None:
    value = getattr(batch, name)[index].item()
    blank = value != value if name in MEASURED else value == -1 and name in (*COUNTED, "received_ms")
    return None if blank else value


@pytest.mark.parametrize("count", [1, 2, 300])
def test_every_cell_comes_back_as_it_was(engine: Engine, session: Session, count: int) -> None:
    batch = batch_of_chance(count, count)
    assert insert(engine, rows_of(batch)) == [True] * count
    stored = {row.time_ms: row for row in session.scalars(select(FixRow))}
    assert len(stored) == count
    for index, time_ms in enumerate(batch.time_ms.tolist()):
        row = stored[time_ms]
        assert (row.lat_e7, row.lon_e7) == (round(batch.lat[index] * 1e7), round(batch.lon[index] * 1e7))
        assert (row.device_id, row.raw_id, row.doubts) == (1, 1, 2**31)
        for name in (*MEASURED, *COUNTED, "received_ms", "load_state", "acc", "alarm"):
            expected = cell(batch, name, index)
            got = getattr(row, name)
            assert got == (expected if expected is None else pytest.approx(expected, rel=1e-6)), name


@pytest.mark.parametrize("blank", [None, 7.5])
def test_columns_that_are_all_blank_or_never(engine: Engine, session: Session, blank: float | None) -> None:
    measured: dict[str, Any] = {} if blank is None else {name: [blank] * 5 for name in MEASURED}
    batch = make_batch(time_ms=START_MS + np.arange(5), lat=[31.0] * 5, lon=[121.0] * 5, **measured)
    insert(engine, rows_of(batch))
    assert [getattr(row, name) for row in session.scalars(select(FixRow)) for name in MEASURED] == [
        blank
    ] * 30


def test_an_insert_tells_which_fixes_are_new(engine: Engine) -> None:
    batch = batch_of_chance(7, 100)
    assert all(insert(engine, rows_of(batch.take(np.arange(0, 60)))))
    again = insert(engine, rows_of(batch.take(np.arange(40, 100)), raw=2))
    assert again == [False] * 20 + [True] * 40
    assert not any(insert(engine, rows_of(batch, raw=3)))


def test_a_fix_twice_in_one_message_is_one_fix(engine: Engine) -> None:
    batch = batch_of_chance(8, 3)
    assert insert(engine, rows_of(batch.take(np.array([0, 1, 1, 2, 0])))) == [True, True, False, True, False]


def test_devices_and_places_make_fixes_different(engine: Engine) -> None:
    batch = batch_of_chance(9, 4)
    elsewhere = replace(batch, lat=batch.lat + 1e-7)
    assert all(insert(engine, rows_of(batch)))
    assert all(insert(engine, rows_of(batch, device=2, raw=2)))
    assert all(insert(engine, rows_of(elsewhere, raw=3)))


def test_two_transactions_of_which_the_first_is_undone(engine: Engine) -> None:
    rows = rows_of(batch_of_chance(10, 5))
    with write_sessions(engine)() as session:
        insert_fixes(session.connection(), rows)
        session.rollback()
    assert all(insert(engine, rows))


@pytest.mark.postgres
def test_a_number_that_its_column_cannot_hold_is_an_error_and_not_another_number(engine: Engine) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite's integers hold any of them")
    batch = batch_of_chance(11, 3)
    with pytest.raises((OverflowError, DBAPIError)):
        insert(engine, rows_of(replace(batch, lat=np.array([1.0, 4294.967295, 2.0]))))


def test_the_table_has_no_column_that_is_not_written() -> None:
    from gps_ingest.store.copied_fixes import WIDTHS

    assert set(WIDTHS) == {column.name for column in FixRow.__table__.columns}
    assert set(COLUMNS) - {"lat", "lon", "fixed", "position"} <= set(WIDTHS)
