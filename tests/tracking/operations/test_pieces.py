"""Does it matter in what pieces the data come? In any order the conclusions at the end are the same."""

from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine

from tests.tracking.operations.arrivals import (
    Row,
    cut_in_time,
    fixes_of,
    known_at,
    when,
    with_late_pieces,
    written,
)
from tests.tracking.operations.conclusions import Conclusions, conclusions, differences
from tests.tracking.operations.conftest import ONE_ENGINE, analysed, take_in
from tests.village import PLANT, SITE, TIP, Village, moment, settled


def piece_by_piece(engine: Engine, source: Path, pieces: list[list[Row]], work: Path) -> None:
    """Each piece comes with the paper of its time and is analysed as it comes; the last with everything."""
    for number, piece in enumerate(pieces):
        told = max(when(row["recorded_at"]) for row in piece)
        last = number == len(pieces) - 1
        take_in(engine, written(source, work / f"piece-{number}", piece, None if last else told))
        if last:
            analysed(engine)
        else:
            analysed(engine, until=told)


def test_in_order(engine: Engine, morning: Path, at_once: Conclusions, tmp_path: Path) -> None:
    piece_by_piece(engine, morning, cut_in_time(morning, 4), tmp_path)
    assert differences(at_once, conclusions(engine)) == []


@ONE_ENGINE
@pytest.mark.parametrize("seed", range(3))
def test_stretches_that_come_late(
    engine: Engine, morning: Path, at_once: Conclusions, tmp_path: Path, seed: int
) -> None:
    chance = Random(seed)
    pieces = with_late_pieces(cut_in_time(morning, chance.randrange(3, 8)), chance)
    piece_by_piece(engine, morning, pieces, tmp_path)
    assert differences(at_once, conclusions(engine)) == []


@ONE_ENGINE
def test_the_last_hour_first(engine: Engine, morning: Path, at_once: Conclusions, tmp_path: Path) -> None:
    """Devices that send their newest fixes first and the older ones after them."""
    for number, piece in enumerate(reversed(cut_in_time(morning, 4))):
        take_in(engine, written(morning, tmp_path / f"piece-{number}", piece))
        analysed(engine)
    assert differences(at_once, conclusions(engine)) == []


@ONE_ENGINE
def test_one_device_after_the_other(
    engine: Engine, morning: Path, at_once: Conclusions, tmp_path: Path
) -> None:
    rows = fixes_of(morning)
    for device in sorted({row["device_id"] for row in rows}):
        own = [row for row in rows if row["device_id"] == device]
        take_in(engine, written(morning, tmp_path / device, own))
        analysed(engine)
    assert differences(at_once, conclusions(engine)) == []


@ONE_ENGINE
@pytest.mark.parametrize("steps", [3, 9])
def test_up_to_one_moment_after_the_other(
    engine: Engine, morning: Path, at_once: Conclusions, steps: int
) -> None:
    """Everything is there from the beginning; the analysis looks at it up to one moment after the other."""
    take_in(engine, morning)
    for piece in cut_in_time(morning, steps):
        analysed(engine, until=when(piece[-1]["recorded_at"]))
    analysed(engine)
    assert differences(at_once, conclusions(engine)) == []


@ONE_ENGINE
def test_paper_that_comes_days_after_the_tracks(
    engine: Engine, morning: Path, at_once: Conclusions, tmp_path: Path
) -> None:
    """First every load is a ghost; the paper explains them."""
    before_any_paper = datetime(2026, 3, 1, tzinfo=UTC)
    take_in(engine, written(morning, tmp_path / "tracks", fixes_of(morning), before_any_paper))
    analysed(engine)
    ghosts = [row for row in conclusions(engine)["findings"].values() if row[0] == "ghost_trip"]
    assert len(ghosts) == 11
    take_in(engine, morning)
    analysed(engine)
    assert differences(at_once, conclusions(engine)) == []


