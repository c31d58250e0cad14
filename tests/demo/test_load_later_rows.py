"""What may a later load add to vehicles, places, bindings and tracks that are there?"""

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from demo.scenario.load import load_scenario
from demo.scenario.outcome import LoadResult
from models.facilities import Facility
from models.fleet import DeviceBinding, Vehicle
from models.journeys import ManifestMark, Watermark
from models.manifests import Leg, Manifest
from models.session import write_sessions
from models.thresholds import Thresholds
from models.worlds import Scenario
from tests.demo.test_load import NOW
from tests.demo.worlds import (
    FILES,
    SINGLE,
    TRACK,
    TRUCK_LEG,
    features,
    way,
    write_world,
)
from tests.factories import ms

Load = Callable[[dict[str, Any]], LoadResult]


@pytest.fixture
def load(engine: Engine, tmp_path: Path) -> Load:
    """Load the world with some of its files changed."""

    def load_changed(changes: dict[str, Any]) -> LoadResult:
        return load_scenario(engine, write_world(tmp_path / "w", changes), now=NOW, thresholds=Thresholds())

    return load_changed


def papers(*manifests: dict[str, Any]) -> dict[str, Any]:
    return {"manifests.jsonl": list(manifests)}


def judged(engine: Engine) -> None:
    """As after an analysis: nothing is dirty any more."""
    with write_sessions(engine).begin() as session:
        session.execute(update(ManifestMark).values(dirty=False))
        session.execute(update(Watermark).values(dirty_from_ms=None, analysed_to_ms=0))


def dirty(engine: Engine) -> set[str]:
    """Numbers of the manifests to be judged again."""
    with Session(engine) as session:
        marked = select(Manifest.number).join(ManifestMark, ManifestMark.manifest_id == Manifest.id)
        return set(session.scalars(marked.where(ManifestMark.dirty)))


def with_leg(**changes: Any) -> dict[str, Any]:
    return {"legs": [{**TRUCK_LEG, **changes}]}


def test_other_rows_are_filled_and_never_altered(engine: Engine, load: Load) -> None:
    load({})
    filled = load({"vehicles.csv": FILES["vehicles.csv"].replace("HA,,300000", "HA,90000,300000")})
    assert (filled.tally("vehicles").filled, filled.refusals) == (1, [])
    altered = load({"vehicles.csv": FILES["vehicles.csv"].replace("苏E1,HA,11000", "苏E1,HA,9000")})
    assert [(fault.place, fault.field) for fault in altered.refusals] == [("vehicles.csv:2", "tare_kg")]
    with Session(engine) as session:
        assert session.scalars(select(Vehicle.tare_kg).order_by(Vehicle.code)).all() == [90000, 11000]


def test_a_fence_is_not_moved_by_a_load(engine: Engine, load: Load) -> None:
    load({})
    moved = deepcopy(FILES["facilities.geojson"])
    moved["features"][0]["geometry"]["coordinates"][0][1][0] += 0.001
    result = load({"facilities.geojson": moved})
    assert [(fault.place, fault.field) for fault in result.refusals] == [
        ("facilities.geojson:features[0]", "geometry")
    ]
    with Session(engine) as session:
        polygon = session.scalars(select(Facility.polygon).where(Facility.code == "P1")).one()
        assert polygon == FILES["facilities.geojson"]["features"][0]["geometry"]["coordinates"][0]


def test_a_vehicle_registered_later_is_linked_and_its_manifests_judged_again(
    engine: Engine, load: Load
) -> None:
    paper = {**SINGLE, **with_leg(vehicle="V9")}
    load(papers(paper))
    judged(engine)
    result = load({**papers(paper), "vehicles.csv": FILES["vehicles.csv"] + "V9,road,苏E9,HA,,,\n"})
    assert result.refusals == []
    assert dirty(engine) == {"M1"}
    with Session(engine) as session:
        leg = session.scalars(select(Leg)).one()
        assert leg.vehicle is not None
        assert (leg.vehicle.code, leg.manifest.hauler.code) == ("V9", "HA")  # type: ignore[union-attr]


def test_a_binding_that_ends_hands_its_fixes_back(engine: Engine, load: Load) -> None:
    load({})
    judged(engine)
    ended = FILES["devices.csv"].replace(
        "2026-01-01T00:00:00Z,,\n", "2026-01-01T00:00:00Z,2026-03-02T01:30:00Z,\n", 1
    )
    assert load({"devices.csv": ended}).tally("bindings").filled == 1
    with Session(engine) as session:
        binding = session.scalars(select(DeviceBinding).join(Vehicle).where(Vehicle.code == "V1")).one()
        assert binding.valid_to == datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
        mark = session.get_one(Watermark, binding.vehicle_id)
        assert mark.dirty_from_ms == ms(datetime(2026, 3, 2, 1, tzinfo=UTC))


NEW_WAY = way("R2", [120.5, 31.2], [120.8, 31.2], **{"from": "P1", "to": "S1"}, mode="road", corridor_m=75)


NEW_DIVERSION = {
    "id": "D2",
    "from_site": "S1",
    "to_site": "W1",
    "valid_from": "2026-03-01T00:00:00Z",
    "valid_to": "2026-03-04T00:00:00Z",
}


@pytest.mark.parametrize(
    ("change", "touched"),
    [
        ({"routes.geojson": features(*FILES["routes.geojson"]["features"], NEW_WAY)}, {"M1", "M3", "M4"}),
        ({"diversions.jsonl": [*FILES["diversions.jsonl"], NEW_DIVERSION]}, {"M1", "M2", "M3"}),
        ({"scales.csv": FILES["scales.csv"] + "S1-A,S1,III,20,80000,\n"}, {"M1", "M3", "M4"}),
        ({"vehicles.csv": FILES["vehicles.csv"].replace("HA,,300000", "HA,90000,300000")}, {"M2"}),
        ({"organisations.csv": FILES["organisations.csv"].replace("运输,,", "运输,Haulage,")}, set()),
    ],
)
def test_what_becomes_known_later_makes_its_manifests_be_judged_again(
    engine: Engine, load: Load, change: dict[str, Any], touched: set[str]
) -> None:
    load({})
    judged(engine)
    result = load(change)
    assert (result.changed, result.refusals) == (True, [])
    assert dirty(engine) == touched


def test_a_world_may_come_to_reach_further(engine: Engine, load: Load) -> None:
    load({})
    load({"scenario.json": {**FILES["scenario.json"], "to": "2026-03-09T00:00:00Z"}})
    load({"scenario.json": {**FILES["scenario.json"], "to": "2026-03-02T12:00:00Z"}})
    with Session(engine) as session:
        scenario = session.scalars(select(Scenario)).one()
        assert scenario.reaches_to == datetime(2026, 3, 9, tzinfo=UTC)
        assert scenario.loaded_at == NOW


def test_tracks_that_grow_add_only_what_is_new(engine: Engine, load: Load) -> None:
    load({})
    judged(engine)
    result = load({"tracks/a.csv": TRACK + "D1,2026-03-02T02:10:00Z,31.2,120.8,,,,,\n"})
    assert (result.tally("fixes").new, result.tally("fixes").unchanged) == (1, 6)
    with Session(engine) as session:
        marks = select(Watermark.dirty_from_ms).where(Watermark.dirty_from_ms.is_not(None))
        assert session.scalars(marks).all() == [ms(datetime(2026, 3, 2, 2, 10, tzinfo=UTC))]
