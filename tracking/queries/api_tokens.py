"""Whose token is it, and which tokens are there?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.api_access import ApiToken
from models.custody_words import Scope
from models.organisations import User
from models.values import Viewer
from models.vocabulary import Role
from tracking.queries.users import Account, account_by_id


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """A token that is not revoked and whose user is active; it may have run out."""

    token_id: int
    name: str
    account: Account
    scopes: frozenset[Scope]
    expires_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as lists show it."""

    id: int
    name: str
    user: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


def holder_of(session: Session, token_hash: str) -> TokenHolder | None:
    """The holder of the token with this hash."""
    query = select(ApiToken).where(ApiToken.token_hash == token_hash, ApiToken.revoked_at.is_(None))
    row = session.scalar(query)
    account = None if row is None else account_by_id(session, row.user_id)
    if row is None or account is None or not account.active:
        return None
    scopes = frozenset(Scope(scope) for scope in row.scopes)
    return TokenHolder(row.id, row.name, account, scopes, row.expires_at, row.last_used_at)


def token_rows(session: Session, viewer: Viewer) -> list[TokenRow]:
    """The tokens that the viewer may see: the administrator all, everybody else the own; newest first."""
    query = select(ApiToken, User.username).join(User, User.id == ApiToken.user_id)
    if viewer.role is not Role.ADMINISTRATOR:
        query = query.where(ApiToken.user_id == viewer.user_id)
    return [
        TokenRow(
            id=row.id,
            name=row.name,
            user=username,
            scopes=tuple(row.scopes),
            created_at=row.created_at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
            last_used_at=row.last_used_at,
        )
        for row, username in session.execute(query.order_by(ApiToken.id.desc()))
    ]
