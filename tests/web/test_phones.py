"""Do the apps of phones get in as they are, and only as themselves? Their own requests over a real socket."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError
from werkzeug.serving import make_server

from app import create_app
from bench.first_page import free_port
from gps_ingest.store.devices import issue_token, register_device
from models.fixes import FixRow, RawMessage
from models.migrate import upgrade
from models.session import open_engine, write_sessions
from models.settings import Settings
from models.vocabulary import E7, Doubt, Protocol, RawStatus
from tests.conftest import PROJECT
from tests.web.phone_conversations import (
    APPS,
    CODE,
    LAT,
    LON,
    NOON_S,
    basic,
    lines,
    talk,
    traccar_8,
    traccar_10,
)
from web.api import phone_messages

NOW = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state_dir=str(tmp_path))


@pytest.fixture
def app(engine: Engine, settings: Settings) -> Flask:
    app = create_app(settings, engine)
    app.extensions["clock"] = lambda: NOW
    return app


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    """The service on a port of this machine."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def token(engine: Engine) -> str:
    return token_in(engine)


def token_in(engine: Engine) -> str:
    """The token of the phone CODE, which is registered now."""
    with write_sessions(engine).begin() as session:
        register_device(session, CODE, Protocol.OSMAND)
        return issue_token(session, CODE)


def rows(engine: Engine, table: Any) -> list[Any]:
    with write_sessions(engine)() as session:
        return list(session.scalars(select(table)))


def the_fix(engine: Engine) -> Any:
    [fix] = rows(engine, FixRow)
    assert (fix.time_ms, fix.lat_e7, fix.lon_e7) == (NOON_S * 1000, round(LAT * E7), round(LON * E7))
    return fix


@pytest.mark.parametrize("name", APPS)
def test_an_app_gets_in_with_its_token(name: str, engine: Engine, port: int, token: str) -> None:
    answers = talk(port, APPS[name](token), APPS[name](token))
    assert answers == [(200, b"[]" if "OwnTracks" in name else b"")] * 2
    fix = the_fix(engine)
    assert fix.course_deg == 90
    if name != "OsmAnd":
        assert fix.speed_kmh == pytest.approx(42, abs=0.01)
        assert fix.accuracy_m == pytest.approx(4.8, abs=0.3)
    [raw] = rows(engine, RawMessage)
    assert raw.status is RawStatus.ACCEPTED
    assert token.encode() not in raw.body


@pytest.mark.parametrize("name", APPS)
@pytest.mark.parametrize("shown", ["wrong-token", ""])
def test_who_shows_no_token_is_answered_and_waits(
    name: str, shown: str, engine: Engine, port: int, token: str
) -> None:
    assert talk(port, APPS[name](shown))[0][0] == 200
    assert rows(engine, FixRow) == []
    [raw] = rows(engine, RawMessage)
    assert (raw.status, raw.device_id, raw.device_code) == (RawStatus.QUARANTINED, None, CODE)
    assert raw.reason == (
        "the token that the sender showed is not the device's" if shown else "the sender showed no token"
    )


@pytest.mark.parametrize("name", APPS)
def test_an_unknown_phone_waits(name: str, engine: Engine, port: int) -> None:
    assert talk(port, APPS[name]("some-token"))[0][0] == 200
    [raw] = rows(engine, RawMessage)
    assert (raw.status, raw.reason) == (RawStatus.QUARANTINED, "the device is not registered")


def test_a_phone_without_a_token_of_its_own_waits(engine: Engine, port: int) -> None:
    with write_sessions(engine).begin() as session:
        register_device(session, CODE, Protocol.OSMAND)
    assert talk(port, traccar_8("anything"))[0][0] == 200
    [raw] = rows(engine, RawMessage)
    assert (raw.status, raw.reason) == (RawStatus.QUARANTINED, "no token was ever issued to the device")


def test_the_token_of_another_device_proves_nothing(engine: Engine, port: int, token: str) -> None:
    with write_sessions(engine).begin() as session:
        register_device(session, "other", Protocol.OSMAND)
        foreign = issue_token(session, "other")
    assert talk(port, traccar_8(foreign))[0][0] == 200
    assert rows(engine, FixRow) == []


@pytest.mark.parametrize("name", [name for name in APPS if "OwnTracks" not in name])
def test_the_name_may_be_the_token(name: str, engine: Engine, port: int, token: str) -> None:
    request = APPS[name]("").replace(CODE.encode(), token.encode())
    head, _blank, body = request.partition(b"\r\n\r\n")
    old = f"Content-Length: {len(body) - body.count(token.encode()) * (len(token) - len(CODE))}".encode()
    request = head.replace(old, f"Content-Length: {len(body)}".encode()) + b"\r\n\r\n" + body
    assert talk(port, request)[0][0] == 200
    the_fix(engine)
    [raw] = rows(engine, RawMessage)
    assert raw.device_code == CODE
    assert CODE.encode() in raw.body
    assert token.encode() not in raw.body


