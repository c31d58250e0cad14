"""What becomes of messages that are no ordinary report?"""

import pytest
from flask import Flask
from sqlalchemy import Engine

from models.fixes import FixRow, RawMessage
from models.vocabulary import Doubt, RawStatus
from tests.web.phones.conversations import CODE, NOON_S, lines, talk, traccar_10
from tests.web.phones.stored import rows, the_fix


def test_a_message_without_a_place_is_a_sign_of_life(engine: Engine, port: int, token: str) -> None:
    request = lines(f"GET /api/v1/osmand?token={token}&id={CODE}&timestamp={NOON_S} HTTP/1.1", "Host: x")
    assert talk(port, request) == [(200, b"")]
    assert rows(engine, FixRow) == []
    assert [raw.status for raw in rows(engine, RawMessage)] == [RawStatus.ACCEPTED]


def test_a_position_that_another_app_made_up_is_no_position(engine: Engine, port: int, token: str) -> None:
    talk(port, traccar_10(token).replace(b"&batt=87&charge=true", b"&batt=87&mock=true  "))
    assert Doubt.NOT_FIXED & the_fix(engine).doubts


@pytest.mark.parametrize(
    "path",
    [
        "osmand",
        "osmand?lat=1&lon=2&timestamp=3",
        "osmand?id=&lat=1",
        "osmand?id=%00&lat=1",
        "osmand?id=" + "x" * 65,
    ],
)
def test_a_message_that_names_no_device_is_turned_away(path: str, engine: Engine, port: int) -> None:
    assert talk(port, lines(f"GET /api/v1/{path} HTTP/1.1", "Host: x"))[0][0] == 400
    assert rows(engine, RawMessage) == []


def test_whoever_only_looks_reports_nothing(engine: Engine, app: Flask, token: str) -> None:
    answer = app.test_client().head(f"/api/v1/osmand?token={token}&id={CODE}&lat=1&lon=2&timestamp={NOON_S}")
    assert answer.status_code == 405
    assert rows(engine, RawMessage) == []


def test_owntracks_without_a_user_is_asked_for_one(engine: Engine, app: Flask) -> None:
    answer = app.test_client().post("/api/v1/owntracks", data=b"{}", headers={"X-Limit-U": CODE})
    assert (answer.status_code, answer.headers["WWW-Authenticate"][:5]) == (401, "Basic")
    assert rows(engine, RawMessage) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", None),
        (b'{"_type":"configuration","password":"geheim"}', None),
        (b'{"_type":"waypoints","waypoints":[]}', None),
        (b'{"_type":"card","name":"N","face":"iVBO"}', None),
        (b'{"_type":"transition","event":"leave","tst":1,"lat":1,"lon":2}', RawStatus.ACCEPTED),
        (b'{"_type":"lwt","tst":1772452800}', None),
        (b'{"_type":"encrypted","data":"AAAA"}', RawStatus.REFUSED),
        (b'{"_type":"location","lat":1}', RawStatus.REFUSED),
        (b'{"_type":"nonsense"}', RawStatus.REFUSED),
        (b"\xff\x00 no json", RawStatus.REFUSED),
    ],
)
def test_every_message_of_owntracks_is_acknowledged(
    body: bytes, status: RawStatus | None, engine: Engine, app: Flask, token: str
) -> None:
    answer = app.test_client().post("/api/v1/owntracks", data=body, auth=(CODE, token))
    assert (answer.status_code, answer.json) == (200, [])
    assert rows(engine, FixRow) == []
    assert [raw.status for raw in rows(engine, RawMessage)] == ([] if status is None else [status])


@pytest.mark.parametrize("body", [b"{", b'{"lat":1}', b"[", b"[1]", b'{"location":[]}'])
def test_json_whose_device_stands_in_the_address(body: bytes, engine: Engine, app: Flask, token: str) -> None:
    for named in (f"id={CODE}&token={token}", f"id={token}", f"token={token}"):
        assert app.test_client().post(f"/api/v1/osmand?{named}", data=body).status_code == 200
    [raw] = rows(engine, RawMessage)
    assert (raw.device_code, raw.body) == (CODE, body)


def test_a_token_in_the_name_is_found_behind_escapes_too(engine: Engine, app: Flask, token: str) -> None:
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in token)
    body = f'{{"device_id":"{escaped}","lat":31.25,"lon":120.5,"timestamp":{NOON_S}}}'
    assert app.test_client().post("/api/v1/osmand", data=body.encode()).status_code == 200
    [raw] = rows(engine, RawMessage)
    assert raw.status is RawStatus.ACCEPTED
    assert (token.encode() in raw.body, escaped.encode() in raw.body) == (False, False)
