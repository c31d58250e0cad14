"""Do the commands lay out and import AIS sentences as they say?"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from cli.main import main
from models.session import write_sessions
from models.vocabulary import Protocol, RawStatus
from tests.commands import configured
from tests.factories import device
from tests.gps_ingest.ais.speaking import NOON_MS, STRANGER, VESSEL, heard, in_parts, lines, one, spoken
from tests.gps_ingest.edges import fixes, raws


def decode(*some: bytes) -> Result:
    return CliRunner().invoke(main, ["decode", "--format", "ais"], input=lines(*some))


def test_a_sentence_is_laid_out() -> None:
    result = decode(heard(one()))
    assert result.exit_code == 0
    message = json.loads(result.stdout)
    [fix] = message.pop("fixes")
    told = {"ok": True, "error": None, "msg_id": "1", "phone": VESSEL, "seq": None, "checksum_ok": True}
    assert message == told
    assert (fix["time"], fix["lat"], fix["lon"]) == ("2026-03-02T11:59:30+00:00", 31.25, 120.5)
    assert (fix["course_deg"], fix["fixed"]) == (271.3, True)


def test_parts_are_shown_where_they_end_and_errors_are_counted_by_class() -> None:
    first, second = in_parts(one(19))
    result = decode(first, one()[:-2] + b"00", second, spoken(5)[0], b"$GPRMC", b"hello")
    shown = [json.loads(line) for line in result.stdout.splitlines()]
    assert [message["ok"] for message in shown] == [True, False, True, True, False, False]
    assert [len(message["fixes"]) for message in shown] == [0, 0, 1, 0, 0, 0]
    assert [message["checksum_ok"] for message in shown] == [True, False, True, True, False, None]
    assert result.exit_code == 1
    assert result.stderr.splitlines() == ["6 lines, 3 ok", "  bad_checksum: 2", "  not_a_sentence: 1"]


@pytest.fixture
def vessel(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with write_sessions(engine).begin() as session:
        device(session, None, code=VESSEL, protocol=Protocol.AIS)
    with configured(database_url, monkeypatch):
        yield


def ingest(path: Path, *more: str) -> Result:
    return CliRunner().invoke(main, ["ingest", str(path), "--format", "ais", "--device", VESSEL, *more])


@pytest.mark.usefixtures("vessel")
def test_of_a_log_only_the_vessel_is_kept_and_once(engine: Engine, tmp_path: Path) -> None:
    log = tmp_path / "bank.nmea"
    log.write_bytes(lines(heard(one()), heard(one(mmsi=STRANGER)), *spoken(5, mmsi=STRANGER)))
    first, again = ingest(log), ingest(log)
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert first.stdout.startswith("accepted 1, repeated 0")
    assert again.stdout.startswith("accepted 0, repeated 1")
    assert "passed over 2 messages of other vessels" in first.stderr
    [raw], [fix] = raws(engine), fixes(engine)
    assert fix.time_ms == NOON_MS - 30_000
    assert b"!AIVDM" in raw.body
    assert raw.body.count(b"!") == 1
    assert raw.status is RawStatus.ACCEPTED


@pytest.mark.usefixtures("vessel")
@pytest.mark.parametrize("told", [True, False])
def test_sentences_without_a_time_are_of_the_told_time_or_of_the_files(
    engine: Engine, tmp_path: Path, told: bool
) -> None:
    log = tmp_path / "bank.nmea"
    log.write_bytes(lines(one()))
    os.utime(log, (NOON_MS / 1000, NOON_MS / 1000))
    result = ingest(log, *(["--received-at", "2026-03-02T21:00:00+08:00"] if told else []))
    assert result.exit_code == 0
    assert ("do not tell when they were received" in result.stderr) is not told
    assert fixes(engine)[0].time_ms == NOON_MS - 30_000 + told * 3_600_000
    assert ingest(log, *(["--received-at", "2026-03-02T21:00:00+08:00"] if told else [])).exit_code == 0
    assert len(fixes(engine)) == 1


@pytest.mark.usefixtures("vessel")
def test_what_cannot_be_read_fails_the_command_and_not_the_file(tmp_path: Path) -> None:
    log = tmp_path / "bank.nmea"
    log.write_bytes(lines(heard(one()), one()[:-2] + b"00"))
    result = ingest(log)
    assert result.exit_code == 1
    assert result.stdout.startswith("accepted 1, repeated 0, doubted 1, refused 1")
    assert "line 2  sentence: the checksum is 00" in result.stderr


@pytest.mark.usefixtures("vessel")
def test_a_log_without_the_vessel_is_refused_and_not_kept(engine: Engine, tmp_path: Path) -> None:
    log = tmp_path / "bank.nmea"
    log.write_bytes(lines(heard(one(mmsi=STRANGER)), heard(one(27, mmsi=STRANGER))))
    result = ingest(log)
    assert result.exit_code == 1
    assert f"holds no message of a vessel {VESSEL}, but 2 of others" in result.stderr
    assert raws(engine) == []


def test_a_time_of_receipt_is_for_ais_only(tmp_path: Path) -> None:
    log = tmp_path / "track.gpx"
    log.write_bytes(b"<gpx/>")
    arguments = ["ingest", str(log), "--format", "gpx", "--device", "D1", "--received-at"]
    assert CliRunner().invoke(main, [*arguments, "2026-03-02T21:00:00Z"]).exit_code == 2
