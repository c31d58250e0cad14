"""Does every answer keep to the protocol: problems for every error, budgets in every head, one for all?"""

from base64 import urlsafe_b64encode
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from models.settings import Settings
from tests.web.api.conftest import Interface, Machine
from web.api.v1.operation import MOST_BYTES

BUDGET = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
TYPED = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}

WRONG: list[tuple[str, str, dict[str, Any], int]] = [
    ("GET", "/nothing-here", {}, 404),
    ("GET", "/manifests/none", {}, 404),
    ("PATCH", "/manifests", {}, 405),
    ("DELETE", "/openapi.json", {}, 405),
    ("GET", "/manifests", {"headers": {"Accept": "text/html"}}, 406),
    ("GET", "/manifests", {"headers": {"Accept": "application/json;q=0"}}, 406),
    ("POST", "/manifests", {"data": b"x" * (MOST_BYTES + 1), "headers": JSON}, 413),
    ("POST", "/manifests", {"data": b"origin=x", "headers": TYPED}, 415),
    ("POST", "/manifests", {"data": b"<a/>", "headers": {"Content-Type": "text/xml"}}, 415),
    ("POST", "/manifests", {"data": b"{", "headers": JSON}, 400),
    ("POST", "/manifests", {"data": b"[]", "headers": JSON}, 422),
    ("POST", "/manifests", {"data": b"{}", "headers": JSON | {"Idempotency-Key": "x" * 129}}, 422),
    ("GET", "/manifests?limit=0", {}, 422),
    ("GET", "/manifests?nothing=x", {}, 422),
    ("POST", "/users", {"json": {"username": "x", "display_name": "x", "role": "plant"}}, 422),
    ("POST", "/limits/1/confirm", {"json": {}}, 403),
]


def call(machine: Machine, method: str, path: str, given: dict[str, Any]) -> TestResponse:
    head = {"Authorization": f"Bearer {machine.token}", "Accept-Language": "en"} | given.get("headers", {})
    return machine.client.open(f"/api/v1{path}", method=method, **given | {"headers": head})


@pytest.mark.parametrize(("method", "path", "given", "status"), WRONG)
def test_every_error_is_a_problem_with_a_budget(
    interface: Interface, method: str, path: str, given: dict[str, Any], status: int
) -> None:
    answer = call(interface.machine("plant"), method, path, given)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), answer.text
    told = answer.json
    assert told is not None
    assert (told["status"], told["type"]) == (status, "about:blank")
    assert told["title"]
    assert told["detail"]
    assert [name for name in BUDGET if name not in answer.headers] == []
    assert ("Allow" in answer.headers) == (status == 405)


def test_errors_are_said_in_the_readers_language(interface: Interface) -> None:
    plant, chinese = interface.machine("plant"), {"headers": {"Accept-Language": "zh-CN"}}
    for method, path, said in (
        ("GET", "/nothing-here", "没有此记录"),
        ("PUT", "/manifests", "不支持此请求方法"),
    ):
        assert (call(plant, method, path, chinese).json or {})["title"] == said


def test_good_answers_tell_the_budget_too(interface: Interface) -> None:
    plant = interface.machine("plant")
    number = interface.issued()
    answers = [
        plant.get("/manifests"),
        plant.get(f"/manifests/{number}"),
        plant.post("/manifests", interface.draft()),
        plant.client.get("/api/v1/openapi.json"),
        plant.client.get("/api/v1/manifests"),  # without a token: 401
    ]
    assert [each.status_code for each in answers] == [200, 200, 201, 200, 401]
    for answer in answers:
        assert [name for name in BUDGET if name not in answer.headers] == []


def test_a_body_that_does_not_say_what_it_is_is_taken_for_json(interface: Interface) -> None:
    plant = interface.machine("plant")
    assert call(plant, "POST", "/manifests", {"data": b'{"origin": "x"}'}).status_code == 422


def test_any_form_that_takes_json_is_served(interface: Interface) -> None:
    plant = interface.machine("plant")
    for accepted in ("*/*", "application/*", "text/html, application/json;q=0.1", "application/problem+json"):
        assert call(plant, "GET", "/manifests", {"headers": {"Accept": accepted}}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/manifests", "/facilities", "/findings", "/plans", "/windows", "/stock", "/cases", "/positions"]
)
def test_the_cursor_of_another_list_is_none_of_this_one(interface: Interface, path: str) -> None:
    """Written by ourselves, with a value of each kind: refused, or taken where the list is sorted so."""
    regulator = interface.machine("regulator")
    for value in ("2026-03-02T00:00:00+00:00", "text", 17):
        kind = "number" if isinstance(value, int) else "time" if value.startswith("2026") else "text"
        cursor = urlsafe_b64encode(orjson.dumps([kind, value, 1])).decode()
        assert regulator.get(f"{path}?cursor={cursor}").status_code in (200, 422), (path, kind)


@pytest.fixture
def small(interface: Interface) -> FlaskClient:
    """The same database behind a service that lets each token call five times a minute."""
    settings: Settings = interface.app.extensions["settings"]
    tight = Settings(state_dir=settings.state_dir, api_limit="5 per minute")
    app = create_app(tight, interface.engine)
    app.extensions["clock"] = interface.app.extensions["clock"]
    return app.test_client()


def test_one_budget_holds_for_all_endpoints_of_a_token(interface: Interface, small: FlaskClient) -> None:
    plant, site = interface.machine("plant"), interface.machine("gate")
    plant.client = site.client = small
    paths = ("/manifests", "/plans", "/vehicles", "/findings", "/stock")
    left = [int(plant.get(path).headers["X-RateLimit-Remaining"]) for path in paths]
    assert left == [4, 3, 2, 1, 0]
    refused = plant.get("/manifests")
    assert (refused.status_code, refused.mimetype) == (429, "application/problem+json")
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert site.get("/manifests").status_code == 200, "another token has a budget of its own"
