"""Is a call that comes twice run once?"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from models.api_access import IdempotentCall
from models.manifests import Manifest
from tests.web.api.conftest import Interface


def manifests(interface: Interface) -> int:
    with Session(interface.engine) as session:
        return session.scalar(select(func.count()).select_from(Manifest)) or 0


def test_the_same_call_gets_the_same_answer(interface: Interface) -> None:
    plant = interface.machine("plant")
    first = plant.post("/manifests", interface.draft(), Idempotency_Key="a-1")
    again = plant.post("/manifests", interface.draft(), Idempotency_Key="a-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.data == again.data
    assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
    assert manifests(interface) == 1


def test_a_key_belongs_to_one_request_and_one_user(interface: Interface) -> None:
    plant = interface.machine("plant")
    plant.post("/manifests", interface.draft(), Idempotency_Key="a-1")
    other = plant.post("/manifests", interface.draft(planned_kg=1), Idempotency_Key="a-1")
    assert other.status_code == 422
    assert interface.machine("regulator").post("/manifests", {}, Idempotency_Key="a-1").status_code == 422
    assert manifests(interface) == 1


def test_a_refused_call_may_be_sent_again(interface: Interface) -> None:
    plant = interface.machine("plant")
    number = interface.issued()
    body = {"act": "load", "weighed": interface.weighed(17_000)}
    path = f"/manifests/{number}/steps"
    assert plant.post(path, {"act": "load"}, Idempotency_Key="b").status_code == 422
    assert plant.post(path, body, Idempotency_Key="b").status_code == 200
    again = plant.post(path, body, Idempotency_Key="b")
    assert (again.status_code, again.json["state"]) == (200, "loaded")  # type: ignore[index]
    assert again.headers["ETag"] == '"loaded.1"'


def test_a_key_is_forgotten_after_two_days(interface: Interface) -> None:
    plant = interface.machine("plant")
    for _ in range(2):
        plant.post("/manifests", interface.draft(), Idempotency_Key="c")
        interface.town.now += timedelta(hours=49)
    assert manifests(interface) == 2
    with Session(interface.engine) as session:
        assert session.scalar(select(func.count()).select_from(IdempotentCall)) == 1


@pytest.mark.parametrize("key", ["", "x" * 129, "\x01"])
def test_an_odd_key_is_refused(interface: Interface, key: str) -> None:
    answer = interface.machine("plant").post("/manifests", interface.draft(), Idempotency_Key=key)
    assert answer.status_code == 422
    assert manifests(interface) == 0


def at_once(calls: list[Callable[[], TestResponse]]) -> list[TestResponse]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [done.result() for done in [pool.submit(call) for call in calls]]


def test_of_calls_at_the_same_moment_one_runs_and_all_are_answered_alike(interface: Interface) -> None:
    machines = [interface.machine("plant") for _ in range(4)]
    draft: dict[str, Any] = interface.draft()
    answers = at_once(
        [lambda m=m: m.post("/manifests", draft, Idempotency_Key="d") for m in machines]  # type: ignore[misc]
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert manifests(interface) == 1


def test_a_one_time_code_is_not_asked_for_again_when_the_call_is_repeated(interface: Interface) -> None:
    number = interface.issued()
    assert interface.step("plant", number, "load", weighed=interface.weighed(17_000)).status_code == 200
    asked = {"number": number, "act": "depart", "signer": "driver"}
    code = interface.machine("driver").post("/codes", asked, Idempotency_Key="k")
    assert code.status_code == 201, code.text
    assert interface.machine("driver").post("/codes", asked, Idempotency_Key="k").status_code == 201
    told = code.json
    assert told is not None
    proof = {"method": "one_time_code", "code": told["code"]}
    interface.later(1)
    plant, body = interface.machine("plant"), {"act": "depart", "proof": proof}
    for _ in range(2):
        answer = plant.post(f"/manifests/{number}/steps", body, Idempotency_Key="e")
        assert (answer.status_code, answer.json["state"]) == (200, "in_transit"), answer.text  # type: ignore[index]
    assert plant.post(f"/manifests/{number}/steps", body).status_code in (409, 422)


def test_no_token_or_code_is_kept_in_clear(interface: Interface) -> None:
    admin = interface.machine("administrator")
    username = interface.town.people["plant"].username
    body = {"name": "scale", "user": username, "scopes": ["weighbridge"]}
    first = admin.post("/tokens", body, Idempotency_Key="t").json
    again = admin.post("/tokens", body, Idempotency_Key="t").json
    assert first is not None
    assert again == {"id": first["id"], "token": None}
    with Session(interface.engine) as session:
        kept = session.scalars(select(IdempotentCall.body)).all()
    assert all(first["token"].encode() not in body for body in kept)
