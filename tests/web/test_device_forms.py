"""Do the administrator's forms change devices, refuse what cannot be, and never tell a token twice?"""

import logging
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from gps_ingest.store.devices import device_of_token
from models.fleet import Device, DeviceBinding, DeviceModelField
from models.journeys import Watermark
from models.session import write_sessions
from models.vocabulary import Datum, Protocol
from tests import cast
from tests.cast import Cast
from tests.factories import DAY, ms
from tests.web.conftest import NOW, SignIn

TOKEN = re.compile(r'id="fresh-token" readonly value="([\w-]{43})"')
OURS = "/administration/devices/{}/D-QY-1"
NEW = {"code": "13912345678", "protocol": "jt808", "datum": "wgs84", "model": "", "utc_offset_minutes": ""}


@pytest.fixture
def admin(sign_in: SignIn) -> FlaskClient:
    return sign_in(cast.ADMINISTRATOR)


def device(engine: Engine, code: str = "D-QY-1") -> Device:
    with Session(engine) as session:
        return session.scalars(select(Device).where(Device.code == code)).one()


def stays(engine: Engine, code: str) -> list[DeviceBinding]:
    with Session(engine) as session:
        query = select(DeviceBinding).join(Device).where(Device.code == code)
        return list(session.scalars(query.order_by(DeviceBinding.valid_from)))


def test_a_device_is_registered_and_put_on_a_vehicle(engine: Engine, admin: FlaskClient) -> None:
    form = NEW | {
        "vehicle": "V-QY-1",
        "since": "2026-03-02T10:30",
        "utc_offset_minutes": "480",
        "model": "Z9",
    }
    answer = admin.post("/administration/devices/register", data=form)
    assert (answer.status_code, answer.headers["Location"].split("/")[-1]) == (302, "13912345678")
    row = device(engine, "13912345678")
    assert (row.protocol, row.datum, row.model, row.utc_offset_minutes, row.active) == (
        Protocol.JT808,
        Datum.WGS84,
        "Z9",
        480,
        True,
    )
    (stay,) = stays(engine, "13912345678")
    assert stay.valid_from.isoformat() == "2026-03-02T02:30:00+00:00"  # half past ten in the city


def test_without_a_time_a_stay_begins_now(engine: Engine, admin: FlaskClient) -> None:
    admin.post("/administration/devices/register", data=NEW | {"vehicle": "V-QY-1"})
    assert stays(engine, "13912345678")[0].valid_from == NOW


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": ""}, "此项必填"),
        ({"code": "x" * 65}, "不超过 64 个字符"),
        ({"code": "a\x07b"}, "不能作为终端编号"),
        ({"code": "D-QY-1"}, "该编号的终端已登记"),
        ({"vehicle": "V404"}, "没有此编号的车船"),
        ({"since": "noon"}, "不是有效的日期时间"),
        ({"protocol": "fax"}, "不是有效的选择"),
        ({"utc_offset_minutes": "9999"}, "不是有效的选择"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    change: dict[str, str], said: str, engine: Engine, admin: FlaskClient
) -> None:
    answer = admin.post("/administration/devices/register", data=NEW | {"model": "typed-by-me"} | change)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'class="summary"' in answer.text
    assert 'value="typed-by-me"' in answer.text
    with Session(engine) as session:
        assert session.scalar(select(Device.id).where(Device.model == "typed-by-me")) is None


def test_a_refused_stay_registers_no_device(engine: Engine, admin: FlaskClient) -> None:
    admin.post("/administration/devices/register", data=NEW | {"vehicle": "V404"})
    with Session(engine) as session:
        assert session.scalar(select(Device.id).where(Device.code == "13912345678")) is None


