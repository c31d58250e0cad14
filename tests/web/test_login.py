"""Does signing in let the right people in, keep the others out, and say nothing that helps them?"""

import re

import argon2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app import create_app
from models.organisations import User
from models.settings import Settings
from tests import cast
from tests.cast import PASSWORD, Cast
from tests.web.conftest import NOW, SignIn
from tracking.operations import passwords
from tracking.operations.change_user import deactivate_user, set_password


def attempt(client: FlaskClient, username: str, password: str, **more: str) -> tuple[int, str]:
    answer = client.post("/login", data={"username": username, "password": password} | more)
    return answer.status_code, answer.headers.get("Location", answer.text)


def test_the_right_password_leads_to_the_overview(service: Flask, people: Cast) -> None:
    client = service.test_client()
    assert attempt(client, cast.PLANT, PASSWORD) == (302, "/")
    assert "清源水务" in client.get("/").text


def test_a_user_name_may_be_typed_in_capitals_and_with_blanks(service: Flask, people: Cast) -> None:
    assert attempt(service.test_client(), f" {cast.PLANT.upper()} ", PASSWORD)[0] == 302


def test_the_sign_in_is_noted(service: Flask, people: Cast, engine: Engine) -> None:
    attempt(service.test_client(), cast.PLANT, PASSWORD)
    with Session(engine) as session:
        user = session.get(User, people.users[cast.PLANT].id)
        assert user is not None
        assert user.last_login_at == NOW


def test_unknown_user_and_wrong_password_get_the_same_answer(service: Flask, people: Cast) -> None:
    unknown = attempt(service.test_client(), "nobody", "not the password")
    wrong = attempt(service.test_client(), cast.PLANT, "not the password")
    assert unknown[0] == wrong[0] == 401
    once = re.compile(r'name="csrf_token" value="[^"]*"')
    assert once.sub("", unknown[1].replace("nobody", cast.PLANT)) == once.sub("", wrong[1])


