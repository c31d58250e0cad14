"""Is live custody analysed rightly? What never left is nobody's journey, and children are lawful."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.custody_words import Act
from models.findings import Finding
from models.manifests import Manifest
from models.thresholds import Thresholds
from models.values import ManifestFacts
from models.vocabulary import CustodyState, FindingKind, ManifestKind, Mode, WeighingRole
from tests import factories as make
from tests.tracking.custody.haulage import Haulage, haulage
from tracking.operations.analyse import AnalyseResult, analyse
from tracking.operations.custody.draw_up import LegDraft, PartDraft
from tracking.queries.fixes import to_ms
from tracking.queries.paper import manifests_by_id
from tracking.queries.world import load_world
from tracking.rules.claims import claims_of
from tracking.rules.custody.facts import Weighed

HOUR = 60


@pytest.fixture
def town(session: Session) -> Haulage:
    return haulage(session)


def facts_of(town: Haulage, number: str) -> ManifestFacts:
    town.session.flush()
    town.session.expire_all()
    key = town.session.scalars(select(Manifest.id).where(Manifest.number == number)).one()
    (found,) = manifests_by_id(town.session, [key], to_ms(town.now))
    return found


def claimed(town: Haulage, number: str) -> int:
    known = {each.code: each.id for each in (town.truck, town.vessel, town.far_truck)}
    return len(claims_of([facts_of(town, number)], known))


def analysed(town: Haulage, hours: float = 48) -> AnalyseResult:
    town.session.commit()
    engine = town.session.get_bind().engine
    return analyse(
        engine,
        until=town.now + timedelta(hours=hours),
        recorded_at=town.now + timedelta(hours=hours),
        thresholds=Thresholds(),
        contradicted_score=0.5,
    )


def kinds(town: Haulage) -> list[FindingKind]:
    town.session.expire_all()
    held = select(Finding.kind).where(Finding.current, ~Finding.retracted).order_by(Finding.id)
    return list(town.session.scalars(held))


def test_a_draft_a_cancelled_and_an_unmoved_load_claim_no_journey(town: Haulage) -> None:
    draft = town.drawn_up()
    unmoved = town.drawn_up()
    town.sign(unmoved, Act.ISSUE, "plant")
    town.sign(unmoved, Act.LOAD, "plant", weighed=town.weighed(17_000.0))
    assert (claimed(town, draft), claimed(town, unmoved)) == (0, 0)
    town.sign(unmoved, Act.CANCEL_LOADED, "plant", reason="pump broke")
    town.sign(unmoved, Act.CANCEL_LOADED, "driver", reason="pump broke")
    assert facts_of(town, unmoved).custody_state is CustodyState.CANCELLED
    analysed(town)
    assert kinds(town) == []


def test_a_load_that_left_is_claimed_from_its_departure_to_the_gate(town: Haulage) -> None:
    number = town.on_the_road()
    left_at = town.now
    town.sign(number, Act.ARRIVE, "gate", 50)
    known = {town.truck.code: town.truck.id}
    (claim,) = claims_of([facts_of(town, number)], known)
    assert (claim.depart_ms, claim.arrive_ms) == (to_ms(left_at), to_ms(town.now))
    town.sign(number, Act.REJECT, "gate", reason="too wet")
    (refused,) = claims_of([facts_of(town, number)], known)
    assert refused.arrive_ms == claim.arrive_ms, "a refusal without weighing has come in all the same"


def test_a_breakdown_and_its_rescue_are_no_phantoms(town: Haulage) -> None:
    number = town.on_the_road()
    town.sign(number, Act.ABORT, "driver", 30, reason="engine failure")
    child = town.drawn_up(
        "dispatcher",
        kind=ManifestKind.RESCUE,
        legs=(LegDraft(Mode.ROAD, town.far_truck.code, town.plant.code, town.site.code),),
        parents=(PartDraft(number, 17_000.0),),
        place=(31.02, 120.1),
    )
    town.sign(child, Act.ISSUE, "dispatcher")
    town.sign(child, Act.LOAD, "dispatcher")
    town.sign(child, Act.DEPART, "driver")
    assert (claimed(town, number), claimed(town, child)) == (0, 0)
    world = load_world(town.session, Thresholds())
    assert {each.vehicle_id for each in world.roadside} == {town.truck.id, town.far_truck.id}
    town.sign(child, Act.ARRIVE, "gate", 60)
    assert facts_of(town, number).has_child
    analysed(town)
    assert kinds(town) == []


def stored(town: Haulage) -> str:
    """A load that went into the store, half of it dried there, and left again."""
    legs = (
        LegDraft(Mode.ROAD, town.truck.code, town.plant.code, town.store.code),
        LegDraft(Mode.ROAD, town.far_truck.code, town.store.code, town.site.code),
    )
    number = town.on_the_road(legs=legs)
    town.sign(number, Act.HAND_OVER, "driver", 40)
    town.sign(number, Act.STORE, "store", 20, pile="A", weighed=town.weighed(17_000.0, None))
    town.sign(number, Act.RELOAD, "store", 24 * HOUR, weighed=town.weighed(12_000.0, 0.70))
    town.sign(number, Act.DEPART, "driver")
    return number


def test_after_a_store_the_second_loading_counts(town: Haulage) -> None:
    number = stored(town)
    town.sign(number, Act.ARRIVE, "gate", 50)
    town.sign(number, Act.ACCEPT, "gate", weighed=town.weighed(11_980.0, 0.70))
    facts = facts_of(town, number)
    assert {WeighingRole.TAKEN, WeighingRole.RECEIVED} <= {role for role, _ in facts.weighings}
    assert facts.loaded is not None
    assert facts.last_loaded is not None
    assert (facts.loaded.net_kg, facts.last_loaded.net_kg) == (17_000.0, 12_000.0)
    assert claimed(town, number) == 2
    analysed(town, 96)
    assert not {FindingKind.WET_GAP, FindingKind.DRY_GAP, FindingKind.DILUTION} & set(kinds(town))


def test_a_load_received_under_a_diversion_is_where_the_gate_is(town: Haulage) -> None:
    other = make.facility(town.session, town.site.kind, town.site_org, (120.4, 31.0))
    number = town.on_the_road()
    row = town.session.scalars(select(Manifest).where(Manifest.number == number)).one()
    row.received_at_id = other.id
    town.session.flush()
    assert facts_of(town, number).receiver_id == other.id


def test_what_was_signed_later_is_not_known_before(town: Haulage) -> None:
    number = town.on_the_road()
    key = town.session.scalars(select(Manifest.id).where(Manifest.number == number)).one()
    before_ms = to_ms(town.now - timedelta(minutes=1))
    (facts,) = manifests_by_id(town.session, [key], before_ms)
    assert facts.legs[0].departed_at_ms is None
    assert claims_of([facts], {town.truck.code: town.truck.id}) == []


def test_one_ticket_on_two_live_manifests_is_found(town: Haulage) -> None:
    for net_kg in (17_000.0, 16_400.0):
        number = town.drawn_up()
        town.sign(number, Act.ISSUE, "plant")
        weighed = Weighed(town.now, 11_000.0 + net_kg, 11_000.0, "W1", "P-77", moisture_fraction=0.79)
        town.sign(number, Act.LOAD, "plant", weighed=weighed)
        town.sign(number, Act.DEPART, "driver")
        town.sign(number, Act.ARRIVE, "gate", 50)
        town.sign(number, Act.ACCEPT, "gate", 5, weighed=town.weighed(net_kg, 0.79))
    analysed(town)
    found = [kind for kind in kinds(town) if kind is FindingKind.REPEATED_WEIGHT]
    assert found == [FindingKind.REPEATED_WEIGHT]
