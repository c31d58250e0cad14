"""Does a round trip change nothing: loaded, moved, exported, loaded elsewhere, exported again?"""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from demo.scenario.export import ExportRefused, export_scenario
from demo.scenario.load import load_scenario
from demo.scenario.outcome import LoadResult
from models.custody_words import Act
from models.migrate import upgrade
from models.session import open_engine
from models.thresholds import Thresholds
from models.vocabulary import DisposalMethod, ManifestKind, Mode
from tests.conftest import SHARED
from tests.demo.simulated import Folder
from tests.tracking.custody.haulage import Haulage, haulage
from tracking.operations.custody.corrections import CorrectionAsked, request_correction
from tracking.operations.custody.draw_up import LegDraft, PartDraft

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def export(engine: Engine, folder: Path) -> dict[str, int]:
    return export_scenario(engine, folder, timezone="Asia/Shanghai", now=NOW)


def load(engine: Engine, folder: Path) -> LoadResult:
    return load_scenario(engine, folder, now=NOW, thresholds=Thresholds())


def contents(folder: Path) -> dict[str, bytes]:
    """Every file by its name; the name of the world is the folder's where none was loaded."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "scenario.json"]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def live_day(town: Haulage) -> None:
    """A relay by vessel, a refusal with its child, and a load in store."""
    relay = (
        LegDraft(Mode.ROAD, town.truck.code, town.plant.code, town.wharf.code),
        LegDraft(Mode.WATER, town.vessel.code, town.wharf.code, town.far_wharf.code, voyage="H-1"),
        LegDraft(Mode.ROAD, town.far_truck.code, town.far_wharf.code, town.site.code),
    )
    number = town.on_the_road(legs=relay)
    town.sign(number, Act.HAND_OVER, "driver", weighed=town.weighed(16_990.0, None))
    town.sign(number, Act.TAKE_OVER, "master", weighed=town.weighed(16_985.0, 0.792))
    town.sign(number, Act.HAND_OVER, "master", 200)
    town.sign(number, Act.TAKE_OVER, "driver")
    town.sign(number, Act.ARRIVE, "gate", 40, weighed=town.weighed(16_970.0, None))
    town.sign(
        number,
        Act.PART_ACCEPT,
        "gate",
        weighed=town.weighed(16_970.0, 0.79),
        refused_kg=2_000.0,
        reason="stones",
    )
    child = town.drawn_up(
        "gate",
        kind=ManifestKind.RETURN,
        origin=town.site.code,
        destination=town.plant.code,
        legs=(LegDraft(Mode.ROAD, town.far_truck.code, town.site.code, town.plant.code),),
        parents=(PartDraft(number, 2_000.0),),
        planned_kg=2_000.0,
    )
    town.sign(child, Act.ISSUE, "gate")
    town.sign(child, Act.LOAD, "gate")
    town.sign(number, Act.DISPOSE, "gate", 300, method=DisposalMethod.INCINERATION)
    town.drawn_up()
    misread = town.on_the_road()
    asked = CorrectionAsked("weighings.loaded.moisture", 0.79, 0.8, "misread")
    request_correction(town.session, misread, asked, town.viewer("plant"), town.setting())


def test_what_people_moved_survives_a_round_trip(
    session: Session, engine: Engine, elsewhere: Engine, tmp_path: Path
) -> None:
    live_day(haulage(session))
    session.commit()
    counts = export(engine, tmp_path / "first")
    assert (counts["manifests"], counts["stock"], counts["corrections"]) == (4, 2, 1)
    assert not load(elsewhere, tmp_path / "first").refusals
    export(elsewhere, tmp_path / "second")
    assert contents(tmp_path / "second") == contents(tmp_path / "first")


def test_an_export_loaded_where_it_came_from_changes_nothing(
    session: Session, engine: Engine, tmp_path: Path
) -> None:
    live_day(haulage(session))
    session.commit()
    export(engine, tmp_path / "out")
    result = load(engine, tmp_path / "out")
    assert (result.refusals, result.changed) == ([], False)


def test_a_real_world_survives_a_round_trip(engine: Engine, elsewhere: Engine, tmp_path: Path) -> None:
    folder = SHARED / "data" / "scenarios" / "liverpool"
    if not folder.is_dir():
        pytest.skip("the folder ../shared with real data is not on this machine")
    load(engine, folder)
    export(engine, tmp_path / "first")
    again = load(engine, tmp_path / "first")
    assert (again.refusals, again.changed) == ([], False)
    assert not load(elsewhere, tmp_path / "first").refusals
    export(elsewhere, tmp_path / "second")
    assert contents(tmp_path / "second") == contents(tmp_path / "first")


def test_an_export_never_mixes_with_what_is_there(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ExportRefused, match="is not empty"):
        export(engine, tmp_path)
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".txt"] == ["notes.txt"]


def test_an_export_of_nothing_is_a_world_without_anything(
    engine: Engine, elsewhere: Engine, tmp_path: Path
) -> None:
    export(engine, tmp_path / "out")
    assert not load(elsewhere, tmp_path / "out").refusals
    shutil.rmtree(tmp_path / "out")


def test_a_simulated_city_survives_a_round_trip(
    honest_world: Folder, sqlite_engine: Engine, tmp_path: Path
) -> None:
    load(sqlite_engine, honest_world.path)
    export(sqlite_engine, tmp_path / "first")
    again = load(sqlite_engine, tmp_path / "first")
    assert (again.refusals, again.changed) == ([], False)
    url = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    upgrade(url)
    other = open_engine(url)
    assert not load(other, tmp_path / "first").refusals
    export(other, tmp_path / "second")
    other.dispose()
    assert contents(tmp_path / "second") == contents(tmp_path / "first")
