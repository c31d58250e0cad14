"""Does a load go its way by calls alone?"""

from typing import Any

import pytest

from models.custody_words import Scope
from tests.web.api.conftest import Interface


def test_an_ordinary_load_from_issue_to_disposal(interface: Interface) -> None:
    number = interface.issued()
    weighed = interface.weighed(17_000)
    steps: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("plant", "load", {"weighed": weighed}),
        ("driver", "depart", {}),
        ("gate", "arrive", {"weighed": {"gross_kg": 28_000}}),
        ("gate", "accept", {"weighed": interface.weighed(16_980, 0.791)}),
        ("gate", "dispose", {"method": "incineration"}),
    )
    for who, act, given in steps:
        answer = interface.step(who, number, act, **given)
        assert answer.status_code == 200, answer.text
    told = interface.machine("regulator").get(f"/manifests/{number}").json
    assert told is not None
    assert [event["to_state"] for event in told["events"]] == [
        *("draft", "issued", "loaded", "in_transit", "arrived", "accepted", "disposed")
    ]
    assert [each["method"] for each in told["signatures"]] == ["api_token"] * 6
    assert told["content"]["weighings"]["received"]["gross_kg"] == 27_980
    assert told["disposal"]["method"] == "incineration"
    assert told["custodian"] == interface.town.site_org.code


def test_everything_that_stands_against_a_step_is_told_by_field(interface: Interface) -> None:
    answer = interface.machine("plant").post("/manifests/issue", {"draft": interface.draft(legs=[])})
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert [(each["field"], each["code"]) for each in answer.json["errors"]] == [("legs", "custody.no_leg")]  # type: ignore[index]
    assert interface.machine("plant").get("/manifests").json["items"] == []  # type: ignore[index]


@pytest.mark.parametrize(("language", "word"), [("zh-CN,zh;q=0.9", "字段"), ("en", "field"), ("fr", "字段")])
def test_errors_come_in_the_language_that_was_asked_for(
    interface: Interface, language: str, word: str
) -> None:
    answer = interface.machine("plant").post("/manifests", {"nonsense": 1}, Accept_Language=language)
    errors = {each["field"]: each for each in answer.json["errors"]}  # type: ignore[index]
    assert errors["nonsense"]["code"] == "unknown_field"
    assert word in errors["nonsense"]["sentence"]
    assert errors["origin"]["code"] == "missing"


def test_a_draft_is_changed_and_discarded(interface: Interface) -> None:
    plant = interface.machine("plant")
    number = plant.post("/manifests", interface.draft()).json["number"]  # type: ignore[index]
    changed = plant.call("PUT", f"/manifests/{number}", interface.draft(planned_kg=12_345))
    assert changed.status_code == 200
    assert plant.get(f"/manifests/{number}").json["content"]["planned_kg"] == 12_345  # type: ignore[index]
    assert interface.machine("gate").get(f"/manifests/{number}").status_code == 404
    assert plant.call("DELETE", f"/manifests/{number}").json["state"] == "cancelled"  # type: ignore[index]
    assert plant.call("PUT", f"/manifests/{number}", interface.draft()).status_code == 409


def test_who_saw_another_state_is_told_so(interface: Interface) -> None:
    number = interface.issued()
    seen = {"state": "draft", "version": 1}
    weighed = interface.weighed(17_000)
    assert interface.step("plant", number, "load", weighed=weighed, seen=seen).status_code == 409
    plant = interface.machine("plant")
    etag = plant.get(f"/manifests/{number}").headers["ETag"]
    body = {"act": "load", "weighed": weighed}
    answer = plant.post(f"/manifests/{number}/steps", body, If_Match=etag)
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"loaded.1"')
    assert plant.post(f"/manifests/{number}/steps", body, If_Match=etag).status_code == 409


def test_another_partys_signature_is_refused(interface: Interface) -> None:
    number = interface.issued()
    assert interface.step("gate", number, "load", weighed=interface.weighed(17_000)).status_code == 403
    assert interface.step("rival_plant", number, "load").status_code == 404


def test_a_token_does_only_what_its_scopes_say(interface: Interface) -> None:
    reader = interface.machine("plant", Scope.READ)
    assert reader.get("/manifests").status_code == 200
    assert reader.post("/manifests", interface.draft()).status_code == 403


def test_the_list_goes_on_where_it_stopped(interface: Interface) -> None:
    numbers = []
    for _ in range(5):
        interface.later(1)
        numbers.append(interface.issued())
    interface.later(1)  # a page behind a cursor ends before what may yet appear
    plant = interface.machine("plant")
    seen, path = [], "/manifests?limit=2"
    while path:
        page = plant.get(path).json
        assert page is not None
        seen += [item["number"] for item in page["items"]]
        path = (page["links"]["next"] or "").removeprefix("/api/v1")
    assert seen == numbers
    since = plant.get(f"/manifests/{numbers[3]}").json["updated_at"]  # type: ignore[index]
    later = plant.get(f"/manifests?updated_since={since}").json
    assert [item["number"] for item in later["items"]] == numbers[3:]  # type: ignore[index]
    assert plant.get("/manifests?cursor=nonsense").status_code == 422


def test_budgets_are_told_with_each_answer(interface: Interface) -> None:
    answer = interface.machine("plant").get("/manifests")
    assert answer.headers["X-RateLimit-Limit"] == "100000"
    assert int(answer.headers["X-RateLimit-Remaining"]) < 100_000