@pytest.mark.parametrize("scheme", ["Bearer {}", "Basic"])
def test_the_token_may_stand_in_the_header(scheme: str, engine: Engine, port: int, token: str) -> None:
    shown = scheme.format(token) if "{}" in scheme else f"Basic {basic(token)}"
    request = traccar_10("").replace(b"Accept: */*", f"Authorization: {shown}".encode())
    assert talk(port, request)[0][0] == 200
    the_fix(engine)


class TraccarQueue:
    """The queue of Traccar Client (TrackingController.kt): the oldest point first, one at a time; one that is
    not answered with less than 400 is sent again, for ever, and nothing else before it."""

    def __init__(self, port: int, points: list[bytes]) -> None:
        self.port, self.points = port, points
        self.sent = 0

    def send_one(self) -> int:
        [(status, _body)] = talk(self.port, self.points[0])
        self.sent += 1
        if status < 400:
            self.points.pop(0)
        return status


def at(second: int, token: str, lat: object = LAT) -> bytes:
    request = traccar_8(token).replace(str(NOON_S).encode(), str(NOON_S + second).encode())
    return request.replace(f"lat={LAT}".encode(), f"lat={lat}".encode())


@pytest.mark.parametrize("bad", ["north", "NaN", "1e999", "", "%00%FF"])
def test_a_point_that_can_never_be_taken_does_not_block_the_queue(
    bad: str, engine: Engine, port: int, token: str
) -> None:
    queue = TraccarQueue(port, [at(0, token), at(1, token, bad), at(2, token)])
    while queue.points and queue.sent < 10:
        queue.send_one()
    assert queue.sent == 3
    assert sorted(fix.time_ms for fix in rows(engine, FixRow)) == [NOON_S * 1000, NOON_S * 1000 + 2000]
    kept_aside = [raw for raw in rows(engine, RawMessage) if raw.status is not RawStatus.ACCEPTED]
    assert [bad.encode() in raw.body for raw in kept_aside] == [True]
    assert "lat" in kept_aside[0].reason


def test_a_point_far_ahead_of_the_clock_waits_and_does_not_block(
    engine: Engine, port: int, token: str
) -> None:
    assert TraccarQueue(port, [at(3 * 86_400, token)]).send_one() == 200
    assert rows(engine, FixRow) == []
    [raw] = rows(engine, RawMessage)
    assert raw.status is RawStatus.QUARANTINED


def test_a_database_that_is_away_blocks_the_queue_until_it_is_back(
    engine: Engine, port: int, token: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_arguments: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    queue = TraccarQueue(port, [at(0, token), at(1, token)])
    with monkeypatch.context() as broken:
        broken.setattr(phone_messages, "accept_all", away)
        assert [queue.send_one() for _ in range(3)] == [503] * 3
    assert token not in "".join(each.getMessage() for each in caplog.records if each.name == "web")
    assert [queue.send_one() for _ in range(2)] == [200] * 2
    assert len(rows(engine, FixRow)) == 2


def test_a_message_without_a_place_is_a_sign_of_life(engine: Engine, port: int, token: str) -> None:
    request = lines(f"GET /api/v1/osmand?token={token}&id={CODE}&timestamp={NOON_S} HTTP/1.1", "Host: x")
    assert talk(port, request) == [(200, b"")]
    assert rows(engine, FixRow) == []
    assert [raw.status for raw in rows(engine, RawMessage)] == [RawStatus.ACCEPTED]


def test_a_position_that_another_app_made_up_is_no_position(engine: Engine, port: int, token: str) -> None:
    talk(port, traccar_10(token).replace(b"&batt=87&charge=true", b"&batt=87&mock=true  "))
    assert Doubt.NOT_FIXED & the_fix(engine).doubts


@pytest.mark.parametrize("path", ["osmand", "osmand?lat=1&lon=2&timestamp=3", "osmand?id=&lat=1"])
def test_a_message_that_names_no_device_is_turned_away(path: str, engine: Engine, port: int) -> None:
    assert talk(port, lines(f"GET /api/v1/{path} HTTP/1.1", "Host: x"))[0][0] == 400
    assert rows(engine, RawMessage) == []


def test_whoever_only_looks_reports_nothing(engine: Engine, app: Flask, token: str) -> None:
    answer = app.test_client().head(f"/api/v1/osmand?token={token}&id={CODE}&lat=1&lon=2&timestamp={NOON_S}")
    assert answer.status_code == 405
    assert rows(engine, RawMessage) == []


def test_owntracks_without_a_user_is_asked_for_one(engine: Engine, app: Flask) -> None:
    answer = app.test_client().post("/api/v1/owntracks", data=b"{}", headers={"X-Limit-U": CODE})
    assert (answer.status_code, answer.headers["WWW-Authenticate"][:5]) == (401, "Basic")
    assert rows(engine, RawMessage) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", None),
        (b'{"_type":"configuration","password":"geheim"}', None),
        (b'{"_type":"waypoints","waypoints":[]}', None),
        (b'{"_type":"card","name":"N","face":"iVBO"}', None),
        (b'{"_type":"transition","event":"leave","tst":1,"lat":1,"lon":2}', RawStatus.ACCEPTED),
        (b'{"_type":"lwt","tst":1772452800}', RawStatus.ACCEPTED),
        (b'{"_type":"encrypted","data":"AAAA"}', RawStatus.REFUSED),
        (b'{"_type":"location","lat":1}', RawStatus.REFUSED),
        (b'{"_type":"nonsense"}', RawStatus.REFUSED),
        (b"\xff\x00 no json", RawStatus.REFUSED),
    ],
)
def test_every_message_of_owntracks_is_acknowledged(
    body: bytes, status: RawStatus | None, engine: Engine, app: Flask, token: str
) -> None:
    answer = app.test_client().post("/api/v1/owntracks", data=body, auth=(CODE, token))
    assert (answer.status_code, answer.json) == (200, [])
    assert rows(engine, FixRow) == []
    assert [raw.status for raw in rows(engine, RawMessage)] == ([] if status is None else [status])


