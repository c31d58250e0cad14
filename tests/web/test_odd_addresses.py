"""Is an address with strange parameters answered with a page or a refusal, never with a failure?"""

from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import Engine

from app import create_app
from models.settings import Settings
from tests import cast
from tests.cast import Cast
from tests.web import addresses
from tests.web.conftest import NOW, SignIn, session_of

ODD_NAMES = ["endpoint", "values", "_method", "_anchor", "_scheme", "_external", "self", "key", "code"]
FILTERS = ["q", "day", "since", "until", "after", "sort", "kind", "vehicle", "manifest", "decided"]
ODD_VALUES = [
    "x",
    "POST",
    "//[",
    "0001-01-02",
    "9999-12-31",
    "%00",
    "[",
    "null",
    "W10=",
    "https",
    "-1",
    "\ud7ff",
]
PAGES = [path for name, path in addresses.LISTS.items() if name != "users.listing"]


@pytest.mark.parametrize("path", PAGES)
def test_names_that_the_router_knows_are_only_parameters(path: str, sign_in: SignIn) -> None:
    client = sign_in(cast.ADMINISTRATOR)
    for name in ODD_NAMES:
        answer = client.get(path, query_string={name: "POST"}, follow_redirects=True)
        assert answer.status_code == 200, name


@pytest.mark.parametrize("day", ["0001-01-01", "0001-01-02", "9999-12-31", "1969-07-20"])
def test_days_at_the_ends_of_the_calendar_are_refused(day: str, sign_in: SignIn) -> None:
    client = sign_in(cast.REGULATOR)
    for path in (
        f"/?day={day}",
        f"/overview/figures?day={day}",
        f"/manifests?since={day}",
        f"/findings?until={day}",
    ):
        assert client.get(path).status_code == 400, path


@pytest.mark.parametrize("target", ["//[", "/\\[", "http://["])
def test_no_target_breaks_the_sign_in_page(target: str, service: Flask) -> None:
    assert service.test_client().get("/login", query_string={"next": target}).status_code == 200


@pytest.fixture
def client(service: Flask, people: Cast, sign_in: SignIn) -> FlaskClient:
    return sign_in(cast.REGULATOR)


@examples(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(PAGES),
    query=st.dictionaries(
        st.sampled_from(ODD_NAMES + FILTERS) | st.text(max_size=8),
        st.sampled_from(ODD_VALUES) | st.text(max_size=20),
        max_size=4,
    ),
)
def test_no_address_fails(client: FlaskClient, path: str, query: dict[str, str]) -> None:
    assert client.get(f"{path}?{urlencode(query)}").status_code < 500


def test_filters_go_along_to_the_file_and_the_next_page(sign_in: SignIn) -> None:
    text = sign_in(cast.REGULATOR).get("/findings?decided=all&q=a%26b&endpoint=x").text
    assert "/findings.csv?decided=all&amp;q=a%26b&amp;endpoint=x" in text


def test_a_person_draws_so_many_certificates_a_minute(
    engine: Engine, settings: Settings, people: Cast
) -> None:
    app = create_app(Settings(state_dir=settings.state_dir, certificate_limit="2 per minute"), engine)
    app.extensions["clock"] = lambda: NOW

    def status(username: str) -> int:
        visitor = app.test_client()
        with visitor.session_transaction() as session:
            session.update(session_of(people.users[username]))
        return visitor.get("/manifests/no-such/certificate.pdf").status_code

    assert [status(cast.PLANT) for _number in range(3)] == [404, 404, 429]
    assert status(cast.COLLEAGUE) == 404
