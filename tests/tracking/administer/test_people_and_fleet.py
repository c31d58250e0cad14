"""Do organisations, vehicles, scales and logins get in and change, and who may do it?"""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.fleet import Scale, Vehicle
from models.manifests import Leg
from models.organisations import Organisation, User
from models.values import Viewer
from models.vocabulary import Mode, OrganisationKind, Role
from tests import factories as make
from tracking.operations.administer.fleet import (
    OrganisationDraft,
    ScaleDraft,
    VehicleDraft,
    keep_organisation,
    keep_scale,
    keep_vehicle,
    take_out_of_service,
)
from tracking.operations.administer.people import add_person, change_person, give_password, set_active
from tracking.operations.administer.refusals import NotAdministering, NothingThere
from tracking.operations.custody.refusals import StepBlocked
from tracking.queries.permits import vehicle_licences

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
GOOD = "Correct-Horse-9-Battery"


@pytest.fixture
def keeper(session: Session) -> Viewer:
    row = make.user(session, Role.ADMINISTRATOR)
    return Viewer(row.role, None, row.id, row.display_name)


def codes(refused: pytest.ExceptionInfo[StepBlocked]) -> list[tuple[str, str]]:
    return [(each.field, each.reason.code.removeprefix("custody.")) for each in refused.value.blocked]


def test_an_organisation_is_added_and_renamed(session: Session, keeper: Viewer) -> None:
    draft = OrganisationDraft("HQ-1", "和桥运输有限公司", OrganisationKind.HAULER)
    keep_organisation(session, draft, keeper, new=True)
    renamed = OrganisationDraft("HQ-1", "和桥环保运输有限公司", OrganisationKind.HAULER, "Heqiao")
    keep_organisation(session, renamed, keeper)
    row = session.scalars(select(Organisation)).one()
    assert (row.name, row.name_en) == ("和桥环保运输有限公司", "Heqiao")
    with pytest.raises(StepBlocked) as refused:
        keep_organisation(session, draft, keeper, new=True)
    assert codes(refused) == [("code", "code_taken")]
    make.user(session, Role.HAULER, row)
    with pytest.raises(StepBlocked) as refused:
        keep_organisation(session, OrganisationDraft("HQ-1", "x", OrganisationKind.SITE_OPERATOR), keeper)
    assert codes(refused) == [("kind", "organisation_has_people")]
    with pytest.raises(NothingThere):
        keep_organisation(session, OrganisationDraft("HQ-2", "x", OrganisationKind.HAULER), keeper)


def test_a_vehicle_that_paper_knew_before_is_bound_to_its_legs(session: Session, keeper: Viewer) -> None:
    load = make.haul(session)
    session.add(
        Leg(
            manifest_id=load.manifest.id,
            seq=2,
            mode=Mode.WATER,
            vehicle_code="SHIP-7",
            from_id=load.plant.id,
            to_id=load.site.id,
        )
    )
    session.flush()
    draft = VehicleDraft("SHIP-7", "苏航 7", Mode.WATER, load.haul_org.code, mmsi="413000007")
    keep_vehicle(session, draft, keeper, new=True)
    vehicle = session.scalars(select(Vehicle).where(Vehicle.code == "SHIP-7")).one()
    session.expire_all()
    assert session.scalars(select(Leg).where(Leg.seq == 2)).one().vehicle_id == vehicle.id
    wrong = VehicleDraft("SHIP-7", " ", Mode.ROAD, "NOBODY", tare_kg=-1.0, mmsi="12")
    with pytest.raises(StepBlocked) as refused:
        keep_vehicle(session, wrong, keeper)
    assert codes(refused) == [
        ("organisation", "not_known"),
        ("tare_kg", "not_positive"),
        ("mmsi", "no_mmsi"),
        ("name", "field_missing"),
        ("mode", "mode_stays"),
    ]


def test_a_vehicle_out_of_service_has_no_licence_that_holds(session: Session, keeper: Viewer) -> None:
    vehicle = make.vehicle(session, make.organisation(session))
    take_out_of_service(session, vehicle.code, date(2026, 3, 1), keeper)
    (row,) = vehicle_licences(session, keeper, date(2026, 3, 2))
    assert not row.holds
    take_out_of_service(session, vehicle.code, date(2026, 3, 1), keeper)
    assert vehicle_licences(session, keeper, date(2026, 3, 2)) == [row]


def test_a_scale_is_added_and_changed(session: Session, keeper: Viewer) -> None:
    place = make.facility(session)
    keep_scale(session, ScaleDraft("W-1", place.code, "III", 20.0, 60_000.0), keeper, new=True)
    keep_scale(session, ScaleDraft("W-1", place.code, "III", 10.0, 60_000.0), keeper)
    assert session.scalars(select(Scale)).one().division_kg == 10.0
    with pytest.raises(StepBlocked) as refused:
        keep_scale(session, ScaleDraft("W-2", "NOWHERE", None, 0.0), keeper, new=True)
    assert codes(refused) == [("facility", "not_known"), ("division_kg", "not_positive")]


def test_a_login_is_added_moved_ended_and_let_in_again(session: Session, keeper: Viewer) -> None:
    hauler = make.organisation(session)
    add_person(session, "li.wei", "李伟", Role.DRIVER, hauler.code, GOOD, keeper, NOW)
    row = session.scalars(select(User).where(User.username == "li.wei")).one()
    change_person(session, "li.wei", "李伟", Role.HAULER, hauler.code, keeper)
    assert (row.role, row.session_version) == (Role.HAULER, 2)
    change_person(session, "li.wei", "李 伟", Role.HAULER, hauler.code, keeper)
    assert row.session_version == 2
    set_active(session, "li.wei", False, keeper)
    give_password(session, "li.wei", GOOD + "!", keeper)
    assert (row.active, row.session_version) == (False, 4)
    set_active(session, "li.wei", True, keeper)
    assert row.active


def test_every_wrong_field_of_a_login_is_told(session: Session, keeper: Viewer) -> None:
    site = make.organisation(session, OrganisationKind.SITE_OPERATOR)
    with pytest.raises(StepBlocked) as refused:
        add_person(session, "李", " ", Role.DRIVER, site.code, "123", keeper, NOW)
    assert codes(refused) == [
        ("username", "no_username"),
        ("display_name", "field_missing"),
        ("organisation", "organisation_of_other_kind"),
        ("password", "password_weak"),
    ]
    with pytest.raises(StepBlocked) as refused:
        add_person(session, "wang", "王", Role.PLANT, None, GOOD, keeper, NOW)
    assert codes(refused) == [("organisation", "field_missing")]


def test_the_last_administrator_stays(session: Session, keeper: Viewer) -> None:
    username = session.get_one(User, keeper.user_id).username
    attempts: list[Callable[[], None]] = [
        lambda: set_active(session, username, False, keeper),
        lambda: change_person(session, username, "x", Role.REGULATOR, None, keeper),
    ]
    for attempt in attempts:
        with pytest.raises(StepBlocked) as refused:
            attempt()
        assert codes(refused) == [("", "last_administrator")]


def test_nobody_else_administers(session: Session) -> None:
    row = make.user(session, Role.REGULATOR)
    regulator = Viewer(row.role, None, row.id, row.display_name)
    with pytest.raises(NotAdministering):
        set_active(session, row.username, False, regulator)
    with pytest.raises(NotAdministering):
        keep_scale(session, ScaleDraft("W", "F"), regulator, new=True)
