"""How does an administrator change logins? Role, organisation, name, password; an end, or back again."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.organisations import Organisation, User
from models.values import Viewer
from models.vocabulary import Role
from tracking.operations.add_user import NEEDS_ORGANISATION, ORGANISATIONS_OF_ROLE, USERNAME
from tracking.operations.administer.entries import Entry, allowed
from tracking.operations.administer.refusals import NothingThere
from tracking.operations.custody.refusals import StepBlocked
from tracking.operations.passwords import WeakPassword, hash_password
from tracking.rules.custody.guards import blocked

ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})


def add_person(
    session: Session,
    username: str,
    display_name: str,
    role: Role,
    organisation: str | None,
    password: str | None,
    viewer: Viewer,
    now: datetime,
) -> int:
    """The row id of a new login; without a password nobody signs in until a link chose one.

    Raises NotAdministering, StepBlocked.
    """
    allowed(viewer, ADMINISTRATOR)
    entry = Entry(session)
    if not USERNAME.fullmatch(username):
        entry.say("username", "no_username", given=username[:64])
    elif session.scalar(select(User.id).where(User.username == username)) is not None:
        entry.say("username", "code_taken", given=username)
    name = entry.text("display_name", display_name, 100)
    org = checked_organisation(entry, role, organisation)
    hashed = checked_password(entry, secrets.token_urlsafe(32) if password is None else password)
    entry.done()
    row = User(
        username=username,
        display_name=name,
        password_hash=hashed,
        role=role,
        organisation_id=org,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def change_person(
    session: Session, username: str, display_name: str, role: Role, organisation: str | None, viewer: Viewer
) -> None:
    """Another name, role or organisation; where what one may see changes, open sessions end.

    Raises NotAdministering, NothingThere, StepBlocked.
    """
    row = person(session, username, viewer)
    entry = Entry(session)
    name = entry.text("display_name", display_name, 100)
    org = checked_organisation(entry, role, organisation)
    entry.done()
    if row.role is Role.ADMINISTRATOR and role is not Role.ADMINISTRATOR:
        refuse_last_administrator(session, row)
    if (row.role, row.organisation_id) != (role, org):
        row.session_version += 1
    row.display_name, row.role, row.organisation_id = name, role, org
    session.flush()


def set_active(session: Session, username: str, active: bool, viewer: Viewer) -> None:
    """End a login with all its sessions, or let it in again.

    Raises NotAdministering, NothingThere, StepBlocked for the last administrator.
    """
    row = person(session, username, viewer)
    if not active:
        refuse_last_administrator(session, row)
        row.session_version += 1
    row.active = active
    session.flush()


def give_password(session: Session, username: str, password: str, viewer: Viewer) -> None:
    """A new password; open sessions end. Raises NotAdministering, NothingThere, StepBlocked."""
    row = person(session, username, viewer)
    entry = Entry(session)
    hashed = checked_password(entry, password)
    entry.done()
    row.password_hash = hashed
    row.session_version += 1
    session.flush()


def person(session: Session, username: str, viewer: Viewer) -> User:
    """The login, kept until the transaction ends."""
    allowed(viewer, ADMINISTRATOR)
    row = session.scalar(select(User).where(User.username == username).with_for_update(of=User))
    if row is None:
        raise NothingThere(username)
    return row


def checked_organisation(entry: Entry, role: Role, code: str | None) -> int | None:
    """The row id of an organisation that fits the role."""
    if not code:
        if role in NEEDS_ORGANISATION:
            entry.say("organisation", "field_missing")
        return None
    row = entry.row("organisation", Organisation, code)
    if row is not None and row.kind not in ORGANISATIONS_OF_ROLE[role]:
        entry.say("organisation", "organisation_of_other_kind", organisation=row.code, role=role.value)
    return None if row is None else row.id


def checked_password(entry: Entry, password: str) -> str:
    """The hash of a password that is strong enough."""
    try:
        return hash_password(password)
    except WeakPassword:
        entry.say("password", "password_weak")
        return ""


def refuse_last_administrator(session: Session, row: User) -> None:
    """Somebody must be able to let people in. Two who end each other at once wait for each other."""
    query = select(User.id).where(User.role == Role.ADMINISTRATOR, User.active).order_by(User.id)
    if set(session.scalars(query.with_for_update())) == {row.id}:
        raise StepBlocked([blocked("", "last_administrator")])
