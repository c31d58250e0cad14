"""Which rows make a new login?"""

import re
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.organisations import Organisation, User
from models.vocabulary import OrganisationKind, Role
from tracking.operations.passwords import hash_password

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
ORGANISATIONS_OF_ROLE: dict[Role, frozenset[OrganisationKind]] = {
    Role.PLANT: frozenset({OrganisationKind.PLANT_OPERATOR, OrganisationKind.WORKS_OPERATOR}),
    Role.HAULER: frozenset({OrganisationKind.HAULER}),
    Role.DRIVER: frozenset({OrganisationKind.HAULER}),
    Role.SITE: frozenset({OrganisationKind.SITE_OPERATOR}),
    Role.REGULATOR: frozenset({OrganisationKind.REGULATOR}),
    Role.ADMINISTRATOR: frozenset(OrganisationKind),
}
NEEDS_ORGANISATION = frozenset({Role.PLANT, Role.HAULER, Role.DRIVER, Role.SITE})


class UserRefused(ValueError):
    """The login cannot be made or changed; the text says why."""


def add_user(
    session: Session,
    *,
    username: str,
    password: str,
    role: Role,
    now: datetime,
    display_name: str | None = None,
    organisation_code: str | None = None,
    locale: str | None = None,
) -> User:
    """Add a login in the caller's transaction; raises UserRefused or WeakPassword.

    A plant, hauler, driver or site user belongs to an organisation of that kind: what one sees hangs on it.
    """
    if not USERNAME.fullmatch(username):
        raise UserRefused(f"user name {username!r}: 2 to 64 of a-z, 0-9, dot, dash, underscore")
    if session.scalar(select(User.id).where(User.username == username)) is not None:
        raise UserRefused(f"user name {username!r} is taken")
    organisation = _organisation(session, role, organisation_code)
    user = User(
        username=username,
        display_name=display_name or username,
        password_hash=hash_password(password),
        role=role,
        organisation_id=organisation.id if organisation else None,
        locale=locale,
        created_at=now,
    )
    session.add(user)
    session.flush()
    return user


def _organisation(session: Session, role: Role, code: str | None) -> Organisation | None:
    if code is None:
        if role in NEEDS_ORGANISATION:
            raise UserRefused(f"a {role.value} user needs an organisation")
        return None
    organisation = session.scalar(select(Organisation).where(Organisation.code == code))
    if organisation is None:
        raise UserRefused(f"organisation {code!r} is not known")
    if organisation.kind not in ORGANISATIONS_OF_ROLE[role]:
        raise UserRefused(
            f"organisation {code!r} is a {organisation.kind.value}, not fit for role {role.value}"
        )
    return organisation
