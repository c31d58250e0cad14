"""Does `serve` answer on its port with a migrated database, and stop when told to?"""

import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest

from cli.serve import gunicorn_arguments
from models.settings import Settings

START_S = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def health(port: int) -> int | None:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


@pytest.mark.parametrize("more", [(), ("--dev",)], ids=["gunicorn", "dev"])
def test_it_serves_until_it_is_told_to_stop(more: tuple[str, ...], tmp_path: Path) -> None:
    port = free_port()
    environment = os.environ | {
        "SLUDGETRACE_DATABASE_URL": f"sqlite:///{tmp_path / 'new.db'}",
        "SLUDGETRACE_STATE_DIR": str(tmp_path / "state"),
    }
    command = [sys.executable, "-m", "cli.main", "serve", "--bind", f"127.0.0.1:{port}", *more]
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        until = time.monotonic() + START_S
        while health(port) is None and time.monotonic() < until and process.poll() is None:
            time.sleep(0.2)
        assert health(port) == 200
    finally:
        os.killpg(process.pid, signal.SIGTERM)  # the group that this test has started, and nothing else
        _out, errors = process.communicate(timeout=30)
    assert f"http://127.0.0.1:{port}" in errors.decode()
    assert health(port) is None


def test_workers_and_address_come_from_the_settings() -> None:
    words = gunicorn_arguments("127.0.0.1:9", Settings(web_workers=5))
    assert words[words.index("--workers") + 1] == "5"
    assert words[words.index("--bind") + 1] == "127.0.0.1:9"
    assert words[-1] == "app:create_app()"
    assert "--no-control-socket" in words
