"""Does a person learn what went wrong, and nothing about the inside of the service?"""

import logging
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from models.session import open_engine
from models.settings import Settings
from tests import cast
from tests.web.conftest import SignIn


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/manifests/nothing", 404, "页面不存在"),
        ("/users", 403, "您的角色无权打开此页面"),
        ("/manifests?verdict=perhaps", 400, "请求无法识别"),
        ("/manifests?since=yesterday", 400, "请求无法识别"),
        ("/manifests?after=%%%", 400, "请求无法识别"),
        ("/logout", 405, "不支持此操作"),
    ],
)
def test_errors_are_pages(path: str, status: int, words: str, sign_in: SignIn) -> None:
    answer = sign_in(cast.REGULATOR).get(path)
    assert answer.status_code == status
    assert words in answer.text


def test_a_failure_is_a_page_that_needs_no_database(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    never_migrated = open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    client = create_app(settings, never_migrated).test_client()
    with client.session_transaction() as session:
        session.update({"_user_id": "1:1", "_fresh": True})
    with caplog.at_level(logging.CRITICAL):
        answer = client.get("/manifests")
    never_migrated.dispose()
    assert answer.status_code == 500
    assert "系统出现故障" in answer.text
    assert "user_account" not in answer.text


def test_the_interface_answers_in_its_own_form(sign_in: SignIn) -> None:
    answer = sign_in(cast.REGULATOR).get("/api/v1/nothing")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_health_looks_at_the_database(service: Flask) -> None:
    assert service.test_client().get("/health").json == {"status": "ok"}


@pytest.mark.parametrize("path", ["/manifests/a%00b", "/findings/%00", "/vehicles/%00"])
def test_a_nul_in_an_address_is_no_page(path: str, sign_in: SignIn) -> None:
    assert sign_in(cast.REGULATOR).get(path).status_code == 404


def test_a_nul_in_a_form_is_refused(service: Flask, sign_in: SignIn) -> None:
    assert sign_in(cast.REGULATOR).get("/manifests?q=%00").status_code == 400
    assert service.test_client().post("/login", data={"username": "a\0b", "password": "x"}).status_code == 400
