"""Does quarantine show what waits, let it out once it is known whose it is, and run nothing that it shows?"""

import re
from datetime import timedelta

import orjson
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from gps_ingest.decoders.json_batch import decode
from gps_ingest.store.acceptance import Arrival, accept_all
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.receive import take_message
from models.fixes import FixRow, RawMessage, RawRelease
from models.fleet import Device
from models.session import write_sessions
from models.thresholds import DoubtThresholds
from models.vocabulary import Protocol, ReleaseDecision
from tests import cast
from tests.cast import Cast
from tests.factories import DAY, ms
from tests.web.conftest import NOW, SignIn
from web.pages.quarantine import MESSAGES_AT_ONCE

LIMITS = DoubtThresholds()


HOSTILE = '<img src=x onerror="alert(1)">'


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


def new_fixes(engine: Engine, code: str) -> int:
    with Session(engine) as session:
        query = select(FixRow).join(Device, Device.id == FixRow.device_id).where(Device.code == code)
        return len(session.scalars(query).all())


def newest(engine: Engine) -> str:
    """The address of the newest message."""
    with Session(engine) as session:
        return f"/messages/{session.scalar(select(func.max(RawMessage.id)))}"


def newest_id(engine: Engine) -> str:
    return newest(engine).rpartition("/")[2]


def register(engine: Engine, client: FlaskClient, **more: str) -> TestResponse:
    return client.post("/quarantine/register", data=NEW | {"up_to": newest_id(engine)} | more)


def waiting(client: FlaskClient) -> set[str]:
    return set(re.findall(r'/quarantine/sender\?code=([^"]+)"', client.get("/quarantine").text))


def test_nothing_waits_says_so(admin: FlaskClient) -> None:
    assert "没有待处理报文" in admin.get("/quarantine").text


def test_what_waits_stands_by_sender_and_reason(engine: Engine, admin: FlaskClient, people: Cast) -> None:
    send(engine, "D9", fix())
    send(engine, "D9", fix(1), minute=90)
    send(engine, "D-QY-1", fix(), {"lat": 1})
    text = admin.get("/quarantine").text
    assert waiting(admin) == {"D9", "D-QY-1"}
    assert "终端未登记。" in text
    assert "部分收取" in text
    row = re.search(r"(?s)<tr><th[^>]*><a[^>]*>D9</a>.*?</tr>", text)
    assert row is not None
    assert "2026-03-02 08:00" in row[0]
    assert "09:30" in row[0]


def test_an_unknown_sender_is_looked_at(engine: Engine, admin: FlaskClient) -> None:
    send(engine, "D9", fix(), {"lat": 1})
    text = admin.get("/quarantine/sender?code=D9").text
    assert "可解出定位点 1 个" in text
    assert "31.250000, 120.500000" in text
    assert "recorded_at" in text
    assert "5b 7b 22 74" in text  # [{"t


def test_registered_and_released_in_one(engine: Engine, admin: FlaskClient, people: Cast) -> None:
    send(engine, "D9", fix())
    send(engine, "D9", fix(1), {"lat": 1}, minute=1)
    text = register(engine, admin, sender="D9", vehicle="V-QY-1", since="2026-03-01T00:00").text
    assert "已放行 2 条报文" in text
    assert "recorded_at" in text  # what was not taken, with its reason
    assert (new_fixes(engine, "D9"), waiting(admin)) == (2, set())
    with Session(engine) as session:
        releases = session.scalars(select(RawRelease).order_by(RawRelease.id)).all()
        assert [(one.released_by, one.released_at, one.accepted, one.not_taken) for one in releases] == [
            (cast.ADMINISTRATOR, NOW, 1, 0),
            (cast.ADMINISTRATOR, NOW, 1, 2),
        ]
    history = admin.get("/quarantine").text
    assert "近期处理" in history
    assert f">{cast.ADMINISTRATOR}</td>" in history


