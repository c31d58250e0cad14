"""Devices that send GCJ-02 or BD-09: found, converted, and everything else is found as if they had not.

The real positions of Liverpool are laid over a place in China and only the fixes shifted; the village shows
the same with nothing from outside, and the other way round.
"""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from cli.runtime import ready_engine
from models.fixes import FixRow
from models.session import read_sessions
from models.values import Viewer
from models.vocabulary import Datum, FindingKind, Role
from tests.desk import Desk, kinds
from tests.stories.forging import rewrite, rows_of, shift_datum
from tests.stories.moving import Move, moved_copy
from tests.village import PLANT, SITE, Village, hauls, settled
from tracking.queries.live_positions import live_positions
from tracking.rules.datum import from_wgs84

LIVERPOOL, SUZHOU = (53.435, -2.94), (31.30, 120.60)
AFTER = datetime(2026, 3, 4, tzinfo=UTC)
BENDS = ((3_000.0, 0.0), (3_000.0, 2_500.0), (9_000.0, 2_500.0), (9_000.0, 0.0))


@pytest.fixture(scope="session")
def in_suzhou(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Liverpool's world near Suzhou, in WGS 84."""
    folder = shared / "data" / "scenarios" / "liverpool"
    if not folder.is_dir():
        pytest.skip("the Liverpool scenario is not in ../shared on this machine")
    return moved_copy(folder, tmp_path_factory.mktemp("suzhou") / "world", Move(LIVERPOOL, SUZHOU))


def copied(source: Path, target: Path) -> Path:
    """A copy of a folder to forge."""
    for path in sorted(source.rglob("*")):
        if path.is_file():
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
    return target


def reporting(folder: Path) -> list[str]:
    """The devices that sent anything."""
    return sorted(path.stem for path in (folder / "tracks").glob("*.csv"))


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_liverpool_shifted_is_found_and_scores_as_before(
    in_suzhou: Path, desk: Desk, tmp_path: Path, datum: Datum
) -> None:
    shifted = copied(in_suzhou, tmp_path / "shifted")
    for device in reporting(shifted):
        shift_datum(shifted, device, datum)
    desk.take(shifted)

    found = desk.findings(FindingKind.DATUM_SHIFT)
    assert sorted(line["device"] for line in found) == reporting(shifted)
    assert len(found) == 7
    figures = desk.score(shifted)
    truths = {kind: line["truth"] for kind, line in figures["kinds"].items()}
    assert {kind: line["matched"] for kind, line in figures["kinds"].items()} == truths
    assert sum(truths.values()) == 10 + 7
    assert figures["extra"] == 0
    assert figures["clean_contradicted"] == 0


def test_liverpool_itself_has_no_datum_findings(in_suzhou: Path, desk: Desk) -> None:
    """Neither in WGS 84 at a place where the offset is in use."""
    desk.take(in_suzhou)
    assert desk.findings(FindingKind.DATUM_SHIFT) == []
    figures = desk.score(in_suzhou)
    assert sum(kind["matched"] for kind in figures["kinds"].values()) == 10


def with_bends() -> tuple[Village, str]:
    """The village with a road that has bends, hauled over twice, and the manifest's number."""
    village = settled()
    village.route("R3", "PLANT", "SITE", PLANT, *BENDS, SITE, planned_minutes=40)
    truck = village.truck("TRUCK")
    haul = hauls(truck, *BENDS, SITE)
    village.paper("M-1", "TRUCK", haul.left, haul.arrived)
    truck.drives(*reversed(BENDS), PLANT).stands(10)
    return village, "M-1"


def test_a_village_truck_that_sends_gcj02(desk: Desk, folder: Path) -> None:
    village, number = with_bends()
    village.write(folder)
    shift_datum(folder, "D-TRUCK", Datum.GCJ02)
    desk.take(folder)

    (line,) = desk.findings()
    assert (line["kind"], line["manifests"], line["device"]) == ("datum_shift", [number], "D-TRUCK")
    assert desk.verdicts() == {number: "consistent"}
    assert sent() == told(folder, "D-TRUCK"), "what was sent stays as it was sent"


def test_a_device_registered_as_gcj02_is_converted_and_nothing_is_told(desk: Desk, folder: Path) -> None:
    village, number = with_bends()
    village.write(folder)
    register(folder, "gcj02")
    shift_datum(folder, "D-TRUCK", Datum.GCJ02)
    desk.take(folder)
    assert desk.findings() == []
    assert desk.verdicts() == {number: "consistent"}


def test_a_device_registered_as_gcj02_that_sends_wgs84(desk: Desk, folder: Path) -> None:
    """The same finding the other way round: it would be converted without need."""
    village, number = with_bends()
    village.write(folder)
    register(folder, "gcj02")
    desk.take(folder)
    (line,) = desk.findings()
    assert line["kind"] == "datum_shift"
    assert "WGS" in line["reasons"][0]
    assert desk.verdicts() == {number: "consistent"}


def test_a_straight_road_has_a_twin_and_proves_nothing(desk: Desk, folder: Path) -> None:
    """A truck on a parallel road as far away as the offset is off its route, not in another datum."""
    village = settled()
    truck = village.truck("TRUCK")
    haul = hauls(truck, (600.0, 420.0), (11_400.0, 420.0), SITE)
    village.paper("M-1", "TRUCK", haul.left, haul.arrived)
    desk.take(village.write(folder))
    assert kinds(desk.findings()) == ["off_route"]


def test_outside_china_the_same_offset_is_no_datum(desk: Desk, folder: Path) -> None:
    """In Liverpool nobody shifts maps: fixes beside every road are fixes beside every road."""
    village, _ = with_bends()
    village.write(folder)
    shift_datum(folder, "D-TRUCK", Datum.GCJ02)
    abroad = moved_copy(folder, folder.parent / "abroad", Move((31.0, 120.0), LIVERPOOL))
    desk.take(abroad)
    assert desk.findings(FindingKind.DATUM_SHIFT) == []


def test_a_device_that_changes_its_datum_overnight(desk: Desk, folder: Path) -> None:
    """Each day is read in what that day proves."""
    village, first = with_bends()
    truck = village.movers["TRUCK"]
    truck.stands(24 * 60 - truck.minute)
    haul = hauls(truck, *BENDS, SITE)
    village.paper("M-2", "TRUCK", haul.left, haul.arrived)
    truck.drives(*reversed(BENDS), PLANT).stands(10)
    village.write(folder)
    second_day = min(
        row["recorded_at"] for row in rows_of(folder, "D-TRUCK") if "03-03" in row["recorded_at"]
    )

    def change(row: dict[str, str]) -> list[dict[str, str]]:
        if row["recorded_at"] < second_day:
            return [row]
        lat, lon = from_wgs84(np.array([float(row["lat"])]), np.array([float(row["lon"])]), Datum.GCJ02)
        return [row | {"lat": f"{lat[0]:.7f}", "lon": f"{lon[0]:.7f}"}]

    rewrite(folder, "D-TRUCK", change)
    desk.take(folder)
    (line,) = desk.findings()
    assert (line["kind"], line["manifests"]) == ("datum_shift", ["M-2"])
    assert desk.verdicts() == {first: "consistent", "M-2": "consistent"}


def register(folder: Path, datum: str) -> None:
    """Put a datum on the device's registration."""
    path = folder / "devices.csv"
    header, *lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([f"{header},datum", *(f"{line},{datum}" for line in lines)]) + "\n", "utf-8")


