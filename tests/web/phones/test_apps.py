"""Do the apps of phones get in as they are, and only as themselves? Over a real socket."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from sqlalchemy import Engine

from bench.first_page import free_port
from gps_ingest.store.devices import issue_token, register_device
from models.fixes import FixRow, RawMessage
from models.migrate import upgrade
from models.session import open_engine, write_sessions
from models.vocabulary import Protocol, RawStatus
from tests.conftest import PROJECT
from tests.web.phones.conftest import token_in
from tests.web.phones.conversations import (
    APPS,
    CODE,
    basic,
    lines,
    talk,
    traccar_8,
    traccar_10,
)
from tests.web.phones.stored import rows, the_fix


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


@contextmanager
def gunicorn(folder: Path, url: str) -> Iterator[int]:
    """The service as it is run in production."""
    port = free_port()
    environ = os.environ | {
        "SLUDGETRACE_DATABASE_URL": url,
        "SLUDGETRACE_STATE_DIR": str(folder),
        "SLUDGETRACE_METRICS_TOKEN": "reader",
    }
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
            asked = lines("GET /metrics HTTP/1.1", "Host: x", "Authorization: Bearer reader")
            [(_status, figures)] = talk(port, asked)
        the_fix(engine)
        assert len(rows(engine, RawMessage)) == len(APPS)
        told = f"sludgetrace_messages_received_total {2 * len(APPS):.1f}"
        assert told in figures.decode().splitlines()  # of all workers together
    finally:
        engine.dispose()
