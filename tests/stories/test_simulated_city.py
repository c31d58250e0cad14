"""A whole city, a day, every kind of violation once: what the machine finds of what really happened.

The city is invented anew from a seed, with GNSS noise, tunnels, congestion and late uploads; the detector
knows nothing of the simulator. Bounds are on a world small enough for every run of the tests.
"""

import json
from pathlib import Path

import pytest

from cli.runtime import ready_engine
from demo.world.wishes import KINDS
from tests.demo.worlds import dump
from tests.desk import Desk

LEAST_RECALL = 0.9
MOST_EXTRA = 3
MOST_CLEAN_CONTRADICTED = 1


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("seed", [5, 17])
def test_what_was_done_is_found_and_who_did_nothing_is_left_alone(
    desk: Desk, tmp_path: Path, seed: int
) -> None:
    wish, city = tmp_path / "violations.json", tmp_path / "city"
    wish.write_text(json.dumps(dict.fromkeys(KINDS, 1)), "utf-8")
    size = ("--days", "1", "--plants", "3", "--vehicles", "8")
    desk.run("simulate", "--seed", str(seed), *size, "--violations", wish, city)

    desk.take(city)

    figures = desk.score(city)
    kinds = figures["kinds"].values()
    truths = sum(kind["truth"] for kind in kinds)
    assert truths >= 15
    assert sum(kind["matched"] for kind in kinds) >= LEAST_RECALL * truths
    assert figures["extra"] <= MOST_EXTRA
    assert figures["clean_manifests"] >= 10
    assert figures["clean_contradicted"] <= MOST_CLEAN_CONTRADICTED
    assert figures["violated_contradicted_share"] >= LEAST_RECALL


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_an_honest_day_has_no_contradicted_manifest(desk: Desk, tmp_path: Path) -> None:
    city = tmp_path / "city"
    size = ("--days", "1", "--plants", "3", "--vehicles", "8")
    desk.run("simulate", "--seed", "3", *size, "--violations", "none", city)
    desk.take(city)
    verdicts = desk.verdicts()
    assert len(verdicts) >= 20
    assert "contradicted" not in verdicts.values()
    before = dump(ready_engine())
    desk.take(city)
    assert dump(ready_engine()) == before