def told(folder: Path, device: str) -> set[tuple[int, int]]:
    """The places in a device's file, 1e-7 degree."""
    rows = rows_of(folder, device)
    return {(round(float(row["lat"]) * 1e7), round(float(row["lon"]) * 1e7)) for row in rows}


def sent() -> set[tuple[int, int]]:
    """The places that are stored."""
    with read_sessions(ready_engine())() as session:
        return {(lat, lon) for lat, lon in session.execute(select(FixRow.lat_e7, FixRow.lon_e7))}


@pytest.mark.parametrize("how", ["registered", "found"])
def test_the_live_map_shows_the_true_place(desk: Desk, folder: Path, how: str) -> None:
    village, _ = with_bends()
    village.write(folder)
    true = [float(rows_of(folder, "D-TRUCK")[-1][name]) for name in ("lat", "lon")]
    shift_datum(folder, "D-TRUCK", Datum.GCJ02)
    if how == "registered":
        register(folder, "gcj02")
    desk.take(folder)
    assert live_place() == pytest.approx(tuple(true), abs=2e-6)


def live_place() -> tuple[float | None, float | None]:
    """Where the only vehicle is."""
    viewer = Viewer(Role.REGULATOR)
    with read_sessions(ready_engine())() as session:
        (position,) = live_positions(session, viewer, AFTER)
        return position.lat, position.lon
