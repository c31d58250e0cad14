"""How does a machine get its token, and how is it taken away? The token is shown once; its hash is kept."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.api_access import ApiToken
from models.custody_words import Scope
from models.organisations import User
from models.values import Viewer
from models.vocabulary import Role

PREFIX = "slt_"  # lets a scanner of leaked secrets know ours
TOKEN_BYTES = 32
MAX_NAME = 100


class TokenRefused(Exception):
    """The token cannot be given or revoked; `field` and `why` (a code) say what is wrong."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field, self.why = field, why


class TokenUnknown(TokenRefused):
    """There is no such token for this viewer."""

    def __init__(self) -> None:
        super().__init__("id", "no_such_token")


class NotYoursToGive(TokenRefused):
    """Only the administrator gives tokens."""

    def __init__(self) -> None:
        super().__init__("", "not_an_administrator")


def token_hash(token: str) -> str:
    """What is kept of a token: 256 random bits need no slow hash."""
    return sha256(token.encode()).hexdigest()


def give_token(
    session: Session,
    viewer: Viewer,
    *,
    name: str,
    username: str,
    scopes: Iterable[Scope],
    expires_at: datetime | None,
    now: datetime,
) -> tuple[int, str]:
    """(row id, the token in clear, never to be seen again) in the caller's writing transaction.

    Only the administrator gives tokens. A token acts as its user, within `scopes` and until `expires_at`.
    Raises TokenRefused.
    """
    if viewer.role is not Role.ADMINISTRATOR or viewer.user_id is None:
        raise NotYoursToGive
    name = name.strip()
    if not name or len(name) > MAX_NAME:
        raise TokenRefused("name", "name_missing")
    wanted = sorted({Scope(scope).value for scope in scopes})
    if not wanted:
        raise TokenRefused("scopes", "scopes_missing")
    if expires_at is not None and expires_at <= now:
        raise TokenRefused("expires_at", "expires_in_the_past")
    user_id = session.scalar(select(User.id).where(User.username == username, User.active))
    if user_id is None:
        raise TokenRefused("user", "no_such_user")
    token = PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    row = ApiToken(
        name=name,
        user_id=user_id,
        token_hash=token_hash(token),
        scopes=wanted,
        created_at=now,
        created_by_id=viewer.user_id,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    return row.id, token


def revoke_token(session: Session, viewer: Viewer, token_id: int, now: datetime) -> None:
    """End a token at once: the administrator any, everybody else the own. Raises TokenUnknown."""
    mine = ApiToken.id == token_id
    if viewer.role is not Role.ADMINISTRATOR:
        mine &= ApiToken.user_id == viewer.user_id
    row = session.scalar(select(ApiToken).where(mine))
    if row is None:
        raise TokenUnknown
    if row.revoked_at is None:
        row.revoked_at = now
        session.flush()


def note_use(session: Session, token_id: int, now: datetime) -> None:
    """Remember when the token was last shown (to the hour)."""
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=now))
