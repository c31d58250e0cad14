"""Is it told that two vehicles stood side by side? A loaded truck stops at the roadside, another comes."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session, selectinload

from models.findings import Finding
from models.vocabulary import FindingKind
from tests.tracking.operations.conclusions import conclusions, differences
from tests.tracking.operations.conftest import ONE_ENGINE, analysed, take_in
from tests.village import DEPOT, PLANT, SITE, Mover, Village, settled

PLACE = (7_000.0, 0.0)


def stopped(minutes: float = 30.0) -> tuple[Village, Mover, float]:
    """LOADED stands at the roadside for some minutes; since which minute."""
    village = settled()
    loaded = village.truck("LOADED")
    loaded.drives(PLANT).stands(20)
    left = loaded.minute
    loaded.drives(PLACE)
    since = loaded.minute
    loaded.stands(minutes).drives(SITE).stands(20)
    village.paper("M-1", "LOADED", left, loaded.minute - 20)
    return village, loaded, since


def visitor(village: Village, since: float, stays: float, aside_m: float = 12.0) -> Mover:
    """OTHER comes to the place five minutes after LOADED, stays, and goes home."""
    other = village.truck("OTHER", place=(PLACE[0], -6_000.0))
    other.stands(since + 5 - 10)
    other.drives((PLACE[0] + aside_m, 0.0)).stands(stays).drives((PLACE[0], -6_000.0)).stands(30)
    return other


def told(engine: Engine) -> list[Any]:
    """(vehicles, duration in minutes) of each current rendezvous."""
    with Session(engine) as session:
        rows = session.scalars(
            select(Finding)
            .where(Finding.current, ~Finding.retracted, Finding.kind == FindingKind.RENDEZVOUS)
            .options(selectinload(Finding.vehicles))
        )
        return [
            (sorted(each.vehicle_code for each in row.vehicles), (row.end_ms - row.start_ms) / 60_000)
            for row in rows
        ]


def test_a_quarter_of_an_hour_side_by_side(engine: Engine, tmp_path: Path) -> None:
    village, _, since = stopped()
    visitor(village, since, 15.0)
    take_in(engine, village.write(tmp_path))
    analysed(engine)
    ((vehicles, minutes),) = told(engine)
    assert vehicles == ["LOADED", "OTHER"]
    assert minutes == pytest.approx(15, abs=1)


@ONE_ENGINE
@pytest.mark.parametrize(("stays", "aside_m"), [(7.0, 12.0), (15.0, 120.0)])
def test_a_short_halt_and_a_stand_further_on_are_none(
    engine: Engine, tmp_path: Path, stays: float, aside_m: float
) -> None:
    village, _, since = stopped()
    visitor(village, since, stays, aside_m)
    take_in(engine, village.write(tmp_path))
    analysed(engine)
    assert told(engine) == []


@ONE_ENGINE
def test_who_drives_past_and_who_stands_in_the_depot_are_none(engine: Engine, tmp_path: Path) -> None:
    village, _, since = stopped()
    passing = village.truck("PASSING")
    passing.stands(since).drives(PLANT, SITE).stands(20)
    village.truck("PARKED", place=DEPOT).stands(since + 60)
    take_in(engine, village.write(tmp_path))
    analysed(engine)
    assert told(engine) == []


@ONE_ENGINE
def test_it_is_told_when_the_other_ones_fixes_come_later(engine: Engine, tmp_path: Path) -> None:
    """The loaded truck's trip was judged and is judged again; the end is the same as with all at once."""
    village, loaded, since = stopped()
    other = visitor(village, since, 15.0)
    held, other.reports = other.reports, []
    take_in(engine, village.write(tmp_path / "first"))
    analysed(engine)
    assert told(engine) == []
    other.reports, loaded.reports = held, []
    take_in(engine, village.write(tmp_path / "second"))
    analysed(engine)
    assert len(told(engine)) == 1
    before = conclusions(engine)
    analysed(engine)
    assert differences(before, conclusions(engine)) == []


@ONE_ENGINE
def test_two_loaded_ones_are_one_meeting(engine: Engine, tmp_path: Path) -> None:
    village, _, since = stopped()
    second = village.truck("ALSO")
    second.stands(3).drives(PLANT).stands(20)
    left = second.minute
    second.drives((PLACE[0] + 15.0, 0.0)).stands(25).drives(SITE)
    village.paper("M-2", "ALSO", left, second.minute)
    second.stands(20)
    take_in(engine, village.write(tmp_path))
    analysed(engine)
    ((vehicles, _),) = told(engine)
    assert vehicles == ["ALSO", "LOADED"]
    assert since > 0
