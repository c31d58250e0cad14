"""How much may somebody send who proves nothing?"""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import Engine

from app import create_app
from gps_ingest.store.devices import find_device
from models.fixes import FixRow, RawMessage
from models.session import write_sessions
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
    answers = [client.get(report(f"stranger{n}", 0)) for n in range(3)]
    assert [answer.status_code for answer in answers] == [200, 503, 503]  # kept, or told to come again
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert len(rows(engine, RawMessage)) == 3  # of all together
    answer = client.get(report("stranger9", 0))
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert (
        client.get(report(CODE, 0, token)).status_code == 200
    )  # whoever proves who it is has its own budget
    assert len(rows(engine, FixRow)) == 1


def test_what_a_phone_out_of_service_sends_is_bounded_too(strict: Flask, engine: Engine, token: str) -> None:
    with write_sessions(engine).begin() as session:
        find_device(session, CODE).active = False
    client = strict.test_client()
    statuses = [client.get(report(CODE, second, token)).status_code for second in range(4)]
    assert statuses == [200] * 4
    assert len(rows(engine, RawMessage)) == 2
    long = b"[" + b",".join([b'{"id":"%s"}' % CODE.encode()] * 2000) + b"]"
    assert client.post(f"/api/v1/osmand?token={token}", data=long).status_code == 413


def test_one_address_has_a_share_of_the_room(settings: Settings, engine: Engine) -> None:
    app = create_app(replace(settings, unproven_per_address=2), engine)
    app.extensions["clock"] = lambda: NOW
    client = app.test_client()

    def status(code: str, address: str) -> int:
        return client.get(report(code, 0), environ_base={"REMOTE_ADDR": address}).status_code

    assert [status(f"stranger{n}", "192.0.2.1") for n in range(4)] == [200, 200, 503, 503]
    assert status("phone", "192.0.2.2") == 200
    assert len(rows(engine, RawMessage)) == 3


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
