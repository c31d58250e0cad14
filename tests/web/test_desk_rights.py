"""Is every page closed to the roles the table of rights does not name, and every thing to rivals?"""

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from models.cases import CaseEntry
from models.corrections import Correction, CorrectionQuestion
from models.custody_words import CaseAct
from models.manifests import Manifest
from models.session import write_sessions
from models.vocabulary import FindingKind
from tests import factories as make
from tests.web import desk_pages
from tests.web.api.conftest import Interface, interface
from tests.web.conftest import session_of
from web.api.v1.scopes import SCOPES, WITHOUT_TOKEN
from web.rights import RIGHTS, WATCHERS

__all__ = ["interface"]

RIVALS = ("rival_plant", "rival_hauler", "rival_driver", "rival_site")
ONE_OF_EACH_ROLE = ("plant", "dispatcher", "driver", "gate", "regulator", "administrator")
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 32


@pytest.fixture
def town(interface: Interface) -> Interface:
    interface.app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    return interface


def client(town: Interface, who: str) -> FlaskClient:
    seat = town.app.test_client()
    with seat.session_transaction() as session:
        session.update(session_of(town.town.people[who]))
    return seat


def guarded(town: Interface) -> list[Rule]:
    """The routes of pages that ask who one is."""
    open_to_all = {*SCOPES, *WITHOUT_TOKEN} | {name for name, roles in RIGHTS.items() if roles is None}
    return [rule for rule in town.app.url_map.iter_rules() if rule.endpoint not in open_to_all]


def any_address(town: Interface, rule: Rule) -> tuple[str, str]:
    """Method and address of a route; the guard stands before any look at the thing named."""
    method = "GET" if "GET" in (rule.methods or ()) else "POST"
    path = rule.build({**dict.fromkeys(rule.arguments, "1"), **(rule.defaults or {})}, append_unknown=False)
    assert path is not None, rule
    return method, path[1].replace("//", "/")


@pytest.fixture
def names(town: Interface) -> dict[str, str]:
    """A manifest on the road, a draft, a finding in a case, a correction, questions and a file."""
    cast = town.town
    draft, number = cast.drawn_up(), cast.on_the_road()
    cast.session.commit()
    with write_sessions(town.engine).begin() as session:
        manifest = session.scalars(select(Manifest).where(Manifest.number == number)).one()
        finding = make.finding(session, FindingKind.OVERLOAD, manifest, cast.truck, key="F-OURS")
        finding.hauler_id = cast.road_org.id
    regulator, field = client(town, "regulator"), desk_pages.GROSS
    asked = {"organisation": cast.plant_org.code, "comment": "x"}
    about = {"new": "28500", "reason": "x", "seen": "28000.0", "file": (BytesIO(PNG), "a.png")}
    posts = [
        (regulator, f"/corrections/ask/{number}?field={field}", asked),
        (client(town, "plant"), f"/corrections/request/{number}?field={field}", about),
        (regulator, "/cases/open", {"findings": "F-OURS", "title": "x"}),
    ]
    answer = regulator.get("/cases")
    for seat, path, typed in posts:
        answer = seat.post(path, data=typed)
        assert answer.status_code == 302, (path, answer.text[-1500:])
    to_carrier = {"organisation": cast.road_org.code, "text": "x"}
    assert regulator.post(f"{answer.headers['Location']}/ask", data=to_carrier).status_code == 302
    paper = str(town.written()[1])
    return {"number": number, "draft": draft, "finding": "F-OURS", "paper": paper} | stored(town)


def stored(town: Interface) -> dict[str, str]:
    with Session(town.engine) as session:
        correction = session.scalars(select(Correction)).one()
        question = session.scalars(select(CaseEntry).where(CaseEntry.act == CaseAct.ASKED)).one()
        return {
            "correction": str(correction.id),
            "file": str(correction.evidence_id),
            "correction_question": str(session.scalars(select(CorrectionQuestion.id)).one()),
            "case_question": str(question.id),
        }


def test_a_page_that_names_a_thing_is_held_to_it(town: Interface) -> None:
    tables = (set(desk_pages.OBJECTS), desk_pages.OF_THE_OFFICE, desk_pages.WITHOUT_OBJECT)
    assert sum(map(len, tables)) == len(desk_pages.ALL)
    assert all((RIGHTS[name] or WATCHERS) <= WATCHERS for name in desk_pages.OF_THE_OFFICE)
    naming = {rule.endpoint for rule in guarded(town) if rule.arguments - {"act"}}
    assert not naming & desk_pages.WITHOUT_OBJECT


def test_who_is_not_signed_in_is_sent_to_sign_in(town: Interface) -> None:
    for rule in guarded(town):
        method, path = any_address(town, rule)
        answer = town.app.test_client().open(path, method=method)
        assert answer.status_code == 302, (rule, answer.status_code)
        assert answer.headers["Location"].startswith("/login"), rule


@pytest.mark.parametrize("who", ONE_OF_EACH_ROLE)
def test_roles_outside_the_table_are_refused(town: Interface, who: str) -> None:
    seat, role = client(town, who), town.town.people[who].role
    for rule in guarded(town):
        if role not in (RIGHTS[rule.endpoint] or ()):
            method, path = any_address(town, rule)
            assert seat.open(path, method=method).status_code == 403, (rule, path)


def test_for_rivals_our_things_do_not_exist(town: Interface, names: dict[str, str]) -> None:
    methods = {rule.endpoint: rule.methods or set() for rule in guarded(town)}
    wrong = []
    for who in RIVALS:
        seat, role = client(town, who), town.town.people[who].role
        for endpoint, template in desk_pages.OBJECTS.items():
            for method in sorted({"GET", "POST"} & methods[endpoint]):
                status = seat.open(template.format_map(names), method=method).status_code
                if status != (404 if role in (RIGHTS[endpoint] or ()) else 403):
                    wrong.append((who, endpoint, method, status))
    assert wrong == []


def test_those_whom_it_concerns_find_each_thing(town: Interface, names: dict[str, str]) -> None:
    people = ("plant", "dispatcher", "driver", "gate", "regulator")
    seats = [client(town, who) for who in people]
    for endpoint, template in desk_pages.OBJECTS.items():
        rule = next(each for each in guarded(town) if each.endpoint == endpoint)
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        found = [seat.open(template.format_map(names), method=method).status_code for seat in seats]
        assert set(found) - {403, 404}, (endpoint, found)
