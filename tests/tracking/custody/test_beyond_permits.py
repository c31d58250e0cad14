"""Is the signer told what goes beyond a plan, a store's permit or a scale's certificate? With its rule."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from models.custody_words import Act
from models.permits import FacilityPermit, Plan
from models.thresholds import MassThresholds, Thresholds
from models.vocabulary import SludgeKind
from models.weighbridge import ScaleCertificate
from tests import factories as make
from tests.tracking.custody.haulage import Haulage
from tests.tracking.custody.test_family import reasons
from tests.tracking.custody.test_warnings import codes, ticket
from tracking.operations.custody.refusals import StepBlocked
from tracking.operations.custody.take_step import Setting, Taken, take_step
from tracking.rules.custody.facts import Given

BEGUN = date(2026, 1, 1)


def planned(town: Haulage, quota_t: float | None) -> str:
    """A plan of the plant for the site."""
    row = Plan(
        code="PL-1",
        name="the year's plan",
        origin_id=town.plant.id,
        destination_id=town.site.id,
        sludge_kind=SludgeKind.DEWATERED,
        quota_t=quota_t,
        valid_from=BEGUN,
        active=True,
    )
    town.session.add(row)
    town.session.flush()
    return row.code


def loaded(town: Haulage, net_kg: float, **given: Any) -> Taken:
    number = town.drawn_up(**given)
    town.sign(number, Act.ISSUE, "plant")
    return town.sign(number, Act.LOAD, "plant", weighed=town.weighed(net_kg))


def test_a_load_beyond_the_plans_quota_is_told_and_ends_its_issues(town: Haulage) -> None:
    plan = planned(town, 20.0)
    taken = loaded(town, 20_500.0, plan=plan)
    (warned,) = [each for each in taken.warnings if each.reason.code == "not_permitted.plan_overrun"]
    said = warned.reason.params
    assert (said["plan"], said["quota_kg"], said["used_kg"], said["over_kg"]) == (plan, 20_000, 20_500, 500)
    assert warned.field == "weighing.gross_kg"
    next_one = town.drawn_up(plan=plan, planned_kg=1.0)
    with pytest.raises(StepBlocked) as refused:
        town.sign(next_one, Act.ISSUE, "plant")
    assert reasons(refused) == [("plan", "plan_used_up")]


def test_a_load_within_the_quota_is_told_nothing(town: Haulage) -> None:
    assert codes(loaded(town, 20_000.0, plan=planned(town, 20.0))) == []


def stored(town: Haulage, net_kg: float, moisture: float | None) -> Taken:
    number = town.on_the_road(net_kg, legs=town.by_store())
    town.sign(number, Act.HAND_OVER, "driver", 30)
    weighed = None if moisture is None else town.weighed(net_kg, moisture)
    return town.sign(number, Act.STORE, "store", pile="A1", weighed=weighed)


def test_more_in_a_store_than_its_permit_allows(town: Haulage) -> None:
    permit = {"facility_id": town.store.id, "number": "ST-1", "storage_t": 30.0, "valid_from": BEGUN}
    make.add(town.session, FacilityPermit(**permit))
    assert codes(stored(town, 17_000.0, None)) == []
    taken = stored(town, 16_000.0, 0.75)
    (warned,) = taken.warnings
    assert (warned.reason.code, warned.field) == ("not_permitted.over_storage", "pile")
    said = warned.reason.params
    assert (said["stored_kg"], said["allowed_kg"], said["permit"]) == (33_000.0, 30_000.0, "ST-1")
    dry_kg = 17_000 * 0.21 + 16_000 * 0.25  # each as it was tested last
    assert said["stored_t80_kg"] == pytest.approx(dry_kg / 0.2, abs=0.1)


@pytest.mark.parametrize(("ended", "told"), [(date(2026, 3, 1), True), (date(2026, 3, 2), False)])
def test_a_scale_without_a_certificate_that_holds(town: Haulage, ended: date, told: bool) -> None:
    scale = make.scale(town.session, town.plant, code="W1")
    begun = ended - timedelta(days=365)
    certificate = {"scale_id": scale.id, "number": "C-1", "issuer": "x", "valid_from": begun}
    make.add(town.session, ScaleCertificate(**certificate, valid_to=ended))
    number = town.drawn_up()
    town.sign(number, Act.ISSUE, "plant")
    taken = town.sign(number, Act.LOAD, "plant", weighed=ticket(town, 17_000.0, "A1"))
    assert codes(taken) == (["not_permitted.scale"] if told else [])
    for warned in taken.warnings:
        assert warned.reason.params["scale"] == "W1"
        assert warned.reason.params["day"] == ended.isoformat()


def test_checks_measure_by_the_thresholds_of_the_installation(town: Haulage) -> None:
    number = town.drawn_up()
    town.sign(number, Act.ISSUE, "plant")
    town.later(10)
    town.truck.tare_kg = 11_000.0
    town.session.flush()
    weighed = replace(town.weighed(17_000.0), gross_kg=28_180.0, tare_kg=11_180.0)  # 1.6 % off
    strict = Thresholds(mass=MassThresholds(tare_drift_fraction=0.005))
    plain = town.setting()
    setting = Setting(plain.limits, plain.zone, plain.now, strict)
    step = (number, Act.LOAD, town.viewer("plant"), town.signer("plant"), Given(at=town.now, weighed=weighed))
    taken = take_step(town.session, *step, setting)
    assert codes(taken) == ["tare_drift.seen"]
