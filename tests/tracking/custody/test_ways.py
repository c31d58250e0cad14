"""Do loads go by truck and vessel in any order, through stores and piles, to another gate, past a hold?"""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from models.corrections import Hold
from models.custody_words import Act, LicenceKind, StockMove
from models.lineage import StockEntry
from models.manifests import Diversion, Weighing
from models.permits import FacilityPermit, VehicleLicence
from models.vocabulary import CustodyState, FacilityKind, Mode, OrganisationKind, Role, SludgeKind
from tests import factories as make
from tests.tracking.custody.haulage import Haulage
from tests.tracking.custody.test_family import reasons
from tracking.operations.custody.draw_up import LegDraft
from tracking.operations.custody.measure_pile import Survey, measure_pile
from tracking.operations.custody.refusals import (
    ActNotPossible,
    ManifestUnknown,
    NotYourSignature,
    StepBlocked,
    TakenMeanwhile,
)


def stock(town: Haulage, pile: str = "A1") -> tuple[float, float]:
    query = select(func.sum(StockEntry.wet_kg), func.sum(StockEntry.dry_kg)).where(StockEntry.pile == pile)
    wet, dry = town.session.execute(query).one()
    return wet or 0.0, dry or 0.0


def licensed(town: Haulage) -> None:
    """The truck may go by road, the vessel by water, and neither needs the other's licence."""
    for vehicle, kind in (
        (town.truck, LicenceKind.ROAD_TRANSPORT),
        (town.far_truck, LicenceKind.ROAD_TRANSPORT),
        (town.vessel, LicenceKind.WATERWAY_TRANSPORT),
    ):
        day = (town.now - timedelta(days=30)).date()
        row = VehicleLicence(vehicle_id=vehicle.id, kind=kind, number="L1", valid_from=day)
        make.add(town.session, row)


def test_a_sea_leg_before_a_road_leg_and_the_other_way_round(town: Haulage) -> None:
    licensed(town)
    harbour = make.facility(town.session, FacilityKind.PLANT, town.plant_org, (120.06, 31.0))
    quay = make.facility(town.session, FacilityKind.SITE, town.site_org, (120.4, 31.0))
    water_then_road = (
        LegDraft(Mode.WATER, town.vessel.code, harbour.code, town.far_wharf.code),
        LegDraft(Mode.ROAD, town.far_truck.code, town.far_wharf.code, town.site.code),
    )
    road_then_water = (
        LegDraft(Mode.ROAD, town.truck.code, town.plant.code, town.wharf.code),
        LegDraft(Mode.WATER, town.vessel.code, town.wharf.code, quay.code),
    )
    for legs, ends, first, second in (
        (water_then_road, (harbour, town.site), "master", "driver"),
        (road_then_water, (town.plant, quay), "driver", "master"),
    ):
        number = town.drawn_up(origin=ends[0].code, destination=ends[1].code, legs=legs)
        town.sign(number, Act.ISSUE, "plant")
        town.sign(number, Act.LOAD, "plant", weighed=town.weighed(17_000.0))
        town.sign(number, Act.DEPART, first)
        town.sign(number, Act.HAND_OVER, first, 60)
        town.sign(number, Act.TAKE_OVER, second)
        assert town.sign(number, Act.ARRIVE, "gate", 60).custody.state is CustodyState.ARRIVED


def test_a_vessel_with_a_road_licence_only_is_refused_on_the_water(town: Haulage) -> None:
    day = town.now.date()
    kind = LicenceKind.ROAD_TRANSPORT
    make.add(town.session, VehicleLicence(vehicle_id=town.vessel.id, kind=kind, number="L1", valid_from=day))
    number = town.drawn_up(legs=town.by_water())
    with pytest.raises(StepBlocked) as refused:
        town.sign(number, Act.ISSUE, "plant")
    assert reasons(refused) == [("legs[1].vehicle", "vehicle_not_licensed")]


def test_stored_in_a_pile_loaded_again_and_driven_on(town: Haulage) -> None:
    number = town.in_store()
    assert stock(town) == pytest.approx((17_000.0, 3_570.0))
    taken = town.sign(number, Act.RELOAD, "store", 2_000, weighed=town.weighed(16_500.0, 0.785))
    assert (taken.custody.state, taken.custody.custodian_id) == (CustodyState.LOADED, town.store_org.id)
    assert stock(town) == pytest.approx((0.0, 0.0))
    with pytest.raises(StepBlocked) as refused:
        town.sign(number, Act.CANCEL_LOADED, "driver", reason="no")
    assert ("", "already_departed") in reasons(refused)
    assert town.sign(number, Act.DEPART, "driver").custody.leg_seq == 2
    assert town.sign(number, Act.ARRIVE, "gate", 60).custody.state is CustodyState.ARRIVED


