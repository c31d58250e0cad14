"""Do the pages show raw messages as they came, and where they came from?"""

import re
from datetime import timedelta

import orjson
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from gps_ingest.store.raw_messages import Message
from gps_ingest.store.receive import take_message
from models.fixes import RawMessage
from models.session import write_sessions
from models.thresholds import DoubtThresholds
from models.vocabulary import Protocol, RawStatus
from tests import cast
from tests.cast import Cast
from tests.factories import DAY, ms
from tests.web.conftest import SignIn
from web.kept_reasons import kept_reason

LIMITS = DoubtThresholds()


NEW = {"protocol": "json", "datum": "wgs84", "model": "", "utc_offset_minutes": "", "vehicle": ""}


@pytest.fixture
def admin(sign_in: SignIn) -> FlaskClient:
    return sign_in(cast.ADMINISTRATOR)


def fix(minute: float = 0.0) -> dict[str, object]:
    return {"time": ms(DAY + timedelta(minutes=minute)), "lat": 31.25, "lon": 120.5}


def send(engine: Engine, code: str, *items: object, minute: float = 0.0) -> None:
    at = DAY + timedelta(minutes=minute)
    message = Message(code, Protocol.JSON, orjson.dumps(items), "198.51.100.7:4000", at)
    with write_sessions(engine).begin() as session:
        take_message(session, message, LIMITS)


def newest(engine: Engine) -> str:
    """The address of the newest message."""
    with Session(engine) as session:
        return f"/messages/{session.scalar(select(func.max(RawMessage.id)))}"


def newest_id(engine: Engine) -> str:
    return newest(engine).rpartition("/")[2]


def register(engine: Engine, client: FlaskClient, **more: str) -> TestResponse:
    return client.post("/quarantine/register", data=NEW | {"up_to": newest_id(engine)} | more)


def test_raw_bytes_come_as_they_were(engine: Engine, admin: FlaskClient) -> None:
    body = bytes(range(256)) + b"<script>"
    with write_sessions(engine).begin() as session:
        take_message(session, Message("D9", Protocol.JSON, body, "198.51.100.7", DAY), LIMITS)
    answer = admin.get(f"{newest(engine)}/body")
    assert answer.data == body
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    page = admin.get(newest(engine)).text
    assert "f0 f1 f2" in page
    assert "·" in page


@pytest.mark.parametrize("path", ["/messages/99", "/messages/99/body", f"/messages/{2**70}"])
def test_what_is_no_message_is_404(path: str, admin: FlaskClient) -> None:
    assert admin.get(path).status_code == 404


def test_messages_of_a_device_are_also_those_before_it_was_registered(
    engine: Engine, admin: FlaskClient
) -> None:
    send(engine, "D9", fix())
    send(engine, "D8", fix())
    register(engine, admin, sender="D9")
    send(engine, "D9", fix(1), minute=1)
    assert len(set(re.findall(r'"/messages/(\d+)"', admin.get("/messages?device=D9").text))) == 2
    only = admin.get("/messages?device=D9&status=accepted").text
    assert len(set(re.findall(r'"/messages/(\d+)"', only))) == 1
    assert "没有符合条件的报文" in admin.get("/messages?device=D404").text


def test_pages_of_messages_put_together_are_all_of_them(engine: Engine, admin: FlaskClient) -> None:
    with write_sessions(engine).begin() as session:
        for minute in range(120):
            body = orjson.dumps([fix(minute)])
            take_message(session, Message("D9", Protocol.JSON, body, "198.51.100.7", DAY), LIMITS)
    seen, path = list[str](), "/messages?device=D9"
    while path:
        text = admin.get(path).text
        seen += re.findall(r'<th scope="row"><a href="/messages/(\d+)"', text)
        following = re.search(r'href="([^"]+)" rel="next"|rel="next" href="([^"]+)"', text)
        path = "" if following is None else (following[1] or following[2]).replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 120


def test_where_messages_came_from_is_told_by_address(
    engine: Engine, admin: FlaskClient, people: Cast
) -> None:
    send(engine, "D-QY-1", fix(200))
    text = admin.get("/devices/D-QY-1").text
    assert '<th scope="row">198.51.100.7</th>' in text
    with Session(engine) as session:
        assert (
            session.scalars(select(RawMessage.status).order_by(RawMessage.id.desc())).first()
            is RawStatus.ACCEPTED
        )


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (None, "部分收取"),
        ("the device is out of service", "终端已停用。"),
        ("2 not taken: [1] lat: is missing", "2 项未收: [1] lat: 缺少此项"),
        ("a reason of tomorrow", "a reason of tomorrow"),
    ],
)
def test_reasons_are_told_in_the_reader_s_language(reason: str | None, said: str, service: object) -> None:
    with service.test_request_context():  # type: ignore[attr-defined]
        assert said in kept_reason(reason)
