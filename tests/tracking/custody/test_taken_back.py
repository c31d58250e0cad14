"""Does a load that its plant takes back end without a disposal, with its dry mass in the plant's stock?"""

from typing import Any

import pytest
from sqlalchemy import func, select

from models.custody_words import Act, StockMove
from models.lineage import StockEntry
from models.manifests import Disposal, Manifest
from models.vocabulary import CustodyState
from tests.tracking.custody.haulage import Haulage
from tests.tracking.custody.test_family import reasons, state, timers
from tracking.operations.custody.refusals import StepBlocked
from tracking.operations.custody.take_step import machine_step
from tracking.queries.custody_facts import custody_by_id
from tracking.rules.custody.facts import Given


def back_at_the_plant(town: Haulage, number: str, kg: float, moisture: float = 0.79) -> str:
    """A return that the plant has accepted whole."""
    child = town.home("gate", (number, kg))
    town.sign(child, Act.LOAD, "gate")
    town.sign(child, Act.DEPART, "driver")
    town.sign(child, Act.ARRIVE, "plant", 50, weighed=town.weighed(kg, None))
    town.sign(child, Act.ACCEPT, "plant", weighed=town.weighed(kg, moisture))
    return child


def stock_of(town: Haulage, facility_id: int) -> tuple[float, float]:
    sums = select(func.sum(StockEntry.wet_kg), func.sum(StockEntry.dry_kg))
    wet, dry = town.session.execute(sums.where(StockEntry.facility_id == facility_id)).one()
    return wet or 0.0, dry or 0.0


def test_what_was_refused_whole_ends_in_the_plants_stock(town: Haulage) -> None:
    number = town.refused(17_000.0)
    child = back_at_the_plant(town, number, 17_000.0)
    row = town.session.scalars(select(Manifest).where(Manifest.number == child)).one()
    assert row.due_at is None  # no disposal is waited for
    assert timers(town).closed == 2
    assert (state(town, number), state(town, child)) == (CustodyState.CLOSED, CustodyState.CLOSED)
    assert stock_of(town, town.plant.id) == pytest.approx((17_000.0, 17_000.0 * 0.21))
    assert stock_of(town, town.site.id) == (0.0, 0.0)
    assert town.session.scalar(select(func.count()).select_from(Disposal)) == 0


def test_dry_mass_of_the_parent_is_what_was_disposed_of_and_what_lies_at_the_plant(town: Haulage) -> None:
    number = town.on_the_road(17_000.0)
    town.sign(number, Act.ARRIVE, "gate", 50, weighed=town.weighed(17_000.0, None))
    parts: dict[str, Any] = {"accepted_kg": 12_000.0, "refused_kg": 5_000.0, "reason": "thinned with water"}
    town.sign(number, Act.PART_ACCEPT, "gate", weighed=town.weighed(17_000.0, 0.79), **parts)
    town.sign(number, Act.DISPOSE, "gate", 60, method=town.site.method)
    back_at_the_plant(town, number, 5_000.0)
    assert timers(town).closed == 2
    disposed = select(func.sum(StockEntry.dry_kg)).where(StockEntry.move == StockMove.DISPOSED)
    burnt_kg = -(town.session.scalar(disposed) or 0.0)
    _wet_kg, back_kg = stock_of(town, town.plant.id)
    assert burnt_kg + back_kg == pytest.approx(17_000.0 * 0.21)


def test_what_a_site_accepted_is_not_closed_without_a_disposal(town: Haulage) -> None:
    number = town.on_the_road()
    town.sign(number, Act.ARRIVE, "gate", 50)
    town.sign(number, Act.ACCEPT, "gate", weighed=town.weighed(17_000.0))
    assert timers(town).closed == 0
    row = town.session.scalars(select(Manifest).where(Manifest.number == number)).one()
    custody = custody_by_id(town.session, row.id)
    assert custody is not None
    with pytest.raises(StepBlocked) as refused:
        machine_step(town.session, custody, Act.CLOSE, Given(at=town.now), town.setting())
    assert reasons(refused) == [("", "not_disposed")]
