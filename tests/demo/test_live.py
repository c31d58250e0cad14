"""The demo that goes on: what was known at a moment, devices that post, paper as it is signed."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from werkzeug.serving import make_server

from app import create_app
from demo.live.city import (
    LOGINS_FILE,
    MORNING_HOUR,
    WORKING_HOURS,
    is_empty,
    load_past,
    make_logins,
    working_zone,
    world_ends,
)
from demo.live.devices import LiveDevice, post, read_queues
from demo.live.known_then import cut_paper, cut_world, manifest_then
from demo.live.play import LiveCity
from demo.simulate import simulate
from models.findings import Verdict
from models.fixes import FixRow
from models.manifests import Manifest, Receipt
from models.session import read_sessions
from models.settings import Settings
from models.thresholds import Thresholds
from models.vocabulary import Role
from tracking.operations.analyse import analyse

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)  # 12:00 of the town's first day
LATER = NOON + timedelta(hours=3)


def silent(_what: str, _done: int, _total: int) -> None:
    """Tells nobody."""


@pytest.fixture(scope="module")
def hamlet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day of five vehicles: enough to go on with."""
    path: Path = tmp_path_factory.mktemp("hamlet") / "world"
    simulate(path, seed=3, days=1, plants=2, vehicles=5, violations="none")
    return path


@pytest.fixture
def noon_city(engine: Engine, hamlet: Path, tmp_path: Path) -> tuple[Engine, Path]:
    """The hamlet as it was known at noon, in the database; and the whole of it in its folder."""
    load_past(engine, hamlet, tmp_path / "past", NOON, Thresholds(), silent)
    return engine, hamlet


