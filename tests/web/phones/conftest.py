"""On what do the tests of phones stand? The service on a port, and a phone that is registered."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine
from werkzeug.serving import make_server

from app import create_app
from gps_ingest.store.devices import issue_token, register_device
from models.session import write_sessions
from models.settings import Settings
from models.vocabulary import Protocol
from tests.web.phones.conversations import CODE

NOW = datetime(2026, 3, 2, 12, 0, 30, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state_dir=str(tmp_path))


@pytest.fixture
def app(engine: Engine, settings: Settings) -> Flask:
    app = create_app(settings, engine)
    app.extensions["clock"] = lambda: NOW
    return app


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    """The service on a port of this machine."""
    with served(app) as number:
        yield number


@contextmanager
def served(app: Flask) -> Iterator[int]:
    """The same for any service."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def token(engine: Engine) -> str:
    return token_in(engine)


def token_in(engine: Engine) -> str:
    """The token of the phone CODE, which is registered now."""
    with write_sessions(engine).begin() as session:
        register_device(session, CODE, Protocol.OSMAND)
        return issue_token(session, CODE)
