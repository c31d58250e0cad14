"""Is every message over HTTP counted by what became of it, and shown to whoever has the token alone?"""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from app import create_app
from gps_ingest.store.devices import issue_token, register_device
from models.session import write_sessions
from models.settings import Settings
from models.vocabulary import Protocol

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
READER = {"Authorization": "Bearer reader"}


@pytest.fixture
def app(engine: Engine, tmp_path: Path) -> Flask:
    bounds = Settings(state_dir=str(tmp_path), metrics_token="reader", unproven_limit="3 per day")
    app = create_app(replace(bounds, unproven_per_sender=1, max_batch_bytes=1000), engine)
    app.extensions["clock"] = lambda: NOW
    return app


def figures(client: FlaskClient) -> dict[str, float]:
    """Counter with its labels → value."""
    text = client.get("/metrics", headers=READER).get_data(as_text=True)
    pairs = (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, value in pairs if not name.endswith("_created")}


def test_what_became_of_each_message(app: Flask, engine: Engine) -> None:
    with write_sessions(engine).begin() as session:
        register_device(session, "D1", Protocol.OSMAND)
        token = issue_token(session, "D1")
    client = app.test_client()
    place = f"/api/v1/osmand?id=D1&token={token}&lon=120.5&timestamp=2026-03-02T"
    good, ahead, bad = f"{place}11:59:00Z&lat=31", f"{place}12:10:00Z&lat=32", f"{place}12:00:00Z&lat=x"
    for address in (good, good, ahead, bad):
        assert client.get(address).status_code == 200
    for statuses in (200, 200, 200, 429):  # one waits, two are not kept, then it is enough
        assert client.get(good.replace("D1", "x")).status_code == statuses
    assert client.post("/api/v1/osmand", data=b"x" * 2000).status_code == 429
    assert client.post("/api/v1/fixes", data=b"[]").status_code == 401
    told = figures(client)
    assert told["sludgetrace_messages_received_total"] == 10
    assert told['sludgetrace_http_answers_total{address="/api/v1/fixes",status="401"}'] == 1
    assert told["sludgetrace_fixes_accepted_total"] == 2
    assert told["sludgetrace_fixes_repeated_total"] == 1
    assert told['sludgetrace_fixes_doubted_total{reason="future"}'] == 1
    assert told["sludgetrace_items_refused_total"] == 1
    assert told["sludgetrace_items_quarantined_total"] == 1
    assert told["sludgetrace_messages_not_kept_total"] == 2
    assert told['sludgetrace_http_answers_total{address="/api/v1/osmand",status="200"}'] == 7
    assert told['sludgetrace_http_answers_total{address="/api/v1/osmand",status="429"}'] == 2


def test_only_the_token_opens_the_figures(app: Flask, engine: Engine, tmp_path: Path) -> None:
    client = app.test_client()
    for shown in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "reader"}):
        assert client.get("/metrics", headers=shown).status_code == 401
    closed = create_app(Settings(state_dir=str(tmp_path)), engine).test_client()
    assert closed.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
