"""How is a password kept, and does one match? Argon2id with the library's defaults (RFC 9106, low memory)."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MIN_LENGTH = 10  # NIST SP 800-63B asks for length, not for signs
MAX_LENGTH = 200  # more would only make the hash work for nothing
_hasher = PasswordHasher()


class WeakPassword(ValueError):
    """The password is shorter or longer than allowed."""


def hash_password(password: str) -> str:
    """The text to store; raises WeakPassword."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise WeakPassword(f"a password has {MIN_LENGTH} to {MAX_LENGTH} characters")
    return _hasher.hash(password)


def password_matches(stored: str | None, password: str) -> bool:
    """Does `password` match the stored text? None (no such user) takes the same time and is False."""
    try:
        _hasher.verify(stored if stored is not None else _unmatched(), password[:MAX_LENGTH])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@cache
def _unmatched() -> str:
    return _hasher.hash("no user has this password")