def test_another_datum_has_the_vehicle_analysed_again_from_its_first_fix(
    engine: Engine, admin: FlaskClient, people: Cast
) -> None:
    details = {"protocol": "json", "datum": "gcj02", "model": "", "utc_offset_minutes": ""}
    text = admin.post(OURS.format("change"), data=details, follow_redirects=True).text
    assert "将重新分析" in text
    with Session(engine) as session:
        mark = session.get_one(Watermark, people.ours.vehicle.id)
        assert mark.dirty_from_ms == ms(DAY)
    assert device(engine).datum is Datum.GCJ02
    again = admin.post(OURS.format("change"), data=details, follow_redirects=True).text
    assert "将重新分析" not in re.sub(r"(?s)<div class=\"pad notes\">.*?</div>", "", again)


def test_a_device_changes_its_vehicle_and_is_taken_off(engine: Engine, admin: FlaskClient) -> None:
    admin.post(OURS.format("bind"), data={"vehicle": "V-BH-1", "since": ""})
    assert [stay.valid_to for stay in stays(engine, "D-QY-1")] == [NOW, None]
    later = admin.post(OURS.format("unbind"), data={"until": "2026-03-02T15:00"})
    assert later.status_code == 302
    assert stays(engine, "D-QY-1")[-1].valid_to == DAY.replace(hour=7, minute=0)
    refused = admin.post(OURS.format("unbind"), data={"until": ""})
    assert (refused.status_code, "终端未绑定车船" in refused.text) == (422, True)


def test_a_stay_that_ends_before_it_begins_is_refused(admin: FlaskClient) -> None:
    for action, field in (("bind", "since"), ("unbind", "until")):
        form = {"vehicle": "V-BH-1", field: "2020-01-01T00:00"}
        answer = admin.post(OURS.format(action), data=form)
        assert (answer.status_code, "更晚开始的绑定" in answer.text) == (422, True), action


