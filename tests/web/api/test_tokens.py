"""Who may call, and until when?"""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from models.api_access import ApiToken
from models.custody_words import Scope
from models.session import write_sessions
from tests.web.api.conftest import Interface
from web.api.v1.scopes import SCOPES


def test_without_a_token_nothing_is_told(interface: Interface) -> None:
    for shown in ({}, {"Authorization": "Bearer nothing"}, {"Authorization": "Basic eA=="}):
        answer = interface.app.test_client().get("/api/v1/manifests", headers=shown)
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_cookie_is_no_token(interface: Interface) -> None:
    user = interface.town.people["regulator"]
    client = interface.app.test_client()
    with client.session_transaction() as session:
        session.update({"_user_id": f"{user.id}:{user.session_version}", "_fresh": True})
    assert client.get("/api/v1/manifests").status_code == 401


def test_beside_a_cookie_the_token_counts(interface: Interface) -> None:
    number = interface.issued()
    rival, user = interface.machine("rival_plant"), interface.town.people["regulator"]
    with rival.client.session_transaction() as session:
        session.update({"_user_id": f"{user.id}:{user.session_version}", "_fresh": True})
    assert rival.get(f"/manifests/{number}").status_code == 404


def test_a_token_ends_when_it_is_revoked_runs_out_or_its_user_is_gone(interface: Interface) -> None:
    admin, town = interface.machine("administrator"), interface.town
    username = town.people["plant"].username
    until = (town.now + timedelta(hours=1)).isoformat()
    given = {"name": "gate", "user": username, "scopes": ["read"], "expires_at": until}
    plant = interface.machine("plant")
    plant.token = admin.post("/tokens", given).json["token"]  # type: ignore[index]
    assert plant.get("/manifests").status_code == 200
    interface.later(61)
    assert plant.get("/manifests").status_code == 401
    second = interface.machine("plant")
    mine = second.get("/tokens").json["items"]  # type: ignore[index]
    assert {row["user"] for row in mine} == {username}
    assert second.call("DELETE", f"/tokens/{mine[0]['id']}").status_code == 204
    assert second.get("/manifests").status_code == 401


def test_only_the_administrator_gives_tokens(interface: Interface) -> None:
    body = {"name": "x", "user": interface.town.people["regulator"].username, "scopes": ["read"]}
    assert interface.machine("plant").post("/tokens", body).status_code == 403
    assert interface.machine("administrator").post("/tokens", body).status_code == 201


def test_an_owner_who_is_shut_out_calls_no_more(interface: Interface) -> None:
    plant, admin = interface.machine("plant"), interface.machine("administrator")
    user = interface.town.people["plant"]
    body = {
        "display_name": user.display_name,
        "role": "plant",
        "organisation": interface.town.plant_org.code,
        "active": False,
    }
    assert admin.call("PATCH", f"/users/{user.username}", body).status_code == 200
    assert plant.get("/manifests").status_code == 401


def test_a_token_revoked_elsewhere_is_over_at_once(interface: Interface) -> None:
    """Another process revokes it."""
    plant = interface.machine("plant")
    assert plant.get("/manifests").status_code == 200
    with write_sessions(interface.engine).begin() as session:
        session.execute(update(ApiToken).values(revoked_at=interface.town.now))
    assert plant.post("/manifests", interface.draft()).status_code == 401
    assert plant.get("/manifests").status_code == 401


def test_to_issue_is_to_sign(interface: Interface) -> None:
    body = {"draft": interface.draft()}
    for scopes in ((Scope.MANIFESTS,), (Scope.SIGN,)):
        assert interface.machine("plant", *scopes).post("/manifests/issue", body).status_code == 403
    both = interface.machine("plant", Scope.MANIFESTS, Scope.SIGN)
    assert both.post("/manifests/issue", body).status_code == 201
    told = interface.app.test_client().get("/api/v1/openapi.json").get_json()
    assert told["paths"]["/api/v1/manifests/issue"]["post"]["description"] == "Scope: `manifests` and `sign`."


def test_who_may_only_read_sends_no_file(interface: Interface) -> None:
    def sent(*scopes: Scope) -> int:
        machine = interface.machine("plant", *scopes)
        head = {"Authorization": f"Bearer {machine.token}"}
        return machine.client.post("/api/v1/attachments", data=b"x", headers=head).status_code

    assert sent(Scope.READ) == 403
    assert sent(Scope.READ, Scope.ADMINISTER) == 403
    assert sent(Scope.READ, Scope.SIGN) != 403


def test_an_endpoint_without_scope_keeps_the_service_from_starting(
    interface: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    from web.api.v1.scopes import check

    app: Flask = interface.app
    monkeypatch.delitem(SCOPES, "api_manifests.one")
    with pytest.raises(LookupError, match=r"api_manifests\.one"):
        check(app)


def test_who_calls_too_often_is_asked_to_wait(interface: Interface) -> None:
    plant = interface.machine("plant")
    plant.get("/manifests")
    assert plant.get("/manifests").headers["X-RateLimit-Remaining"] == "99998"
