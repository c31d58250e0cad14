"""Do permits, licences, approvals, plans and diversions get in whole, and who reads them?"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from models.custody_words import Act, LicenceKind
from models.values import Viewer
from models.vocabulary import Mode, Role, SludgeKind
from tests import factories as make
from tests.tracking.custody.haulage import Haulage, haulage
from tracking.operations.administer.diversions import authorise_diversion, end_diversion
from tracking.operations.administer.permits import (
    ApprovalDraft,
    LicenceDraft,
    PermitDraft,
    keep_approval,
    keep_licence,
    keep_permit,
    revoke_permit,
)
from tracking.operations.administer.plans import (
    PlanDraft,
    PlanLegDraft,
    change_plan,
    enter_plan,
    set_plan_active,
)
from tracking.operations.administer.refusals import NotAdministering, NothingThere
from tracking.operations.custody.refusals import StepBlocked
from tracking.queries.permits import diversions, facility_permits, transfer_approvals, vehicle_licences
from tracking.queries.plans import plan_by_code, plan_list

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def town(session: Session) -> Haulage:
    return haulage(session)


def codes(refused: pytest.ExceptionInfo[StepBlocked]) -> list[tuple[str, str]]:
    return [(each.field, each.reason.code.removeprefix("custody.")) for each in refused.value.blocked]


def permit(town: Haulage, **given: Any) -> PermitDraft:
    values: dict[str, Any] = {
        "facility": town.site.code,
        "number": "苏排许 2026-17",
        "valid_from": date(2026, 1, 1),
        "valid_to": date(2026, 12, 31),
        "methods": ("incineration",),
        "t_per_day": 300.0,
    }
    return PermitDraft(**values | given)


def plan(town: Haulage, **given: Any) -> PlanDraft:
    leg = PlanLegDraft(Mode.ROAD, town.road_org.code, town.plant.code, town.site.code, None, town.truck.code)
    values: dict[str, Any] = {
        "code": "JH-2026-03",
        "name": "三月转移计划",
        "origin": town.plant.code,
        "destination": town.site.code,
        "sludge_kind": SludgeKind.DEWATERED,
        "valid_from": date(2026, 3, 1),
        "valid_to": date(2026, 3, 31),
        "quota_t": 100.0,
        "legs": (leg,),
    }
    return PlanDraft(**values | given)


def test_a_permit_is_kept_changed_and_revoked(town: Haulage) -> None:
    regulator = town.viewer("regulator")
    key = keep_permit(town.session, permit(town), regulator)
    assert keep_permit(town.session, permit(town, t_per_day=250.0), regulator) == key
    revoke_permit(town.session, key, date(2026, 3, 1), regulator)
    (row,) = facility_permits(town.session, regulator, DAY)
    assert (row.t_per_day, row.methods, row.holds) == (250.0, ("incineration",), False)
    assert facility_permits(town.session, regulator, date(2026, 3, 1))[0].holds
    assert facility_permits(town.session, town.viewer("gate"), DAY) == [row]
    assert facility_permits(town.session, town.viewer("plant"), DAY) == []


def test_every_wrong_field_of_a_permit_is_told(town: Haulage) -> None:
    wrong = permit(
        town,
        facility="NOWHERE",
        number=" ",
        methods=("burning",),
        t_per_day=0.0,
        max_moisture_fraction=80.0,
        valid_to=date(2025, 1, 1),
    )
    with pytest.raises(StepBlocked) as refused:
        keep_permit(town.session, wrong, town.viewer("regulator"))
    assert codes(refused) == [
        ("facility", "not_known"),
        ("number", "field_missing"),
        ("methods", "not_known"),
        ("t_per_day", "not_positive"),
        ("max_moisture_fraction", "no_fraction"),
        ("valid_to", "ends_before_it_begins"),
    ]


def test_parties_keep_no_permits(town: Haulage) -> None:
    for who in ("plant", "gate", "dispatcher", "driver"):
        with pytest.raises(NotAdministering):
            keep_permit(town.session, permit(town), town.viewer(who))
        with pytest.raises(NotAdministering):
            enter_plan(town.session, plan(town), town.viewer(who))


def test_a_licence_is_of_the_mode_of_its_vehicle(town: Haulage) -> None:
    regulator = town.viewer("regulator")
    keep_licence(town.session, LicenceDraft(town.vessel.code, "船 12", date(2026, 1, 1)), regulator)
    (row,) = vehicle_licences(town.session, town.viewer("master"), DAY)
    assert (row.kind, row.holds) == (LicenceKind.WATERWAY_TRANSPORT, True)
    assert vehicle_licences(town.session, town.viewer("dispatcher"), DAY) == []


def test_an_approval_is_read_by_both_ends(town: Haulage) -> None:
    draft = ApprovalDraft("浙环转 8", town.plant.code, town.site.code, date(2026, 3, 1), quota_t=500.0)
    keep_approval(town.session, draft, town.viewer("regulator"))
    for who in ("plant", "gate", "regulator"):
        (row,) = transfer_approvals(town.session, town.viewer(who), DAY)
        assert (row.number, row.holds) == ("浙环转 8", True)
    assert transfer_approvals(town.session, town.viewer("store"), DAY) == []


def test_a_manifest_counts_against_the_quota_of_its_plan(town: Haulage) -> None:
    regulator = town.viewer("regulator")
    enter_plan(town.session, plan(town, quota_t=30.0), regulator)
    number = town.drawn_up(plan="JH-2026-03")
    assert left_t(town) == 30.0
    town.sign(number, Act.ISSUE, "plant")
    assert left_t(town) == 13.0
    with pytest.raises(StepBlocked) as refused:
        town.sign(town.drawn_up(plan="JH-2026-03"), Act.ISSUE, "plant")
    assert codes(refused) == [("plan", "plan_used_up")]
    change_plan(town.session, "JH-2026-03", plan(town, quota_t=60.0, name="加量"), regulator)
    row = plan_by_code(town.session, "JH-2026-03", regulator, DAY)
    assert row is not None
    assert (row.name, row.left_t, [leg.carrier.code for leg in row.legs]) == (
        "加量",
        43.0,
        [town.road_org.code],
    )


def test_a_quota_asks_for_a_planned_mass_and_counts_what_was_loaded(town: Haulage) -> None:
    enter_plan(town.session, plan(town, quota_t=30.0), town.viewer("regulator"))
    with pytest.raises(StepBlocked) as refused:
        town.sign(town.drawn_up(plan="JH-2026-03", planned_kg=None), Act.ISSUE, "plant")
    assert codes(refused) == [("planned_kg", "planned_mass_missing")]
    number = town.drawn_up(plan="JH-2026-03")
    town.sign(number, Act.ISSUE, "plant")
    town.sign(number, Act.LOAD, "plant", weighed=town.weighed(12_000.0))
    assert left_t(town) == 18.0
    town.sign(town.drawn_up(plan="JH-2026-03"), Act.ISSUE, "plant")


def test_an_approval_is_used_up(town: Haulage) -> None:
    town.plant.province, town.site.province = "上海", "浙江"
    draft = ApprovalDraft("浙环转 8", town.plant.code, town.site.code, date(2026, 3, 1), quota_t=20.0)
    keep_approval(town.session, draft, town.viewer("regulator"))
    town.sign(town.drawn_up(approval="浙环转 8"), Act.ISSUE, "plant")
    with pytest.raises(StepBlocked) as refused:
        town.sign(town.drawn_up(approval="浙环转 8"), Act.ISSUE, "plant")
    assert codes(refused) == [("approval", "approval_used_up")]


def left_t(town: Haulage) -> float | None:
    (row,) = plan_list(town.session, town.viewer("plant"), DAY, only_open=True)
    return row.left_t


def test_a_plan_is_stopped_and_read_by_its_parties_only(town: Haulage) -> None:
    regulator = town.viewer("regulator")
    enter_plan(town.session, plan(town), regulator)
    readers = [who for who in town.people if plan_list(town.session, town.viewer(str(who)), DAY)]
    assert readers == ["plant", "driver", "dispatcher", "gate", "regulator"]
    set_plan_active(town.session, "JH-2026-03", False, regulator)
    assert plan_list(town.session, town.viewer("plant"), DAY, only_open=True) == []
    with pytest.raises(NothingThere):
        set_plan_active(town.session, "JH-0", True, regulator)


def test_a_plan_whose_legs_do_not_join_is_refused(town: Haulage) -> None:
    enter_plan(town.session, plan(town), town.viewer("regulator"))
    legs = (
        PlanLegDraft(Mode.ROAD, town.road_org.code, town.plant.code, town.wharf.code, None, town.vessel.code),
        PlanLegDraft(Mode.WATER, town.water_org.code, town.far_wharf.code, town.store.code),
    )
    with pytest.raises(StepBlocked) as refused:
        enter_plan(town.session, plan(town, legs=legs, quota_t=-1.0), town.viewer("regulator"))
    assert codes(refused) == [
        ("code", "code_taken"),
        ("quota_t", "not_positive"),
        ("legs[0].vehicle", "vehicle_of_other_mode"),
        ("legs[0].vehicle", "vehicle_of_other_carrier"),
        ("legs[1].from", "legs_apart"),
        ("legs[1].to", "last_leg_elsewhere"),
    ]


def test_a_diversion_is_authorised_and_ended(town: Haulage) -> None:
    regulator = town.viewer("regulator")
    other = make.facility(town.session, town.site.kind, town.site_org, (120.4, 31.0))

    def divert(to: str, hours: float = 8, who: Viewer = regulator) -> str:
        until = NOW + timedelta(hours=hours)
        return authorise_diversion(town.session, town.site.code, to, NOW, until, "焚烧炉检修", who, NOW, ZONE)

    assert divert(other.code) == "DD-20260302-1"
    assert divert(other.code) == "DD-20260302-2"
    end_diversion(town.session, "DD-20260302-1", regulator, NOW + timedelta(hours=1))
    later = NOW + timedelta(hours=2)
    holding = {row.code: row.holds for row in diversions(town.session, town.viewer("gate"), later)}
    assert holding == {"DD-20260302-2": True, "DD-20260302-1": False}
    for to, hours, wrong in (
        (town.site.code, 8, ("to_site", "diverted_to_itself")),
        (town.plant.code, 8, ("to_site", "no_receiver")),
        (other.code, -1, ("valid_to", "ends_before_it_begins")),
    ):
        with pytest.raises(StepBlocked) as refused:
            divert(to, hours)
        assert codes(refused) == [wrong]
    with pytest.raises(NotAdministering):
        divert(other.code, who=replace(regulator, role=Role.ADMINISTRATOR))
