"""Real positions with invented paperwork: ten things went wrong in Liverpool, and all ten are found.

The world lies beside the project (../shared); where it is absent these tests are skipped. Nothing in the
code knows it: moved elsewhere, renamed and re-dated, the same is found.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from cli.runtime import ready_engine
from tests.demo.worlds import dump
from tests.desk import Desk
from tests.stories.moving import Move, moved_copy, renamed

HERE = (53.435, -2.94)
LATER = timedelta(days=200, hours=5)
MOVES = {
    "120 degrees east, 20 south": Move(HERE, (33.435, 117.06), LATER),
    "across the antimeridian": Move(HERE, (53.435, 179.999), LATER),
    "on the other hemisphere": Move(HERE, (-33.9, 18.4), -LATER),
}

Found = set[tuple[str, tuple[str, ...], tuple[str, ...]]]


@pytest.fixture(scope="session")
def liverpool(shared: Path) -> Path:
    folder = shared / "data" / "scenarios" / "liverpool"
    if not folder.is_dir():
        pytest.skip("the Liverpool scenario is not in ../shared on this machine")
    return folder


def matched(figures: dict[str, Any]) -> tuple[int, int]:
    """(truths, truths found)."""
    kinds = figures["kinds"].values()
    return sum(kind["truth"] for kind in kinds), sum(kind["matched"] for kind in kinds)


def found(desk: Desk, name: Any = str) -> Found:
    """Kind and subjects of each finding, the codes as `name` calls them."""
    return {
        (
            line["kind"],
            tuple(sorted(name(number) for number in line["manifests"])),
            tuple(sorted(name(code) for code in line["vehicles"])),
        )
        for line in desk.findings()
    }


def database() -> Engine:
    return ready_engine()


def test_ten_of_ten(liverpool: Path, desk: Desk) -> None:
    """On SQLite and on PostgreSQL, by nothing but the URL."""
    desk.take(liverpool)
    figures = desk.score(liverpool)
    assert matched(figures) == (10, 10)
    assert figures["extra"] <= 2
    assert figures["clean_contradicted"] == 0
    verdicts = desk.verdicts()
    assert verdicts["LV-090"] == "insufficient"
    assert verdicts["LV-002"] == verdicts["LV-007"] == "consistent"

    before = dump(database())
    desk.take(liverpool)
    assert dump(database()) == before  # loading and analysing twice changes nothing


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("where", MOVES)
def test_the_same_world_elsewhere_renamed_and_re_dated(
    liverpool: Path, desk: Desk, tmp_path: Path, where: str
) -> None:
    desk.take(liverpool)
    expected = found(desk, renamed)
    verdicts = {renamed(number): verdict for number, verdict in desk.verdicts().items()}
    numbers = set(verdicts)

    moved = moved_copy(liverpool, tmp_path / "moved", MOVES[where])
    desk.take(moved)

    told = {each for each in found(desk) if not numbers.isdisjoint(each[1]) or each in expected}
    assert told == expected
    assert {number: value for number, value in desk.verdicts().items() if number in numbers} == verdicts
    assert matched(desk.score(moved)) == (10, 10)
    assert desk.score(moved)["extra"] <= 2
