"""Is a file taken, by hand or with a token, as a message is: once, item by item, from whom may file?"""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import create_app
from gps_ingest.store.devices import issue_token
from gps_ingest.store.held_back import OUTSIDE_STAYS
from models.fixes import FixRow, RawMessage
from models.fleet import Device, DeviceBinding
from models.session import write_sessions
from models.settings import Settings
from models.vocabulary import Protocol, RawStatus
from tests import cast
from tests import factories as make
from tests.cast import Cast
from tests.web.conftest import NOW, SignIn, session_of

GPX = (
    '<gpx version="1.1" creator="x"><trk><trkseg>'
    '<trkpt lat="31.2" lon="120.6"><time>2026-03-02T00:00:00Z</time></trkpt>'
    '<trkpt lat="31.2" lon="120.61"><time>{second}</time></trkpt></trkseg></trk></gpx>'
)
GOOD = GPX.format(second="2026-03-02T00:01:00Z")
CSV = "recorded_at,lat,lon\n2026-03-02T00:00:00Z,31.5,120\n2026-03-02T00:00:01Z,x,120\n"


@pytest.fixture
def admin(sign_in: SignIn, people: Cast) -> FlaskClient:
    return sign_in(cast.ADMINISTRATOR)


def upload(
    client: FlaskClient, content: str | bytes = GOOD, name: str = "way.gpx", **form: str
) -> TestResponse:
    body = content.encode() if isinstance(content, str) else content
    data = {"device": "D-QY-1", "format": ""} | form | {"file": (BytesIO(body), name)}
    return client.post("/upload", data=data, content_type="multipart/form-data")


def as_logger(engine: Engine, code: str = "D-QY-1") -> None:
    with write_sessions(engine).begin() as session:
        session.scalars(select(Device).where(Device.code == code)).one().protocol = Protocol.GPX


def rows(engine: Engine) -> int:
    with Session(engine) as session:
        return len(session.scalars(select(FixRow.time_ms)).all())


def test_a_file_is_taken_once_and_tells_what_became_of_it(engine: Engine, admin: FlaskClient) -> None:
    before = rows(engine)
    first, again = upload(admin).text, upload(admin).text
    assert rows(engine) == before + 2
    assert 'value">2</span>' in first.split("新增定位点")[1][:60]
    assert 'value">2</span>' in again.split("原已入库")[1][:60]
    assert "补传" in first  # uploaded hours later
    with Session(engine) as session:
        raw = session.scalars(select(RawMessage).order_by(RawMessage.id.desc())).first()
        assert raw is not None
        assert (raw.source, raw.body, raw.received_at) == ("guan: way.gpx", GOOD.encode(), NOW)


def test_refusals_stand_with_place_and_field(admin: FlaskClient) -> None:
    text = upload(admin, CSV, "way.csv").text
    assert "第 3 行" in text
    assert "不是数值" in text


def test_the_chosen_format_counts_more_than_the_name(engine: Engine, admin: FlaskClient) -> None:
    before = rows(engine)
    assert upload(admin, CSV, "way.gpx", format="csv").status_code == 200
    assert rows(engine) == before + 1


def test_what_is_no_track_is_answered_with_the_reason(engine: Engine, admin: FlaskClient) -> None:
    before = rows(engine)
    answer = upload(admin, b"\x00\xff junk", "way.gpx")
    assert (answer.status_code, "未能收取" in answer.text) == (200, True)
    assert rows(engine) == before


@pytest.mark.parametrize(
    ("form", "name", "said"),
    [
        ({"device": "D404"}, "way.gpx", "没有此终端"),
        ({"device": ""}, "way.gpx", "此项必填"),
        ({}, "way.dat", "请选择格式"),
        ({}, "", "请选择文件"),
        ({"format": "fax"}, "way.gpx", "不是有效的选择"),
    ],
)
def test_what_cannot_be_filed(form: dict[str, str], name: str, said: str, admin: FlaskClient) -> None:
    answer = upload(admin, name=name, **form)
    assert (answer.status_code, said in answer.text) == (422, True)


OWN = rb"\s:s,c:1772409600*47\!AIVDM,1,1,,A,13HOI:0P0000VOHLCnHQKwvL05Ip,0*23"


def ais_log(*lines: bytes) -> str:
    return b"\n".join(lines).decode()


def test_an_ais_log_keeps_the_one_vessel_and_needs_times_of_receipt(
    engine: Engine, admin: FlaskClient
) -> None:
    with write_sessions(engine).begin() as session:
        make.device(session, code="227006760", protocol=Protocol.AIS)
    undated = OWN.split(b"\\")[-1]
    refused = upload(admin, ais_log(undated), "log.ais", device="227006760")
    assert (refused.status_code, "--received-at" in refused.text) == (422, True)
    other = undated.replace(b"13HOI:0P", b"15MgK45P")
    nobody = upload(admin, ais_log(undated), "log.ais", device="D-QY-1")
    assert (nobody.status_code, "没有该船舶的报文" in nobody.text) == (422, True)
    answer = upload(admin, ais_log(OWN, other), "log.ais", device="227006760")
    assert answer.status_code == 200
    with Session(engine) as session:
        raw = session.scalars(select(RawMessage).where(RawMessage.device_code == "227006760")).one()
        assert b"13HOI:0P" in raw.body
        assert session.scalars(select(FixRow).where(FixRow.raw_id == raw.id)).one().lat_e7 > 0


