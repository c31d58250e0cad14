"""Does a load go its way step by step, and only by the arrows of the table?"""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from models.custody_words import Act
from models.manifests import CustodyEvent, Manifest
from models.signatures import Signature, SignedDocument
from models.vocabulary import CustodyState, DisposalMethod, ManifestKind, Mode, Role
from tests import factories as make
from tests.tracking.custody.haulage import Haulage
from tracking.operations.custody.draw_up import LegDraft, PartDraft
from tracking.operations.custody.refusals import (
    ActNotPossible,
    ManifestUnknown,
    NotYourSignature,
    StepBlocked,
)


def test_an_ordinary_load_from_draft_to_disposal(town: Haulage) -> None:
    number = town.on_the_road()
    town.sign(number, Act.ARRIVE, "gate", 50, weighed=town.weighed(17_000.0, None))
    town.sign(number, Act.ACCEPT, "gate", weighed=town.weighed(16_980.0, 0.791))
    taken = town.sign(number, Act.DISPOSE, "gate", 600, method=DisposalMethod.INCINERATION)
    assert taken.custody.state is CustodyState.DISPOSED
    assert taken.custody.custodian_id == town.site_org.id
    states = [
        row.to_state.value for row in town.session.scalars(select(CustodyEvent).order_by(CustodyEvent.id))
    ]
    assert states == ["draft", "issued", "loaded", "in_transit", "arrived", "accepted", "disposed"]
    assert len(town.session.scalars(select(Signature)).all()) == 6
    assert all(row.content["number"] == number for row in town.session.scalars(select(SignedDocument)))


def test_truck_then_vessel_then_truck(town: Haulage) -> None:
    legs = (
        LegDraft(Mode.ROAD, town.truck.code, town.plant.code, town.wharf.code),
        LegDraft(Mode.WATER, town.vessel.code, town.wharf.code, town.far_wharf.code),
        LegDraft(Mode.ROAD, town.far_truck.code, town.far_wharf.code, town.site.code),
    )
    number = town.on_the_road(legs=legs)
    town.sign(number, Act.HAND_OVER, "driver", 40)
    town.sign(number, Act.TAKE_OVER, "master", 20)
    town.sign(number, Act.HAND_OVER, "master", 300)
    taken = town.sign(number, Act.TAKE_OVER, "driver", 20)
    assert (taken.custody.leg_seq, taken.custody.state) == (3, CustodyState.IN_TRANSIT)
    assert town.sign(number, Act.ARRIVE, "gate", 40).custody.state is CustodyState.ARRIVED


def test_a_refused_load_goes_home_under_a_child(town: Haulage) -> None:
    number = town.on_the_road()
    town.sign(number, Act.ARRIVE, "gate", 50)
    town.sign(number, Act.REJECT, "gate", reason="too wet")
    back = (LegDraft(Mode.ROAD, town.truck.code, town.site.code, town.plant.code),)
    parts = (PartDraft(number, 17_000.0),)
    child = town.drawn_up(
        "gate",
        kind=ManifestKind.RETURN,
        origin=town.site.code,
        destination=town.plant.code,
        legs=back,
        parents=parts,
    )
    town.sign(child, Act.ISSUE, "gate")
    loaded = town.sign(child, Act.LOAD, "gate")
    town.sign(child, Act.DEPART, "driver")
    town.sign(child, Act.ARRIVE, "plant", 50)
    assert [each.net_kg for each in loaded.custody.weighed.values()] == [17_000.0]


def test_a_child_bigger_than_its_parent_is_refused(town: Haulage) -> None:
    number = town.on_the_road()
    town.sign(number, Act.ABORT, "driver", reason="engine failure")
    child = town.drawn_up(
        "dispatcher",
        kind=ManifestKind.RESCUE,
        legs=(LegDraft(Mode.ROAD, town.far_truck.code, town.plant.code, town.site.code),),
        parents=(PartDraft(number, 17_500.0),),
        place=(31.02, 120.1),
    )
    with pytest.raises(StepBlocked) as refused:
        town.sign(child, Act.ISSUE, "dispatcher")
    assert [(each.field, each.reason.code) for each in refused.value.blocked] == [
        ("parents[0].wet_kg", "custody.child_too_big")
    ]


def test_an_arrow_that_is_not_in_the_table_is_refused(town: Haulage) -> None:
    number = town.drawn_up()
    with pytest.raises(ActNotPossible):
        town.sign(number, Act.LOAD, "plant", weighed=town.weighed(17_000.0))


def test_a_signature_of_another_party_is_refused(town: Haulage) -> None:
    number = town.drawn_up()
    with pytest.raises(ManifestUnknown):
        town.sign(number, Act.ISSUE, "gate")
    town.sign(number, Act.ISSUE, "plant")
    with pytest.raises(NotYourSignature):
        town.sign(number, Act.LOAD, "gate", weighed=town.weighed(17_000.0))


