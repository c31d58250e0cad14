"""Which gateway is killed? A process of `sludgetrace gateway jt808` that comes back on the same ports."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.first_page import free_port
from bench.ingest_jt808 import gateway_words
from bench.processes import UNLIMITED, wait_for


class Gateway:
    """On one database; nothing of it but the database outlives a kill."""

    def __init__(self, url: str) -> None:
        self.port, self._health = free_port(), free_port()
        self._folder = tempfile.TemporaryDirectory(prefix="sludgetrace-bench-")
        settings = {"SLUDGETRACE_DATABASE_URL": url, "SLUDGETRACE_STATE_DIR": self._folder.name}
        self._environ = os.environ | UNLIMITED | settings
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return once terminals can come."""
        log = Path(self._folder.name) / "log"
        command = [sys.executable, "-m", "cli.main", *gateway_words(self.port, self._health)]
        with log.open("ab") as written:
            self._process = subprocess.Popen(command, env=self._environ, stdout=written, stderr=written)
        wait_for(f"http://127.0.0.1:{self._health}/metrics", self._process, log)

    def kill(self) -> None:
        """SIGKILL, and gone."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def close(self) -> None:
        """SIGTERM at the end of it all; raises RuntimeError when it does not end well."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        status = self._process.wait(60)
        log = (Path(self._folder.name) / "log").read_text(errors="replace")
        self._folder.cleanup()
        if status:
            raise RuntimeError(f"the gateway ended with {status}: {log[-2000:]}")
