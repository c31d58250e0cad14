"""Does a manifest's story hold all that is known of it, for those who may see it?"""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from models.manifests import MoistureTest
from models.values import Viewer
from models.vocabulary import (
    CustodyState,
    DecisionOutcome,
    ManifestKind,
    OrganisationKind,
    Role,
    VerdictValue,
    WeighingRole,
)
from tests import factories
from tests.factories import DAY, Haul, ms
from tracking.queries.manifest_story import ManifestStory, manifest_story

REGULATOR = Viewer(Role.REGULATOR)


def told(session: Session, load: Haul, viewer: Viewer = REGULATOR) -> ManifestStory:
    story = manifest_story(session, load.manifest.number, viewer)
    assert story is not None
    return story


def test_paper_is_told(session: Session) -> None:
    load = factories.haul(session)
    story = told(session, load)
    assert (story.origin.name.zh, story.destination.name.en) == (load.plant.name, load.site.name_en)
    assert story.origin.organisation is not None
    assert story.origin.organisation.code == load.plant_org.code
    assert story.hauler is not None
    assert story.hauler.code == load.haul_org.code
    assert story.custody[0].state is CustodyState.ISSUED
    assert all(step.on_paper for step in story.custody)
    [leg] = story.legs
    assert (leg.vehicle.code, leg.devices) == (load.vehicle.code, (load.device.code,))
    assert leg.route is not None
    assert leg.route.line[0] == tuple(factories.centre(load.plant))
    assert (leg.starts_at, leg.ends_at) == (DAY - timedelta(minutes=5), DAY + timedelta(minutes=55))


def test_weighings_carry_their_moisture_and_scale(session: Session) -> None:
    load = factories.haul(session)
    scale = factories.scale(session, load.plant, division_kg=10.0)
    load.manifest.weighings[0].scale_code = scale.code
    session.flush()
    story = told(session, load)
    loaded, received = story.weighed(WeighingRole.LOADED), story.weighed(WeighingRole.RECEIVED)
    assert loaded is not None
    assert received is not None
    assert (loaded.facts.net_kg, loaded.facts.moisture_fraction, loaded.facts.scale_division_kg) == (
        17_100,
        0.79,
        10,
    )
    assert (received.facts.net_kg, received.facts.scale_division_kg) == (17_080, None)
    assert story.weighed(WeighingRole.HANDOVER) is None
    assert loaded.masses.dry_kg == pytest.approx(17_100 * 0.21)
    assert loaded.masses.t80_kg == pytest.approx(17_100 * 0.21 / 0.2)
    assert loaded.masses.u_wet_kg < received.masses.u_wet_kg  # a finer scale
    assert story.gap is not None
    assert story.gap.wet_kg == pytest.approx(20 - story.thresholds.evaporation_fraction * 17_100)


def test_movement_is_told(session: Session) -> None:
    load = factories.haul(session)
    story = told(session, load)
    [trip] = story.trips
    assert (trip.vehicle.code, trip.how, trip.margin) == (load.vehicle.code, "matched", 9.0)
    assert trip.origin is not None
    assert (trip.origin.code, trip.duration_s, trip.route) == (load.plant.code, 3000.0, load.route.code)
    assert [visit.facility.code for visit in story.visits] == [load.plant.code, load.site.code]
    assert (story.start_ms, story.end_ms) == (ms(DAY), ms(DAY + timedelta(minutes=50)))


def test_what_a_vehicle_did_for_other_loads_is_not_told(session: Session) -> None:
    load = factories.haul(session)
    other = factories.facility(session, at=(120.3, 31.1))
    for hours in (-3, 3):
        at = DAY + timedelta(hours=hours)
        factories.visit(session, load.vehicle, other, at, at + timedelta(minutes=20))
    assert [visit.facility.code for visit in told(session, load).visits] == [load.plant.code, load.site.code]


def test_findings_come_with_names_and_the_newest_decision(session: Session) -> None:
    load = factories.haul(session)
    reasons = [{"code": "wrong_destination.entered", "params": {"facility": load.site.code}}]
    weak = factories.finding(session, of=load.manifest, score=0.2)
    strong = factories.finding(session, of=load.manifest, by=load.vehicle, reasons=reasons)
    factories.finding(session, of=load.manifest, retracted=True)
    factories.finding(session, of=load.manifest, current=False)
    factories.decision(session, strong, load.regulator, DecisionOutcome.DISMISS)
    factories.decision(session, strong, load.regulator, DecisionOutcome.CONFIRM, reason="seen by camera")
    story = told(session, load)
    assert [found.key for found in story.findings] == [strong.key, weak.key]
    decision = story.findings[0].decision
    assert decision is not None
    assert (decision.outcome, decision.reason) == (DecisionOutcome.CONFIRM, "seen by camera")
    assert story.findings[1].decision is None
    assert story.names("en") == {load.site.code: load.site.name_en, load.vehicle.code: load.vehicle.name}


def test_a_manifest_never_judged_is_pending(session: Session) -> None:
    load = factories.haul(session)
    session.delete(load.verdict)
    session.flush()
    assert told(session, load).verdict.value is VerdictValue.PENDING