def test_neither_registered_nor_released_when_one_cannot_be(engine: Engine, admin: FlaskClient) -> None:
    send(engine, "D9", fix())
    answer = register(engine, admin, sender="D9", vehicle="V404")
    assert (answer.status_code, "没有此编号的车船" in answer.text) == (422, True)
    with Session(engine) as session:
        assert session.scalar(select(Device.id).where(Device.code == "D9")) is None
        assert session.scalars(select(RawRelease)).all() == []
    assert waiting(admin) == {"D9"}


def send_unproven(engine: Engine, code: str, minute: float) -> str:
    """The number of a message whose sender did not prove to be the device."""
    message = Message(code, Protocol.JSON, orjson.dumps([fix(minute)]), "198.51.100.7:4000", NOW)
    arrival = Arrival(message, decode(message.body), distrust="the sender showed no token")
    with write_sessions(engine).begin() as session:
        [acceptance] = accept_all(session, [arrival], LIMITS)
    return str(acceptance.raw_id)


def test_what_was_not_proved_needs_a_word_of_its_own(
    engine: Engine, admin: FlaskClient, people: Cast
) -> None:
    form = {"sender": "D-QY-1", "up_to": send_unproven(engine, "D-QY-1", 300)}
    later = send_unproven(engine, "D-QY-1", 301)
    before = new_fixes(engine, "D-QY-1")
    page = admin.get("/quarantine/sender?code=D-QY-1").text
    assert "发送方未出示令牌" in page
    assert "任何人都可以冒用其编号发送" in page
    refused = admin.post("/quarantine/release", data=form)
    assert (refused.status_code, "请先确认" in refused.text) == (409, True)
    assert new_fixes(engine, "D-QY-1") == before
    confirmed = form | {"distrusted": "yes"}
    assert "已放行 1 条报文" in admin.post("/quarantine/release", data=confirmed).text
    assert new_fixes(engine, "D-QY-1") == before + 1, "what came since was not shown"
    again = admin.post("/quarantine/release", data=confirmed, follow_redirects=True)
    assert "该组已无待处理报文" in again.text
    assert new_fixes(engine, "D-QY-1") == before + 1
    assert "发送方未证实身份而放行" in admin.get(f"/messages/{form['up_to']}").text
    assert "发送方未证实身份而放行" not in admin.get(f"/messages/{later}").text


def test_what_is_rejected_waits_no_longer_and_keeps_its_bytes(
    engine: Engine, admin: FlaskClient, people: Cast
) -> None:
    before = new_fixes(engine, "D-QY-1")
    raw_id = send_unproven(engine, "D-QY-1", 300)
    form = {"sender": "D-QY-1", "up_to": raw_id}
    page = admin.post("/quarantine/reject", data=form, follow_redirects=True).text
    assert "已退回 1 条报文" in page
    assert (waiting(admin), new_fixes(engine, "D-QY-1")) == (set(), before)
    assert admin.get(f"/messages/{raw_id}/body").data == orjson.dumps([fix(300)])
    assert "已退回" in admin.get(f"/messages/{raw_id}").text
    with Session(engine) as session:
        decided = session.scalars(select(RawRelease)).one()
        found = (decided.decision, decided.accepted, decided.released_by)
        assert found == (ReleaseDecision.REJECTED, 0, cast.ADMINISTRATOR)


def test_what_came_over_another_protocol_needs_a_word_too(engine: Engine, admin: FlaskClient) -> None:
    send(engine, "D9", fix())
    answer = register(engine, admin, sender="D9", protocol="osmand")
    assert answer.status_code == 302, "registered, and nothing released"
    form = {"sender": "D9", "up_to": newest_id(engine)}
    assert admin.post("/quarantine/release", data=form).status_code == 409
    assert new_fixes(engine, "D9") == 0
    assert admin.post("/quarantine/release", data=form | {"other_protocol": "yes"}).status_code == 200
    assert new_fixes(engine, "D9") == 1


