"""Does `simulate` do what it is told, the same way each time, and say clearly what it cannot do?"""

import json
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.simulate import simulate_command
from demo.simulate import simulate
from demo.world.wishes import KINDS, Wish, read_wish
from tests.demo.simulated import Folder


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        simulate(tmp_path / name, seed=3, days=1, plants=2, vehicles=4, violations="default")
    assert content(tmp_path / "a") == content(tmp_path / "b")


def test_another_seed_is_another_town(tmp_path: Path) -> None:
    for seed in (3, 4):
        simulate(tmp_path / str(seed), seed=seed, days=1, plants=1, vehicles=2, violations="none")
    a, b = content(tmp_path / "3"), content(tmp_path / "4")
    assert a["facilities.geojson"] != b["facilities.geojson"]
    assert a["basemap.geojson"] != b["basemap.geojson"]


def test_a_folder_is_written_over_completely(tmp_path: Path) -> None:
    """No track of an earlier world may stay behind."""
    simulate(tmp_path, seed=3, days=1, plants=1, vehicles=4, violations="none")
    simulate(tmp_path, seed=4, days=1, plants=1, vehicles=2, violations="none")
    folder = Folder(tmp_path)
    assert len(list((tmp_path / "tracks").glob("*.csv"))) == len(folder.rows("devices.csv")) == 2


def test_default_spreads_two_per_cent_over_the_kinds() -> None:
    counts = read_wish("default").counts(1_200, seed=7)
    assert sum(counts.values()) == 24
    assert set(counts) == set(KINDS)
    assert set(Counter(counts.values())) == {1, 2}
    assert sum(read_wish("default").counts(10, seed=7).values()) == 1
    assert read_wish("none").counts(1_000, seed=7) == {}


def test_a_file_wishes_rates_counts_and_sizes(tmp_path: Path) -> None:
    path = tmp_path / "wish.json"
    path.write_text('{"ghost_trip": 3, "off_route": 0.01, "overdue": 0, "sizes": {"off_route": [300, 400]}}')
    wish = read_wish(path)
    assert wish.counts(500, seed=1) == {"ghost_trip": 3, "off_route": 5}
    assert wish.size_range("off_route") == (300.0, 400.0)
    assert wish.size_range("ghost_trip") == Wish().size_range("ghost_trip")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "no JSON in line 1"),
        ("[1]", "an object from kind"),
        ('{"ghost": 1}', "no violation"),
        ('{"ghost_trip": "many"}', "count or a rate"),
        ('{"ghost_trip": -1}', "count or a rate"),
        ('{"ghost_trip": true}', "count or a rate"),
        ('{"ghost_trip": 1.5}', "at most 1.0"),
        ('{"sizes": {"overdue": [3, 2]}}', "least, greatest"),
        ('{"sizes": {"late": [2, 3]}}', "no violation"),
        ('{"sizes": 4}', "sizes must be an object"),
    ],
)
def test_a_wrong_wish_is_explained(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "wish.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=says):
        read_wish(path)


def test_what_makes_no_world_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="time zone"):
        simulate(tmp_path, seed=1, days=1, plants=1, vehicles=1, start=datetime(2026, 3, 2))  # noqa: DTZ001
    with pytest.raises(ValueError, match="at least one"):
        simulate(tmp_path, seed=1, days=0, plants=1, vehicles=1)


def test_sizes_are_kept(tmp_path: Path) -> None:
    wish = tmp_path / "wish.json"
    wish.write_text(
        json.dumps(
            {
                "unplanned_stop": 2,
                "overload": 2,
                "sizes": {"unplanned_stop": [400, 420], "overload": [0.1, 0.12]},
            }
        )
    )
    simulate(tmp_path / "w", seed=6, days=1, plants=3, vehicles=9, violations=wish)
    folder = Folder(tmp_path / "w")
    for truth in folder.truths:
        if truth["kind"] == "unplanned_stop":
            seconds = datetime.fromisoformat(truth["end"]) - datetime.fromisoformat(truth["start"])
            assert 399 <= seconds.total_seconds() <= 421
        if truth["kind"] == "overload":
            sheet = next(m for m in folder.manifests if m["number"] == truth["manifest"])
            rated = int(folder.vehicles[sheet["legs"][0]["vehicle"]]["rated_payload_kg"])
            assert 1.09 < (sheet["loaded"]["gross_kg"] - sheet["loaded"]["tare_kg"]) / rated < 1.13
    assert Counter(t["kind"] for t in folder.truths)["overload"] == 2


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    simulate(
        tmp_path,
        seed=2,
        days=1,
        plants=1,
        vehicles=2,
        violations="none",
        progress=lambda what, done, total: told.append((what, done, total)),
    )
    assert {what for what, _, _ in told} == {"town", "days", "paper", "tracks"}
    assert told[-1] == ("tracks", 2, 2)
    assert all(0 <= done <= total for _, done, total in told)


def test_the_command_writes_a_folder(tmp_path: Path) -> None:
    words = ["--seed", "2", "--days", "1", "--plants", "1", "--vehicles", "2", "--violations", "none"]
    done = CliRunner().invoke(simulate_command, [*words, "--start", "2026-05-04", str(tmp_path / "w")])
    assert done.exit_code == 0, done.output
    head = json.loads((tmp_path / "w" / "scenario.json").read_text("utf-8"))
    assert head["from"] == "2026-05-04T00:00:00+08:00"


def test_the_command_explains_a_wrong_file(tmp_path: Path) -> None:
    done = CliRunner().invoke(simulate_command, ["--violations", str(tmp_path / "none.json"), str(tmp_path)])
    assert done.exit_code == 2
    assert "cannot be read" in done.output
