"""On what do the tests of custody's pages stand? The cast of haulage in a service whose clock it moves."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app import create_app
from models.settings import Settings
from tests.cast import password_hash
from tests.tracking.custody.haulage import Haulage, haulage
from tests.web.conftest import session_of

Desk = Callable[[str], FlaskClient]


@pytest.fixture
def town(engine: Engine) -> Iterator[Haulage]:
    """The cast of haulage, committed; whoever changes it commits."""
    with Session(engine.execution_options(writes=True), expire_on_commit=False) as session:
        present = haulage(session)
        for person in present.people.values():
            person.password_hash = password_hash()
        session.commit()
        yield present


@pytest.fixture
def service(engine: Engine, settings: Settings, town: Haulage) -> Flask:
    """The service at the town's time."""
    app = create_app(settings, engine)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    app.extensions["clock"] = lambda: town.now
    return app


@pytest.fixture
def desk(service: Flask, town: Haulage) -> Desk:
    """A client with the session of one of the town's people."""

    def client_of(who: str) -> FlaskClient:
        client = service.test_client()
        with client.session_transaction() as session:
            session.update(session_of(town.people[who]))
        return client

    return client_of


def rows(town: Haulage, query: Any) -> list[Any]:
    """What stands in the database now; the session keeps no lock."""
    town.session.expire_all()
    found = list(town.session.scalars(query))
    town.session.commit()
    return found
