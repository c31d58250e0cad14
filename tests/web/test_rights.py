"""Does every page open for those who may, and for nobody else?"""

import pytest
from flask import Flask
from sqlalchemy import Engine

from app import create_app
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.receive import take_message
from models.session import write_sessions
from models.settings import Settings
from models.thresholds import DoubtThresholds
from models.vocabulary import Protocol, Role
from tests import cast
from tests.cast import Cast
from tests.factories import DAY
from tests.web import addresses, desk_pages
from tests.web.conftest import SignIn
from web.api.v1.scopes import SCOPES, WITHOUT_TOKEN
from web.rights import RIGHTS, WITHOUT_SIGN_IN

DEVICES = {"files.post_file", "fixes.post_fixes", "osmand.take_report", "owntracks.take_message"}
OF_ADMINISTRATORS = {
    "device_forms.change": "/administration/devices/change/D-QY-1",
    "device_forms.bind": "/administration/devices/bind/D-QY-1",
    "device_forms.unbind": "/administration/devices/unbind/D-QY-1",
    "device_forms.out_of_service": "/administration/devices/out-of-service/D-QY-1",
    "device_forms.in_service": "/administration/devices/in-service/D-QY-1",
    "device_forms.token": "/administration/devices/token/D-QY-1",
    "device_forms.revoke": "/administration/devices/revoke/D-QY-1",
    "device_forms.forget": "/administration/devices/forget/D-QY-1",
    "device_models.describe": "/administration/models/describe",
    "device_models.forget": "/administration/models/forget",
    "quarantine.let_out": "/quarantine/release",
    "quarantine.turn_down": "/quarantine/reject",
    "quarantine.register": "/quarantine/register",
}
OF_INTERFACE = {*SCOPES, *WITHOUT_TOKEN}
"""Ask for a token with a scope: tests/web/test_wrong_person.py and tests/web/api."""
POSTS = {"login.switch_language", "login.sign_out", "findings.decide", *DEVICES, *OF_ADMINISTRATORS}
PUBLIC_PAGES = {"static", "health.alive", "login.sign_in", "metrics.figures"}
PUBLIC_PAGES |= {"password_link.choose"}  # tests/web/desks/test_password_links.py
PUBLIC_PAGES |= {"offline.worker", "offline.page", "offline.session"}  # tests/web/desks/test_offline.py
REDIRECTS = {"verify.document"}
QUICK_OBJECTS = [endpoint for endpoint in addresses.OBJECTS if endpoint != "manifest.certificate"]


def test_every_endpoint_is_in_one_of_the_tests_here() -> None:
    covered = {
        *addresses.LISTS,
        *addresses.OBJECTS,
        *POSTS,
        *PUBLIC_PAGES,
        *REDIRECTS,
        *addresses.FOR_WATCHERS,
        *desk_pages.ALL,  # tests/web/test_desk_rights.py
    }
    assert covered == set(RIGHTS) - OF_INTERFACE


@pytest.mark.parametrize("endpoint", addresses.LISTS)
def test_lists_open_for_their_roles(endpoint: str, sign_in: SignIn) -> None:
    allowed = addresses.LISTS_FOR_SOME.get(endpoint, addresses.ALL)
    for username in cast.EVERYONE:
        status = sign_in(username).get(addresses.LISTS[endpoint]).status_code
        assert status == (200 if username in allowed else 403), username


@pytest.mark.parametrize("endpoint", QUICK_OBJECTS)
def test_the_wrong_person_gets_404(endpoint: str, sign_in: SignIn, people: Cast) -> None:
    for load, ours in addresses.loads(people):
        allowed = addresses.who_sees(endpoint, ours)
        for username in cast.EVERYONE:
            status = sign_in(username).get(addresses.address(endpoint, load)).status_code
            assert status == (200 if username in allowed else 404), (username, load.manifest.number)


def test_the_wrong_person_gets_no_certificate(sign_in: SignIn, people: Cast) -> None:
    for username in (cast.RIVAL_PLANT, cast.RIVAL_HAULER):
        answer = sign_in(username).get(addresses.address("manifest.certificate", people.ours))
        assert answer.status_code == 404


@pytest.mark.parametrize("endpoint", addresses.OBJECTS)
def test_what_does_not_exist_is_404_also_for_the_regulator(
    endpoint: str, sign_in: SignIn, people: Cast
) -> None:
    path = addresses.address(endpoint, people.ours)
    for code in (people.ours.manifest.number, people.ours.finding.key, people.ours.plant.code):
        path = path.replace(code, "nothing-of-this-name")
    for code in (people.ours.vehicle.code, people.ours.device.code):
        path = path.replace(code, "nothing-of-this-name")
    assert sign_in(cast.REGULATOR).get(path).status_code == 404