def test_a_load_may_be_stored_twice_on_its_way(town: Haulage) -> None:
    second = make.facility(town.session, FacilityKind.STORE, town.store_org, (120.15, 31.1))
    legs = (
        LegDraft(Mode.ROAD, town.truck.code, town.plant.code, town.store.code),
        LegDraft(Mode.ROAD, town.far_truck.code, town.store.code, second.code),
        LegDraft(Mode.ROAD, town.truck.code, second.code, town.site.code),
    )
    number = town.on_the_road(legs=legs)
    for net_kg, pile in ((17_000.0, "A1"), (16_000.0, "B7")):
        town.sign(number, Act.HAND_OVER, "driver", 30)
        weighed = town.weighed(net_kg, None)
        taken = town.sign(number, Act.STORE, "store", pile=pile, weighed=weighed)
        assert taken.custody.state is CustodyState.IN_STORE
        town.sign(number, Act.RELOAD, "store", 600, weighed=town.weighed(net_kg))
        town.sign(number, Act.DEPART, "driver")
    assert (stock(town, "A1")[0], stock(town, "B7")[0]) == (0.0, 0.0)
    roles = town.session.scalars(select(Weighing.role).order_by(Weighing.id)).all()
    assert [role.value for role in roles] == ["loaded", "taken", "loaded", "taken", "loaded"]


def test_a_transfer_station_stores_only_with_a_permit(town: Haulage) -> None:
    number = town.on_the_road(legs=town.by_water())
    town.sign(number, Act.HAND_OVER, "driver", 30)
    with pytest.raises(StepBlocked) as refused:
        town.sign(number, Act.STORE, "store", pile="A1")
    assert reasons(refused) == [("", "store_not_licensed")]
    permit = FacilityPermit(
        facility_id=town.wharf.id, number="P1", storage_t=500.0, valid_from=town.now.date()
    )
    make.add(town.session, permit)
    assert town.sign(number, Act.STORE, "store", pile="A1").custody.state is CustodyState.IN_STORE


def test_a_surveyed_pile_changes_what_can_be_taken_from_it(town: Haulage) -> None:
    first, second = town.in_store(12_000.0), town.in_store(4_000.0)
    town.later(600)
    survey = Survey(town.store.code, "A1", town.now, 12_000.0, 0.72)
    found = measure_pile(town.session, survey, town.viewer("store"), town.setting())
    assert [found.wet_kg, found.dry_kg] == pytest.approx([-4_000.0, 0.0])
    assert stock(town) == pytest.approx((12_000.0, 3_360.0))
    taken = town.sign(first, Act.RELOAD, "store", weighed=town.weighed(9_000.0, 0.72))
    assert taken.custody.state is CustodyState.LOADED
    assert stock(town) == pytest.approx((3_000.0, 840.0))  # of the second load
    moves = town.session.scalars(select(StockEntry).where(StockEntry.move == StockMove.MEASURED)).all()
    assert [row.wet_kg for row in moves] == [-3_000.0, -1_000.0]
    assert len({row.manifest_id for row in moves} - {None}) == 2
    assert town.sign(second, Act.RELOAD, "store", weighed=town.weighed(3_000.0, 0.72)).event_id


def test_a_survey_of_before_the_books_would_count_twice(town: Haulage) -> None:
    town.in_store()
    survey = Survey(town.store.code, "A1", town.now - timedelta(days=1), 12_000.0)
    with pytest.raises(StepBlocked) as refused:
        measure_pile(town.session, survey, town.viewer("store"), town.setting())
    assert reasons(refused) == [("at", "before_the_last_step")]


def test_the_dry_mass_of_an_unknown_pile_is_unknown(town: Haulage) -> None:
    survey = Survey(town.store.code, "new", town.now, 12_000.0)
    found = measure_pile(town.session, survey, town.viewer("store"), town.setting())
    assert (found.wet_kg, found.dry_kg) == (12_000.0, None)


def test_nobody_surveys_the_pile_of_another(town: Haulage) -> None:
    town.in_store()
    survey = Survey(town.store.code, "A1", town.now, 12_000.0)
    with pytest.raises(StepBlocked) as refused:
        measure_pile(town.session, survey, town.viewer("gate"), town.setting())
    assert reasons(refused) == [("facility", "no_such_facility")]
    with pytest.raises(NotYourSignature):
        measure_pile(town.session, survey, town.viewer("driver"), town.setting())


