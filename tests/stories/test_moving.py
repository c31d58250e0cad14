"""Does the mover move, and only move?"""

from datetime import timedelta
from pathlib import Path

import pytest
from geopy.distance import geodesic

from tests.stories.moving import Move, moved_copy, renamed
from tests.village import DEPOT, PLANT, SITE, Village, hauls

MOVE = Move((31.0, 120.0), (-17.0, 179.95), timedelta(days=200, hours=5))


def test_metres_stay() -> None:
    """12 km east and 3 km south of the middle, across the antimeridian: the same to 2 m in 12 km."""
    places = [MOVE.point(120.0 + dlon, 31.0 + dlat) for dlon, dlat in ((0, 0), (0.12, 0), (0, -0.03))]
    before = [geodesic((31.0, 120.0), (31.0 + a, 120.0 + b)).m for a, b in ((0, 0.12), (-0.03, 0))]
    after = [geodesic(places[0][::-1], place[::-1]).m for place in places[1:]]
    assert after == pytest.approx(before, abs=2)
    assert places[1][0] < 0 < places[0][0]


def test_values() -> None:
    assert MOVE.value("at", "2026-03-02T00:00:00Z") == "2026-09-18T05:00:00+00:00"
    assert MOVE.value("number", "M-1") == renamed("M-1") != renamed("M-2")
    assert MOVE.value("from", "2026-03-02T00:00:00+08:00") == "2026-09-18T05:00:00+08:00"
    assert MOVE.value("kind", "plant") == "plant"
    assert MOVE.value("gross_kg", 30780) == 30780
    assert MOVE.value("driver", "") == ""


def test_a_folder_comes_out_whole(village: Village, folder: Path) -> None:
    truck = village.truck("T1", place=DEPOT)
    way = hauls(truck, PLANT, SITE)
    village.paper("M-1", "T1", way.left, way.arrived)
    source = village.write(folder)
    target = moved_copy(source, folder.with_name("moved"), MOVE)
    assert {path.name for path in target.iterdir()} == {path.name for path in source.iterdir()}
    for name in ("vehicles.csv", "devices.csv", "manifests.jsonl"):
        before, after = ((each / name).read_text("utf-8").splitlines() for each in (source, target))
        assert len(after) == len(before)
        assert "T1" not in " ".join(after)
    (track,) = (target / "tracks").iterdir()
    assert len(track.read_text("utf-8").splitlines()) == len(truck.reports) + 1
