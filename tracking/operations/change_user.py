"""How does a login change: a new password, an end, a language, a sign-in? Each ends in one row."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.organisations import User
from tracking.operations.add_user import UserRefused
from tracking.operations.passwords import hash_password


def set_password(session: Session, username: str, password: str) -> None:
    """A new password; every session under the old one ends. Raises UserRefused, WeakPassword."""
    user = _user(session, username)
    user.password_hash = hash_password(password)
    user.session_version += 1


def deactivate_user(session: Session, username: str) -> None:
    """The user may not sign in any more, and open sessions end. Raises UserRefused."""
    user = _user(session, username)
    user.active = False
    user.session_version += 1


def note_sign_in(session: Session, user_id: int, now: datetime) -> None:
    """Remember when the user last signed in."""
    session.execute(update(User).where(User.id == user_id).values(last_login_at=now))


def end_sessions(session: Session, user_id: int) -> None:
    """Sign the user out everywhere: a copied cookie is worth nothing afterwards."""
    session.execute(update(User).where(User.id == user_id).values(session_version=User.session_version + 1))


def set_locale(session: Session, user_id: int, locale: str) -> None:
    """Remember the language a user reads."""
    session.execute(update(User).where(User.id == user_id).values(locale=locale))


def _user(session: Session, username: str) -> User:
    user = session.scalar(select(User).where(User.username == username))
    if user is None:
        raise UserRefused(f"user {username!r} is not known")
    return user
