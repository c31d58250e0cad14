"""Whose token is it, and which tokens are there?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.api_access import ApiToken
from models.custody_words import Scope
from models.organisations import Organisation, User
from models.values import Viewer
from models.vocabulary import Role
from tracking.queries.users import ACCOUNT, Account


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


HOLDER = (
    select(ApiToken.id, ApiToken.name, ApiToken.scopes, ApiToken.expires_at, ApiToken.last_used_at)
    .add_columns(*ACCOUNT)
    .join(User, User.id == ApiToken.user_id)
    .outerjoin(Organisation, Organisation.id == User.organisation_id)
    .where(ApiToken.token_hash == bindparam("token_hash"), ApiToken.revoked_at.is_(None), User.active)
)
"""Built once: every call asks it."""


def holder_of(session: Session, token_hash: str) -> TokenHolder | None:
    """The holder of the token with this hash."""
    row = session.execute(HOLDER, {"token_hash": token_hash}).first()
    if row is None:
        return None
    token, account = row[:5], Account(*row[5:])
    token_id, name, scopes, expires_at, last_used_at = token
    return TokenHolder(
        token_id, name, account, frozenset(Scope(each) for each in scopes), expires_at, last_used_at
    )


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