@pytest.mark.parametrize("endpoint", [*addresses.LISTS, *addresses.OBJECTS])
def test_who_is_not_signed_in_is_asked_to(endpoint: str, service: Flask, people: Cast) -> None:
    path = addresses.LISTS.get(endpoint) or addresses.address(endpoint, people.ours)
    answer = service.test_client().get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login?next=")


def test_a_part_of_a_page_reloads_the_whole_when_the_session_has_ended(service: Flask) -> None:
    answer = service.test_client().get("/overview/figures", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Refresh"]) == (401, "true")


def test_only_the_regulator_may_decide(sign_in: SignIn, people: Cast) -> None:
    path = f"/findings/{people.ours.finding.key}/decision"
    for username in cast.EVERYONE:
        if username != cast.REGULATOR:
            assert sign_in(username).post(path, data={"outcome": "dismiss"}).status_code == 403, username


@pytest.mark.parametrize("endpoint", OF_ADMINISTRATORS)
def test_only_the_administrator_changes_devices(endpoint: str, sign_in: SignIn, people: Cast) -> None:
    for username in cast.EVERYONE:
        if username != cast.ADMINISTRATOR:
            assert sign_in(username).post(OF_ADMINISTRATORS[endpoint]).status_code == 403, username


@pytest.mark.parametrize(
    ("endpoint", "path"),
    [
        ("device_forms.manage", "/administration/devices/manage/D-QY-1"),
        ("messages.page", "/messages/1"),
        ("messages.body", "/messages/1/body"),
        ("quarantine.sender", "/quarantine/sender?code=D9"),
    ],
)
def test_pages_about_raw_messages_are_for_watchers(
    endpoint: str, path: str, engine: Engine, sign_in: SignIn, people: Cast
) -> None:
    message = Message("D9", Protocol.JSON, b"[]", "198.51.100.7:4000", DAY)
    with write_sessions(engine).begin() as session:
        take_message(session, message, DoubtThresholds())
    for username in cast.EVERYONE:
        status = sign_in(username).get(path).status_code
        assert status == (200 if username in addresses.FOR_WATCHERS[endpoint] else 403), username


def test_lists_show_only_what_one_may_see(sign_in: SignIn, people: Cast) -> None:
    seen = {}
    for username in cast.EVERYONE:
        text = sign_in(username).get("/manifests").text
        seen[username] = {
            n for n in (people.ours.manifest.number, people.theirs.manifest.number) if n in text
        }
    ours, theirs = {people.ours.manifest.number}, {people.theirs.manifest.number}
    assert seen == {
        cast.REGULATOR: ours | theirs,
        cast.ADMINISTRATOR: ours | theirs,
        cast.SITE: ours | theirs,
        cast.PLANT: ours,
        cast.COLLEAGUE: ours,
        cast.HAULER: ours,
        cast.RIVAL_PLANT: theirs,
        cast.RIVAL_HAULER: theirs,
    }


@pytest.mark.parametrize("path", ["/findings.csv?decided=all", "/map/network.geojson", "/facilities.csv"])
def test_files_show_only_what_one_may_see(path: str, sign_in: SignIn, people: Cast) -> None:
    text = sign_in(cast.RIVAL_PLANT).get(path).text
    assert people.theirs.plant.code in text or people.theirs.finding.key in text
    assert people.ours.plant.code not in text
    assert people.ours.finding.key not in text


def test_an_endpoint_without_rights_keeps_the_service_from_starting(
    engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(RIGHTS, "findings.page")
    with pytest.raises(LookupError, match=r"endpoints without rights \['findings.page'\]"):
        create_app(settings, engine)


def test_rights_without_an_endpoint_keep_the_service_from_starting(
    engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RIGHTS, "secrets.page", frozenset({Role.ADMINISTRATOR}))
    with pytest.raises(LookupError, match=r"rights without endpoint \['secrets.page'\]"):
        create_app(settings, engine)


def test_little_is_open_without_signing_in() -> None:
    public = {endpoint for endpoint, roles in RIGHTS.items() if roles is WITHOUT_SIGN_IN}
    assert public - OF_INTERFACE == {*PUBLIC_PAGES, "login.switch_language", *DEVICES}
