"""Does every list of custody and administration leave as a file, with the rows and filters of its page?"""

import csv
from io import StringIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from models.custody_words import Act
from models.manifests import Manifest
from models.vocabulary import FindingKind, Role
from tests import factories as make
from tests.tracking.custody.haulage import Haulage
from tests.web.desks.conftest import Desk
from web.pages.tables import TABLES
from web.rights import RIGHTS

READERS = ("regulator", "plant", "gate", "dispatcher")


def lines(client: FlaskClient, path: str) -> list[dict[str, str]]:
    """The rows of a file by their titles."""
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(StringIO(answer.text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_table_is_written_for_somebody(name: str, town: Haulage, desk: Desk) -> None:
    town.people["administrator"] = make.user(town.session, Role.ADMINISTRATOR)
    town.session.commit()
    roles = RIGHTS[f"tables.{name}"] or frozenset()
    who = next(each for each in (*READERS, "administrator") if town.people[each].role in roles)
    town.session.commit()
    answer = desk(who).get(f"/tables/{name}.csv")
    assert answer.status_code == 200
    titles = next(csv.reader(StringIO(answer.text.removeprefix("\ufeff"))))
    assert len(titles) == len(TABLES[name].columns) == len(set(titles))


def test_cases_leave_with_the_filters_of_their_page(town: Haulage, desk: Desk) -> None:
    number = town.on_the_road()
    manifest = town.session.scalars(select(Manifest).where(Manifest.number == number)).one()
    make.finding(town.session, FindingKind.OVERLOAD, manifest, town.truck, key="F-1")
    town.session.commit()
    regulator = desk("regulator")
    town.session.commit()
    opened = regulator.post("/cases/open", data={"findings": "F-1", "title": "=Overload"})
    assert opened.status_code == 302, opened.text
    (row,) = lines(regulator, "/tables/cases.csv")
    assert row["案由"] == "'=Overload"
    assert row["状态"]
    assert lines(regulator, "/tables/cases.csv?q=nothing+like+it") == []
    assert regulator.get("/tables/cases.csv?state=no_such_state").status_code == 400
    assert "/tables/cases.csv?q=Over" in regulator.get("/cases?q=Over").text


def test_a_stock_s_ledger_holds_one_s_own_piles_alone(town: Haulage, desk: Desk) -> None:
    number = town.in_store()
    town.session.commit()
    store, gate = desk("store"), desk("gate")
    town.session.commit()
    (row,) = lines(store, "/tables/ledger.csv")
    assert (row["联单"], float(row["湿重（kg）"])) == (number, 17_000.0)
    assert lines(gate, "/tables/ledger.csv") == []
    (pile,) = lines(store, "/tables/piles.csv")
    assert pile["堆位"] == "A1"


def test_hauls_leave_by_their_part(town: Haulage, desk: Desk) -> None:
    number = town.on_the_road()
    waiting = town.drawn_up()
    town.sign(waiting, Act.ISSUE, "plant")
    town.session.commit()
    carrier = desk("dispatcher")
    town.session.commit()
    assert [row["联单"] for row in lines(carrier, "/tables/hauls.csv")] == [number]
    assert [row["联单"] for row in lines(carrier, "/tables/hauls.csv?part=upcoming")] == [waiting]