def test_an_unknown_user_costs_as_much_time_as_a_wrong_password(monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []
    stored = passwords.hash_password(PASSWORD)
    real = argon2.PasswordHasher.verify

    def noting(hasher: object, text: str, password: str) -> bool:
        verified.append(text.split("$")[3])  # the cost parameters
        return bool(real(passwords._hasher, text, password))

    monkeypatch.setattr(argon2.PasswordHasher, "verify", noting)
    assert not passwords.password_matches(None, "x")
    assert not passwords.password_matches(stored, "x")
    assert verified[0] == verified[1]


def test_an_ended_login_opens_nothing(service: Flask, people: Cast, engine: Engine, sign_in: SignIn) -> None:
    signed_in_before = sign_in(cast.PLANT)
    with Session(engine) as session, session.begin():
        deactivate_user(session, cast.PLANT)
    assert attempt(service.test_client(), cast.PLANT, PASSWORD)[0] == 401
    assert signed_in_before.get("/").status_code == 302


def test_a_new_password_ends_open_sessions(people: Cast, engine: Engine, sign_in: SignIn) -> None:
    signed_in_before = sign_in(cast.PLANT)
    assert signed_in_before.get("/").status_code == 200
    with Session(engine) as session, session.begin():
        set_password(session, cast.PLANT, "another long password")
    assert signed_in_before.get("/").status_code == 302


def test_a_copied_cookie_is_worth_nothing_after_signing_out(service: Flask, people: Cast) -> None:
    client, thief = service.test_client(), service.test_client()
    attempt(client, cast.PLANT, PASSWORD)
    copied = client.get_cookie("sludgetrace")
    assert copied is not None
    assert client.post("/logout").status_code == 302
    thief.set_cookie("sludgetrace", copied.value)
    assert thief.get("/").status_code == 302


def test_a_planted_session_does_not_survive_the_sign_in(service: Flask, people: Cast) -> None:
    client = service.test_client()
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
    attempt(client, cast.PLANT, PASSWORD)
    with client.session_transaction() as session:
        assert "planted" not in session


@pytest.mark.parametrize(
    "cookie", ["", "1", "1:", ":1", "x:1", "1:2:3", "-1:1", "٣:1", "99999999999999999999:1"]
)
def test_a_strange_user_id_in_a_session_signs_nobody_in(cookie: str, service: Flask, people: Cast) -> None:
    client = service.test_client()
    with client.session_transaction() as session:
        session.update({"_user_id": cookie, "_fresh": True})
    assert client.get("/").status_code == 302


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(service: Flask, people: Cast) -> None:
    answer = service.test_client().post("/login", data={"username": cast.PLANT, "password": PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_behind_tls_the_cookie_never_travels_in_the_clear(
    engine: Engine, settings: Settings, people: Cast
) -> None:
    secure = Settings(state_dir=settings.state_dir, secure_cookies=True)
    app = create_app(secure, engine)
    app.config["WTF_CSRF_ENABLED"] = False
    answer = app.test_client().post(
        "/login", data={"username": cast.PLANT, "password": PASSWORD}, base_url="https://localhost"
    )
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/manifests?verdict=contradicted", "/manifests?verdict=contradicted"),
        ("", "/"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example", "/"),
        ("/\t/elsewhere.example", "/"),
        ("javascript:alert(1)", "/"),
        ("manifests", "/"),
        ("//[", "/"),
        ("/[", "/%5B"),
    ],
)
def test_signing_in_leads_nowhere_else(target: str, leads_to: str, service: Flask, people: Cast) -> None:
    assert attempt(service.test_client(), cast.PLANT, PASSWORD, next=target) == (302, leads_to)


@pytest.fixture
def strict(engine: Engine, settings: Settings, people: Cast) -> Flask:
    """The service with three tries a minute."""
    app = create_app(Settings(state_dir=settings.state_dir, login_limit="3 per minute"), engine)
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def test_one_address_may_not_try_many_names(strict: Flask) -> None:
    client = strict.test_client()
    statuses = [attempt(client, f"name{number}", "x")[0] for number in range(4)]
    assert statuses == [401, 401, 401, 429]
    limited = client.post("/login", data={"username": cast.PLANT, "password": PASSWORD})
    assert limited.status_code == 429
    assert int(limited.headers["Retry-After"]) <= 60
    assert "尝试次数过多" in limited.text


def failed_from(app: Flask, address: str, username: str = cast.PLANT, **headers: str) -> int:
    answer = app.test_client().post(
        "/login",
        data={"username": username, "password": "x"},
        environ_base={"REMOTE_ADDR": address},
        headers=headers,
    )
    return answer.status_code


def test_nobody_can_lock_an_account_for_everybody(strict: Flask) -> None:
    statuses = [failed_from(strict, "192.0.2.1") for _number in range(4)]
    assert statuses == [401, 401, 401, 429]
    assert attempt(strict.test_client(), cast.PLANT, PASSWORD)[0] == 302


def test_slow_guesses_at_one_name_from_one_address_end_too(
    engine: Engine, settings: Settings, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.rate_limits.ONE_NAME_LIMIT", "2 per hour")
    app = create_app(Settings(state_dir=settings.state_dir, login_limit="100 per minute"), engine)
    app.config["WTF_CSRF_ENABLED"] = False
    names = [cast.PLANT, cast.PLANT.upper(), cast.PLANT, cast.HAULER]
    assert [failed_from(app, "192.0.2.1", name) for name in names] == [401, 401, 429, 401]


@pytest.mark.parametrize(("proxies", "last"), [(0, 429), (1, 401)])
def test_a_forwarded_address_counts_only_behind_a_proxy(
    proxies: int, last: int, engine: Engine, settings: Settings, people: Cast
) -> None:
    given = Settings(state_dir=settings.state_dir, login_limit="3 per minute", trusted_proxies=proxies)
    app = create_app(given, engine)
    app.config["WTF_CSRF_ENABLED"] = False
    statuses = [
        failed_from(app, "127.0.0.1", **{"X-Forwarded-For": f"192.0.2.{number}"}) for number in range(4)
    ]
    assert statuses == [401, 401, 401, last]


def test_people_who_know_their_password_do_not_lock_each_other_out(strict: Flask) -> None:
    for _number in range(5):
        assert attempt(strict.test_client(), cast.PLANT, PASSWORD)[0] == 302


def test_a_form_without_its_token_is_refused(engine: Engine, settings: Settings, people: Cast) -> None:
    app = create_app(settings, engine)
    answer = app.test_client().post("/login", data={"username": cast.PLANT, "password": PASSWORD})
    assert answer.status_code == 400
    assert "表单已失效" in answer.text


def test_devices_post_without_a_form_token(engine: Engine, settings: Settings, people: Cast) -> None:
    answer = create_app(settings, engine).test_client().post("/api/v1/fixes", json=[])
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"


def test_the_language_is_kept_in_the_session_and_with_the_user(
    service: Flask, people: Cast, engine: Engine, sign_in: SignIn
) -> None:
    visitor = service.test_client()
    assert "登录" in visitor.get("/login").text
    visitor.post("/language", data={"language": "en", "next": "/login"})
    assert "Sign in" in visitor.get("/login").text
    client = sign_in(cast.PLANT)
    client.post("/language", data={"language": "en"})
    with Session(engine) as session:
        user = session.get(User, people.users[cast.PLANT].id)
        assert user is not None
        assert user.locale == "en"
    assert "Overview" in sign_in(cast.PLANT).get("/").text


def test_an_unknown_language_is_refused(service: Flask) -> None:
    assert service.test_client().post("/language", data={"language": "tlh"}).status_code == 400
