"""How does somebody get a password that nobody else knows? By a link that holds once, for a day.

The administrator makes the link and hands it over; who opens it names the own user name and chooses the
password. A new link voids the one before; so do a used one and too many wrong names.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from models.organisations import User
from models.password_links import PasswordLink
from models.values import Viewer
from tracking.operations.administer.entries import Entry
from tracking.operations.administer.people import checked_password, person
from tracking.operations.custody.refusals import StepBlocked
from tracking.rules.custody.guards import blocked

TOKEN_BYTES = 32
HOLDS = timedelta(hours=24)
MOST_WRONG_NAMES = 5


@dataclass(frozen=True, slots=True)
class GivenLink:
    """A link in clear, never to be seen again."""

    username: str
    token: str
    expires_at: datetime


class LinkVoid(Exception):
    """There is no such link, it was used, or it is too old."""


def token_hash(token: str) -> str:
    """What is kept of a token: 256 random bits need no slow hash."""
    return sha256(token.encode()).hexdigest()


def give_link(session: Session, username: str, viewer: Viewer, now: datetime) -> GivenLink:
    """A new link for an active login; an earlier one is void.

    Raises NotAdministering, NothingThere, StepBlocked for a login that has ended.
    """
    row = person(session, username, viewer)
    if not row.active or viewer.user_id is None:
        raise StepBlocked([blocked("", "login_ended")])
    session.execute(
        delete(PasswordLink).where(PasswordLink.user_id == row.id, PasswordLink.used_at.is_(None))
    )
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = PasswordLink(
        user_id=row.id,
        token_hash=token_hash(token),
        created_at=now,
        created_by_id=viewer.user_id,
        expires_at=now + HOLDS,
        wrong_names=0,
    )
    session.add(link)
    session.flush()
    return GivenLink(row.username, token, link.expires_at)


def link_holds(session: Session, token: str, now: datetime) -> bool:
    """May a password be chosen by this link?"""
    return session.scalar(_standing(token, now)) is not None


def choose_password(session: Session, token: str, username: str, password: str, now: datetime) -> bool:
    """Set the password of the link's login and end its sessions; the link is used up.

    False where the user name is not that of the link: commit all the same, wrong names count.
    Raises LinkVoid, StepBlocked for a weak password.
    """
    found = _standing(token, now).with_for_update(of=PasswordLink).execution_options(populate_existing=True)
    link = session.scalar(found)
    if link is None:
        raise LinkVoid
    row = session.scalars(select(User).where(User.id == link.user_id).with_for_update(of=User)).one()
    if not secrets.compare_digest(row.username.encode(), username.strip().lower().encode()):
        link.wrong_names += 1
        session.flush()
        return False
    entry = Entry(session)
    hashed = checked_password(entry, password)
    entry.done()
    link.used_at = now
    row.password_hash = hashed
    row.session_version += 1
    session.flush()
    return True


def _standing(token: str, now: datetime) -> Select[PasswordLink]:
    """The link while it may be used."""
    return (
        select(PasswordLink)
        .join(User, User.id == PasswordLink.user_id)
        .where(
            PasswordLink.token_hash == token_hash(token),
            PasswordLink.used_at.is_(None),
            PasswordLink.expires_at > now,
            PasswordLink.wrong_names < MOST_WRONG_NAMES,
            User.active,
        )
    )
