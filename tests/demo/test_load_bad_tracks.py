"""Which rows and files of tracks does a load refuse, and what does it say?"""

from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from demo.scenario.load import load_scenario
from demo.scenario.outcome import LoadResult
from models.fixes import FixRow, RawMessage
from models.thresholds import Thresholds
from models.vocabulary import RawStatus
from tests.demo.test_load import NOW
from tests.demo.worlds import (
    TRACK,
    write_world,
)


def load(engine: Engine, folder: Path) -> LoadResult:
    return load_scenario(engine, folder, now=NOW, thresholds=Thresholds())


def test_a_bad_track_row_is_refused_with_its_line(engine: Engine, tmp_path: Path) -> None:
    track = (
        TRACK + "D1,noon,31.2,120.5,,,,,\n"
        ",2026-03-02T05:00:00Z,31.2,120.5,,,,,\n"
        "D1,2026-03-02T05:00:00Z,31.2,120.9,,,,,\n"
    )
    result = load(engine, write_world(tmp_path / "w", {"tracks/a.csv": track}))
    assert [(fault.place, fault.field) for fault in result.refusals] == [
        ("tracks/a.csv:6", "recorded_at"),
        ("tracks/a.csv:7", "device_id"),
    ]
    assert result.tally("fixes").new == 7


def test_fixes_of_an_unknown_device_wait_and_the_others_load(engine: Engine, tmp_path: Path) -> None:
    track = TRACK + "D404,2026-03-02T05:00:00Z,31.2,120.5,,,,,\n"
    result = load(engine, write_world(tmp_path / "w", {"tracks/a.csv": track}))
    assert [(fault.place, fault.field) for fault in result.refusals] == [("tracks/a.csv", "device_id")]
    assert "'D404' wait in quarantine" in result.refusals[0].reason
    assert result.tally("fixes").new == 6
    with Session(engine) as session:
        waiting = session.scalars(select(RawMessage).where(RawMessage.status == RawStatus.QUARANTINED)).one()
        assert (waiting.device_code, waiting.device_id) == ("D404", None)


@pytest.mark.parametrize(
    ("gpx", "place", "field"),
    [
        (b"<!DOCTYPE gpx><gpx></gpx>", "tracks/b.gpx: file", "xml"),
        (
            b'<gpx version="1.1"><trk><name>D3</name><trkseg><trkpt lat="1" lon="2"/></trkseg></trk></gpx>',
            "tracks/b.gpx: file",
            "time",
        ),
        (
            b'<gpx version="1.1"><trk><trkseg><trkpt lat="1" lon="2">'
            b"<time>2026-03-02T01:00:00Z</time></trkpt></trkseg></trk></gpx>",
            "tracks/b.gpx",
            "name",
        ),
    ],
)
def test_a_gpx_file_that_cannot_be_taken(
    engine: Engine, tmp_path: Path, gpx: bytes, place: str, field: str
) -> None:
    result = load(engine, write_world(tmp_path / "w", {"tracks/b.gpx": gpx}))
    assert (place, field) in [(fault.place, fault.field) for fault in result.refusals]
    assert result.tally("fixes").new == 4


def test_a_fix_from_the_far_future_is_told(engine: Engine, tmp_path: Path) -> None:
    track = TRACK + "D1,2026-03-09T00:00:00Z,31.2,120.5,,,2026-03-02T00:00:00Z,,\n"
    result = load(engine, write_world(tmp_path / "w", {"tracks/a.csv": track}))
    assert [(fault.place, fault.field) for fault in result.refusals] == [("tracks/a.csv:6", "recorded_at")]
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(FixRow)) == 6
