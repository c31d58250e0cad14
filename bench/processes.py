"""How are the service and the load generator run beside each other? Real processes, watched and ended."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import orjson

START_S, STOP_S, LOAD_S = 60.0, 60.0, 600.0
UNLIMITED = {
    "SLUDGETRACE_API_LIMIT": "1000000 per minute",
    "SLUDGETRACE_GATEWAY_CONNECTIONS": "200000",
    "SLUDGETRACE_GATEWAY_CONNECTIONS_PER_ADDRESS": "200000",
    "SLUDGETRACE_GATEWAY_MESSAGES_PER_ADDRESS": "100000000",
}
"""Limits that would stop a load from one address; everything else is as installed."""


@contextmanager
def service(words: list[str], url: str, ready: str) -> Iterator[subprocess.Popen[bytes]]:
    """`sludgetrace WORDS` on the database until the block ends; `ready` answers over HTTP once it is up."""
    with tempfile.TemporaryDirectory(prefix="sludgetrace-bench-") as folder:
        environ = os.environ | UNLIMITED | {"SLUDGETRACE_DATABASE_URL": url, "SLUDGETRACE_STATE_DIR": folder}
        log = Path(folder) / "log"
        with log.open("wb") as written:
            command = [sys.executable, "-m", "cli.main", *words]
            process = subprocess.Popen(command, env=environ, stdout=written, stderr=written)
        try:
            wait_for(ready, process, log)
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(STOP_S)


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the address answers; raises RuntimeError with the log's end when the process ends before."""
    began = time.monotonic()
    while time.monotonic() - began < START_S:
        if process.poll() is not None:
            break
        try:
            with urlopen(url, timeout=5):  # noqa: S310  our own address on this machine
                return
        except (URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"{url} does not answer: {log.read_text(errors='replace')[-2000:]}")


def cpu_s(pid: int) -> float:
    """Processor time that a running process has used so far, all its threads, seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_bytes(pid: int) -> int:
    """Memory of a running process that is in use now."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def load(module: str, plan: dict[str, Any]) -> Iterator[subprocess.Popen[bytes]]:
    """A load generator that has built its messages and waits for `run_load`."""
    with tempfile.TemporaryDirectory(prefix="sludgetrace-bench-") as folder:
        path = Path(folder) / "plan.json"
        path.write_bytes(orjson.dumps(plan))
        command = [sys.executable, "-m", module, str(path)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == b"ready", "the load generator did not start"
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()


def run_load(generator: subprocess.Popen[bytes]) -> dict[str, Any]:
    """Let it go; what it tells at the end."""
    out, _ = generator.communicate(b"go\n", timeout=LOAD_S)
    told: dict[str, Any] = orjson.loads(out.splitlines()[-1])
    return told
