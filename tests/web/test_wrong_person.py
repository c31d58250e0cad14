"""Does the wrong person get nothing, on every endpoint of the interface? Made from the list of routes.

A new endpoint that tests/web/strangers.py does not name fails. Pages: tests/web/test_rights.py.
"""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.manifests import Manifest, MoistureTest
from models.session import write_sessions
from models.vocabulary import FindingKind, WeighingRole
from tests import factories as make
from tests.web.api.conftest import Interface, interface
from tests.web.strangers import DESKS, FOR_ALL, LISTS, OBJECTS, REFUSALS
from web.api.v1.scopes import SCOPES

__all__ = ["interface"]

RIVALS = ("rival_plant", "rival_hauler", "rival_driver", "rival_site")
REFUSED = frozenset({403, 404, 422})


@pytest.fixture
def names(interface: Interface) -> dict[str, str]:
    """What is ours: a manifest under way, a finding about it, places, a truck."""
    number = interface.issued()
    town = interface.town
    written, paper = interface.written()
    with write_sessions(interface.engine).begin() as session:
        about = manifest_of(session, number)
        finding = make.finding(session, FindingKind.OVERLOAD, about, town.truck, key="F-OURS")
        finding.hauler_id = town.road_org.id
        make.device(session, town.truck, code="D-OURS")
        test = MoistureTest(
            manifest_id=about.id, role=WeighingRole.LOADED, moisture_fraction=0.8, at=town.now
        )
        test_id = make.add(session, test).id
    return {
        "number": number,
        "written": written,
        "paper": str(paper),
        "finding": "F-OURS",
        "plant": town.plant.code,
        "site": town.site.code,
        "truck": town.truck.code,
        "carrier": town.road_org.code,
        "user": town.people["plant"].username,
        "now": town.now.isoformat(),
        "device": "D-OURS",
        "test": str(test_id),
    }


def manifest_of(session: Session, number: str) -> Any:
    return session.scalars(select(Manifest).where(Manifest.number == number)).one()


def filled(template: Any, names: dict[str, str]) -> Any:
    """A request with the names in it."""
    if isinstance(template, str):
        return template.format_map(names) if "{" in template else template
    if isinstance(template, dict):
        return {key: filled(value, names) for key, value in template.items()}
    return [filled(each, names) for each in template] if isinstance(template, list) else template


def test_every_endpoint_is_in_one_of_the_tests_here() -> None:
    tables = (set(OBJECTS), set(REFUSALS), set(LISTS), set(DESKS), FOR_ALL)
    assert set().union(*tables) == set(SCOPES)
    assert sum(map(len, tables)) == len(SCOPES)


@pytest.mark.parametrize("who", RIVALS)
def test_what_belongs_to_others_does_not_exist(interface: Interface, names: dict[str, str], who: str) -> None:
    machine = interface.machine(who)
    for endpoint, (method, path, body) in OBJECTS.items():
        answer = machine.call(method, filled(path, names), filled(body, names))
        assert answer.status_code == 404, (endpoint, answer.status_code, answer.text)


@pytest.mark.parametrize("who", RIVALS)
def test_what_is_others_to_do_is_refused(interface: Interface, names: dict[str, str], who: str) -> None:
    machine = interface.machine(who)
    for endpoint, (method, path, body) in REFUSALS.items():
        answer = machine.call(method, filled(path, names), filled(body, names))
        assert answer.status_code in REFUSED, (endpoint, answer.status_code, answer.text)
        assert "unknown_field" not in answer.text, (endpoint, answer.text)


@pytest.mark.parametrize("who", RIVALS)
def test_lists_name_nothing_of_others(interface: Interface, names: dict[str, str], who: str) -> None:
    machine = interface.machine(who)
    for endpoint, path in LISTS.items():
        answer = machine.get(filled(path, names))
        assert answer.status_code == 200, (endpoint, answer.text)
        assert told_of_ours(answer.text, names) == [], endpoint


def told_of_ours(text: str, names: dict[str, str]) -> list[str]:
    """Which of our things an answer names."""
    return [names[key] for key in ("number", "finding", "plant", "truck", "device") if names[key] in text]


@pytest.mark.parametrize("who", RIVALS)
def test_desks_of_others_are_refused_and_ones_own_hold_nothing_of_ours(
    interface: Interface, names: dict[str, str], who: str
) -> None:
    machine = interface.machine(who)
    for endpoint, path in DESKS.items():
        answer = machine.get(path)
        assert answer.status_code in (200, 403), (endpoint, answer.text)
        assert told_of_ours(answer.text, names) == [], endpoint


def test_those_whom_it_concerns_see_it(interface: Interface, names: dict[str, str]) -> None:
    for who in ("plant", "dispatcher", "driver", "gate", "regulator"):
        assert interface.machine(who).get(f"/manifests/{names['number']}").status_code == 200, who
        assert names["number"] in interface.machine(who).get("/manifests").text, who
