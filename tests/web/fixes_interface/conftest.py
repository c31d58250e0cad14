"""A service that takes small batches only, the token of a device, and how it posts."""

from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from app import create_app
from gps_ingest.store.devices import bind_device, issue_token, register_device
from models.session import write_sessions
from models.settings import Settings
from models.vocabulary import Protocol
from tests.factories import vehicle
from tests.web.fixes_interface.posting import MOST_BYTES, MOST_FIXES, NOW, Post


@pytest.fixture
def app(engine: Engine, tmp_path: Path) -> Flask:
    settings = Settings(state_dir=str(tmp_path), max_batch_fixes=MOST_FIXES, max_batch_bytes=MOST_BYTES)
    app = create_app(settings, engine)
    app.extensions["clock"] = lambda: NOW
    return app


@pytest.fixture
def token(engine: Engine) -> str:
    """The token of device D1, which rides on a vehicle."""
    with write_sessions(engine).begin() as session:
        truck = vehicle(session, code="V1")
        bind_device(
            session, register_device(session, "D1", Protocol.JSON), truck.code, NOW - timedelta(days=1)
        )
        return issue_token(session, "D1")


@pytest.fixture
def post(app: Flask, token: str) -> Post:
    """POST a body to the interface with the device's token, or with another one."""
    client: FlaskClient = app.test_client()

    def send(body: object, shown: str | None = token) -> TestResponse:
        headers = {} if shown is None else {"Authorization": f"Bearer {shown}"}
        data = body if isinstance(body, bytes) else orjson.dumps(body)
        return client.post("/api/v1/fixes", data=data, content_type="application/json", headers=headers)

    return send
