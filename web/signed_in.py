"""Who is signed in? An account as Flask-Login wants it; the cookie holds an id and a session version."""

from dataclasses import dataclass

from flask_login import current_user

from models.values import Viewer
from tracking.queries.users import Account


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The signed-in person."""

    account: Account

    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return self.account.active

    @property
    def locale(self) -> str | None:
        return self.account.locale

    def get_id(self) -> str:
        return f"{self.account.id}:{self.account.session_version}"


def account() -> Account:
    """The account of this request; the guard of web/rights.py lets nobody here without one."""
    signed_in: Account = current_user.account
    return signed_in


def viewer() -> Viewer:
    """What this request may see."""
    return account().viewer
