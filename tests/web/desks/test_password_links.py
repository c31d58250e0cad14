"""Does a link to choose a password hold once, for a day, for one person, and from the administrator alone?"""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.organisations import User
from models.password_links import PasswordLink
from tests import cast
from tests.cast import PASSWORD
from tests.web.conftest import SignIn

NEW = "herons stand in the reeds"


@pytest.fixture
def admin(sign_in: SignIn) -> FlaskClient:
    return sign_in(cast.ADMINISTRATOR)


def link_for(admin: FlaskClient, username: str = cast.PLANT) -> str:
    """The path of a new link for somebody."""
    answer = admin.post(f"/administration/users/{username}/password")
    assert answer.status_code == 200, answer.text
    found = re.search(r"<code>https?://[^/]+(/password/[\w-]+)</code>", answer.text)
    assert found is not None
    return found[1]


def chosen(username: str = cast.PLANT, password: str = NEW, again: str = NEW) -> dict[str, str]:
    return {"username": username, "password": password, "again": again}


def stored(engine: Engine, username: str = cast.PLANT) -> User:
    with Session(engine, expire_on_commit=False) as session:
        return session.scalars(select(User).where(User.username == username)).one()


def sign_in_with(service: Flask, password: str, username: str = cast.PLANT) -> int:
    typed = {"username": username, "password": password}
    return service.test_client().post("/login", data=typed).status_code


def test_a_link_sets_a_password_once(service: Flask, admin: FlaskClient, engine: Engine) -> None:
    before, path = stored(engine), link_for(admin)
    stranger = service.test_client()
    page = stranger.get(path)
    assert (page.status_code, cast.PLANT in page.text) == (200, False)
    assert stranger.post(path, data=chosen()).status_code == 302
    after = stored(engine)
    assert after.session_version == before.session_version + 1
    assert (sign_in_with(service, NEW), sign_in_with(service, PASSWORD)) == (302, 401)
    replayed = stranger.post(path, data=chosen(password=PASSWORD + "!", again=PASSWORD + "!"))
    assert replayed.status_code == 410
    assert stranger.get(path).status_code == 410
    assert stored(engine).password_hash == after.password_hash


def test_only_the_hash_of_the_token_is_kept(admin: FlaskClient, engine: Engine) -> None:
    token = link_for(admin).rpartition("/")[2]
    with Session(engine) as session:
        row = session.scalars(select(PasswordLink)).one()
        assert token not in {row.token_hash, str(row.id)}
        assert len(row.token_hash) == 64
        assert row.expires_at - row.created_at == timedelta(hours=24)
    assert token not in admin.get("/users").text


def test_after_a_day_the_link_is_void(service: Flask, admin: FlaskClient, engine: Engine) -> None:
    path, before = link_for(admin), stored(engine).password_hash
    clock = service.extensions["clock"]
    service.extensions["clock"] = lambda: clock() + timedelta(hours=23, minutes=59)
    assert service.test_client().get(path).status_code == 200
    service.extensions["clock"] = lambda: clock() + timedelta(hours=24)
    assert service.test_client().get(path).status_code == 410
    assert service.test_client().post(path, data=chosen()).status_code == 410
    assert stored(engine).password_hash == before


def test_a_new_link_voids_the_one_before(service: Flask, admin: FlaskClient) -> None:
    first, other, second = link_for(admin), link_for(admin, cast.REGULATOR), link_for(admin)
    assert service.test_client().get(first).status_code == 410
    assert {service.test_client().get(path).status_code for path in (other, second)} == {200}


def test_the_wrong_person_sets_nothing_and_voids_the_link_by_guessing(
    service: Flask, admin: FlaskClient, engine: Engine
) -> None:
    path, before = link_for(admin), stored(engine).password_hash
    stranger = service.test_client()
    for _try in range(5):
        answer = stranger.post(path, data=chosen(username=cast.REGULATOR))
        assert answer.status_code == 401
        assert 'href="#username"' in answer.text
    assert stranger.post(path, data=chosen()).status_code == 410
    assert stored(engine).password_hash == before
    assert stored(engine, cast.REGULATOR).password_hash == before


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (chosen(password="short", again="short"), "password"),
        (chosen(again="something else here"), "again"),
        (chosen(password="", again=""), "password"),
        (chosen(username=""), "username"),
    ],
)
def test_what_is_wrong_is_said_and_the_link_still_holds(
    service: Flask, admin: FlaskClient, typed: dict[str, str], field: str
) -> None:
    path = link_for(admin)
    answer = service.test_client().post(path, data=typed)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert NEW not in answer.text
    assert service.test_client().post(path, data=chosen()).status_code == 302


def test_a_login_that_ended_gets_no_link_and_its_link_is_void(
    service: Flask, admin: FlaskClient, engine: Engine
) -> None:
    path = link_for(admin)
    assert admin.post(f"/administration/users/{cast.PLANT}/service").status_code == 302
    assert service.test_client().post(path, data=chosen()).status_code == 410
    assert admin.post(f"/administration/users/{cast.PLANT}/password").status_code == 422


@pytest.mark.parametrize("who", [cast.REGULATOR, cast.PLANT, cast.SITE])
def test_nobody_else_makes_a_link(who: str, sign_in: SignIn, engine: Engine) -> None:
    assert sign_in(who).post(f"/administration/users/{cast.PLANT}/password").status_code == 403
    with Session(engine) as session:
        assert session.scalars(select(PasswordLink)).all() == []


@pytest.mark.parametrize("token", ["guess", "x" * 43, "x" * 500, "%00", "汉字"])
def test_a_guessed_token_is_nothing(service: Flask, people: object, token: str) -> None:
    assert service.test_client().get(f"/password/{token}").status_code in (404, 410)
    assert service.test_client().post(f"/password/{token}", data=chosen()).status_code in (404, 410)
