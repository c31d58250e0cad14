"""Does a scenario folder arrive whole, and does loading it again change nothing?"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from demo.scenario.folder import FolderRefused
from demo.scenario.load import load_scenario
from demo.scenario.outcome import LoadResult
from models.days import PlantDay, SiteDay
from models.facilities import Facility, MapFeature, Route
from models.fixes import FixRow, RawMessage
from models.fleet import Device, DeviceBinding, Scale, Vehicle
from models.journeys import ManifestMark, Watermark
from models.limits import RuleLimit
from models.manifests import CustodyEvent, Diversion, Manifest
from models.organisations import Organisation
from models.thresholds import Thresholds
from models.vocabulary import (
    CustodyState,
    Datum,
    DisposalMethod,
    Doubt,
    ManifestKind,
    Mode,
    ReceiptDecision,
    WeighingRole,
)
from models.worlds import Scenario
from tests.demo.worlds import dump, files, write_world
from tests.factories import ms

NOW = datetime(2026, 3, 4, tzinfo=UTC)


def load(engine: Engine, folder: Path) -> LoadResult:
    return load_scenario(engine, folder, now=NOW, thresholds=Thresholds())


@pytest.fixture
def loaded(engine: Engine, tmp_path: Path) -> LoadResult:
    return load(engine, write_world(tmp_path / "world"))


def one(session: Session, table: Any, **where: Any) -> Any:
    return session.scalars(select(table).filter_by(**where)).one()


def test_everything_is_taken_and_counted(loaded: LoadResult) -> None:
    assert loaded.refusals == []
    assert {kind: (tally.new, tally.filled, tally.unchanged) for kind, tally in loaded.counts.items()} == {
        "organisations": (3, 0, 0),
        "facilities": (4, 0, 0),
        "routes": (1, 0, 0),
        "map": (1, 0, 0),
        "vehicles": (2, 0, 0),
        "devices": (4, 0, 0),
        "bindings": (3, 0, 0),
        "scales": (1, 0, 0),
        "diversions": (1, 0, 0),
        "plant_days": (2, 0, 0),
        "site_days": (1, 0, 0),
        "manifests": (4, 0, 0),
        "fixes": (6, 0, 0),
    }


def test_a_second_load_changes_nothing(engine: Engine, loaded: LoadResult, tmp_path: Path) -> None:
    before = dump(engine)
    again = load_scenario(
        engine, tmp_path / "world", now=datetime(2026, 4, 1, tzinfo=UTC), thresholds=Thresholds()
    )
    assert not again.changed
    assert again.refusals == []
    assert dump(engine) == before


def test_places(loaded: LoadResult, session: Session) -> None:
    site = one(session, Facility, code="S1")
    assert (site.method, site.accepts, site.organisation.code) == (
        DisposalMethod.INCINERATION,
        ["dewatered"],
        "SO",
    )
    assert len(site.polygon) == 5
    assert one(session, Facility, code="P1").max_moisture_fraction == 0.8
    route = one(session, Route)
    assert (route.origin.code, route.destination.code, route.corridor_m) == ("P1", "S1", 75.0)
    assert route.line[1] == [120.65, 31.21]
    road = one(session, MapFeature)
    assert (road.layer, road.grade, road.name) == ("road", "primary", "大道")
    assert one(session, Organisation, code="HA").name_en is None
    diversion = one(session, Diversion)
    assert (diversion.code, diversion.reason) == ("DIV1", "检修")


def test_fleet(loaded: LoadResult, session: Session) -> None:
    vessel = one(session, Vehicle, code="B1")
    assert (vessel.mode, vessel.tare_kg, vessel.rated_payload_kg, vessel.mmsi) == (
        Mode.WATER,
        None,
        300000,
        "413000001",
    )
    stays = session.scalars(select(DeviceBinding).order_by(DeviceBinding.id)).all()
    assert [(stay.device.code, stay.vehicle.code, stay.valid_to) for stay in stays] == [
        ("D1", "V1", None),
        ("D2", "B1", datetime(2026, 3, 2, 2, tzinfo=UTC)),
        ("D3", "B1", None),
    ]
    assert one(session, Device, code="D3").datum is Datum.GCJ02
    scale = one(session, Scale)
    assert scale.division_kg == 20
    assert scale.certificate_valid_to == datetime(
        2026, 12, 31, 16, tzinfo=UTC
    )  # to the end of that day in Shanghai


def test_days(loaded: LoadResult, session: Session) -> None:
    days = session.scalars(select(PlantDay).order_by(PlantDay.day)).all()
    assert [(day.influent_m3, day.stock_moisture) for day in days] == [(40000, 0.79), (None, None)]
    assert one(session, SiteDay).ash_t == 31


def test_a_manifest_with_all_its_blocks(loaded: LoadResult, session: Session) -> None:
    manifest = one(session, Manifest, number="M1")
    assert (manifest.custody_state, manifest.hauler.code) == (CustodyState.DISPOSED, "HA")
    [leg] = manifest.legs
    assert (leg.vehicle.code, leg.driver, leg.route.code) == ("V1", "王师傅", "R1")
    weighings = {weighing.role: weighing for weighing in manifest.weighings}
    assert weighings[WeighingRole.LOADED].gross_kg == 30000
    assert weighings[WeighingRole.RECEIVED].scale_code == "S1-A"
    assert {test.role: test.moisture_fraction for test in manifest.moisture_tests} == {
        WeighingRole.LOADED: 0.78,
        WeighingRole.RECEIVED: 0.779,
    }
    assert (manifest.receipt.decision, manifest.receipt.accepted_kg) == (ReceiptDecision.ACCEPTED, 18950)
    assert manifest.disposal.mass_kg == 18950
    assert one(session, ManifestMark, manifest_id=manifest.id).dirty


def test_a_relayed_manifest_with_a_vehicle_that_nobody_registered(
    loaded: LoadResult, session: Session
) -> None:
    manifest = one(session, Manifest, number="M2")
    assert [(leg.vehicle_code, leg.vehicle_id is None, leg.voyage) for leg in manifest.legs] == [
        ("V1", False, None),
        ("B1", False, "VOY1"),
        ("V404", True, None),
    ]
    handover = next(each for each in manifest.weighings if each.role is WeighingRole.HANDOVER)
    assert (handover.leg_seq, handover.gross_kg, handover.at) == (
        1,
        29900,
        datetime(2026, 3, 2, 3, tzinfo=UTC),
    )
    assert manifest.issued_at == datetime(2026, 3, 1, 16, 40, tzinfo=UTC)
    assert [
        (event.to_state, event.leg_seq) for event in sorted(manifest.events, key=lambda each: each.id)
    ] == [
        (CustodyState.ISSUED, 0),
        (CustodyState.LOADED, 0),
        (CustodyState.IN_TRANSIT, 1),
        (CustodyState.AT_TRANSFER, 1),
        (CustodyState.IN_TRANSIT, 2),
        (CustodyState.AT_TRANSFER, 2),
        (CustodyState.IN_TRANSIT, 3),
    ]
    assert manifest.custody_state is CustodyState.IN_TRANSIT


def test_a_refused_load_and_its_return(loaded: LoadResult, session: Session) -> None:
    child = one(session, Manifest, number="M4")
    assert (child.kind, child.parent.number) == (ManifestKind.RETURN, "M3")
    assert child.parent.custody_state is CustodyState.REJECTED
    assert (child.parent.receipt.refused_kg, child.parent.receipt.reason) == (18950, "太湿")


def test_custody_is_told_by_paper(loaded: LoadResult, session: Session) -> None:
    assert set(session.scalars(select(CustodyEvent.actor))) == {"paper"}
    for event in session.scalars(select(CustodyEvent)):
        assert (event.from_state is None) == (event.to_state is CustodyState.ISSUED)


def test_tracks_come_in_as_messages_of_their_devices(loaded: LoadResult, session: Session) -> None:
    bodies = {raw.device_code: raw.body for raw in session.scalars(select(RawMessage))}
    assert bodies.keys() == {"D1", "D2", "D3"}
    assert bodies["D1"].count(b"\nD1,") == 3
    assert b"D2," not in bodies["D1"]
    fixes = session.execute(
        select(Device.code, FixRow)
        .join(Device, Device.id == FixRow.device_id)
        .order_by(Device.code, FixRow.time_ms)
    ).all()
    assert [code for code, _ in fixes] == ["D1", "D1", "D1", "D2", "D3", "D3"]
    first, second, third = (fix for code, fix in fixes if code == "D1")
    assert (first.received_ms, first.doubts) == (ms(datetime(2026, 3, 2, 1, 0, 3, tzinfo=UTC)), 0)
    assert (second.received_ms, second.speed_kmh, second.load_state) == (None, 42.5, 3)
    assert Doubt(third.doubts) is Doubt.LATE


def test_vehicles_are_looked_at_from_their_first_fix(loaded: LoadResult, session: Session) -> None:
    marks = session.execute(select(Vehicle.code, Watermark.dirty_from_ms).join(Watermark)).all()
    assert {mark.code: mark.dirty_from_ms for mark in marks} == {
        "V1": ms(datetime(2026, 3, 2, 1, tzinfo=UTC)),
        "B1": ms(datetime(2026, 3, 2, 1, 30, tzinfo=UTC)),
    }


def test_the_scenario_bounds_the_analysis(loaded: LoadResult, session: Session) -> None:
    scenario = one(session, Scenario)
    assert (scenario.name, scenario.reaches_to) == ("small world", datetime(2026, 3, 3, tzinfo=UTC))


def test_the_rule_table_is_seeded_unconfirmed_and_never_over_an_edit(
    engine: Engine, loaded: LoadResult, tmp_path: Path
) -> None:
    with Session(engine.execution_options(writes=True)) as session, session.begin():
        limit = one(session, RuleLimit, subject="moisture_into:landfill")
        assert (limit.value, limit.inclusive, limit.unit, limit.confirmed) == (0.6, False, "fraction", False)
        limit.value, limit.confirmed = 0.55, True
    load(engine, tmp_path / "world")
    with Session(engine) as session:
        assert one(session, RuleLimit, subject="moisture_into:landfill").value == 0.55


def test_truth_is_never_read(engine: Engine, tmp_path: Path) -> None:
    assert load(engine, write_world(tmp_path / "w", {"truth.jsonl": b"\xff not json"})).refusals == []


@pytest.mark.parametrize("left_out", [name for name in files() if name != "scenario.json"])
def test_any_file_may_be_absent(engine: Engine, tmp_path: Path, left_out: str) -> None:
    """What refers to it is refused row by row; nothing raises, and a full load afterwards completes."""
    load(engine, write_world(tmp_path / "w", {left_out: None}))
    load(engine, write_world(tmp_path / "w"))
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Manifest)) == 4
        assert session.scalar(select(func.count()).select_from(FixRow)) == 6


def test_liverpool(engine: Engine, shared: Path) -> None:
    folder = shared / "data" / "scenarios" / "liverpool"
    result = load(engine, folder)
    assert result.refusals == []
    assert (result.tally("manifests").new, result.tally("fixes").new) == (7, 934)
    before = dump(engine)
    assert not load(engine, folder).changed
    assert dump(engine) == before


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        (None, "has no scenario.json"),
        (b"{", "cannot be read as JSON"),
        ([], "is not a JSON object"),
        ({"version": 3}, "is of version 3; this program reads versions 1 and 2"),
        ({"name": "x"}, "is of version None"),
        ({"version": 1, "name": "x", "timezone": "Mars/Base"}, "'Mars/Base' is not a time zone"),
        ({"version": 1, "name": "x", "timezone": "UTC", "from": "2026-03-02T00:00:00Z"}, "to is missing"),
        (
            {
                "version": 1,
                "name": "x",
                "timezone": "UTC",
                "from": "2026-03-02T00:00:00Z",
                "to": "2026-03-01T00:00:00Z",
            },
            "to is not after from",
        ),
    ],
)
def test_what_is_no_scenario_folder(engine: Engine, tmp_path: Path, head: object, sentence: str) -> None:
    folder = write_world(tmp_path / "w", {"scenario.json": head})
    with pytest.raises(FolderRefused, match=sentence):
        load(engine, folder)
    with pytest.raises(FolderRefused, match="is not a folder"):
        load(engine, folder / "nowhere")
