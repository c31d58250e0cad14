"""Is a line that was told to be settled still there when the gateway is killed, and none twice after that?"""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from gps_ingest.store.devices import issue_token
from models.session import write_sessions
from models.vocabulary import Protocol
from tests.factories import device, ms
from tests.gps_ingest.edges import fixes
from tests.gps_ingest.nmea.receiving import lines, rmc

PROJECT = Path(__file__).resolve().parents[3]
SECONDS = 3000
KILL_AFTER = 400  # lines that were told to be settled
PATIENCE_S = 60.0
OK = re.compile(rb"\$PSLUD,OK,(\d+)\*")


class Gateway:
    """The NMEA gateway as a process of its own."""

    def __init__(self, database_url: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        command = [sys.executable, "-m", "cli.main", "gateway", "nmea", "--bind", f"127.0.0.1:{self.port}"]
        environment = {**os.environ, "SLUDGETRACE_DATABASE_URL": database_url}
        self.process = subprocess.Popen(
            [*command, "--health-bind", "127.0.0.1:0"],
            cwd=PROJECT,
            env=environment,
            stderr=subprocess.DEVNULL,
        )

    def connection(self) -> socket.socket:
        """A connection, as soon as the gateway listens."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S)
            except OSError:
                assert time.monotonic() < deadline, "the gateway does not listen"
                assert self.process.poll() is None, "the gateway has ended"
                time.sleep(0.05)

    def end(self, number: signal.Signals) -> None:
        self.process.send_signal(number)
        self.process.wait(PATIENCE_S)


def settled_until(link: socket.socket, enough: int) -> int:
    """Read answers until so many lines are settled, or the gateway is gone; how many are."""
    heard, settled = b"", 0
    while settled < enough:
        try:
            data = link.recv(65_536)
        except OSError:
            break
        if not data:
            break
        heard += data
        settled = max((int(count) for count in OK.findall(heard)), default=0)
    return settled


def send_slowly(link: socket.socket, said: list[bytes]) -> threading.Thread:
    """As a receiver does: line by line, until the connection is gone."""

    def run() -> None:
        try:
            for line in said:
                link.sendall(lines(line))
                time.sleep(0.0005)
        except OSError:
            pass

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_what_was_told_to_be_settled_survives_sigkill(engine: Engine, database_url: str) -> None:
    with write_sessions(engine).begin() as session:
        device(session, None, code="N1", protocol=Protocol.NMEA)
        login = f"$PSLUD,N1,{issue_token(session, 'N1')}\r\n".encode()
    begin = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
    moments = [begin + timedelta(seconds=second) for second in range(SECONDS)]
    said = [rmc(time=f"{at:%H%M%S}.00", date=f"{at:%d%m%y}") for at in moments]

    killed = Gateway(database_url)
    with killed.connection() as link:
        link.sendall(login)
        sender = send_slowly(link, said)
        told = settled_until(link, KILL_AFTER)
        killed.end(signal.SIGKILL)
        told = max(told, settled_until(link, SECONDS))
        sender.join(PATIENCE_S)
    assert KILL_AFTER <= told < SECONDS
    kept = [fix.time_ms for fix in fixes(engine)]
    assert set(kept) >= {ms(at) for at in moments[:told]}, "a settled line is lost"

    again = Gateway(database_url)
    with again.connection() as link:
        link.sendall(login + lines(*said[told:]))
        assert settled_until(link, SECONDS - told) == SECONDS - told
    again.end(signal.SIGTERM)
    assert again.process.returncode == 0
    assert [fix.time_ms for fix in fixes(engine)] == [ms(at) for at in moments]