@ONE_ENGINE
def test_a_late_stretch_takes_a_trip_away_from_a_paper(engine: Engine, tmp_path: Path) -> None:
    """OTHER seemed to have carried NAMED's load to the site; late fixes show that it was at the tip first."""
    village, turned, back = detoured()
    other = village.movers["OTHER"]
    held = [report for report in other.reports if turned < report.minute < back]
    other.reports = [report for report in other.reports if report not in held]
    take_in(engine, village.write(tmp_path / "first"))
    analysed(engine)
    assert found(engine).count("wrong_vehicle") == 1

    other.reports = held
    take_in(engine, village.write(tmp_path / "second"))
    analysed(engine)
    assert found(engine).count("wrong_vehicle") == 0
    assert found(engine).count("phantom_manifest") == 1
    assert not any(key[0] == "OTHER" for key in conclusions(engine)["links"])


def found(engine: Engine) -> list[str]:
    """The kinds of the current findings."""
    return [row[0].value for row in conclusions(engine)["findings"].values()]


def detoured() -> tuple[Village, float, float]:
    """The village, and when OTHER turned off the road and was back on it (minutes)."""
    village = settled()
    village.truck("NAMED").stands(200)
    other = village.truck("OTHER")
    other.drives(PLANT).stands(20)
    left = other.minute
    other.drives((6_000, 0))
    turned = other.minute
    other.drives((6_000, 8_000), TIP).stands(5).drives((6_000, 8_000), (6_000, 0))
    back = other.minute
    other.drives(SITE)
    village.paper("M-1", "NAMED", left, other.minute)
    other.stands(20)
    return village, turned, back


@ONE_ENGINE
def test_a_receipt_dated_after_the_moment_counts_later(engine: Engine, tmp_path: Path) -> None:
    """Contradicted as soon as it left, by its invented vehicle; that the load shrank shows at the receipt."""
    village = settled()
    village.paper("M-1", "INVENTED", 30, 200, net_kg=17_000, received_kg=15_000)
    take_in(engine, village.write(tmp_path / "village"))
    analysed(engine, until=when(moment(60)))
    assert found(engine) == ["unknown_vehicle"]
    analysed(engine)
    assert sorted(found(engine)) == ["unknown_vehicle", "wet_gap"]


@ONE_ENGINE
def test_a_tunnel_is_learned_while_the_trucks_go_through(engine: Engine, tmp_path: Path) -> None:
    """The first trucks in the new tunnel are told of; when enough have passed, all of it is withdrawn."""
    told = []
    for number in range(5):
        village = settled()
        truck = village.truck(f"T{number}")
        truck.stands(60.0 * number).drives(PLANT).stands(20)
        left = truck.minute
        truck.drives((5_000, 0)).drives((7_400, 0), speed_m_s=5.5, silent=True).drives(SITE)
        village.paper(f"M-{number}", truck.code, left, truck.minute)
        truck.stands(15)
        take_in(engine, village.write(tmp_path / f"{number}"))
        analysed(engine)
        told.append(found(engine).count("signal_gap"))
    assert told[:3] == [1, 2, 3]
    assert told[3:] == [0, 0]
    assert {verdict for verdict, _, _ in conclusions(engine)["verdicts"].values()} == {"consistent"}


def test_paper_is_known_up_to_a_moment() -> None:
    """The cutter itself: what is dated later is not there yet."""
    paper = {
        "issued_at": "2026-03-02T00:00:00Z",
        "loaded": {"at": "2026-03-02T01:00:00Z"},
        "received": {"at": "2026-03-02T02:00:00Z"},
        "legs": [{"handover": {"at": "2026-03-02T01:30:00Z"}}],
    }
    assert known_at(paper, when("2026-03-01T00:00:00Z")) is None
    assert known_at(paper, when("2026-03-02T01:15:00Z")) == {
        "issued_at": paper["issued_at"],
        "loaded": paper["loaded"],
        "legs": [{}],
    }
    assert known_at(paper, when("2026-03-03T00:00:00Z")) == paper
