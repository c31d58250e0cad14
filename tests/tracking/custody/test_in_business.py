"""Is nothing issued for whom, or what, is out of business, and nobody's sludge that is not theirs to give?"""

from datetime import date, timedelta

import pytest

from models.custody_words import Act
from models.fleet import Vehicle
from models.organisations import Organisation
from models.values import Viewer
from models.vocabulary import Role, SludgeKind
from tests import factories as make
from tests.tracking.custody.haulage import Haulage
from tests.tracking.custody.test_family import reasons
from tracking.operations.administer.fleet import keep_organisation_active, keep_vehicle_active
from tracking.operations.administer.refusals import NotAdministering
from tracking.operations.custody.refusals import StepBlocked

TODAY = date(2026, 3, 2)
A_DAY = timedelta(days=1)
OUT = {"over": (None, TODAY - A_DAY), "not yet": (TODAY + A_DAY, None)}
IN = {"until today": (None, TODAY), "from today": (TODAY, None), "without ends": (None, None)}
Days = tuple[date | None, date | None]


def administrator(town: Haulage) -> Viewer:
    user = make.user(town.session, Role.ADMINISTRATOR)
    return Viewer(Role.ADMINISTRATOR, None, user.id, user.display_name)


def set_days(town: Haulage, table: type[Organisation] | type[Vehicle], code: str, days: Days) -> None:
    keep = keep_vehicle_active if table is Vehicle else keep_organisation_active
    keep(town.session, code, *days, administrator(town))


def refusals(town: Haulage, number: str, act: Act = Act.ISSUE, who: str = "plant") -> list[tuple[str, str]]:
    with pytest.raises(StepBlocked) as refused:
        town.sign(number, act, who)
    return reasons(refused)


@pytest.mark.parametrize("days", OUT.values(), ids=OUT)
@pytest.mark.parametrize(
    ("party", "field"),
    [("plant_org", "origin"), ("road_org", "legs[0].carrier"), ("site_org", "destination")],
)
def test_nothing_is_issued_for_who_is_out_of_business(
    town: Haulage, party: str, field: str, days: Days
) -> None:
    number = town.drawn_up()
    set_days(town, Organisation, getattr(town, party).code, days)
    assert refusals(town, number) == [(field, "organisation_not_active")]
    set_days(town, Organisation, getattr(town, party).code, (None, None))
    assert town.sign(number, Act.ISSUE, "plant").event_id


@pytest.mark.parametrize("days", IN.values(), ids=IN)
def test_the_first_and_the_last_day_count(town: Haulage, days: Days) -> None:
    set_days(town, Organisation, town.road_org.code, days)
    set_days(town, Vehicle, town.truck.code, days)
    assert town.sign(town.drawn_up(), Act.ISSUE, "plant").event_id


@pytest.mark.parametrize("days", OUT.values(), ids=OUT)
def test_a_vehicle_out_of_service_neither_is_named_nor_leaves(town: Haulage, days: Days) -> None:
    number = town.drawn_up()
    town.sign(number, Act.ISSUE, "plant")
    town.sign(number, Act.LOAD, "plant", weighed=town.weighed(17_000.0))
    later = town.drawn_up()
    set_days(town, Vehicle, town.truck.code, days)
    assert refusals(town, later) == [("legs[0].vehicle", "vehicle_not_active")]
    assert refusals(town, number, Act.DEPART, "driver") == [("legs[0].vehicle", "vehicle_not_active")]


def test_only_the_administrator_says_who_is_active(town: Haulage) -> None:
    with pytest.raises(NotAdministering):
        keep_vehicle_active(town.session, town.truck.code, None, TODAY, town.viewer("dispatcher"))
    with pytest.raises(StepBlocked) as refused:
        set_days(town, Vehicle, town.truck.code, (TODAY, TODAY - A_DAY))
    assert reasons(refused) == [("active_to", "ends_before_it_begins")]


def test_a_plant_gives_no_dredged_sludge(town: Haulage) -> None:
    number = town.drawn_up(sludge_kind=SludgeKind.DREDGED)
    assert refusals(town, number) == [("sludge_kind", "plants_give_no_dredged")]
