"""How does the demo city come to be: its world, its past in the database, its logins?"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import orjson
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from demo.live.known_then import cut_world
from demo.scenario.load import load_scenario
from demo.simulate import simulate
from models.manifests import Manifest
from models.organisations import Organisation, User
from models.session import read_sessions, write_sessions
from models.thresholds import Thresholds
from models.vocabulary import OrganisationKind, Role
from tracking.operations.add_user import add_user
from tracking.operations.change_user import set_password

LOGINS_FILE = "demo-logins.json"
PAST_DAYS = 7
CITY_ZONE = timezone(timedelta(hours=8))
WORKING_HOURS = (7, 16)
MORNING_HOUR = 9
DAYS_AHEAD = 2  # today and tomorrow are played live

Tell = Callable[[str, int, int], None]

KINDS_OF_ROLE = (
    (Role.REGULATOR, "regulator", (OrganisationKind.REGULATOR,)),
    (Role.PLANT, "plant", (OrganisationKind.PLANT_OPERATOR,)),
    (Role.HAULER, "hauler", (OrganisationKind.HAULER,)),
    (Role.DRIVER, "driver", (OrganisationKind.HAULER,)),
    (Role.SITE, "site", (OrganisationKind.SITE_OPERATOR,)),
    (Role.ADMINISTRATOR, "admin", ()),
)


@dataclass(frozen=True, slots=True)
class CityPlan:
    """How large the demo city is."""

    seed: int = 7
    plants: int = 5
    vehicles: int = 24


@dataclass(frozen=True, slots=True)
class Login:
    """A login of the demo."""

    username: str
    password: str
    role: Role
    organisation: str


def is_empty(engine: Engine) -> bool:
    """Does the database hold no manifest yet?"""
    with read_sessions(engine)() as session:
        return session.scalar(select(Manifest.id).limit(1)) is None


def make_world(folder: Path, plan: CityPlan, now: datetime, tell: Tell) -> None:
    """Simulate a week that ends today, and the two days that are played live.

    Whoever starts the demo at night wants to see vehicles move all the same: then the city's clock is
    set so that its day is in the morning now.
    """
    local = now.astimezone(working_zone(now))
    simulate(
        folder,
        seed=plan.seed,
        days=PAST_DAYS + DAYS_AHEAD,
        plants=plan.plants,
        vehicles=plan.vehicles,
        start=local - timedelta(days=PAST_DAYS),
        progress=tell,
    )


def working_zone(now: datetime) -> timezone:
    """The zone in which the simulated shifts run: the city's own by day, another one by night."""
    if WORKING_HOURS[0] <= now.astimezone(CITY_ZONE).hour < WORKING_HOURS[1]:
        return CITY_ZONE
    hours = (MORNING_HOUR - now.astimezone(UTC).hour + 12) % 24 - 12
    return timezone(timedelta(hours=hours))


def load_past(
    engine: Engine, world: Path, past: Path, now: datetime, thresholds: Thresholds, tell: Tell
) -> None:
    """Put into the database what of the world is known by now."""
    cut_world(world, past, now)
    load_scenario(engine, past, now=now, thresholds=thresholds, progress=tell)


def make_logins(engine: Engine, state: Path, now: datetime) -> list[Login]:
    """The demo's logins with passwords of their own, kept in the state folder for the next start."""
    kept = state / LOGINS_FILE
    if kept.exists():
        return [Login(**each | {"role": Role(each["role"])}) for each in orjson.loads(kept.read_bytes())]
    with write_sessions(engine).begin() as session:
        logins = [make_login(session, role, name, kinds, now) for role, name, kinds in KINDS_OF_ROLE]
    kept.touch(mode=0o600)
    kept.write_bytes(orjson.dumps(logins, option=orjson.OPT_INDENT_2))
    return logins


def make_login(
    session: Session, role: Role, username: str, kinds: tuple[OrganisationKind, ...], now: datetime
) -> Login:
    """One login for a role, of the first organisation of its kinds."""
    password = secrets.token_urlsafe(9)
    organisation = session.scalar(
        select(Organisation).where(Organisation.kind.in_(kinds)).order_by(Organisation.code).limit(1)
    )
    if session.scalar(select(User.id).where(User.username == username)) is not None:
        set_password(session, username, password)
    else:
        add_user(
            session,
            username=username,
            password=password,
            role=role,
            now=now,
            display_name=display_name(role, organisation, username),
            organisation_code=organisation.code if organisation is not None else None,
        )
    return Login(username, password, role, organisation.name if organisation is not None else "")


def display_name(role: Role, organisation: Organisation | None, username: str) -> str:
    """What the header says: the organisation, and of a driver that it is one of its drivers."""
    if organisation is None:
        return username
    return f"{organisation.name}（驾驶员）" if role is Role.DRIVER else organisation.name


def world_ends(world: Path) -> datetime:
    """Until when the simulated world reaches."""
    return datetime.fromisoformat(orjson.loads((world / "scenario.json").read_bytes())["to"]).astimezone(UTC)
