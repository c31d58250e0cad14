"""Whose manifests are listed? Plants, carriers with fleets, sites, wharves, and a login a role."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import cycle, islice
from typing import TypeVar

from sqlalchemy.orm import Session

from models.facilities import Facility
from models.fleet import Vehicle
from models.organisations import Organisation, User
from models.vocabulary import DisposalMethod, FacilityKind, Mode, OrganisationKind, Role
from tracking.operations.passwords import hash_password

PLANT_PARTIES, SITE_PARTIES, HAULERS = 20, 6, 15
PLANTS, SITES, WHARVES, TRUCKS, VESSELS = 40, 12, 4, 180, 10
PASSWORD = "nobody signs in with this elsewhere"  # noqa: S105
R = TypeVar("R", Organisation, Facility, Vehicle)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cast:
    """The first row id of each kind; the others follow it without a gap."""

    plant_parties: int
    haulers: int
    plants: int
    sites: int
    wharves: int
    trucks: int
    vessels: int
    regulator: int


def settle(session: Session) -> Cast:
    """Put them into an empty database; each role's login is called as the role."""
    plant_parties = parties(session, "plant", OrganisationKind.PLANT_OPERATOR, PLANT_PARTIES)
    site_parties = parties(session, "site", OrganisationKind.SITE_OPERATOR, SITE_PARTIES)
    haulers = parties(session, "hauler", OrganisationKind.HAULER, HAULERS)
    plants = places(session, "P", FacilityKind.PLANT, plant_parties, PLANTS, 120.0)
    sites = places(session, "S", FacilityKind.SITE, site_parties, SITES, 121.0)
    wharves = places(session, "W", FacilityKind.TRANSFER, site_parties, WHARVES, 122.0)
    trucks = vehicles(session, "T", Mode.ROAD, haulers, TRUCKS)
    vessels = vehicles(session, "W", Mode.WATER, haulers, VESSELS)
    hashed = hash_password(PASSWORD)
    owners = {Role.PLANT: plant_parties, Role.SITE: site_parties, Role.HAULER: haulers, Role.DRIVER: haulers}
    logins = {}
    for role in Role:
        login = User(
            username=role,
            display_name=role,
            password_hash=hashed,
            role=role,
            created_at=LONG_AGO,
            active=True,
        )
        login.organisation_id = owners[role][0].id if role in owners else None
        session.add(login)
        session.flush()
        logins[role] = login.id
    kinds = (plant_parties, haulers, plants, sites, wharves, trucks, vessels)
    return Cast(*[rows[0].id for rows in kinds] + [logins[Role.REGULATOR]])


def parties(session: Session, name: str, kind: OrganisationKind, count: int) -> list[Organisation]:
    rows = [Organisation(code=f"{name}-{at}", name=f"{name} {at}", kind=kind) for at in range(count)]
    return kept(session, rows)


def places(
    session: Session, name: str, kind: FacilityKind, owners: list[Organisation], count: int, east: float
) -> list[Facility]:
    """Two neighbours by turns belong to the same owner."""
    turns = islice(cycle([owner for owner in owners for _ in range(2)]), count)
    rows = []
    for at, owner in enumerate(turns):
        lon, lat = east, 31.0 + at * 0.02
        ring = [[lon, lat], [lon + 0.01, lat], [lon + 0.01, lat + 0.01], [lon, lat]]
        row = Facility(code=f"{name}-{at}", name=f"{name} {at}", kind=kind, polygon=ring)
        row.organisation_id = owner.id
        row.method = DisposalMethod.LANDFILL if kind is FacilityKind.SITE else None
        rows.append(row)
    return kept(session, rows)


def vehicles(
    session: Session, name: str, mode: Mode, owners: list[Organisation], count: int
) -> list[Vehicle]:
    rows = [
        Vehicle(
            code=f"{name}{at}", name=f"{name}{at}", mode=mode, organisation_id=owners[at % len(owners)].id
        )
        for at in range(count)
    ]
    return kept(session, rows)


def kept(session: Session, rows: list[R]) -> list[R]:
    """Written one after the other: their ids follow each other."""
    for row in rows:
        session.add(row)
        session.flush()
    return rows
