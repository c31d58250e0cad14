"""How long does `make demo`, after `make install`, take to its first page?

A real start in an empty state folder on a free port of this machine; the peer is the interpreter
starting and importing the same libraries, which nobody can avoid.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from tempfile import TemporaryDirectory
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

GOAL_S = 60.0
LIMIT_S = 240.0


def run() -> dict[str, Any]:
    """Seconds to the first page, as a ratio to the goal."""
    with TemporaryDirectory(prefix="sludgetrace-bench-") as folder:
        bind = f"127.0.0.1:{free_port()}"
        environ = os.environ | {
            "SLUDGETRACE_STATE_DIR": folder,
            "SLUDGETRACE_DATABASE_URL": f"sqlite:///{folder}/demo.db",
        }
        import_s = timed([sys.executable, "-c", "import app, demo.simulate, scipy.optimize"], environ)
        began = time.monotonic()
        command = [sys.executable, "-m", "cli.main", "demo", "--bind", bind]
        server = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            first_s = wait(f"http://{bind}/login", began)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)
    return {
        "bench": "demo",
        "seed": 7,
        "settings": {"goal_s": GOAL_S},
        "figures": {"first_page_s": first_s},
        "peers": {"interpreter_and_imports_s": import_s},
        "ratios": {"to_goal": first_s / GOAL_S, "to_imports": first_s / import_s},
    }


def timed(command: list[str], environ: dict[str, str]) -> float:
    """Seconds that a command takes."""
    began = time.monotonic()
    subprocess.run(command, env=environ, check=True)
    return time.monotonic() - began


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait(url: str, began: float) -> float:
    """Seconds since `began` until the address answers."""
    while time.monotonic() - began < LIMIT_S:
        try:
            with urlopen(url, timeout=5):  # noqa: S310  our own address on this machine
                return time.monotonic() - began
        except (URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError(f"no answer from {url} within {LIMIT_S:.0f} s")
