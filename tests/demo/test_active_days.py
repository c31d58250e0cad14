"""Do the days on which a firm is in business and a vehicle in service go in and out with a folder?"""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from demo.scenario.export import export_scenario
from demo.scenario.load import load_scenario
from demo.scenario.outcome import LoadResult
from models.fleet import Vehicle
from models.organisations import Organisation
from models.thresholds import Thresholds
from tests.demo.test_load import NOW
from tests.demo.worlds import write_world

FIRMS = "organisations.csv"
FLEET = "vehicles.csv"
PLAIN = "code,name,name_en,kind\nORG,单位,Firm,hauler\n"
Load = Callable[[str, str], LoadResult]


def firms(first: str, last: str) -> str:
    return f"code,name,name_en,kind,active_from,active_to\nORG,单位,Firm,hauler,{first},{last}\n"


def fleet(first: str, last: str) -> str:
    return f"id,mode,name,org,active_from,active_to\nV-9,road,九号车,ORG,{first},{last}\n"


@pytest.fixture
def load(engine: Engine, tmp_path: Path) -> Load:
    """Load a world with one more firm and one more vehicle, as these tables say."""

    def load_tables(organisations: str, vehicles: str) -> LoadResult:
        folder = write_world(tmp_path / "w", {"manifests.jsonl": []})
        for name, table in ((FIRMS, organisations), (FLEET, vehicles)):
            known = (folder / name).read_text("utf-8").splitlines()
            header, row = table.splitlines()
            columns = known[0].split(",")
            extra = dict(zip(header.split(","), row.split(","), strict=True))
            names = [*columns, *(each for each in extra if each not in columns)]
            blanks = "," * (len(names) - len(columns))
            lines = [",".join(names), *(line + blanks for line in known[1:])]
            lines.append(",".join(extra.get(each, "") for each in names))
            (folder / name).write_text("\n".join(lines) + "\n", "utf-8")
        return load_scenario(engine, folder, now=NOW, thresholds=Thresholds())

    return load_tables


def stored(engine: Engine) -> list[tuple[date | None, date | None]]:
    """The days of the firm and of the vehicle."""
    with Session(engine) as session:
        firm = session.scalars(select(Organisation).where(Organisation.code == "ORG")).one()
        truck = session.scalars(select(Vehicle).where(Vehicle.code == "V-9")).one()
        return [(firm.active_from, firm.active_to), (truck.active_from, truck.active_to)]


def test_days_come_in_and_go_out_as_they_were(load: Load, engine: Engine, tmp_path: Path) -> None:
    assert load(firms("2026-01-05", "2026-12-31"), fleet("2026-02-01", "")).refusals == []
    assert stored(engine) == [
        (date(2026, 1, 5), date(2026, 12, 31)),
        (date(2026, 2, 1), None),
    ]
    export_scenario(engine, tmp_path / "out", timezone="Asia/Shanghai", now=NOW)
    assert "ORG,单位,Firm,hauler,2026-01-05,2026-12-31" in (tmp_path / "out" / FIRMS).read_text("utf-8")
    assert "V-9,road,九号车,ORG,,,,2026-02-01," in (tmp_path / "out" / FLEET).read_text("utf-8")
    again = load_scenario(engine, tmp_path / "out", now=NOW, thresholds=Thresholds())
    assert (again.refusals, again.changed) == ([], False)


def test_an_older_folder_without_these_columns_leaves_the_days_blank(load: Load, engine: Engine) -> None:
    assert load(PLAIN, "id,mode,name,org\nV-9,road,九号车,ORG\n").refusals == []
    assert stored(engine) == [(None, None), (None, None)]


def test_a_later_folder_says_the_last_day_and_never_alters_one(load: Load, engine: Engine) -> None:
    load(firms("2026-01-05", ""), fleet("2026-02-01", ""))
    assert load(firms("2026-01-05", "2026-06-30"), fleet("2026-02-01", "2026-07-31")).refusals == []
    assert [last for _first, last in stored(engine)] == [date(2026, 6, 30), date(2026, 7, 31)]
    refused = load(firms("2026-01-05", "2026-08-30"), fleet("2026-02-01", "2026-07-31")).refusals
    assert [(each.field, each.reason) for each in refused] == [
        ("active_to", "2026-08-30 differs from 2026-06-30, which was reported before and stands")
    ]
    assert stored(engine)[0] == (date(2026, 1, 5), date(2026, 6, 30))


def test_an_end_before_the_begin_is_refused_in_the_row_and_against_what_is_stored(
    load: Load, engine: Engine
) -> None:
    refused = load(firms("2026-05-01", "2026-04-30"), fleet("2026-02-01", "")).refusals
    assert ("active_to", "is before active_from") in [(each.field, each.reason) for each in refused]
    load(firms("", ""), fleet("2026-02-01", ""))
    refused = load(firms("", ""), fleet("", "2026-01-31")).refusals
    assert [each.field for each in refused] == ["active_to"]
    assert stored(engine)[1] == (date(2026, 2, 1), None)
