"""Does the interface for fixes turn away too many, too large and too hasty batches in so many words?"""

from io import BytesIO
from pathlib import Path

import orjson
import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from app import create_app
from models.fixes import FixRow, RawMessage
from models.settings import Settings
from tests.web.fixes_interface.posting import FIX, MOST_BYTES, MOST_FIXES, Post, rows


def test_basic_authentication_is_no_token(app: Flask, token: str) -> None:
    answer = app.test_client().post("/api/v1/fixes", json=[FIX], headers={"Authorization": f"Basic {token}"})
    assert answer.status_code == 401


def test_too_many_fixes(engine: Engine, post: Post) -> None:
    assert post([FIX] * MOST_FIXES).status_code == 200
    answer = post([FIX] * (MOST_FIXES + 1))
    assert answer.status_code == 413
    assert answer.json["detail"] == "A batch has at most 20 fixes; 21 were sent and none was taken."  # type: ignore[index]
    assert len(rows(engine, RawMessage)) == 1


def test_too_many_bytes(engine: Engine, post: Post) -> None:
    answer = post([{**FIX, "note": "x" * MOST_BYTES}])
    assert answer.status_code == 413
    assert answer.content_type == "application/problem+json"
    assert rows(engine, RawMessage) == []


def test_too_many_bytes_without_saying_how_many(app: Flask, token: str) -> None:
    body = b"[" + b" " * MOST_BYTES + b"]"
    answer = app.test_client().post(
        "/api/v1/fixes",
        input_stream=BytesIO(body),
        headers={"Authorization": f"Bearer {token}", "Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        (b"{", "", "is not JSON"),
        (b"", "", "is not JSON"),
        (b"7", "", "neither a list"),
        (b"{}", "fixes", "Missing data"),
        (b'{"fixes": 7}', "fixes", "Not a valid list"),
        (b'{"fixes": [], "device": "D2"}', "device", "Unknown field"),
    ],
)
def test_what_is_no_batch_is_a_problem_with_its_field(
    engine: Engine, post: Post, body: bytes, field: str, reason: str
) -> None:
    answer = post(body)
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    problem = answer.get_json(force=True)
    assert {"type", "title", "status", "detail", "errors"} == problem.keys()
    assert [error["field"] for error in problem["errors"]] == [field]
    assert reason in problem["errors"][0]["reason"]
    assert rows(engine, RawMessage) == []


def test_a_database_that_cannot_be_reached_asks_to_try_again(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr("web.api.fixes.accept", fail)
    answer = post([FIX])
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


def test_no_cookie_and_no_form_token_is_needed_and_none_is_set(post: Post) -> None:
    answer = post([FIX])
    assert "Set-Cookie" not in answer.headers


def test_the_next_batch_of_a_hasty_device_is_a_problem_for_later(
    engine: Engine, token: str, tmp_path: Path
) -> None:
    client = create_app(Settings(state_dir=str(tmp_path), api_limit="2 per minute"), engine).test_client()
    headers = {"Authorization": f"Bearer {token}"}
    statuses = [client.post("/api/v1/fixes", json=[], headers=headers).status_code for _ in range(2)]
    late = client.post("/api/v1/fixes", json=[FIX], headers=headers)
    assert [*statuses, late.status_code] == [200, 200, 429]
    assert late.content_type == "application/problem+json"
    assert int(late.headers["Retry-After"]) > 0
    assert rows(engine, FixRow) == []


def test_made_up_tokens_share_one_budget_and_leave_the_device_its_own(
    engine: Engine, token: str, tmp_path: Path
) -> None:
    client = create_app(Settings(state_dir=str(tmp_path), api_limit="2 per minute"), engine).test_client()

    def status(shown: str) -> int:
        answer = client.post("/api/v1/fixes", json=[], headers={"Authorization": f"Bearer {shown}"})
        return answer.status_code

    assert [status(f"made up {number}") for number in range(4)] == [401, 401, 429, 429]
    assert [status(token) for _number in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("form", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_batch_is_taken_whatever_type_its_body_claims(
    engine: Engine, app: Flask, token: str, form: str
) -> None:
    def answer_to(body: bytes) -> TestResponse:
        headers = {"Authorization": f"Bearer {token}"}
        return app.test_client().post("/api/v1/fixes", data=body, content_type=form, headers=headers)

    assert answer_to(orjson.dumps([FIX])).json["accepted"] == 1  # type: ignore[index]
    assert answer_to(b"lat=1&lon=2").status_code == 400
    large = answer_to(b"[" + b" " * 3_000_000 + b"]")
    assert (large.status_code, large.content_type) == (413, "application/problem+json")
    assert len(rows(engine, FixRow)) == 1
