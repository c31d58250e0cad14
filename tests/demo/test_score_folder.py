"""Does the score of a folder take the findings that hold, and only those on what is the folder's own?"""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cli.scenario import load as load_command
from cli.scenario import score as score_command
from demo.scenario.folder import FolderRefused
from demo.scenario.load import load_scenario
from demo.scenario.score_facts import score_folder
from models.facilities import Facility
from models.findings import FindingVehicle
from models.fleet import Vehicle
from models.manifests import Manifest
from models.thresholds import Thresholds
from models.vocabulary import FindingKind, VerdictValue
from tests.commands import configured
from tests.demo.test_load import NOW
from tests.demo.worlds import FILES, write_world
from tests.factories import DAY, about, add, finding, manifest, verdict

TRUTHS = [
    {"kind": "wet_gap", "manifest": "M1", "detail": "x"},
    {
        "kind": "off_route",
        "vehicle": "V1",
        "manifest": "M1",
        "start": "2026-03-02T01:10:00Z",
        "end": "2026-03-02T01:20:00Z",
    },
]


@pytest.fixture
def folder(engine: Engine, tmp_path: Path) -> Path:
    path = write_world(tmp_path / "w", {"truth.jsonl": TRUTHS})
    load_scenario(engine, path, now=NOW, thresholds=Thresholds())
    return path


def one(session: Session, table: Any, **where: Any) -> Any:
    return session.scalars(select(table).filter_by(**where)).one()


def test_findings_that_hold_count(session: Session, engine: Engine, folder: Path) -> None:
    paper = one(session, Manifest, number="M1")
    start = DAY + timedelta(hours=1, minutes=12)
    gap = finding(session, FindingKind.WET_GAP)
    off = finding(session, FindingKind.OFF_ROUTE, start=start)
    for each in (gap, off):
        about(session, each, paper)
    add(session, FindingVehicle(finding_id=off.id, vehicle_code="V1", ordinal=0))
    verdict(session, paper, VerdictValue.CONTRADICTED)
    session.commit()
    figures: Any = score_folder(engine, folder)
    assert {kind: values["matched"] for kind, values in figures["kinds"].items()} == {
        "wet_gap": 1,
        "off_route": 1,
    }
    assert figures["extra"] == 0
    assert figures["violated_contradicted_share"] == 1.0
    assert figures["clean_manifests"] == 1  # M2 begins after; M3 and M4 rode on V1 at that time


def test_superseded_and_retracted_findings_do_not_count(
    session: Session, engine: Engine, folder: Path
) -> None:
    paper = one(session, Manifest, number="M1")
    superseded = finding(session, FindingKind.WET_GAP, current=False)
    retracted = finding(session, FindingKind.WET_GAP, retracted=True)
    for each in (superseded, retracted):
        about(session, each, paper)
    session.commit()
    figures: Any = score_folder(engine, folder)
    assert figures["kinds"]["wet_gap"]["found"] == 0


def test_what_belongs_to_another_world_does_not_count(session: Session, engine: Engine, folder: Path) -> None:
    place = one(session, Facility, code="P1")
    foreign = manifest(session, place, place, number="ELSEWHERE-1")
    about(session, finding(session, FindingKind.DRY_GAP), foreign)
    add(
        session,
        FindingVehicle(finding_id=finding(session, FindingKind.GHOST_TRIP).id, vehicle_code="X1", ordinal=0),
    )
    own = finding(session, FindingKind.GHOST_TRIP)
    add(session, FindingVehicle(finding_id=own.id, vehicle_code="V404", ordinal=0))
    finding(session, FindingKind.PLANT_IMBALANCE, facility_id=place.id)
    session.commit()
    assert one(session, Vehicle, code="V1")
    figures: Any = score_folder(engine, folder)
    assert {kind: values["found"] for kind, values in figures["kinds"].items() if values["found"]} == {
        "ghost_trip": 1,
        "plant_imbalance": 1,
    }
    assert figures["extra"] == 2


@pytest.mark.parametrize(
    ("truths", "sentence"),
    [
        (None, "has no truth.jsonl"),
        ([{"kind": "magic"}], "truth.jsonl:1: kind 'magic' is none of"),
        (
            [*TRUTHS, {"kind": "wet_gap", "start": "noon"}],
            "truth.jsonl:3: start 'noon' is not an ISO 8601 time",
        ),
    ],
)
def test_a_truth_that_cannot_be_read_gives_no_figures(
    engine: Engine, tmp_path: Path, truths: Any, sentence: str
) -> None:
    with pytest.raises(FolderRefused, match=sentence):
        score_folder(engine, write_world(tmp_path / "w", {"truth.jsonl": truths}))


@pytest.fixture
def _configured(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with configured(database_url, monkeypatch):
        yield


@pytest.mark.usefixtures("_configured")
def test_the_commands_load_and_score(tmp_path: Path) -> None:
    run = CliRunner().invoke
    world = str(write_world(tmp_path / "w", {"truth.jsonl": TRUTHS}))
    loaded = run(load_command, [world])
    assert (loaded.exit_code, loaded.stderr) == (0, "")
    assert "manifests" in loaded.stdout
    again = run(load_command, [world, "--format", "json"])
    assert json.loads(again.stdout)["counts"]["fixes"] == {"new": 0, "unchanged": 6, "filled": 0}
    figures = run(score_command, [world, "--format", "json"])
    assert figures.exit_code == 0
    assert json.loads(figures.stdout).keys() == {
        "kinds",
        "extra",
        "clean_manifests",
        "clean_contradicted",
        "false_per_1000_clean",
        "violated_contradicted_share",
    }
    table = run(score_command, [world])
    assert "off_route" in table.stdout
    assert "violated_contradicted_share: 0" in table.stdout


@pytest.mark.usefixtures("_configured")
def test_the_command_tells_what_was_refused(tmp_path: Path) -> None:
    bad = FILES["vehicles.csv"] + "V9,rail,X,HA,1,1,\n"
    result = CliRunner().invoke(load_command, [str(write_world(tmp_path / "w", {"vehicles.csv": bad}))])
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "vehicles.csv:4  mode: 'rail' is none of road, water",
        "1 refused",
    ]


@pytest.mark.usefixtures("_configured")
@pytest.mark.parametrize("command", [load_command, score_command])
def test_no_scenario_folder_is_wrong_use(tmp_path: Path, command: Any) -> None:
    result = CliRunner().invoke(command, [str(tmp_path)])
    assert result.exit_code == 2
    assert "has no scenario.json" in result.stderr
