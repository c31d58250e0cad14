"""Does a load that is stopped at any point leave nothing half-written, and complete when it is run again?"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from demo.scenario import write_tracks
from demo.scenario.load import load_scenario
from models.fixes import FixRow, RawMessage
from models.manifests import CustodyEvent, Leg, Manifest, Weighing
from models.thresholds import Thresholds
from tests.conftest import PROJECT
from tests.demo.test_load import NOW
from tests.demo.worlds import FILES, SINGLE, write_world


class Stopped(Exception):
    """The load is stopped here."""


def load(engine: Engine, folder: Path, stop_after: int | None = None) -> int:
    """Load the folder, stopping at the given report of progress; how many reports there were."""
    reports = 0

    def progress(what: str, done: int, total: int) -> None:
        nonlocal reports
        reports += 1
        if stop_after is not None and reports > stop_after:
            raise Stopped

    load_scenario(engine, folder, now=NOW, thresholds=Thresholds(), progress=progress)
    return reports


def counts(engine: Engine) -> dict[str, int]:
    tables = (Manifest, Leg, Weighing, CustodyEvent, FixRow, RawMessage)
    with Session(engine) as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in tables
        }


def nothing_is_half_written(engine: Engine) -> bool:
    """Every manifest has its legs and events, every fix its raw message, every message its fixes."""
    with Session(engine) as session:
        for part in (Leg.manifest_id, CustodyEvent.manifest_id):
            if session.scalar(
                select(func.count()).select_from(Manifest).where(Manifest.id.not_in(select(part)))
            ):
                return False
        empty = (
            select(func.count()).select_from(RawMessage).where(RawMessage.id.not_in(select(FixRow.raw_id)))
        )
        return session.scalar(empty) == 0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The world with more manifests and tracks, in small pieces."""
    monkeypatch.setattr(write_tracks, "LINES_A_PIECE", 2)
    monkeypatch.setattr("demo.scenario.load.MANIFESTS_A_PIECE", 2)
    more = [{**SINGLE, "number": f"N{index}"} for index in range(5)]
    return write_world(tmp_path / "world", {"manifests.jsonl": [*FILES["manifests.jsonl"], *more]})


def test_stopped_at_every_report_and_run_again(engine: Engine, folder: Path) -> None:
    stop_after = 0
    while True:
        try:
            load(engine, folder, stop_after)
            break
        except Stopped:
            assert nothing_is_half_written(engine)
            stop_after += 1
    assert stop_after > 15
    complete = counts(engine)
    assert (complete["manifest"], complete["fix"]) == (9, 6)
    load(engine, folder)
    assert counts(engine) == complete


@pytest.mark.slow
def test_a_load_that_is_really_killed_completes_when_run_again(
    database_url: str, engine: Engine, tmp_path: Path
) -> None:
    folder = write_world(tmp_path / "world", {"tracks/a.csv": long_track(100_000)})
    environment = {**os.environ, "SLUDGETRACE_DATABASE_URL": database_url}
    command = [sys.executable, "-m", "cli.main", "load", str(folder)]
    killed = 0
    for table in ("manifest", "fix"):
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL)
        while process.poll() is None and not counts(engine)[table]:
            time.sleep(0.05)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.wait()
        assert nothing_is_half_written(engine)
    assert killed
    subprocess.run(command, cwd=PROJECT, env=environment, check=True, stdout=subprocess.DEVNULL)
    assert counts(engine)["fix"] == 100_002
    assert nothing_is_half_written(engine)


def long_track(rows: int) -> str:
    """A track of D1, a fix every second."""
    start = int(NOW.timestamp()) - 10 * 86_400
    header = "device_id,recorded_at,lat,lon\n"
    moments = (time.gmtime(start + row) for row in range(rows))
    return header + "".join(
        f"D1,{time.strftime('%Y-%m-%dT%H:%M:%SZ', moment)},31.2,{120 + row / 1e6:.6f}\n"
        for row, moment in enumerate(moments)
    )
