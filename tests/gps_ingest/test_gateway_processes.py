"""Does each feed's gateway start by its command, say that it lives, and keep what it read when it ends?"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from gps_ingest.store import platforms
from gps_ingest.store.devices import issue_token
from models.session import write_sessions
from models.vocabulary import Protocol
from tests.factories import device
from tests.gps_ingest.ais import speaking as ais
from tests.gps_ingest.edges import fixes
from tests.gps_ingest.jt809 import speaking as jt809
from tests.gps_ingest.nmea import receiving as nmea

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE_S = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def asked(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - the gateway under test
        text: str = answer.read().decode()
        return text


@contextmanager
def gateway(name: str, database_url: str) -> Iterator[tuple[int, int]]:
    """The ports for devices and for the supervisor; SIGTERM at the end, and the exit status looked at."""
    port, health = free_port(), free_port()
    command = [sys.executable, "-m", "cli.main", "gateway", name]
    binds = ["--bind", f"127.0.0.1:{port}", "--health-bind", f"127.0.0.1:{health}"]
    environment = {**os.environ, "SLUDGETRACE_DATABASE_URL": database_url}
    process = subprocess.Popen([*command, *binds], cwd=PROJECT, env=environment, stderr=subprocess.PIPE)
    try:
        until_listening(port, process)
        assert asked(f"http://127.0.0.1:{health}/healthz") == "ok\n"
        yield port, health
    finally:
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, told.decode()
    assert b"stops" in told


def until_listening(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the gateway does not listen")


def registered(engine: Engine) -> str:
    """A device of each feed; the token of the receiver."""
    with write_sessions(engine).begin() as session:
        device(session, None, code=ais.VESSEL, protocol=Protocol.AIS)
        truck = device(session, None, code=jt809.CODE, protocol=Protocol.JT809)
        platforms.add_platform(session, str(jt809.USER), "运输平台", jt809.CENTER, jt809.PASSWORD)
        platforms.tie_to_platform(session, truck, str(jt809.USER))
        device(session, None, code="N1", protocol=Protocol.NMEA)
        return issue_token(session, "N1")


@pytest.mark.parametrize("name", ["ais", "nmea", "jt809"])
def test_what_was_sent_before_sigterm_is_kept(engine: Engine, database_url: str, name: str) -> None:
    token = registered(engine)
    said = {
        "ais": ais.lines(ais.one()),
        "nmea": f"$PSLUD,N1,{token}\r\n".encode() + nmea.lines(nmea.RMC),
        "jt809": jt809.login() + jt809.one(datetime.now(UTC)),
    }[name]

    async def send_and_wait(port: int, health: int) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(said)
        await writer.drain()
        async with asyncio.timeout(PATIENCE_S):
            while "sludgetrace_fixes_accepted_total 1.0" not in await asyncio.to_thread(
                asked, f"http://127.0.0.1:{health}/metrics"
            ):
                await asyncio.sleep(0.05)
        writer.close()

    with gateway(name, database_url) as (port, health):
        asyncio.run(send_and_wait(port, health))
    assert len(fixes(engine)) == 1
