"""Does it matter in what pieces a lying device's data come? In any order the same is found of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine

from demo.simulate import simulate
from models.vocabulary import Datum
from tests.stories.forging import Haul, clone, freeze, hauls, replay, rows_of, shift_datum, skew
from tests.tracking.operations.arrivals import Row, cut_in_time, fixes_of, when, with_late_pieces, written
from tests.tracking.operations.conclusions import Conclusions, conclusions, differences
from tests.tracking.operations.conftest import ONE_ENGINE, analysed, take_in

END = datetime(2026, 3, 4, tzinfo=UTC)  # after the two days
KINDS = {"frozen_position", "replayed_track", "cloned_device", "clock_skew", "datum_shift"}


@pytest.fixture(scope="session")
def lying(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days of a small simulated town in which five devices lie, each in its own way."""
    folder = tmp_path_factory.mktemp("lying") / "town"
    simulate(folder, seed=4, days=2, plants=3, vehicles=8, violations="none")
    long = [haul for haul in hauls(folder) if len(between(folder, haul)) >= 90]
    with_odometer = [haul for haul in long if rows_of(folder, haul.device)[0]["odometer_km"]]
    frozen = with_odometer[0]
    freeze(folder, frozen, 5, 12)
    rest = [haul for haul in long if haul.vehicle != frozen.vehicle]
    copy, source = next(pair for pair in same_ways(rest))
    replay(folder, copy, source)
    others = {haul.vehicle: haul for haul in rest if haul.vehicle != copy.vehicle}
    cloned, skewed, shifted, *_ = others.values()
    clone(folder, cloned, source)
    skew(folder, skewed, 400, 3)
    shift_datum(folder, shifted.device, Datum.GCJ02)
    return folder


def between(folder: Path, haul: Haul) -> list[dict[str, str]]:
    """The rows of a haul's device from loading to receipt."""
    start, end = haul.start.timestamp(), haul.end.timestamp()
    return [row for row in rows_of(folder, haul.device) if start <= moment_s(row) <= end]


def moment_s(row: dict[str, str]) -> float:
    return when(row["recorded_at"]).timestamp()


def same_ways(found: list[Haul]) -> list[tuple[Haul, Haul]]:
    """(later, earlier) hauls of one vehicle over one way, on two days."""
    return [
        (later, earlier)
        for later in found
        for earlier in found
        if later.vehicle == earlier.vehicle
        and later.pair == earlier.pair
        and later.start.date() > earlier.start.date()
    ]


@pytest.fixture(scope="session")
def at_once(lying: Path, fresh_engine: Callable[[], Engine]) -> Conclusions:
    """What is concluded when all of it comes at once."""
    engine = fresh_engine()
    take_in(engine, lying)
    analysed(engine, END)
    return conclusions(engine)


def piece_by_piece(engine: Engine, source: Path, pieces: list[list[Row]], work: Path) -> None:
    """Each piece comes with the paper of its time and is analysed as it comes; the last with everything."""
    for number, piece in enumerate(pieces):
        told = max(when(row["recorded_at"]) for row in piece)
        last = number == len(pieces) - 1
        take_in(engine, written(source, work / f"piece-{number}", piece, None if last else told))
        analysed(engine, END if last else told)


def kinds(found: Conclusions) -> set[str]:
    return {row[0].value for row in found["findings"].values()}


def test_each_lie_is_found(at_once: Conclusions) -> None:
    assert kinds(at_once) >= KINDS


def test_in_order(engine: Engine, lying: Path, at_once: Conclusions, tmp_path: Path) -> None:
    piece_by_piece(engine, lying, cut_in_time(lying, 5), tmp_path)
    assert differences(at_once, conclusions(engine)) == []


@ONE_ENGINE
@pytest.mark.parametrize("seed", range(2))
def test_stretches_that_come_late(
    engine: Engine, lying: Path, at_once: Conclusions, tmp_path: Path, seed: int
) -> None:
    pieces = with_late_pieces(cut_in_time(lying, 4), Random(seed))
    piece_by_piece(engine, lying, pieces, tmp_path)
    assert differences(at_once, conclusions(engine)) == []


@ONE_ENGINE
def test_the_newest_first(engine: Engine, lying: Path, at_once: Conclusions, tmp_path: Path) -> None:
    """The copy is here before its source."""
    for number, piece in enumerate(reversed(cut_in_time(lying, 3))):
        take_in(engine, written(lying, tmp_path / f"piece-{number}", piece))
        analysed(engine, END)
    assert differences(at_once, conclusions(engine)) == []


@ONE_ENGINE
def test_one_device_after_the_other(
    engine: Engine, lying: Path, at_once: Conclusions, tmp_path: Path
) -> None:
    rows = fixes_of(lying)
    for device in sorted({row["device_id"] for row in rows}):
        own = [row for row in rows if row["device_id"] == device]
        take_in(engine, written(lying, tmp_path / device, own))
        analysed(engine, END)
    assert differences(at_once, conclusions(engine)) == []
