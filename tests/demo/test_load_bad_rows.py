"""Is any other row that cannot be stored refused by itself, with its file, line, field and a sentence?"""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from demo.scenario.load import load_scenario
from demo.scenario.outcome import LoadResult
from models.facilities import Facility
from models.thresholds import Thresholds
from tests.demo.test_load import NOW
from tests.demo.worlds import (
    FILES,
    features,
    way,
    write_world,
)


def load(engine: Engine, folder: Path) -> LoadResult:
    return load_scenario(engine, folder, now=NOW, thresholds=Thresholds())


def bad_row(name: str, row: str) -> str:
    content: str = FILES[name]
    return content + row + "\n"


def bad_feature(name: str, feature: Any) -> Any:
    return features(*FILES[name]["features"], feature)


def lake(coordinates: Any, kind: str = "Polygon", **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"id": "X", "name": "X", "kind": "plant", **properties},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


RING = [[0, 0], [1, 0], [1, 1], [0, 0]]


BAD_ROWS: list[tuple[str, Any, str, str, str]] = [
    ("organisations.csv", "X,甲,,bakery", "organisations.csv:5", "kind", "'bakery' is none of"),
    (
        "organisations.csv",
        "PO,水务,Water,plant_operator",
        "organisations.csv:5",
        "code",
        "PO appears more than once",
    ),
    (
        "organisations.csv",
        "X,甲,,hauler,extra",
        "organisations.csv:5",
        "row",
        "more cells than the 4 columns",
    ),
    ("organisations.csv", "X", "organisations.csv:5", "name", "is missing"),
    ("vehicles.csv", "V9,rail,X,HA,1,1,", "vehicles.csv:4", "mode", "'rail' is none of road, water"),
    ("vehicles.csv", "V9,road,X,NOBODY,1,1,", "vehicles.csv:4", "org", "there is no organisation 'NOBODY'"),
    ("vehicles.csv", "V9,road,X,HA,-1,1,", "vehicles.csv:4", "tare_kg", "-1 is not above 0"),
    ("vehicles.csv", "V9,road,X,HA,1e999,1,", "vehicles.csv:4", "tare_kg", "is not a number"),
    ("vehicles.csv", "V9,water,X,HA,1,1,12", "vehicles.csv:4", "mmsi", "'12' is not nine digits"),
    ("devices.csv", "D9,fax,,,,", "devices.csv:6", "protocol", "'fax' is none of"),
    (
        "devices.csv",
        "D9,json,V404,2026-01-01T00:00:00Z,,",
        "devices.csv:6",
        "vehicle_id",
        "no vehicle 'V404'",
    ),
    ("devices.csv", "D9,json,V1,,,", "devices.csv:6", "valid_from", "is missing"),
    (
        "devices.csv",
        "D9,json,V1,2026-01-02T00:00:00Z,2026-01-01T00:00:00Z,",
        "devices.csv:6",
        "valid_to",
        "is not after valid_from",
    ),
    (
        "devices.csv",
        "D1,json,,,,",
        "devices.csv:6",
        "protocol",
        "device 'D1' has another one in devices.csv:2",
    ),
    ("scales.csv", "X,P404,III,20,,", "scales.csv:3", "facility", "there is no facility 'P404'"),
    ("scales.csv", "X,P1,III,zero,,", "scales.csv:3", "division_kg", "'zero' is not a number"),
    ("plant_days.csv", "P1,yesterday,,,", "plant_days.csv:4", "date", "'yesterday' is not an ISO 8601 date"),
    ("plant_days.csv", "P404,2026-03-02,,,", "plant_days.csv:4", "facility", "there is no facility 'P404'"),
    ("plant_days.csv", "P1,2026-03-04,,,1.2", "plant_days.csv:4", "stock_moisture", "is not a fraction"),
    ("site_days.csv", "S1,2026-03-02,,,", "site_days.csv:3", "date", "appears more than once"),
    (
        "facilities.geojson",
        lake([RING], kind="Point"),
        "facilities.geojson:features[4]",
        "geometry",
        "not a Polygon",
    ),
    ("facilities.geojson", lake([RING, RING]), "facilities.geojson:features[4]", "geometry", "of one ring"),
    (
        "facilities.geojson",
        lake([[[0, 0], [1, 1]]]),
        "facilities.geojson:features[4]",
        "geometry",
        "three corners",
    ),
    (
        "facilities.geojson",
        lake([[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]),
        "facilities.geojson:features[4]",
        "geometry",
        "no plain area",
    ),
    (
        "facilities.geojson",
        lake([[[0, 0], [0, 99], [1, 1], [0, 0]]]),
        "facilities.geojson:features[4]",
        "geometry",
        "position 1",
    ),
    (
        "facilities.geojson",
        lake([RING], max_moisture=1.5),
        "facilities.geojson:features[4]",
        "max_moisture",
        "fraction",
    ),
    (
        "facilities.geojson",
        lake([RING], method="magic"),
        "facilities.geojson:features[4]",
        "method",
        "'magic' is none of",
    ),
    (
        "facilities.geojson",
        lake([RING], org="NOBODY"),
        "facilities.geojson:features[4]",
        "org",
        "no organisation 'NOBODY'",
    ),
    (
        "facilities.geojson",
        lake([RING], accepts=["gold"]),
        "facilities.geojson:features[4]",
        "accepts[0]",
        "is none of",
    ),
    (
        "facilities.geojson",
        {"type": "Feature"},
        "facilities.geojson:features[4]",
        "properties",
        "is not an object",
    ),
    (
        "routes.geojson",
        way("R9", [120, 31], [121, 31], **{"from": "P1", "to": "S404"}, mode="road", corridor_m=75),
        "routes.geojson:features[1]",
        "to",
        "there is no facility 'S404'",
    ),
    (
        "routes.geojson",
        way("R9", [120, 31], [120, 31], **{"from": "P1", "to": "S1"}, mode="road", corridor_m=75),
        "routes.geojson:features[1]",
        "geometry",
        "line between two places",
    ),
    (
        "routes.geojson",
        way("R9", [120, 31], [121, 31], **{"from": "P1", "to": "S1"}, mode="road", corridor_m=0),
        "routes.geojson:features[1]",
        "corridor_m",
        "0 is not above 0",
    ),
    (
        "basemap.geojson",
        lake(None, kind="LineString", layer="road"),
        "basemap.geojson:features[1]",
        "geometry",
        "no coordinates",
    ),
    (
        "basemap.geojson",
        lake(None, kind="Circle", layer="road"),
        "basemap.geojson:features[1]",
        "geometry",
        "is none of",
    ),
    ("diversions.jsonl", {"id": "X", "from_site": "S1"}, "diversions.jsonl:2", "to_site", "is missing"),
]


@pytest.mark.parametrize(
    ("name", "row", "place", "field", "reason"),
    BAD_ROWS,
    ids=[f"{each[0]} {each[3]} {each[4]}" for each in BAD_ROWS],
)
def test_a_bad_row_is_refused_and_the_others_load(
    sqlite_engine: Engine, tmp_path: Path, name: str, row: Any, place: str, field: str, reason: str
) -> None:
    good = load(sqlite_engine, write_world(tmp_path / "w"))
    kinds = {kind: tally.new for kind, tally in good.counts.items()}
    if name.endswith(".csv"):
        changed: Any = bad_row(name, row)
    elif name.endswith(".geojson"):
        changed = bad_feature(name, row)
    else:
        changed = [*FILES[name], row]
    result = load(sqlite_engine, write_world(tmp_path / "w", {name: changed}))
    assert (place, field) in [(fault.place, fault.field) for fault in result.refusals]
    assert any(reason in fault.reason for fault in result.refusals)
    assert {fault.place for fault in result.refusals} == {place}
    assert {kind: tally.unchanged for kind, tally in result.counts.items()} == kinds
    assert not result.changed


@pytest.mark.parametrize(
    ("name", "content", "field"),
    [
        ("vehicles.csv", "id,name\nV1,X\n", "header"),
        ("vehicles.csv", b"\xff\xfe", "file"),
        ("facilities.geojson", b"{", "file"),
        ("facilities.geojson", {"type": "Polygon"}, "file"),
        ("facilities.geojson", [], "file"),
        ("tracks/a.csv", "lat,lon\n1,2\n", "header"),
        ("tracks/a.csv", "recorded_at,lat,lon\n2026-03-02T01:00:00Z,1,2\n", "header"),
        ("tracks/a.csv", b"", "header"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_one(
    engine: Engine, tmp_path: Path, name: str, content: Any, field: str
) -> None:
    result = load(engine, write_world(tmp_path / "w", {name: content}))
    assert (name, field) in [(fault.place.partition(":")[0], fault.field) for fault in result.refusals]


def test_a_file_whose_csv_breaks_off_keeps_the_rows_before(engine: Engine, tmp_path: Path) -> None:
    result = load(
        engine, write_world(tmp_path / "w", {"organisations.csv": bad_row("organisations.csv", '"X,甲')})
    )
    assert [(fault.place, fault.field) for fault in result.refusals] == [("organisations.csv:5", "row")]
    assert result.tally("organisations").new == 3


def test_an_unclosed_fence_is_closed(engine: Engine, tmp_path: Path) -> None:
    changed = bad_feature("facilities.geojson", lake([RING[:-1]]))
    assert load(engine, write_world(tmp_path / "w", {"facilities.geojson": changed})).refusals == []
    with Session(engine) as session:
        polygon = session.scalars(select(Facility.polygon).where(Facility.code == "X")).one()
        assert polygon[0] == polygon[-1]