def test_a_load_comes_in_at_the_gate_that_a_diversion_names(town: Haulage) -> None:
    other_org = make.organisation(town.session, OrganisationKind.SITE_OPERATOR)
    town.people["other_gate"] = make.user(town.session, Role.SITE, other_org)
    other = make.facility(town.session, FacilityKind.SITE, other_org, (120.4, 31.1))
    number = town.on_the_road()
    with pytest.raises(ManifestUnknown):  # it does not exist for them yet
        town.sign(number, Act.ARRIVE, "other_gate", 30, place_id=other.id)
    make.add(
        town.session,
        Diversion(
            code="D1",
            from_site_id=town.site.id,
            to_site_id=other.id,
            valid_from=town.now - timedelta(hours=1),
            valid_to=town.now + timedelta(hours=6),
        ),
    )
    with pytest.raises(NotYourSignature):
        town.sign(number, Act.ARRIVE, "gate", place_id=other.id)
    taken = town.sign(number, Act.ARRIVE, "other_gate", place_id=other.id)
    assert (taken.custody.received_at_id, taken.custody.diversion) == (other.id, "D1")
    taken = town.sign(number, Act.ACCEPT, "other_gate", weighed=town.weighed(17_000.0))
    assert taken.custody.custodian_id == other_org.id


def test_a_receipt_before_its_departure_is_refused(town: Haulage) -> None:
    number = town.drawn_up()
    town.sign(number, Act.ISSUE, "plant")
    town.sign(number, Act.LOAD, "plant", weighed=town.weighed(17_000.0))
    with pytest.raises(ActNotPossible):
        town.sign(number, Act.ARRIVE, "gate")
    town.sign(number, Act.DEPART, "driver")
    with pytest.raises(StepBlocked) as refused:
        town.sign(number, Act.ARRIVE, "gate", at=town.now - timedelta(minutes=30))
    assert reasons(refused) == [("at", "before_the_last_step")]


def test_a_signature_replayed_is_told_who_signed_and_when(town: Haulage) -> None:
    number = town.on_the_road()
    left_at = town.now
    for _ in range(2):
        with pytest.raises(TakenMeanwhile) as refused:
            town.sign(number, Act.DEPART, "driver")
        assert (refused.value.by, refused.value.at) == (town.viewer("driver").name, left_at)


def test_a_hold_stops_decisions_and_not_wheels(town: Haulage) -> None:
    number = town.on_the_road()
    held = town.session.execute(select(Weighing.manifest_id)).scalars().first()
    person = town.people["regulator"].id
    hold = Hold(manifest_id=held, reason="inspection", placed_by_id=person, placed_at=town.now)
    make.add(town.session, hold)
    town.sign(number, Act.ARRIVE, "gate", 50)
    with pytest.raises(StepBlocked) as refused:
        town.sign(number, Act.ACCEPT, "gate", weighed=town.weighed(17_000.0))
    assert reasons(refused) == [("", "on_hold")]
    hold.lifted_at = town.now
    town.session.flush()
    assert town.sign(number, Act.ACCEPT, "gate", weighed=town.weighed(17_000.0)).event_id


def test_moving_works_give_dredged_sludge_while_they_last(town: Haulage) -> None:
    org = make.organisation(town.session, OrganisationKind.WORKS_OPERATOR)
    town.people["works"] = make.user(town.session, Role.PLANT, org)
    works = make.facility(
        town.session,
        FacilityKind.WORKS,
        org,
        (120.02, 31.0),
        valid_from=town.now - timedelta(days=3),
        valid_to=town.now + timedelta(days=3),
    )
    legs = (LegDraft(Mode.ROAD, town.truck.code, works.code, town.site.code),)
    given = {"origin": works.code, "legs": legs}
    number = town.drawn_up("works", sludge_kind=SludgeKind.DEWATERED, **given)
    with pytest.raises(StepBlocked) as refused:
        town.sign(number, Act.ISSUE, "works")
    assert reasons(refused) == [("sludge_kind", "works_give_dredged")]
    number = town.drawn_up("works", sludge_kind=SludgeKind.DREDGED, **given)
    assert town.sign(number, Act.ISSUE, "works").custody.state is CustodyState.ISSUED
    late = town.drawn_up("works", sludge_kind=SludgeKind.DREDGED, **given)
    with pytest.raises(StepBlocked) as refused:
        town.sign(late, Act.ISSUE, "works", 5 * 1_440)
    assert reasons(refused) == [("origin", "place_not_in_force")]