def test_a_token_is_shown_once_and_replaces_the_former(
    engine: Engine, admin: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    first, second = (TOKEN.findall(admin.post(OURS.format("token")).text)[0] for _ in range(2))
    with Session(engine) as session:
        assert device_of_token(session, first) is None
        assert device_of_token(session, second) == "D-QY-1"
    pages = [admin.get(path) for path in (OURS.format("manage"), "/devices/D-QY-1", "/devices")]
    assert all(second not in page.text for page in pages)
    assert second not in caplog.text
    assert "D-QY-1" in caplog.text  # that it was done is told
    assert second not in str(admin.get_cookie("sludgetrace"))


def test_a_page_with_a_token_is_kept_by_no_cache(admin: FlaskClient) -> None:
    answer = admin.post(OURS.format("token"))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


def test_a_token_is_revoked(engine: Engine, admin: FlaskClient) -> None:
    token = TOKEN.findall(admin.post(OURS.format("token")).text)[0]
    admin.post(OURS.format("revoke"))
    with Session(engine) as session:
        assert device_of_token(session, token) is None


def test_out_of_service_and_back(engine: Engine, admin: FlaskClient) -> None:
    assert "已停用" in admin.post(OURS.format("out-of-service"), follow_redirects=True).text
    assert not device(engine).active
    assert "D-QY-1" in admin.get("/devices?state=out_of_service").text
    assert "D-QY-1" not in admin.get("/devices?state=silent").text
    admin.post(OURS.format("in-service"))
    assert device(engine).active


def test_the_registration_of_a_replaced_terminal_is_forgotten(engine: Engine, admin: FlaskClient) -> None:
    with write_sessions(engine).begin() as session:
        row = session.scalars(select(Device).where(Device.code == "D-QY-1")).one()
        row.protocol, row.terminal_id, row.token_hash = Protocol.JT808, "70111-A-1", "0" * 64
    assert "70111-A-1" in admin.get(OURS.format("manage")).text
    admin.post(OURS.format("forget"))
    row = device(engine)
    assert (row.terminal_id, row.token_hash) == (None, None)


def test_devices_are_found_by_state_and_model(engine: Engine, admin: FlaskClient) -> None:
    admin.post("/administration/devices/register", data=NEW | {"model": "Z9"})
    for query in ("state=unbound", "state=silent", "q=z9"):
        text = admin.get(f"/devices?{query}").text
        assert ("13912345678" in text, "D-QY-1" in text) == (True, False), query


@pytest.mark.parametrize("action", ["manage", "change", "bind", "unbind", "token", "forget", "in-service"])
def test_what_is_no_device_is_404(action: str, admin: FlaskClient) -> None:
    path = f"/administration/devices/{action}/D404"
    answer = admin.get(path) if action == "manage" else admin.post(path, data={"vehicle": "V-QY-1"})
    assert answer.status_code == 404


def test_a_form_without_its_token_changes_nothing(service: Flask, engine: Engine, sign_in: SignIn) -> None:
    service.config["WTF_CSRF_ENABLED"] = True
    client = sign_in(cast.ADMINISTRATOR)
    answer = client.post(OURS.format("out-of-service"))
    assert (answer.status_code, device(engine).active) == (400, True)


def test_every_form_of_a_page_has_its_token_and_every_name_is_there_once(
    service: Flask, sign_in: SignIn, people: Cast
) -> None:
    service.config["WTF_CSRF_ENABLED"] = True
    client = sign_in(cast.ADMINISTRATOR)
    for path in (OURS.format("manage"), "/administration/devices/register", "/upload"):
        text = client.get(path).text
        posts, tokens = text.count('method="post"'), text.count('name="csrf_token"')
        assert posts == tokens >= 3, path
        ids = re.findall(r' id="([^"]+)"', text)
        assert sorted(ids) == sorted(set(ids)), path


def field(**change: str) -> dict[str, str]:
    form = {"name": "Z9", "quantity": "load_kg", "tlv": "E5", "offset_bytes": "0", "width_bytes": "2"}
    return form | {"scale": "10"} | change


def test_what_a_vendor_means_is_stated_and_taken_back(engine: Engine, admin: FlaskClient) -> None:
    assert admin.post("/administration/models/describe", data=field(signed="y")).status_code == 302
    admin.post("/administration/models/describe", data=field(tlv="e6"))
    with Session(engine) as session:
        row = session.scalars(select(DeviceModelField)).one()
        found = (row.tlv_id, row.width_bytes, row.signed, row.scale, row.quantity)
        assert found == (0xE6, 2, False, 10.0, "load_kg")
    assert "Z9" in admin.get("/administration/models").text
    removed = {"name": "Z9", "quantity": "load_kg"}
    assert admin.post("/administration/models/forget", data=removed).status_code == 302
    assert admin.post("/administration/models/forget", data=removed).status_code == 404
    with Session(engine) as session:
        assert session.scalars(select(DeviceModelField)).all() == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "此项必填"),
        ({"tlv": "XY"}, "十六进制 00 至 FF"),
        ({"tlv": "1FF"}, "十六进制 00 至 FF"),
        ({"offset_bytes": "254"}, "0 至 253"),
        ({"width_bytes": "9"}, "1 至 8 字节"),
        ({"scale": "0"}, "非零数值"),
        ({"scale": "nan"}, "非零数值"),
        ({"quantity": "fuel"}, "不是有效的选择"),
    ],
)
def test_a_field_that_cannot_be_is_refused(change: dict[str, str], said: str, admin: FlaskClient) -> None:
    answer = admin.post("/administration/models/describe", data=field(**change))
    assert (answer.status_code, said in answer.text) == (422, True), answer.text[-3000:]


def test_the_day_of_a_device_tells_hours_doubts_and_fixes(admin: FlaskClient) -> None:
    text = admin.get("/devices/D-QY-1").text
    assert "2026-03-02" in text
    assert text.count('class="bar"') >= 1
    before = (DAY - timedelta(days=1)).date().isoformat()
    assert "当日无定位点" in admin.get(f"/devices/D-QY-1?day={before}").text
