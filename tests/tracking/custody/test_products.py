"""Is what leaves a site kept with use and receiver, and does too much of it look odd?"""

from typing import Any

import pytest
from sqlalchemy import select

from models.custody_words import Act
from models.lineage import ProductDispatch
from models.vocabulary import DisposalMethod
from tests.tracking.custody.haulage import Haulage
from tests.tracking.custody.test_family import reasons
from tracking.operations.custody.dispatch_product import DispatchDraft, Dispatched, dispatch_product
from tracking.operations.custody.refusals import NotYourSignature, StepBlocked


def dispatched(town: Haulage, who: str = "gate", **given: Any) -> Dispatched:
    values: dict[str, Any] = {
        "facility": town.site.code,
        "product": "ash",
        "mass_kg": 900.0,
        "use": "cement raw meal",
        "receiver": "cement works",
        "at": town.now,
        "method": DisposalMethod.INCINERATION,
    }
    return dispatch_product(town.session, DispatchDraft(**values | given), town.viewer(who), town.setting())


def test_ash_leaves_with_its_use_and_receiver(town: Haulage) -> None:
    number = town.on_the_road()
    town.sign(number, Act.ARRIVE, "gate", 50)
    town.sign(number, Act.ACCEPT, "gate", weighed=town.weighed(17_000.0))
    town.sign(number, Act.DISPOSE, "gate", method=DisposalMethod.INCINERATION)
    made = dispatched(town, receiver_code=town.road_org.code)
    assert made.warnings == ()
    row = town.session.scalars(select(ProductDispatch)).one()
    assert (row.number, row.use, row.receiver_id) == (made.number, "cement raw meal", town.road_org.id)


def test_more_than_was_disposed_of_is_asked_about(town: Haulage) -> None:
    assert [each.code for each in dispatched(town).warnings] == ["custody.more_left_than_disposed"]


def test_what_cannot_be_is_refused_at_once(town: Haulage) -> None:
    with pytest.raises(StepBlocked) as refused:
        dispatched(town, use=" ", mass_kg=0.0, facility="NOWHERE", moisture_fraction=1.5)
    assert sorted(reasons(refused)) == [
        ("facility", "no_such_facility"),
        ("mass_kg", "mass_not_positive"),
        ("moisture_fraction", "moisture_out_of_range"),
        ("use", "field_missing"),
    ]
    with pytest.raises(NotYourSignature):
        dispatched(town, "driver")
    with pytest.raises(StepBlocked) as refused:
        dispatched(town, "store")
    assert reasons(refused) == [("facility", "no_such_facility")]
