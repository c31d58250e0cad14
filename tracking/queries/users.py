"""Who may sign in, and who is signed in?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models.organisations import Organisation, User
from models.values import Viewer
from models.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Account:
    """A login as pages show it; the password's hash is not part of it."""

    id: int
    username: str
    display_name: str
    role: Role
    organisation_id: int | None
    organisation_code: str | None
    organisation: str | None
    organisation_en: str | None
    locale: str | None
    active: bool
    session_version: int
    created_at: datetime
    last_login_at: datetime | None

    @property
    def viewer(self) -> Viewer:
        return Viewer(self.role, self.organisation_id, self.id, self.display_name)


ACCOUNT: tuple[Any, ...] = (
    *(User.id, User.username, User.display_name, User.role, User.organisation_id),
    *(Organisation.code, Organisation.name, Organisation.name_en),
    *(User.locale, User.active, User.session_version, User.created_at, User.last_login_at),
)
"""The columns of an Account, in its order."""


def account_by_id(session: Session, user_id: int) -> Account | None:
    """The login with this row id."""
    return _first(session, _accounts().where(User.id == user_id))


def account_for_sign_in(session: Session, username: str) -> tuple[Account | None, str | None]:
    """An active login and the stored hash of its password; (None, None) when there is none."""
    account = _first(session, _accounts().where(User.username == username, User.active))
    if account is None:
        return None, None
    return account, session.scalar(select(User.password_hash).where(User.id == account.id))


def all_accounts(session: Session) -> list[Account]:
    """Every login, active ones first, by user name."""
    rows = session.execute(_accounts().order_by(User.active.desc(), User.username))
    return [Account(*row) for row in rows]


def _accounts() -> Select[Any]:
    return select(*ACCOUNT).join(Organisation, Organisation.id == User.organisation_id, isouter=True)


def _first(session: Session, query: Select[Any]) -> Account | None:
    row = session.execute(query).first()
    return None if row is None else Account(*row)
