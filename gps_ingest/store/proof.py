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
    device that is not registered is not `proven` either, but needs no other reason. `in_service`: what a
    device out of service sends waits too, proven or not."""

    code: str
    proven: bool
    distrust: str | None = None
    in_service: bool = True

    @property
    def waits(self) -> bool:
        """Will its message wait in quarantine, where the room is bounded?"""
        return not self.proven or not self.in_service


def sender_of(session: Session, named: str | None, shown: Iterable[str]) -> Sender | None:
    """The sender by the name that it gives itself and the secrets that it shows.

    The name may itself be the device's token; without a name the token alone tells the device. None where
    neither does, and for a name that can be no device's.
    """
    secrets = {token_hash(secret) for secret in shown if secret}
    found = _owners(session, named, secrets | ({token_hash(named)} if named else set()))
    by_code = {owner.code: owner for owner in found if owner.code == named}
    owner = next((one for one in found if one.digest in secrets), None)
    if named is None:
        return None if owner is None else Sender(owner.code, proven=True, in_service=owner.active)
    if named in by_code:
        distrust = _doubt_of(by_code[named].digest, secrets)
        return Sender(named, distrust is None, distrust, by_code[named].active)
    disguised = next((one for one in found if one.digest == token_hash(named)), None)
    if disguised is not None:
        return Sender(disguised.code, proven=True, in_service=disguised.active)
    return None if device_code_fault(named) else Sender(named, proven=False)


@dataclass(frozen=True, slots=True)
class _Owner:
    """A device, the hash of its token, and whether it is in service."""

    code: str
    digest: str | None
    active: bool


def _owners(session: Session, named: str | None, digests: set[str]) -> list[_Owner]:
    """The named device and each device that has one of the tokens."""
    wanted: list[ColumnElement[bool]] = [Device.token_hash.in_(digests)]
    if named and device_code_fault(named) is None:
        wanted.append(Device.code == named)
    columns = (Device.code, Device.token_hash, Device.active)
    return [_Owner(*row) for row in session.execute(select(*columns).where(or_(*wanted)))]


def _doubt_of(digest: str | None, secrets: set[str]) -> str | None:
    """Why the secrets do not prove the device, or None."""
    if digest is None:
        return NO_TOKEN_ISSUED
    if digest in secrets:
        return None
    return WRONG_TOKEN if secrets else NO_TOKEN_SHOWN
