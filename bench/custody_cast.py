"""Who hauls in the benchmark of custody? A plant, a carrier with trucks, a site, and a token for each."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from bench.custody_baseline import BARE
from models.custody_words import Scope
from models.facilities import Facility
from models.fleet import Vehicle
from models.manifests import Manifest
from models.organisations import Organisation, User
from models.session import open_engine, read_sessions, write_sessions
from models.signatures import Signature
from models.values import Viewer
from models.vocabulary import FacilityKind, Mode, OrganisationKind, Role
from tracking.operations.api_tokens import give_token
from tracking.operations.passwords import hash_password

PARTIES = (
    ("plant", OrganisationKind.PLANT_OPERATOR, Role.PLANT),
    ("hauler", OrganisationKind.HAULER, Role.HAULER),
    ("site", OrganisationKind.SITE_OPERATOR, Role.SITE),
)


@dataclass(frozen=True, slots=True)
class Hauling:
    """The cast by codes, with the tokens by party."""

    plant: str
    site: str
    trucks: list[str]
    tokens: dict[str, str]


def hauling(url: str, trucks: int) -> Hauling:
    """Put the cast into a migrated database."""
    engine, now = open_engine(url), datetime.now(UTC)
    codes = [f"T{number:03d}" for number in range(trucks)]
    with write_sessions(engine).begin() as session:
        admin = User(
            username="bench", display_name="bench", password_hash="", role=Role.ADMINISTRATOR, created_at=now
        )
        session.add(admin)
        session.flush()
        giver = Viewer(Role.ADMINISTRATOR, None, admin.id, "bench")
        tokens = {}
        for name, kind, role in PARTIES:
            tokens[name] = add_party(session, name, kind, role, giver, now)
        carrier = session.scalar(select(Organisation.id).where(Organisation.code == "hauler"))
        rows = [{"code": code, "name": code, "mode": Mode.ROAD, "organisation_id": carrier} for code in codes]
        session.execute(insert(Vehicle), rows)
    engine.dispose()
    return Hauling("plant", "site", codes, tokens)


def add_party(
    session: Session, name: str, kind: OrganisationKind, role: Role, giver: Viewer, now: datetime
) -> str:
    """An organisation with a place, a login and a token, which is returned."""
    party = Organisation(code=name, name=name, kind=kind)
    session.add(party)
    session.flush()
    hashed = hash_password("nobody signs in with this elsewhere")
    user = User(username=f"u-{name}", display_name=name, password_hash=hashed, role=role, created_at=now)
    user.organisation_id = party.id
    session.add(user)
    if role is not Role.HAULER:
        at = 120.0 if role is Role.PLANT else 120.3
        ring = [[at, 31.0], [at + 0.01, 31.0], [at + 0.01, 31.01], [at, 31.01], [at, 31.0]]
        place = FacilityKind.PLANT if role is Role.PLANT else FacilityKind.SITE
        session.add(Facility(code=name, name=name, kind=place, organisation_id=party.id, polygon=ring))
    session.flush()
    given = {"name": name, "username": user.username, "scopes": tuple(Scope), "expires_at": None}
    return give_token(session, giver, now=now, **given)[1]  # type: ignore[arg-type]  # as named


def steps_counted(url: str) -> int:
    """How many signatures of live loads the database holds."""
    engine = open_engine(url)
    with read_sessions(engine)() as session:
        hauled = select(Manifest.id).where(~Manifest.number.startswith(BARE))
        found = session.scalar(select(func.count()).where(Signature.manifest_id.in_(hauled))) or 0
    engine.dispose()
    return found
