"""Cases, questions and objections as people fill them in: done, refused, closed to others."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from models.cases import Attachment, Case, CaseEntry, Objection
from models.custody_words import CaseAct, CaseOutcome, CaseState
from tests import cast
from tests.web.conftest import SignIn

FINDING = "F-QY-1"
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 64
TEN_MB = 10 * 1024 * 1024


@pytest.fixture
def regulator(sign_in: SignIn) -> FlaskClient:
    return sign_in(cast.REGULATOR)


@pytest.fixture
def number(regulator: FlaskClient) -> str:
    """A case about the finding of Qing's load."""
    answer = regulator.post("/cases/open", data={"findings": FINDING, "title": "偏离路线", "comment": "首次"})
    assert answer.status_code == 302, answer.text[-2000:]
    return answer.headers["Location"].rsplit("/", 1)[-1]


def the_case(engine: Engine) -> Case:
    with Session(engine) as session:
        return session.scalars(select(Case)).one()


def count(engine: Engine, table: type) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_case_is_opened_from_the_page_of_a_finding(regulator: FlaskClient, engine: Engine) -> None:
    page = regulator.get(f"/findings/{FINDING}").text
    assert f"/cases/open?finding={FINDING}" in page
    assert FINDING in regulator.get(f"/cases/open?finding={FINDING}").text
    answer = regulator.post("/cases/open", data={"findings": FINDING, "title": "偏离路线"})
    assert answer.status_code == 302
    number = the_case(engine).number
    assert number.startswith("AJ-2026-")
    assert number in regulator.get("/cases").text
    assert number in regulator.get(f"/findings/{FINDING}").text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"findings": FINDING, "title": ""}, "此项必填"),
        ({"findings": "", "title": "案由"}, "此项必填"),
        ({"findings": "F-404", "title": "案由"}, "F-404"),
        ({"findings": FINDING, "title": "长" * 201}, "200"),
    ],
)
def test_what_is_missing_is_told_and_nothing_typed_is_lost(
    typed: dict[str, str], said: str, regulator: FlaskClient, engine: Engine
) -> None:
    answer = regulator.post("/cases/open", data=typed | {"comment": "已电话核实"})
    assert (answer.status_code, said in answer.text) == (422, True)
    assert "已电话核实" in answer.text
    assert count(engine, Case) == 0


def test_a_case_runs_from_question_to_decision_and_back(
    regulator: FlaskClient, number: str, sign_in: SignIn, engine: Engine
) -> None:
    at = f"/cases/file/{number}"
    assert regulator.post(f"{at}/assign", data={"assigned_to": cast.REGULATOR}).status_code == 302
    asked = {"organisation": "SD", "text": "为何绕行？", "file": (BytesIO(JPEG), "a.jpg")}
    assert regulator.post(f"{at}/ask", data=asked).status_code == 302
    assert the_case(engine).state is CaseState.WAITING

    hauler = sign_in(cast.HAULER)
    page = hauler.get("/cases/questions").text
    assert "为何绕行？" in page
    with Session(engine) as session:
        question = session.scalars(select(CaseEntry).where(CaseEntry.act == CaseAct.ASKED)).one()
    assert hauler.get(f"/files/{question.attachment_id}").data == JPEG
    assert hauler.post(f"/cases/questions/{question.id}", data={"text": "道路封闭"}).status_code == 302
    assert the_case(engine).state is CaseState.OPEN
    assert hauler.post(f"/cases/questions/{question.id}", data={"text": "再答"}).status_code == 422

    assert regulator.post(f"{at}/comment", data={"text": "属实"}).status_code == 302
    decided = {"outcome": "no_violation", "reason": "有封路通告"}
    assert regulator.post(f"{at}/decide", data=decided).status_code == 302
    assert the_case(engine).outcome is CaseOutcome.NO_VIOLATION
    assert regulator.post(f"{at}/close").status_code == 302
    assert regulator.post(f"{at}/comment", data={"text": "太晚"}).status_code == 422
    assert regulator.post(f"{at}/reopen", data={"reason": "新证据"}).status_code == 302
    assert the_case(engine).state is CaseState.OPEN
    story = regulator.get(at).text
    words = ["为何绕行？", "道路封闭", "属实", "有封路通告", "新证据"]
    places = [story.index(word) for word in words]
    assert places == sorted(places)


