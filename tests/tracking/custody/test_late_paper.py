"""Are loads judged again when older paper about their vehicle, their plant or their ticket comes late?"""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from models.custody_words import Act
from models.journeys import ManifestMark
from models.manifests import Manifest
from models.vocabulary import FacilityKind
from tests import factories as make
from tests.tracking.custody.haulage import Haulage
from tests.tracking.custody.test_corrections import GROSS, ask, say
from tests.tracking.custody.test_emergency import paper, window
from tracking.operations.custody.emergency import enter_paper


def loaded(town: Haulage, net_kg: float = 17_000.0, **given: Any) -> str:
    number = town.drawn_up(**given)
    town.sign(number, Act.ISSUE, "plant")
    town.sign(number, Act.LOAD, "plant", weighed=town.weighed(net_kg))
    return number


def judged(town: Haulage) -> None:
    """As after a run of the analysis."""
    town.session.execute(update(ManifestMark).values(dirty=False))


def dirty(town: Haulage) -> set[str]:
    query = (
        select(Manifest.number)
        .join(ManifestMark, ManifestMark.manifest_id == Manifest.id)
        .where(ManifestMark.dirty)
    )
    return set(town.session.scalars(query))


def test_a_load_of_now_leaves_the_others_as_they_are(town: Haulage) -> None:
    first = loaded(town)
    judged(town)
    second = loaded(town)
    assert dirty(town) == {second}
    assert first != second


def test_paper_of_yesterday_has_todays_loads_judged_again(town: Haulage) -> None:
    today = loaded(town)
    elsewhere = make.facility(town.session, FacilityKind.PLANT, town.plant_org, (120.01, 31.0))
    leg = {"origin": elsewhere.code, "destination": town.site.code}
    legs = (type(town.draft().legs[0])(town.draft().legs[0].mode, town.truck.code, **leg),)
    other = loaded(town, origin=elsewhere.code, legs=legs)
    town.later(10)
    judged(town)
    window(town)
    late = enter_paper(town.session, town.draft(), paper(town), town.viewer("plant"), town.setting())
    assert dirty(town) == {today, late}
    assert other not in dirty(town)


def test_what_was_loaded_before_or_a_season_later_stays(town: Haulage) -> None:
    before = loaded(town)
    town.later(2 * 1_440)
    window(town, covers_from=town.now - timedelta(days=3), enter_until=town.now + timedelta(days=60))
    steps = paper(town)  # of a day ago
    town.later(40 * 1_440)
    season_later = loaded(town)
    judged(town)
    late = enter_paper(town.session, town.draft(), steps, town.viewer("plant"), town.setting())
    assert dirty(town) == {late}
    assert {before, season_later}.isdisjoint(dirty(town))


def test_a_corrected_weight_has_the_next_loads_judged_again(town: Haulage) -> None:
    number, following = loaded(town), loaded(town)
    judged(town)
    request = ask(town, number, GROSS, 28_000, 27_500)
    for who in ("dispatcher", "gate"):
        say(town, request, who)
    assert dirty(town) == {number, following}


def test_a_load_that_is_cancelled_was_none_for_those_after_it(town: Haulage) -> None:
    number, following = loaded(town), loaded(town)
    judged(town)
    town.sign(number, Act.CANCEL_LOADED, "plant", reason="wrong silo")
    town.sign(number, Act.CANCEL_LOADED, "dispatcher", reason="wrong silo")
    assert dirty(town) == {number, following}
