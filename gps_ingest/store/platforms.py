"""Which other platforms may send positions, and did this one prove to be it? JT/T 809.

A platform logs in with a number and eight bytes of password, which are ours to give. Eight bytes are little:
they are kept as Argon2id, wrong ones are counted, and the link belongs into a VPN.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.fleet import Device, Platform

PASSWORD_BYTES = 8
MAX_U32 = 2**32 - 1
MAX_NAME = 100  # the column's width
_hasher = PasswordHasher()


class PlatformRefused(ValueError):
    """A platform cannot be registered or changed; the message is the sentence for a person."""


class Verdict(Enum):
    """What becomes of a login."""

    ADMITTED = "admitted"
    UNKNOWN = "unknown"
    WRONG_CENTER = "wrong_center"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a verdict


@dataclass(frozen=True, slots=True)
class PlatformLine:
    """A platform as the administrator's list shows it."""

    code: str
    name: str
    center_id: int
    active: bool


def add_platform(session: Session, code: str, name: str, center_id: int, password: str) -> None:
    """A new platform, in service; raises PlatformRefused."""
    if not code.isdecimal() or not code.isascii() or code != str(int(code)) or int(code) > MAX_U32:
        raise PlatformRefused(f"the user name is a number from 0 to {MAX_U32}, as the login carries it")
    if not 0 <= center_id <= MAX_U32:
        raise PlatformRefused(f"the access code is a number from 0 to {MAX_U32}")
    if not 0 < len(name) <= MAX_NAME or not name.isprintable():
        raise PlatformRefused(f"the name has 1 to {MAX_NAME} printable characters")
    if session.scalar(select(Platform.id).where(Platform.code == code)) is not None:
        raise PlatformRefused(f"platform '{code}' is registered already")
    hashed = hash_of(password)
    session.add(Platform(code=code, name=name, center_id=center_id, password_hash=hashed, active=True))
    session.flush()


def set_password(session: Session, code: str, password: str) -> None:
    """A new password for the next login; raises PlatformRefused."""
    find_platform(session, code).password_hash = hash_of(password)
    session.flush()


def set_active(session: Session, code: str, *, active: bool) -> None:
    """Let the platform log in, or no more; raises PlatformRefused."""
    find_platform(session, code).active = active
    session.flush()


def find_platform(session: Session, code: str) -> Platform:
    """The registered platform; raises PlatformRefused."""
    platform = session.scalar(select(Platform).where(Platform.code == code))
    if platform is None:
        raise PlatformRefused(f"platform '{code}' is not registered")
    return platform


def tie_to_platform(session: Session, device: Device, code: str | None) -> None:
    """Believe this platform alone what it says of the device (JT/T 809), none where blank.

    Raises PlatformRefused.
    """
    device.platform_id = find_platform(session, code).id if code else None
    session.flush()


def list_platforms(session: Session) -> Sequence[PlatformLine]:
    """All platforms by user name."""
    rows = session.scalars(select(Platform).order_by(Platform.code))
    return [PlatformLine(row.code, row.name, row.center_id, row.active) for row in rows]


def active_platforms(session: Session) -> frozenset[str]:
    """The user names that may be logged in."""
    return frozenset(session.scalars(select(Platform.code).where(Platform.active)))


def hash_of(password: str) -> str:
    """What is stored of a password; raises PlatformRefused for one that the login cannot carry."""
    if len(password) != PASSWORD_BYTES or not password.isascii() or not password.isprintable():
        raise PlatformRefused(f"the password has {PASSWORD_BYTES} printable ASCII characters")
    return _hasher.hash(password)


def log_in(session: Session, user_id: int, password: bytes, center_ids: Sequence[int]) -> Verdict:
    """Is this the platform of the user name? Each access code that the message tells has to be its own.

    The password is looked at last: it costs tens of milliseconds on purpose.
    """
    platform = session.scalar(select(Platform).where(Platform.code == str(user_id), Platform.active))
    if platform is None:
        return Verdict.UNKNOWN
    if any(center_id != platform.center_id for center_id in center_ids):
        return Verdict.WRONG_CENTER
    try:
        _hasher.verify(platform.password_hash, password.rstrip(b"\0"))
    except (VerificationError, InvalidHashError):
        return Verdict.WRONG_PASSWORD
    return Verdict.ADMITTED