@pytest.mark.parametrize("path", ["release", "reject", "register"])
def test_a_decision_about_nothing_that_was_shown_is_none(
    path: str, engine: Engine, admin: FlaskClient, people: Cast
) -> None:
    send(engine, "D9", fix())
    for up_to in ("", "x", "0", str(2**70)):
        form = NEW | {"sender": "D9", "up_to": up_to}
        assert admin.post(f"/quarantine/{path}", data=form).status_code == 400, up_to
    if path != "register":
        form = {"sender": "D-QY-1", "up_to": newest_id(engine)}
        assert admin.post(f"/quarantine/{path}", data=form).status_code == 404, "another sender's"
    assert waiting(admin) == {"D9"}


def test_nothing_is_let_out_of_a_device_out_of_service_or_unknown(
    engine: Engine, admin: FlaskClient, people: Cast
) -> None:
    send(engine, "D9", fix())
    with write_sessions(engine).begin() as session:
        session.scalars(select(Device).where(Device.code == "D-QY-1")).one().active = False
    send(engine, "D-QY-1", fix())
    for code, said in (("D9", "终端未登记"), ("D-QY-1", "请先恢复启用")):
        page = admin.get(f"/quarantine/sender?code={code}").text
        up_to = re.search(r'name="up_to" value="(\d+)"', page)
        assert up_to is not None
        answer = admin.post("/quarantine/release", data={"sender": code, "up_to": up_to[1]})
        assert (answer.status_code, said in answer.text) == (409, True), code
    assert waiting(admin) == {"D9", "D-QY-1"}


def test_many_are_let_out_some_at_a_time(engine: Engine, admin: FlaskClient) -> None:
    with write_sessions(engine).begin() as session:
        for minute in range(MESSAGES_AT_ONCE + 3):
            at = DAY + timedelta(minutes=minute)
            body = orjson.dumps([fix(minute)])
            take_message(session, Message("D9", Protocol.JSON, body, "198.51.100.7", at), LIMITS)
    text = register(engine, admin, sender="D9").text
    assert f"已放行 {MESSAGES_AT_ONCE} 条报文" in text
    assert 'value">3</span>' in text
    rest = {"sender": "D9", "up_to": newest_id(engine)}
    assert "已放行 3 条报文" in admin.post("/quarantine/release", data=rest).text
    assert new_fixes(engine, "D9") == MESSAGES_AT_ONCE + 3


@pytest.mark.parametrize(
    "code", [HOSTILE, "..", ".", "a//b", "a?b#c&d=e", "%2e%2e", "' OR 1=1 --", "{{ 7 * 7 }}"]
)
def test_whatever_a_sender_calls_itself_is_shown_and_never_run(
    code: str, engine: Engine, admin: FlaskClient
) -> None:
    send(engine, code, {"lat": "<script>alert(1)</script>"})
    listed = admin.get("/quarantine").text
    link = re.search(r'href="(/quarantine/sender\?code=[^"]+)"', listed)
    assert link is not None
    page = admin.get(link[1].replace("&amp;", "&"))
    assert page.status_code == 200
    for text in (listed, page.text, admin.get("/messages").text, admin.get(newest(engine)).text):
        assert "<img src=x" not in text
        assert "<script>alert" not in text
        assert ">49<" not in text
    released = register(engine, admin, sender=code)
    assert (released.status_code, "已放行 1 条报文" in released.text) == (200, True)


def test_a_sender_of_whom_nothing_ever_waited_is_404(admin: FlaskClient) -> None:
    assert admin.get("/quarantine/sender?code=D404").status_code == 404
    assert admin.get("/quarantine/sender").status_code == 404


def test_the_regulator_looks_and_has_no_button(engine: Engine, sign_in: SignIn) -> None:
    send(engine, "D9", fix())
    text = sign_in(cast.REGULATOR).get("/quarantine/sender?code=D9").text
    assert "/quarantine/register" not in text
    assert "/quarantine/release" not in text
    assert "/quarantine/reject" not in text