@pytest.fixture
def service(engine: Engine, tmp_path: Path) -> Iterator[str]:
    """The real service on a free port of this machine."""
    settings = Settings(state_dir=str(tmp_path), api_limit="100000 per minute")
    server = make_server("127.0.0.1", 0, create_app(settings, engine), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def counts(engine: Engine) -> tuple[int, int, int]:
    """(manifests, receipts, fixes) in the database."""
    with read_sessions(engine)() as session:
        manifests = session.scalar(select(func.count()).select_from(Manifest)) or 0
        receipts = session.scalar(select(func.count()).select_from(Receipt)) or 0
        fixes = session.scalar(select(func.count()).select_from(FixRow)) or 0
    return manifests, receipts, fixes


def test_nothing_signed_later_is_known_then() -> None:
    manifest = {
        "number": "M1",
        "issued_at": "2026-03-02T08:00:00+08:00",
        "legs": [
            {"seq": 1, "handover": {"at": "2026-03-02T10:00:00+08:00"}},
            {"seq": 2, "handover": {"at": "2026-03-02T13:00:00+08:00"}},
        ],
        "loaded": {"at": "2026-03-02T09:00:00+08:00"},
        "received": {"at": "2026-03-02T14:00:00+08:00"},
    }
    then = manifest_then(manifest, NOON)
    assert then is not None
    assert "loaded" in then
    assert "received" not in then
    assert ["handover" in leg for leg in then["legs"]] == [True, False]
    assert "received" in manifest, "the original is not touched"
    assert manifest_then(manifest, datetime(2026, 3, 1, tzinfo=UTC)) is None


def test_a_cut_world_ends_at_the_moment(hamlet: Path, tmp_path: Path) -> None:
    cut_world(hamlet, tmp_path / "past", NOON)
    lines = (tmp_path / "past" / "manifests.jsonl").read_text(encoding="utf-8").splitlines()
    known = [json.loads(line) for line in lines]
    whole = (hamlet / "manifests.jsonl").read_text(encoding="utf-8").splitlines()
    assert 0 < len(known) < len(whole)
    assert all(datetime.fromisoformat(manifest["issued_at"]) <= NOON for manifest in known)
    received = [
        datetime.fromisoformat(line.split(",")[6])
        for path in (tmp_path / "past" / "tracks").glob("*.csv")
        for line in path.read_text(encoding="utf-8").splitlines()[1:]
    ]
    assert received
    assert max(received) <= NOON
    assert not (tmp_path / "past" / "truth.jsonl").exists()


def test_recent_paper_leaves_the_old_alone(hamlet: Path, tmp_path: Path) -> None:
    assert cut_paper(hamlet, tmp_path / "now", NOON) > 0
    assert cut_paper(hamlet, tmp_path / "late", NOON + timedelta(days=9)) == 0


def test_the_day_goes_on_through_the_public_interface(
    noon_city: tuple[Engine, Path], service: str, tmp_path: Path
) -> None:
    engine, world = noon_city
    before = counts(engine)
    city = LiveCity(engine, service, world, tmp_path / "paper", NOON, Thresholds())
    sent = sum(city.play(NOON + timedelta(minutes=minutes), lambda: False) for minutes in (60, 180))
    after = counts(engine)
    whole = sum(1 for queue in read_queues(world, NOON).values() for at, _fix in queue if at <= LATER)
    assert sent == whole > 0
    assert after[0] > before[0], "new manifests were issued"
    assert after[1] > before[1], "loads were received"
    assert after[2] > before[2]
    assert city.play(LATER, lambda: False) == 0, "what was acknowledged is not sent again"
    analyse(engine, until=LATER, recorded_at=LATER, thresholds=Thresholds(), contradicted_score=0.5)
    with read_sessions(engine)() as session:
        judged = session.scalar(select(func.count()).select_from(Verdict).where(Verdict.current))
    assert judged == after[0], "every manifest has a verdict"


def test_a_device_keeps_what_nobody_acknowledged() -> None:
    device = LiveDevice("D1", "token")
    device.queue.append((NOON, {"recorded_at": "2026-03-02T04:00:00Z", "lat": 31.0, "lon": 120.0}))
    assert not post("http://127.0.0.1:9", device, device.due(NOON)), "nobody listens there"
    assert len(device.queue) == 1


def test_a_wrong_token_is_not_acknowledged(noon_city: tuple[Engine, Path], service: str) -> None:
    device = LiveDevice("D1", "not a token")
    fix = {"recorded_at": "2026-03-02T04:00:00Z", "lat": 31.0, "lon": 120.0}
    assert not post(service, device, [fix])


def test_logins_are_made_once_and_kept_for_this_machine_only(
    noon_city: tuple[Engine, Path], tmp_path: Path
) -> None:
    engine, _world = noon_city
    logins = make_logins(engine, tmp_path, NOON)
    assert {login.role for login in logins} == set(Role)
    assert len({login.password for login in logins}) == len(logins)
    assert make_logins(engine, tmp_path, LATER) == logins
    assert (tmp_path / LOGINS_FILE).stat().st_mode & 0o077 == 0


def test_lost_logins_get_new_passwords(noon_city: tuple[Engine, Path], tmp_path: Path) -> None:
    engine, _world = noon_city
    first = make_logins(engine, tmp_path, NOON)
    (tmp_path / LOGINS_FILE).unlink()
    again = make_logins(engine, tmp_path, LATER)
    assert [login.username for login in again] == [login.username for login in first]
    assert {login.password for login in again}.isdisjoint(login.password for login in first)


def test_an_empty_database_is_told_from_a_city(engine: Engine, hamlet: Path, tmp_path: Path) -> None:
    assert is_empty(engine)
    load_past(engine, hamlet, tmp_path / "past", NOON, Thresholds(), silent)
    assert not is_empty(engine)


@pytest.mark.parametrize("hour", range(24))
def test_the_demo_is_always_in_working_hours(hour: int) -> None:
    now = datetime(2026, 11, 23, hour, 30, tzinfo=UTC)
    local = now.astimezone(working_zone(now)).hour
    assert WORKING_HOURS[0] <= local < WORKING_HOURS[1] or local == MORNING_HOUR


def test_the_end_of_the_world_is_known(hamlet: Path) -> None:
    assert world_ends(hamlet) == datetime(2026, 3, 2, 16, tzinfo=UTC)
