"""Is every page held by the strict policy, without a script, style or address from elsewhere?"""

from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from flask import Flask

from tests import cast
from tests.cast import Cast
from tests.web import addresses
from tests.web.conftest import SignIn

FETCHED = {"src", "href", "action", "data-source", "data-basemap", "data-network", "data-worker", "hx-get"}
PAGES = [
    endpoint
    for endpoint in (*addresses.LISTS, *addresses.OBJECTS)
    if not endpoint.endswith((".table", "map"))
]
HTML_PAGES = [e for e in PAGES if not e.startswith("map.") and not e.endswith("certificate")]


class Strictness(HTMLParser):
    """Collects what a strict policy forbids."""

    def __init__(self) -> None:
        super().__init__()
        self.troubles: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or "style" in given:
            self.troubles.append(f"<{tag}> has a style of its own")
        if tag == "script" and not given.get("src"):
            self.troubles.append("a script in the page")
        self.troubles += [f"<{tag}> has {name}" for name in given if name.startswith("on") or name == "hx-on"]
        for name in FETCHED & given.keys():
            parts = urlsplit(given[name] or "")
            if parts.netloc or parts.scheme not in ("",):
                self.troubles.append(f"<{tag} {name}={given[name]}> leads elsewhere")
        if given.get("id"):
            self.ids.append(str(given["id"]))


@pytest.mark.parametrize("endpoint", HTML_PAGES)
def test_pages_hold_nothing_that_the_policy_forbids(endpoint: str, sign_in: SignIn, people: Cast) -> None:
    path = addresses.LISTS.get(endpoint) or addresses.address(endpoint, people.ours)
    answer = sign_in(cast.ADMINISTRATOR).get(path)
    page = Strictness()
    page.feed(answer.text)
    assert answer.status_code == 200
    assert page.troubles == []
    assert sorted(page.ids) == sorted(set(page.ids)), "an id is there twice"


@pytest.mark.parametrize(
    "path", ["/login", "/", "/nothing-here", "/health", "/static/css/style.css", "/api/v1/x"]
)
def test_every_answer_carries_the_policy(path: str, sign_in: SignIn) -> None:
    with sign_in(cast.REGULATOR).get(path) as answer:
        headers = answer.headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_personal_pages_are_kept_by_no_cache(sign_in: SignIn) -> None:
    assert sign_in(cast.REGULATOR).get("/manifests").headers["Cache-Control"] == "no-store"


def test_a_versioned_file_is_kept_and_a_plain_one_asked_for_again(service: Flask) -> None:
    client = service.test_client()
    with client.get("/static/css/style.css?v=1") as versioned, client.get("/static/css/style.css") as plain:
        assert "immutable" in versioned.headers["Cache-Control"]
        assert plain.headers["Cache-Control"] == "no-cache"


def test_the_base_map_is_sent_once(sign_in: SignIn) -> None:
    client = sign_in(cast.REGULATOR)
    first = client.get("/map/basemap.geojson")
    again = client.get("/map/basemap.geojson", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