def test_a_device_out_of_service_takes_no_file(engine: Engine, admin: FlaskClient) -> None:
    with write_sessions(engine).begin() as session:
        session.scalars(select(Device).where(Device.code == "D-QY-1")).one().active = False
    assert upload(admin).status_code == 422


def test_a_hauler_files_for_its_own_loggers_only(engine: Engine, sign_in: SignIn, people: Cast) -> None:
    hauler = sign_in(cast.HAULER)
    assert "没有可供您上传文件的终端" in hauler.get("/upload").text
    assert upload(hauler).status_code == 422  # a terminal that reports by itself
    as_logger(engine)
    as_logger(engine, "D-BH-1")
    assert upload(hauler, device="D-BH-1").status_code == 422  # somebody else's
    assert "D-BH-1" not in hauler.get("/upload").text
    assert upload(hauler).status_code == 200
    for username in (cast.PLANT, cast.SITE, cast.REGULATOR):
        assert upload(sign_in(username)).status_code == 403


def test_a_hauler_writes_nothing_into_anothers_past(engine: Engine, sign_in: SignIn, people: Cast) -> None:
    as_logger(engine)
    moved = datetime(2026, 3, 2, 0, 0, 30, tzinfo=UTC)  # between the two points of the file
    with write_sessions(engine).begin() as session:
        logger = session.scalars(select(Device).where(Device.code == "D-QY-1")).one()
        others = session.scalars(select(Device).where(Device.code == "D-BH-1")).one().bindings[0].vehicle_id
        [stay] = logger.bindings
        before = DeviceBinding(
            device_id=logger.id, vehicle_id=others, valid_from=stay.valid_from, valid_to=moved
        )
        stay.valid_from = moved
        session.flush()
        session.add(before)
    count = rows(engine)
    text = upload(sign_in(cast.HAULER)).text
    assert "该时段终端不在填报单位的车船上" in text
    assert rows(engine) == count + 1  # only the point of its own time
    with Session(engine) as session:
        raw = session.scalars(select(RawMessage).order_by(RawMessage.id.desc())).first()
        assert raw is not None
        assert (raw.body, raw.status) == (GOOD.encode(), RawStatus.QUARANTINED)
        assert OUTSIDE_STAYS in (raw.reason or "")
    assert OUTSIDE_STAYS not in upload(sign_in(cast.ADMINISTRATOR)).text
    assert rows(engine) == count + 2


def test_a_file_too_large_is_refused(engine: Engine, people: Cast, settings: Settings) -> None:
    small = create_app(Settings(state_dir=settings.state_dir, max_upload_bytes=2000), engine)
    small.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    client = small.test_client()
    with client.session_transaction() as session:
        session.update(session_of(people.users[cast.ADMINISTRATOR]))
    assert upload(client, "x" * 3000).status_code == 413


def token_of(engine: Engine) -> str:
    with write_sessions(engine).begin() as session:
        return issue_token(session, "D-QY-1")


def post(service: Flask, token: str, body: bytes, media_type: str) -> TestResponse:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": media_type}
    return service.test_client().post("/api/v1/files", data=body, headers=headers)


def test_a_device_sends_a_file_with_its_token(engine: Engine, service: Flask, people: Cast) -> None:
    token, before = token_of(engine), rows(engine)
    answer = post(service, token, GOOD.encode(), "application/gpx+xml")
    assert answer.json == {
        "accepted": 2,
        "repeated": 0,
        "doubted": {"late": 2},
        "refused_count": 0,
        "refused": [],
        "quarantined_count": 0,
        "quarantined": [],
    }
    again = post(service, token, GOOD.encode(), "application/gpx+xml").json
    assert (again or {})["repeated"] == 2
    assert rows(engine) == before + 2


def test_refusals_of_a_file_name_place_and_field(engine: Engine, service: Flask, people: Cast) -> None:
    answer = post(service, token_of(engine), CSV.encode(), "text/csv; charset=utf-8").json or {}
    assert (answer["accepted"], answer["refused_count"]) == (1, 1)
    assert answer["refused"][0]["place"] == "line 3"


@pytest.mark.parametrize("media_type", ["text/plain", "", "application/xml"])
def test_a_type_that_is_none_of_ours_is_415(
    media_type: str, engine: Engine, service: Flask, people: Cast
) -> None:
    answer = post(service, token_of(engine), b"x", media_type)
    assert (answer.status_code, answer.mimetype) == (415, "application/problem+json")
    assert "application/gpx+xml" in answer.text


def test_no_token_no_file(engine: Engine, service: Flask, people: Cast) -> None:
    before = rows(engine)
    assert post(service, "wrong", GOOD.encode(), "application/gpx+xml").status_code == 401
    assert service.test_client().post("/api/v1/files", data=GOOD).status_code == 401
    assert rows(engine) == before


def test_a_body_too_large_is_413(engine: Engine, people: Cast, settings: Settings) -> None:
    small = create_app(Settings(state_dir=settings.state_dir, max_upload_bytes=100), engine)
    answer = post(small, token_of(engine), GOOD.encode(), "application/gpx+xml")
    assert (answer.status_code, "at most 100 bytes" in answer.text) == (413, True)


def test_who_shows_no_token_too_often_is_told_to_wait(
    engine: Engine, people: Cast, settings: Settings
) -> None:
    strict = create_app(Settings(state_dir=settings.state_dir, api_limit="2 per minute"), engine)
    token = token_of(engine)
    statuses = [post(strict, "wrong", b"", "text/csv").status_code for _ in range(3)]
    assert statuses == [401, 401, 429]
    assert post(strict, token, GOOD.encode(), "application/gpx+xml").status_code == 200  # has its own budget