def test_a_decision_needs_outcome_and_reason(regulator: FlaskClient, number: str, engine: Engine) -> None:
    answer = regulator.post(f"/cases/file/{number}/decide", data={"outcome": "guilty", "reason": ""})
    assert answer.status_code == 422
    assert "summary" in answer.text
    assert the_case(engine).state is CaseState.OPEN
    assert regulator.post(f"/cases/file/{number}/close").status_code == 422  # not decided yet


def test_others_have_no_case(number: str, sign_in: SignIn) -> None:
    for username in cast.EVERYONE:
        client, watches = sign_in(username), username in (cast.REGULATOR, cast.ADMINISTRATOR)
        assert client.get(f"/cases/file/{number}").status_code == (200 if watches else 403), username
        if username != cast.REGULATOR:
            for act in ("assign", "comment", "ask", "decide", "close", "reopen", "finding"):
                assert client.post(f"/cases/file/{number}/{act}").status_code == 403, (username, act)


def test_what_is_no_case_is_404(regulator: FlaskClient) -> None:
    for act in ("", "/assign", "/comment", "/ask", "/decide", "/close", "/reopen", "/finding"):
        assert regulator.get(f"/cases/file/AJ-2026-9999{act}").status_code == 404, act


def test_a_question_is_the_asked_partys_alone(
    regulator: FlaskClient, number: str, sign_in: SignIn, engine: Engine
) -> None:
    regulator.post(f"/cases/file/{number}/ask", data={"organisation": "SD", "text": "为何绕行？"})
    with Session(engine) as session:
        question = session.scalars(select(CaseEntry).where(CaseEntry.act == CaseAct.ASKED)).one()
    for username in (cast.RIVAL_HAULER, cast.PLANT, cast.SITE):
        client = sign_in(username)
        assert client.get(f"/cases/questions/{question.id}").status_code == 404, username
        assert "为何绕行" not in client.get("/cases/questions").text


def test_a_carrier_objects_with_a_photo(sign_in: SignIn, regulator: FlaskClient, engine: Engine) -> None:
    hauler, path = sign_in(cast.HAULER), f"/findings/{FINDING}/objection"
    assert f"/findings/{FINDING}/objection" in hauler.get(f"/findings/{FINDING}").text
    typed = {"text": "隧道内无信号", "file": (BytesIO(JPEG), "隧道.jpg")}
    assert hauler.post(path, data=typed).status_code == 302
    with Session(engine) as session:
        said = session.scalars(select(Objection)).one()
        kept = session.scalars(select(Attachment)).one()
    assert (said.text, kept.media_type, kept.name) == ("隧道内无信号", "image/jpeg", "隧道.jpg")
    assert "隧道内无信号" in regulator.get(f"/findings/{FINDING}").text
    answer = regulator.get(f"/files/{kept.id}")
    assert (answer.data, answer.headers["Content-Disposition"][:10]) == (JPEG, "attachment")
    for username in (cast.RIVAL_HAULER, cast.PLANT):
        assert sign_in(username).get(f"/files/{kept.id}").status_code == 404, username
    assert "隧道内无信号" not in sign_in(cast.PLANT).get(f"/findings/{FINDING}").text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<html><script>alert(1)</script>", "JPEG"),
        (b"", "空"),
        (JPEG + b"0" * TEN_MB, "10 MB"),
    ],
)
def test_a_file_of_another_kind_or_too_large_is_refused(
    content: bytes, said: str, sign_in: SignIn, engine: Engine
) -> None:
    typed = {"text": "照片为证", "file": (BytesIO(content), "photo.jpg")}
    answer = sign_in(cast.HAULER).post(f"/findings/{FINDING}/objection", data=typed)
    assert (answer.status_code, said in answer.text, "照片为证" in answer.text) == (422, True, True)
    answer.request.environ["wsgi.input"].close()  # of the test's own client, on disk for a large body
    assert (count(engine, Objection), count(engine, Attachment)) == (0, 0)


def test_nobody_objects_to_a_finding_about_others(sign_in: SignIn) -> None:
    for username in (cast.RIVAL_HAULER, cast.RIVAL_PLANT):
        assert sign_in(username).get(f"/findings/{FINDING}/objection").status_code == 404, username
    assert sign_in(cast.REGULATOR).get(f"/findings/{FINDING}/objection").status_code == 403
