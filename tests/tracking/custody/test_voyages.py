"""Does one signature act move all loads of a voyage, each with a signature of its own, or none?"""

import pytest
from sqlalchemy import select

from models.custody_words import Act
from models.lineage import Voyage
from models.signatures import Signature
from models.vocabulary import CustodyState, Mode
from tests.tracking.custody.haulage import Haulage
from tests.tracking.custody.test_family import reasons
from tracking.operations.custody.draw_up import LegDraft
from tracking.operations.custody.refusals import NotYourSignature, StepBlocked
from tracking.operations.custody.take_step import Taken
from tracking.operations.custody.voyages import VoyageDraft, open_voyage, sail, sign_voyage
from tracking.queries.custody_voyages import voyage_loads, voyages
from tracking.rules.custody.facts import Given


def opened(town: Haulage) -> str:
    draft = VoyageDraft(town.vessel.code, town.wharf.code, town.far_wharf.code)
    return open_voyage(town.session, draft, town.viewer("master"), town.setting())


def on_the_quay(town: Haulage, count: int) -> list[str]:
    numbers = []
    for _ in range(count):
        number = town.on_the_road(legs=town.by_water())
        town.sign(number, Act.HAND_OVER, "driver", 40)
        numbers.append(number)
    return numbers


def together(town: Haulage, code: str, act: Act, numbers: tuple[str, ...] | None = None) -> tuple[Taken, ...]:
    town.later(10)
    viewer, signer, given = town.viewer("master"), town.signer("master"), Given(at=town.now)
    return sign_voyage(town.session, code, act, viewer, signer, given, town.setting(), numbers)


def test_three_loads_cross_the_water_with_two_signatures(town: Haulage) -> None:
    numbers = on_the_quay(town, 3)
    code = opened(town)
    taken = together(town, code, Act.TAKE_OVER)
    assert sorted(each.custody.number for each in taken) == sorted(numbers)
    assert len({each.signature_id for each in taken}) == 3
    assert all(each.custody.current and each.custody.current.voyage == code for each in taken)
    sail(town.session, code, town.viewer("master"), town.setting())
    assert {each.custody.state for each in together(town, code, Act.HAND_OVER)} == {CustodyState.AT_TRANSFER}
    loads = voyage_loads(town.session, code, town.viewer("master"))
    assert loads is not None
    assert (len(loads.carried), loads.aboard, loads.waiting) == (3, (), ())
    assert loads.voyage.arrived_at == town.now
    documents = [row.document.content for row in town.session.scalars(select(Signature)).all()]
    assert sum(leg["voyage"] == code for each in documents for leg in each["legs"] if "voyage" in leg) >= 6


def test_nothing_is_taken_on_after_sailing_nor_given_over_before(town: Haulage) -> None:
    first, second = on_the_quay(town, 2)
    code = opened(town)
    with pytest.raises(StepBlocked) as refused:
        sail(town.session, code, town.viewer("master"), town.setting())
    assert reasons(refused) == [("voyage", "voyage_is_empty")]
    together(town, code, Act.TAKE_OVER, (first,))
    with pytest.raises(StepBlocked) as refused:
        together(town, code, Act.HAND_OVER)
    assert reasons(refused) == [("voyage", "voyage_not_sailed")]
    sail(town.session, code, town.viewer("master"), town.setting())
    with pytest.raises(StepBlocked) as refused:
        together(town, code, Act.TAKE_OVER, (second,))
    assert reasons(refused) == [(f"manifests[{second}].voyage", "voyage_has_sailed")]
    with pytest.raises(StepBlocked) as refused:
        together(town, code, Act.HAND_OVER, (second,))
    assert reasons(refused) == [("manifests", "not_of_this_voyage")]


def test_a_voyage_is_its_carriers_alone(town: Haulage) -> None:
    code = opened(town)
    draft = VoyageDraft(town.vessel.code, town.wharf.code, town.far_wharf.code)
    with pytest.raises(NotYourSignature):
        open_voyage(town.session, draft, town.viewer("store"), town.setting())
    with pytest.raises(StepBlocked) as refused:
        open_voyage(town.session, draft, town.viewer("driver"), town.setting())
    assert reasons(refused) == [("vehicle", "vehicle_not_registered")]
    assert voyage_loads(town.session, code, town.viewer("driver")) is None
    assert [row.code for row in voyages(town.session, town.viewer("store")).rows] == [code]
    with pytest.raises(NotYourSignature):
        together_as_store(town, code)
    assert town.session.scalars(select(Voyage)).one().departed_at is None


def together_as_store(town: Haulage, code: str) -> None:
    on_the_quay(town, 1)
    viewer, signer = town.viewer("store"), town.signer("store")
    sign_voyage(town.session, code, Act.TAKE_OVER, viewer, signer, Given(at=town.now), town.setting())


def test_a_truck_makes_no_voyage(town: Haulage) -> None:
    draft = VoyageDraft(town.truck.code, town.wharf.code, town.far_wharf.code)
    with pytest.raises(StepBlocked) as refused:
        open_voyage(town.session, draft, town.viewer("driver"), town.setting())
    assert reasons(refused) == [("vehicle", "vehicle_of_other_mode")]


def test_a_word_in_the_voyage_hides_no_second_load_of_a_truck(town: Haulage) -> None:
    town.on_the_road()
    road = LegDraft(Mode.ROAD, town.truck.code, town.plant.code, town.site.code, voyage="x")
    number = town.drawn_up(legs=(road,))
    town.sign(number, Act.ISSUE, "plant")
    taken = town.sign(number, Act.LOAD, "plant", weighed=town.weighed(16_500.0, 0.78))
    assert "shared_trip.loaded" in {warned.reason.code for warned in taken.warnings}
