"""How much may somebody send who proves nothing?"""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import Engine

from app import create_app
from models.fixes import FixRow, RawMessage
from models.settings import Settings
from tests.web.phones.conftest import NOW
from tests.web.phones.conversations import CODE, LAT, LON, NOON_S
from tests.web.phones.stored import rows


@pytest.fixture
def strict(engine: Engine, settings: Settings) -> Flask:
    """The service with small bounds."""
    small = replace(
        settings,
        api_limit="100 per minute",
        unproven_limit="6 per day",
        unproven_per_sender=2,
        unproven_in_all=3,
    )
    app = create_app(small, engine)
    app.extensions["clock"] = lambda: NOW
    return app


def report(code: str, second: int, token: str = "") -> str:
    return f"/api/v1/osmand?id={code}&token={token}&timestamp={NOON_S + second}&lat={LAT}&lon={LON}"


def test_strangers_cannot_fill_the_quarantine(strict: Flask, engine: Engine, token: str) -> None:
    client = strict.test_client()
    statuses = [client.get(report("stranger", second)).status_code for second in range(3)]
    assert statuses == [200] * 3
    assert len(rows(engine, RawMessage)) == 2  # the third was answered and not kept
    statuses = [client.get(report(f"stranger{n}", 0)).status_code for n in range(3)]
    assert statuses == [200] * 3
    assert len(rows(engine, RawMessage)) == 3  # of all together
    answer = client.get(report("stranger9", 0))
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert (
        client.get(report(CODE, 0, token)).status_code == 200
    )  # whoever proves who it is has its own budget
    assert len(rows(engine, FixRow)) == 1


def test_a_flood_over_owntracks_is_told_to_try_again_so_that_no_app_throws_anything_away(
    strict: Flask, engine: Engine
) -> None:
    client = strict.test_client()
    answers = [client.post("/api/v1/owntracks", data=b"{}", auth=("stranger", "x")) for _ in range(8)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [503] * 2
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_long_message_needs_a_token(strict: Flask, engine: Engine, token: str) -> None:
    client = strict.test_client()
    long = b"[" + b",".join([b'{"id":"%s"}' % CODE.encode()] * 2000) + b"]"
    assert client.post("/api/v1/osmand", data=long).status_code == 413
    assert client.post(f"/api/v1/osmand?token={token}", data=long).status_code == 200
    assert client.post(f"/api/v1/osmand?token={token}", data=b"[" * 2_000_000).status_code == 413
    assert client.post("/api/v1/owntracks", data=b" " * 20_000, auth=(CODE, "x")).status_code == 413
