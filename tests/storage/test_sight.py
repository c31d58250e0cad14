"""Does the database note every organisation and place that a manifest names, whoever writes it?"""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from migrations.sight import OF_ALL
from models.facilities import Facility
from models.fleet import Vehicle
from models.manifests import Diversion, Leg, Manifest
from models.organisations import Organisation, User
from models.vocabulary import (
    CustodyState,
    FacilityKind,
    Mode,
    OrganisationKind,
    Role,
    SludgeKind,
)

DAY = datetime(2026, 3, 1, tzinfo=UTC)
RING = [[120.0, 31.0], [120.1, 31.0], [120.1, 31.1], [120.0, 31.0]]


def organisation(session: Session, code: str, kind: OrganisationKind) -> Organisation:
    row = Organisation(code=code, name=code, kind=kind)
    session.add(row)
    session.flush()
    return row


def place(session: Session, code: str, owner: Organisation | None, kind: FacilityKind) -> Facility:
    row = Facility(code=code, name=code, kind=kind, polygon=RING)
    row.organisation_id = None if owner is None else owner.id
    session.add(row)
    session.flush()
    return row


class Ground:
    """Parties with a place each, and one manifest from plant to site without a leg."""

    def __init__(self, session: Session) -> None:
        self.plant = organisation(session, "plant", OrganisationKind.PLANT_OPERATOR)
        self.site = organisation(session, "site", OrganisationKind.SITE_OPERATOR)
        self.other = organisation(session, "other", OrganisationKind.SITE_OPERATOR)
        self.hauler = organisation(session, "hauler", OrganisationKind.HAULER)
        self.start = place(session, "P", self.plant, FacilityKind.PLANT)
        self.end = place(session, "S", self.site, FacilityKind.SITE)
        self.elsewhere = place(session, "E", self.other, FacilityKind.SITE)
        self.nobodys = place(session, "N", None, FacilityKind.SITE)
        self.manifest = Manifest(
            number="M-1",
            origin_id=self.start.id,
            destination_id=self.end.id,
            issuer_id=self.plant.id,
            sludge_kind=SludgeKind.DEWATERED,
            custody_state=CustodyState.DRAFT,
            issued_at=DAY,
        )
        session.add(self.manifest)
        session.flush()

    def leg(self, session: Session, **given: object) -> Leg:
        ends = {"from_id": self.start.id, "to_id": self.end.id} | given
        row = Leg(manifest_id=self.manifest.id, seq=1, mode=Mode.ROAD, vehicle_code="V", **ends)
        session.add(row)
        session.flush()
        return row


@pytest.fixture
def ground(session: Session) -> Ground:
    return Ground(session)


def noted(session: Session) -> set[str]:
    """Codes of the organisations that the manifest may concern."""
    query = "SELECT o.code FROM manifest_sight s JOIN organisation o ON o.id = s.organisation_id"
    return set(session.scalars(text(query)))


def test_the_manifest_itself_names_issuer_origin_and_destination(session: Session, ground: Ground) -> None:
    assert noted(session) == {"plant", "site"}


def test_a_change_of_the_manifest_is_followed(session: Session, ground: Ground) -> None:
    ground.manifest.hauler_id = ground.hauler.id
    ground.manifest.received_at_id = ground.elsewhere.id
    session.flush()
    assert noted(session) == {"plant", "site", "hauler", "other"}


def test_a_draft_gets_its_time_when_it_is_issued(session: Session, ground: Ground) -> None:
    ground.manifest.issued_at = DAY + timedelta(hours=5)
    session.flush()
    query = "SELECT count(*) FROM manifest_sight s JOIN manifest m ON m.id = s.manifest_id AND "
    assert session.scalar(text(query + "m.issued_at = s.issued_at")) == 2


def test_a_leg_names_carrier_owner_end_and_driver(session: Session, ground: Ground) -> None:
    owner = organisation(session, "owner", OrganisationKind.HAULER)
    crew = organisation(session, "crew", OrganisationKind.HAULER)
    truck = Vehicle(code="V", name="V", mode=Mode.ROAD, organisation_id=owner.id)
    driver = User(username="d", display_name="d", password_hash="", role=Role.DRIVER, created_at=DAY)
    driver.organisation_id = crew.id
    session.add_all([truck, driver])
    session.flush()
    ground.leg(
        session,
        carrier_id=ground.hauler.id,
        vehicle_id=truck.id,
        to_id=ground.elsewhere.id,
        driver_id=driver.id,
    )
    assert noted(session) == {"plant", "site", "hauler", "other", "owner", "crew"}


def test_what_changes_hands_is_followed(session: Session, ground: Ground) -> None:
    truck = Vehicle(code="V", name="V", mode=Mode.ROAD)
    session.add(truck)
    session.flush()
    ground.leg(session, to_id=ground.nobodys.id, vehicle_id=truck.id)
    assert noted(session) == {"plant", "site"}
    ground.nobodys.organisation_id = ground.other.id
    truck.organisation_id = ground.hauler.id
    session.flush()
    assert noted(session) == {"plant", "site", "other", "hauler"}


def test_a_diversion_names_the_site_it_leads_to(session: Session, ground: Ground) -> None:
    ways = {"from_site_id": ground.end.id, "to_site_id": ground.elsewhere.id}
    session.add(Diversion(code="old", valid_from=DAY - timedelta(2), valid_to=DAY - timedelta(1), **ways))
    session.flush()
    assert "other" not in noted(session)
    session.add(Diversion(code="new", valid_from=DAY, valid_to=DAY + timedelta(1), **ways))
    session.flush()
    assert "other" in noted(session)


def test_triggers_note_what_a_whole_reading_finds(session: Session, ground: Ground) -> None:
    ground.leg(session, carrier_id=ground.hauler.id, to_id=ground.elsewhere.id)
    kept = [
        {tuple(row) for row in session.execute(text(f"SELECT * FROM {table}"))}  # noqa: S608  names of this file
        for table in ("manifest_sight", "facility_sight")
    ]
    session.execute(text("DELETE FROM manifest_sight"))
    session.execute(text("DELETE FROM facility_sight"))
    for statement in OF_ALL:
        session.execute(text(statement))
    anew = [
        {tuple(row) for row in session.execute(text(f"SELECT * FROM {table}"))}  # noqa: S608  names of this file
        for table in ("manifest_sight", "facility_sight")
    ]
    assert kept == anew
    assert len(kept[1]) == 4 * 3  # plant, site, carrier, other; origin, end, the leg's end