def test_only_the_current_verdict_is_told(session: Session) -> None:
    load = factories.haul(session)
    load.verdict.current = False
    session.flush()
    factories.verdict(session, load.manifest, VerdictValue.CONTRADICTED, version=2)
    verdict = told(session, load).verdict
    assert (verdict.value, verdict.version) == (VerdictValue.CONTRADICTED, 2)


def test_a_blank_manifest_has_a_story(session: Session) -> None:
    plant, site = factories.facility(session), factories.facility(session)
    blank = factories.manifest(session, plant, site, custody_state=CustodyState.ISSUED)
    factories.leg(session, blank)
    session.commit()
    story = manifest_story(session, blank.number, REGULATOR)
    assert story is not None
    assert (story.weighings, story.custody, story.trips, story.findings) == ((), (), (), ())
    assert (story.receipt, story.disposal, story.gap, story.legs[0].ends_at) == (None, None, None, None)
    assert story.legs[0].vehicle.zh == "unregistered"
    assert story.end_ms - story.start_ms == 24 * 3_600_000


def test_a_manifest_without_a_leg_has_a_story(session: Session) -> None:
    plant, site = factories.facility(session), factories.facility(session)
    blank = factories.manifest(session, plant, site)
    story = manifest_story(session, blank.number, REGULATOR)
    assert story is not None
    assert (story.legs, story.visits, story.start_ms) == ((), (), ms(blank.issued_at))


def test_two_legs_divide_the_time_at_the_handover(session: Session) -> None:
    load = factories.haul(session)
    handover = DAY + timedelta(minutes=20)
    load.leg.handover_at = handover
    ship = factories.vehicle(session, load.haul_org)
    factories.leg(session, load.manifest, ship, seq=2)
    session.commit()
    session.expire_all()
    first, second = told(session, load).legs
    assert (first.ends_at, second.starts_at) == (handover, handover)
    assert second.ends_at == DAY + timedelta(minutes=55)


def test_a_device_moved_to_another_vehicle_before_is_not_told(session: Session) -> None:
    load = factories.haul(session)
    old = factories.device(session)
    session.add(
        factories.binding(old, load.vehicle, DAY - timedelta(days=9), DAY - timedelta(days=2)),
    )
    session.flush()
    assert told(session, load).legs[0].devices == (load.device.code,)


def test_parent_and_children_are_told_to_those_who_may_see_them(session: Session) -> None:
    load = factories.haul(session)
    other_site = factories.facility(
        session, org=factories.organisation(session, OrganisationKind.SITE_OPERATOR)
    )
    child = factories.manifest(
        session, load.plant, other_site, kind=ManifestKind.ALTERNATE, parent_id=load.manifest.id
    )
    story = manifest_story(session, child.number, REGULATOR)
    assert story is not None
    assert story.parent == load.manifest.number
    assert told(session, load).children == (child.number,)
    assert told(session, load, Viewer(Role.SITE, load.site_org.id)).children == ()


def test_a_finding_names_only_manifests_that_the_viewer_may_see(session: Session) -> None:
    mine, other = factories.haul(session), factories.haul(session)
    shared = factories.finding(session, of=mine.manifest)
    factories.about(session, shared, other.manifest, 1)
    all_seen = told(session, mine).findings[0].manifests
    assert all_seen == (mine.manifest.number, other.manifest.number)
    hauler = Viewer(Role.HAULER, mine.haul_org.id)
    assert told(session, mine, hauler).findings[0].manifests == (mine.manifest.number,)


@pytest.mark.parametrize("role", [Role.PLANT, Role.HAULER, Role.SITE])
def test_somebody_elses_manifest_does_not_exist(session: Session, role: Role) -> None:
    load, other = factories.haul(session), factories.haul(session)
    organisation = {Role.PLANT: other.plant_org, Role.HAULER: other.haul_org, Role.SITE: other.site_org}[role]
    viewer = Viewer(role, organisation.id)
    assert manifest_story(session, load.manifest.number, viewer) is None
    assert manifest_story(session, other.manifest.number, viewer) is not None


def test_an_unknown_number_has_no_story(session: Session) -> None:
    assert manifest_story(session, "no such number", REGULATOR) is None


def test_the_number_of_queries_does_not_grow(engine: Engine, session: Session) -> None:
    load = factories.haul(session)
    for _ in range(5):
        found = factories.finding(session, of=load.manifest, by=load.vehicle)
        factories.decision(session, found, load.regulator, DecisionOutcome.CONFIRM)
    for seq in range(2, 6):
        factories.leg(session, load.manifest, factories.vehicle(session, load.haul_org), seq=seq)
    session.add(
        MoistureTest(manifest_id=load.manifest.id, role=WeighingRole.HANDOVER, moisture_fraction=0.7, at=DAY)
    )
    session.commit()
    statements: list[str] = []
    with Session(engine) as reader:
        event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
        assert manifest_story(reader, load.manifest.number, REGULATOR) is not None
    assert len([statement for statement in statements if statement.startswith("SELECT")]) <= 16
