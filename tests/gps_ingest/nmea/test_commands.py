"""Do the commands lay out and import NMEA sentences as they say?"""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from cli.main import main
from models.session import write_sessions
from models.vocabulary import Protocol
from tests.commands import configured
from tests.factories import device
from tests.gps_ingest.edges import fixes
from tests.gps_ingest.nmea.receiving import GGA, NOON_MS, RMC, gga, lines, rmc


def test_sentences_are_laid_out() -> None:
    damaged = RMC[:-2] + b"00"
    result = CliRunner().invoke(
        main, ["decode", "--format", "nmea"], input=lines(RMC, GGA, damaged, rmc(lat="x"), rmc(status="V"))
    )
    shown = [json.loads(line) for line in result.stdout.splitlines()]
    assert [message["ok"] for message in shown] == [True, True, False, False, True]
    assert [message["msg_id"] for message in shown] == ["GPRMC", "GPGGA", None, "GPRMC", "GPRMC"]
    assert [message["checksum_ok"] for message in shown] == [True, True, False, True, True]
    [fix] = shown[0]["fixes"]
    assert (fix["time"], fix["lat"], fix["lon"]) == ("2026-03-02T12:00:00+00:00", 31.25, 120.5)
    assert shown[4]["fixes"][0]["fixed"] is False
    assert result.exit_code == 1
    assert result.stderr.splitlines() == ["5 lines, 3 ok", "  bad_checksum: 1", "  field: 1"]


def test_a_log_is_imported_once(
    engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with write_sessions(engine).begin() as session:
        device(session, None, code="N1", protocol=Protocol.NMEA)
    log = tmp_path / "track.nmea"
    log.write_bytes(lines(b"# a log", gga(), RMC, rmc(time="120001.00"), b"$GPRMC,damaged*00"))
    with configured(database_url, monkeypatch):
        arguments = ["ingest", str(log), "--format", "nmea", "--device", "N1"]
        first, again = CliRunner().invoke(main, arguments), CliRunner().invoke(main, arguments)
    assert (first.exit_code, again.exit_code) == (1, 1)
    assert first.stdout.startswith("accepted 2, repeated 0, doubted 2, refused 1, quarantined 0")
    assert "line 5  sentence: the checksum is 00" in first.stderr
    assert again.stdout.startswith("accepted 0, repeated 2")
    assert [fix.time_ms for fix in fixes(engine)] == [NOON_MS, NOON_MS + 1000]
