"""Does each party see its own manifests, findings, facilities, vehicles and devices, and nobody else's?"""

from collections.abc import Callable

import pytest
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.base import Base
from models.facilities import Facility
from models.findings import Finding
from models.fleet import Device, Vehicle
from models.manifests import Manifest
from models.organisations import Organisation
from models.values import Viewer
from models.vocabulary import OrganisationKind, Role
from tests import factories
from tests.factories import Haul
from tracking.queries.visibility import (
    devices_visible,
    facilities_known,
    facilities_visible,
    findings_visible,
    manifests_visible,
    vehicles_visible,
)

PARTIES = [(Role.PLANT, "plant_org"), (Role.HAULER, "haul_org"), (Role.SITE, "site_org")]


def seen(session: Session, table: type[Base], condition: ColumnElement[bool]) -> set[int]:
    return {row.id for row in session.scalars(select(table).where(condition))}  # type: ignore[attr-defined]


def party(load: Haul, role: Role, name: str) -> Viewer:
    org: Organisation = getattr(load, name)
    return Viewer(role, org.id)


@pytest.mark.parametrize(("role", "name"), PARTIES)
def test_a_party_sees_its_own_manifest_only(session: Session, role: Role, name: str) -> None:
    mine, other = factories.haul(session), factories.haul(session)
    assert seen(session, Manifest, manifests_visible(party(mine, role, name))) == {mine.manifest.id}
    assert seen(session, Manifest, manifests_visible(party(other, role, name))) == {other.manifest.id}


@pytest.mark.parametrize("role", [Role.REGULATOR, Role.ADMINISTRATOR])
def test_the_authority_sees_everything(session: Session, role: Role) -> None:
    loads = [factories.haul(session), factories.haul(session)]
    viewer = Viewer(role)
    assert seen(session, Manifest, manifests_visible(viewer)) == {load.manifest.id for load in loads}
    assert seen(session, Vehicle, vehicles_visible(viewer)) == {load.vehicle.id for load in loads}
    assert seen(session, Device, devices_visible(viewer)) == {load.device.id for load in loads}
    assert len(seen(session, Facility, facilities_visible(viewer))) == 4


@pytest.mark.parametrize("role", [Role.PLANT, Role.HAULER, Role.SITE])
@pytest.mark.parametrize(
    ("table", "rule"),
    [
        (Manifest, manifests_visible),
        (Finding, findings_visible),
        (Facility, facilities_visible),
        (Facility, facilities_known),
        (Vehicle, vehicles_visible),
        (Device, devices_visible),
    ],
)
def test_someone_without_an_organisation_sees_nothing(
    session: Session, role: Role, table: type[Base], rule: Callable[[Viewer], ColumnElement[bool]]
) -> None:
    load = factories.haul(session)
    load.manifest.hauler_id = None
    load.vehicle.organisation_id = None
    factories.facility(session)
    factories.finding(session, of=load.manifest, by=load.vehicle)
    assert seen(session, table, rule(Viewer(role))) == set()


def test_the_role_decides_what_the_organisation_may_see(session: Session) -> None:
    load = factories.haul(session)
    assert seen(session, Manifest, manifests_visible(Viewer(Role.HAULER, load.plant_org.id))) == set()
    assert seen(session, Manifest, manifests_visible(Viewer(Role.PLANT, load.site_org.id))) == set()
    assert seen(session, Manifest, manifests_visible(Viewer(Role.SITE, load.haul_org.id))) == set()


def test_a_carrier_of_the_second_leg_and_the_wharf_see_the_manifest(session: Session) -> None:
    load = factories.haul(session)
    shipper = factories.organisation(session)
    wharf_org = factories.organisation(session, OrganisationKind.SITE_OPERATOR)
    wharf = factories.facility(session, org=wharf_org)
    ship = factories.vehicle(session, shipper)
    load.leg.to_id = wharf.id
    factories.leg(session, load.manifest, ship, seq=2, from_id=wharf.id, to_id=load.site.id)
    assert seen(session, Manifest, manifests_visible(Viewer(Role.HAULER, shipper.id))) == {load.manifest.id}
    assert seen(session, Manifest, manifests_visible(Viewer(Role.SITE, wharf_org.id))) == {load.manifest.id}


def test_a_hauler_sees_findings_about_its_vehicles_without_a_manifest(session: Session) -> None:
    load, other = factories.haul(session), factories.haul(session)
    ghost = factories.finding(session, by=load.vehicle)
    about_paper = factories.finding(session, of=load.manifest)
    factories.finding(session, of=other.manifest, by=other.vehicle)
    assert seen(session, Finding, findings_visible(party(load, Role.HAULER, "haul_org"))) == {
        ghost.id,
        about_paper.id,
    }
    assert seen(session, Finding, findings_visible(party(load, Role.PLANT, "plant_org"))) == {about_paper.id}


def test_partners_are_known_and_not_owned(session: Session) -> None:
    load = factories.haul(session)
    factories.haul(session)
    viewer = party(load, Role.PLANT, "plant_org")
    assert seen(session, Facility, facilities_visible(viewer)) == {load.plant.id}
    assert seen(session, Facility, facilities_known(viewer)) == {load.plant.id, load.site.id}


def test_vehicles_and_devices_are_the_owners(session: Session) -> None:
    load, _other = factories.haul(session), factories.haul(session)
    hauler = party(load, Role.HAULER, "haul_org")
    assert seen(session, Vehicle, vehicles_visible(hauler)) == {load.vehicle.id}
    assert seen(session, Device, devices_visible(hauler)) == {load.device.id}
    assert seen(session, Device, devices_visible(party(load, Role.SITE, "site_org"))) == set()
