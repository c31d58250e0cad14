"""Who sends, and did they prove it? For edges at which a message names its device and shows a secret.

Nobody is turned away who might be a phone that a driver set up wrongly: phones send for ever what is not
acknowledged. What is not proved waits in quarantine, up to a bound, and is nobody's track before an
administrator lets it out.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from gps_ingest.decoders.fix_fields import device_code_fault
from gps_ingest.store.devices import token_hash
from models.fleet import Device

NO_TOKEN_ISSUED = "no token was ever issued to the device"  # noqa: S105 - a sentence
NO_TOKEN_SHOWN = "the sender showed no token"  # noqa: S105 - a sentence
WRONG_TOKEN = "the token that the sender showed is not the device's"  # noqa: S105 - a sentence


@dataclass(frozen=True, slots=True)
class Sender:
    """The device that a message is taken for. `distrust` says why the sender is not believed to be it; a
    device that is not registered is not `proven` either, but needs no other reason."""

    code: str
    proven: bool
    distrust: str | None = None


def sender_of(session: Session, named: str | None, shown: Iterable[str]) -> Sender | None:
    """The sender by the name that it gives itself and the secrets that it shows.

    The name may itself be the device's token; without a name the token alone tells the device. None where
    neither does, and for a name that can be no device's.
    """
    secrets = {token_hash(secret) for secret in shown if secret}
    found = _owners(session, named, secrets | ({token_hash(named)} if named else set()))
    by_code = {code: digest for code, digest in found if code == named}
    owner = next((code for code, digest in found if digest in secrets), None)
    if named is None:
        return None if owner is None else Sender(owner, proven=True)
    if named in by_code:
        distrust = _doubt_of(by_code[named], secrets)
        return Sender(named, proven=distrust is None, distrust=distrust)
    disguised = next((code for code, digest in found if digest == token_hash(named)), None)
    if disguised is not None:
        return Sender(disguised, proven=True)
    return None if device_code_fault(named) else Sender(named, proven=False)


def _owners(session: Session, named: str | None, digests: set[str]) -> list[tuple[str, str | None]]:
    """(code, hash of its token) of the named device and of each device that has one of the tokens."""
    wanted: list[ColumnElement[bool]] = [Device.token_hash.in_(digests)]
    if named and device_code_fault(named) is None:
        wanted.append(Device.code == named)
    return [
        (code, digest)
        for code, digest in session.execute(select(Device.code, Device.token_hash).where(or_(*wanted)))
    ]


def _doubt_of(digest: str | None, secrets: set[str]) -> str | None:
    """Why the secrets do not prove the device, or None."""
    if digest is None:
        return NO_TOKEN_ISSUED
    if digest in secrets:
        return None
    return WRONG_TOKEN if secrets else NO_TOKEN_SHOWN
