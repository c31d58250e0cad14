"""Does a page ask the database few questions, and no more of them when there is more to show?"""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import Engine

from models.session import write_sessions
from models.vocabulary import DecisionOutcome
from tests import cast
from tests import factories as make
from tests.cast import Cast
from tests.factories import DAY
from tests.web import addresses
from tests.web.conftest import SignIn
from tests.web.counting import counted_queries

MOST = 20
MOST_OF = {"manifest.page": 36}
"""A manifest's page tells paper, movement, masses, findings, custody, signatures and corrections at once."""
MORE = 12
PAGES = [name for name in (*addresses.LISTS, *addresses.OBJECTS) if name != "manifest.certificate"]


def add_more(engine: Engine, people: Cast) -> None:
    """More of everything that a page could loop over."""
    with write_sessions(engine).begin() as session:
        for number in range(MORE):
            more = make.haul(session, start=DAY + timedelta(minutes=number))
            make.finding(session, of=more.manifest, by=more.vehicle)
            again = make.finding(session, of=people.ours.manifest, by=people.ours.vehicle)
            make.decision(session, again, people.users[cast.REGULATOR], DecisionOutcome.EXPLAIN)
            make.visit(session, people.ours.vehicle, more.plant, DAY, DAY + timedelta(minutes=5))
            spare = make.device(session)
            before = DAY - timedelta(days=90 + number)
            make.add(session, make.binding(spare, people.ours.vehicle, before, before + timedelta(hours=1)))


def test_a_page_asks_little_and_the_same_for_more(engine: Engine, people: Cast, sign_in: SignIn) -> None:
    """All pages in one test: the two states of the city are far dearer than the pages."""
    client = sign_in(cast.ADMINISTRATOR)
    add_more(engine, people)
    few = {endpoint: questions_of(endpoint, engine, people, client) for endpoint in PAGES}
    add_more(engine, people)
    many = {endpoint: questions_of(endpoint, engine, people, client) for endpoint in PAGES}
    beyond = {endpoint: sent for endpoint, sent in many.items() if len(sent) > MOST_OF.get(endpoint, MOST)}
    assert beyond == {}
    grown = {endpoint: sorted(sent) for endpoint, sent in many.items() if len(sent) != len(few[endpoint])}
    assert grown == {}


def questions_of(endpoint: str, engine: Engine, people: Cast, client: FlaskClient) -> list[str]:
    """The statements that a page sends."""
    path = addresses.LISTS.get(endpoint) or addresses.address(endpoint, people.ours)
    with counted_queries(engine) as sent:
        assert client.get(path).status_code == 200, endpoint
    return sent