def test_a_loaded_manifest_is_cancelled_by_both_sides_only(town: Haulage) -> None:
    number = town.drawn_up()
    town.sign(number, Act.ISSUE, "plant")
    town.sign(number, Act.LOAD, "plant", weighed=town.weighed(17_000.0))
    first = town.sign(number, Act.CANCEL_LOADED, "plant", reason="pump broke")
    assert first.custody.state is CustodyState.LOADED
    assert first.waits_for
    with pytest.raises(NotYourSignature):
        town.sign(number, Act.CANCEL_LOADED, "plant", reason="pump broke")
    second = town.sign(number, Act.CANCEL_LOADED, "driver", reason="pump broke")
    assert second.custody.state is CustodyState.CANCELLED


def test_every_event_follows_an_arrow(town: Haulage) -> None:
    town.on_the_road()
    rows = town.session.scalars(select(CustodyEvent).order_by(CustodyEvent.id)).all()
    assert [row.from_state for row in rows[1:]] == [row.to_state for row in rows[:-1]]
    assert town.session.scalars(select(Manifest)).one().leg_seq == 1


@pytest.mark.parametrize("act", [Act.EXPIRE, Act.CLOSE, Act.REGROUP])
def test_nobody_takes_the_machines_steps(town: Haulage, act: Act) -> None:
    number = town.drawn_up()
    town.sign(number, Act.ISSUE, "plant")
    for who in ("plant", "gate", "driver"):
        with pytest.raises(NotYourSignature):
            town.sign(number, act, who)


def test_a_driver_of_another_leg_does_not_sign_this_one(town: Haulage) -> None:
    named = (
        LegDraft(
            Mode.ROAD,
            town.truck.code,
            town.plant.code,
            town.site.code,
            driver=town.people["driver"].username,
        ),
    )
    other = make.user(town.session, Role.DRIVER, town.road_org)
    town.people["other driver"] = other
    number = town.drawn_up(legs=named)
    town.sign(number, Act.ISSUE, "plant")
    town.sign(number, Act.LOAD, "plant", weighed=town.weighed(17_000.0))
    with pytest.raises(ManifestUnknown):
        town.sign(number, Act.DEPART, "other driver")
    assert town.sign(number, Act.DEPART, "driver").custody.state is CustodyState.IN_TRANSIT


def test_a_ticket_of_another_day_weighs_nothing(town: Haulage) -> None:
    number = town.drawn_up()
    town.sign(number, Act.ISSUE, "plant")
    late = replace(town.weighed(17_000.0), at=town.now + timedelta(days=400))
    with pytest.raises(StepBlocked) as refused:
        town.sign(number, Act.LOAD, "plant", weighed=late, at=town.now + timedelta(minutes=10))
    assert [each.reason.code for each in refused.value.blocked] == ["custody.weighed_at_another_time"]


@pytest.mark.parametrize("mass_kg", [float("nan"), float("inf"), 1e308])
def test_no_scale_says_such_a_mass(town: Haulage, mass_kg: float) -> None:
    number = town.drawn_up()
    town.sign(number, Act.ISSUE, "plant")
    weighed = replace(town.weighed(17_000.0), gross_kg=mass_kg)
    with pytest.raises(StepBlocked) as refused:
        town.sign(number, Act.LOAD, "plant", weighed=weighed)
    assert refused.value.blocked[0].field == "weighing.gross_kg"


def test_a_clock_a_little_ahead_does_not_stop_the_next_signer(town: Haulage) -> None:
    number = town.drawn_up()
    town.sign(number, Act.ISSUE, "plant")
    ahead = town.now + timedelta(minutes=14)
    town.sign(number, Act.LOAD, "plant", at=ahead, weighed=replace(town.weighed(17_000.0), at=ahead))
    assert town.sign(number, Act.DEPART, "driver", 1).custody.state is CustodyState.IN_TRANSIT


@pytest.mark.parametrize(("mass_kg", "code"), [(1.0, "less_than_accepted"), (17_100.0, "more_than_accepted")])
def test_the_final_disposal_is_of_the_whole_load(town: Haulage, mass_kg: float, code: str) -> None:
    number = town.on_the_road()
    town.sign(number, Act.ARRIVE, "gate", 50, weighed=town.weighed(17_000.0, None))
    town.sign(number, Act.ACCEPT, "gate", weighed=town.weighed(17_000.0))
    burnt = DisposalMethod.INCINERATION
    with pytest.raises(StepBlocked) as refused:
        town.sign(number, Act.DISPOSE, "gate", mass_kg=mass_kg, method=burnt)
    found = [(each.field, each.reason.code) for each in refused.value.blocked]
    assert found == [("mass_kg", f"custody.{code}")]
    taken = town.sign(number, Act.DISPOSE, "gate", mass_kg=17_000.0, method=burnt)
    assert taken.custody.state is CustodyState.DISPOSED
