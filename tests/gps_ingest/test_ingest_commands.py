"""Do `ingest` and `device` do what they say, with the exit status that they promise?"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cli.device import device as device_command
from cli.ingest import ingest as ingest_command
from gps_ingest.store.devices import device_of_token
from models.fixes import FixRow
from models.fleet import DeviceBinding
from models.session import write_sessions
from tests.commands import configured
from tests.factories import vehicle

GPX = (
    '<gpx version="1.1" creator="x"><trk><trkseg>'
    '<trkpt lat="31.2" lon="120.6"><time>2026-03-02T04:00:00Z</time></trkpt>'
    '<trkpt lat="31.2" lon="120.61"><time>{second}</time></trkpt></trkseg></trk></gpx>'
)
GOOD = GPX.format(second="2026-03-02T04:01:00Z")


@pytest.fixture(autouse=True)
def _configured(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with configured(database_url, monkeypatch):
        yield


def ingest(path: Path, *more: str, form: str = "gpx", device: str = "D1") -> Result:
    return CliRunner().invoke(ingest_command, [str(path), "--format", form, "--device", device, *more])


def device(*arguments: str) -> Result:
    return CliRunner().invoke(device_command, arguments)


def written(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "track"
    path.write_text(content)
    return path


def fixes(engine: Engine) -> int:
    with Session(engine) as session:
        return len(session.scalars(select(FixRow)).all())


def test_a_file_is_taken_once(engine: Engine, tmp_path: Path) -> None:
    assert device("register", "D1", "--protocol", "gpx").exit_code == 0
    first, again = ingest(written(tmp_path, GOOD)), ingest(written(tmp_path, GOOD))
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert first.stdout.startswith("accepted 2, repeated 0, doubted 2, refused 0, quarantined 0\n")
    assert "doubted as reconstructed: 2" in first.stdout
    assert again.stdout.startswith("accepted 0, repeated 2")
    assert fixes(engine) == 2


def test_what_is_refused_is_told_with_its_place(engine: Engine, tmp_path: Path) -> None:
    device("register", "D1", "--protocol", "gpx")
    result = ingest(written(tmp_path, GPX.format(second="noon")))
    assert result.exit_code == 1
    assert result.stderr == "point 2  time: 'noon' is not an ISO 8601 time\n1 refused\n"
    assert fixes(engine) == 1


def test_the_result_as_json(tmp_path: Path) -> None:
    device("register", "D1", "--protocol", "csv")
    rows = "recorded_at,lat,lon\n2026-03-02T04:00:00Z,0,0\n2026-03-02T04:00:00Z,x,0\n"
    result = ingest(written(tmp_path, rows), "--result", "json", form="csv")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "accepted": 1,
        "repeated": 0,
        "doubted": [{"position": 2, "reasons": ["range", "late", "reconstructed"]}],
        "refused": [{"place": "line 3", "field": "lat", "reason": "'x' is not a number", "count": 1}],
        "quarantined": [],
        "waiting": False,
    }


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<!DOCTYPE gpx><gpx/>", "file  xml: has a DOCTYPE, which a track never needs"),
        (GOOD.replace("time", "when"), "file  time: no track point has a time"),
        ("junk", "xml: "),
    ],
)
def test_a_file_that_is_no_track(engine: Engine, tmp_path: Path, content: str, reason: str) -> None:
    device("register", "D1", "--protocol", "gpx")
    result = ingest(written(tmp_path, content))
    assert result.exit_code == 1
    assert reason in result.stderr
    assert fixes(engine) == 0


def test_a_huge_file_is_refused_before_it_is_read(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.truncate(2 * 1024**3)
    monkeypatch.setattr(Path, "read_bytes", None)
    result = ingest(huge)
    assert result.exit_code == 1
    assert "has 2147483648 bytes; SLUDGETRACE_MAX_UPLOAD_BYTES allows 67108864" in result.stderr


def test_wrong_use(tmp_path: Path) -> None:
    assert ingest(tmp_path / "nowhere").exit_code == 2
    assert ingest(written(tmp_path, GOOD), form="fax").exit_code == 2


def test_the_file_of_an_unknown_device_waits_until_it_is_registered_and_released(
    engine: Engine, tmp_path: Path
) -> None:
    waiting = ingest(written(tmp_path, GOOD), device="D9")
    assert waiting.exit_code == 1
    assert "waits in quarantine" in waiting.stderr
    assert fixes(engine) == 0
    assert "not registered: D9, 1 messages wait" in device("list").stdout
    assert device("release", "D9").exit_code == 1
    with write_sessions(engine).begin() as session:
        vehicle(session, code="V1")
    device("register", "D9", "--protocol", "gpx", "--vehicle", "V1", "--from", "2026-03-01T00:00:00+08:00")
    released = device("release", "D9")
    assert (released.exit_code, released.stdout) == (0, "1 messages, 2 fixes that are new\n")
    assert device("release", "D9").stdout == "0 messages, 0 fixes that are new\n"
    assert device("release", "D9", "--again").stdout == "1 messages, 0 fixes that are new\n"
    assert fixes(engine) == 2
    with Session(engine) as session:
        assert (
            session.scalars(select(DeviceBinding.valid_from)).one().isoformat() == "2026-02-28T16:00:00+00:00"
        )


def test_a_token_is_printed_once_and_works(engine: Engine) -> None:
    device("register", "D1", "--protocol", "json")
    first, second = device("token", "D1").stdout.strip(), device("token", "D1").stdout.strip()
    with Session(engine) as session:
        assert device_of_token(session, second) == "D1"
        assert device_of_token(session, first) is None
    assert first not in device("list", "--format", "jsonl").stdout


def test_the_list_as_json() -> None:
    device("register", "D1", "--protocol", "ais", "--datum", "gcj02")
    lines = [json.loads(line) for line in device("list", "--format", "jsonl").stdout.splitlines()]
    assert lines == [
        {
            "code": "D1",
            "protocol": "ais",
            "datum": "gcj02",
            "active": True,
            "has_token": False,
            "vehicle": None,
            "model": None,
            "utc_offset_minutes": None,
        }
    ]


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (("register", "D1", "--protocol", "fax"), 2, "is not one of 'json'"),
        (("register", "D1"), 2, "Missing option '--protocol'"),
        (("register", "D1", "--protocol", "json", "--vehicle", "V404"), 1, "there is no vehicle 'V404'"),
        (("register", "D1", "--protocol", "json", "--from", "2026-03-01T00:00:00Z"), 2, "--vehicle"),
        (
            ("register", "D1", "--protocol", "json", "--vehicle", "V1", "--from", "noon"),
            2,
            "not a time in ISO 8601",
        ),
        (
            ("register", "D1", "--protocol", "json", "--vehicle", "V1", "--from", "2026-03-01"),
            2,
            "has no zone",
        ),
        (("register", "x" * 65, "--protocol", "json"), 1, "at most 64 printable characters"),
        (("token", "D404"), 1, "device 'D404' is not registered"),
        (("release", "D404"), 1, "device 'D404' is not registered"),
    ],
)
def test_what_a_device_command_refuses(arguments: tuple[str, ...], status: int, sentence: str) -> None:
    result = device(*arguments)
    assert (result.exit_code, sentence in result.stderr) == (status, True)
    assert device("list", "--format", "jsonl").stdout == ""


def test_a_code_is_registered_once() -> None:
    device("register", "D1", "--protocol", "json")
    assert device("register", "D1", "--protocol", "json").exit_code == 1