@pytest.fixture
def strict(engine: Engine, settings: Settings) -> Flask:
    """The service with small bounds."""
    small = replace(
        settings,
        api_limit="100 per minute",
        unproven_limit="6 per day",
        unproven_per_sender=2,
        unproven_in_all=3,
    )
    app = create_app(small, engine)
    app.extensions["clock"] = lambda: NOW
    return app


def report(code: str, second: int, token: str = "") -> str:
    return f"/api/v1/osmand?id={code}&token={token}&timestamp={NOON_S + second}&lat={LAT}&lon={LON}"


def test_strangers_cannot_fill_the_quarantine(strict: Flask, engine: Engine, token: str) -> None:
    client = strict.test_client()
    statuses = [client.get(report("stranger", second)).status_code for second in range(3)]
    assert statuses == [200] * 3
    assert len(rows(engine, RawMessage)) == 2  # the third was answered and not kept
    statuses = [client.get(report(f"stranger{n}", 0)).status_code for n in range(3)]
    assert statuses == [200] * 3
    assert len(rows(engine, RawMessage)) == 3  # of all together
    answer = client.get(report("stranger9", 0))
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert (
        client.get(report(CODE, 0, token)).status_code == 200
    )  # whoever proves who it is has its own budget
    assert len(rows(engine, FixRow)) == 1


def test_a_flood_over_owntracks_is_told_to_try_again_so_that_no_app_throws_anything_away(
    strict: Flask, engine: Engine
) -> None:
    client = strict.test_client()
    answers = [client.post("/api/v1/owntracks", data=b"{}", auth=("stranger", "x")) for _ in range(8)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [503] * 2
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_long_message_needs_a_token(strict: Flask, engine: Engine, token: str) -> None:
    client = strict.test_client()
    long = b"[" + b",".join([b'{"id":"%s"}' % CODE.encode()] * 2000) + b"]"
    assert client.post("/api/v1/osmand", data=long).status_code == 413
    assert client.post(f"/api/v1/osmand?token={token}", data=long).status_code == 200
    assert client.post(f"/api/v1/osmand?token={token}", data=b"[" * 2_000_000).status_code == 413
    assert client.post("/api/v1/owntracks", data=b" " * 20_000, auth=(CODE, "x")).status_code == 413


@contextmanager
def gunicorn(folder: Path, url: str) -> Iterator[int]:
    """The service as it is run in production."""
    port = free_port()
    environ = os.environ | {"SLUDGETRACE_DATABASE_URL": url, "SLUDGETRACE_STATE_DIR": str(folder)}
    command = [sys.executable, "-m", "cli.main", "serve", "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(
        command, env=environ, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/login")
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def wait_for(url: str) -> None:
    end = time.monotonic() + 60
    while True:
        try:
            with urlopen(url, timeout=5):  # noqa: S310 - our own address on this machine
                return
        except OSError:
            assert time.monotonic() < end, "the service did not start"
            time.sleep(0.1)


def test_every_conversation_again_with_the_production_server(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'phones.db'}"
    upgrade(url)
    engine = open_engine(url)
    with closing(engine.raw_connection()):
        token = token_in(engine)
    try:
        with gunicorn(tmp_path, url) as port:
            for name, request in APPS.items():
                assert talk(port, request(token), request(token))[1][0] == 200, name
        the_fix(engine)
        assert len(rows(engine, RawMessage)) == len(APPS)
    finally:
        engine.dispose()
