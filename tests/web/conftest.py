"""On what do the tests of pages stand? The cast in a database, the service on it, and people signed in."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app import create_app
from models.organisations import User
from models.settings import Settings
from tests.cast import Cast, cast
from tests.factories import DAY

NOW = DAY + timedelta(hours=3)
SignIn = Callable[[str], FlaskClient]


class CompiledOnce(BytecodeCache):
    """Templates compiled by one test serve the next; a changed source has another checksum."""

    def __init__(self) -> None:
        self.codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.codes:
            bucket.bytecode_from_string(self.codes[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.codes[bucket.key] = bucket.bytecode_to_string()


COMPILED = CompiledOnce()


@pytest.fixture
def people(engine: Engine) -> Cast:
    """The cast, committed."""
    with Session(engine.execution_options(writes=True), expire_on_commit=False) as session:
        present = cast(session)
        session.commit()
    return present


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings that keep the state in the test's own folder."""
    return Settings(state_dir=str(tmp_path / "state"))


@pytest.fixture
def service(engine: Engine, settings: Settings) -> Flask:
    """The service three hours after DAY; forms need no token unless a test says so."""
    app = create_app(settings, engine)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.extensions["clock"] = lambda: NOW
    app.jinja_env.bytecode_cache = COMPILED
    return app


@pytest.fixture
def sign_in(service: Flask, people: Cast) -> SignIn:
    """A client with the session of a member of the cast."""

    def client_of(username: str) -> FlaskClient:
        client = service.test_client()
        with client.session_transaction() as session:
            session.update(session_of(people.users[username]))
        return client

    return client_of


def session_of(user: User) -> dict[str, object]:
    """What Flask-Login keeps in the cookie of a signed-in person."""
    return {"_user_id": f"{user.id}:{user.session_version}", "_fresh": True}
