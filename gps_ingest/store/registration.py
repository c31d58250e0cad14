"""Which terminal may register, and which one proves by its token that it did?

Denied by default: only a phone number that an administrator registered is let in. The first terminal that
registers under it is believed and remembered: maker, terminal and plate. Once it has shown the token that it
was given nobody registers under the number any more, until an administrator clears what is remembered. Where
the installation allows it the same maker, terminal and plate get a fresh token: it comes into force when it
is shown for the first time, and until then the older one opens as before. Only hashes are stored.
"""

import hmac
import secrets
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import select
from sqlalchemy.orm import Session

from gps_ingest.decoders.reception import Reception
from gps_ingest.store.devices import token_hash
from gps_ingest.store.known_devices import vendor_fields
from models.fleet import Device
from models.vocabulary import Protocol

TOKEN_BYTES = 16  # as 32 digits: there are terminals that keep no more


class Verdict(Enum):
    """What becomes of a registration."""

    ADMITTED = "admitted"
    UNKNOWN = "unknown"
    OTHER_TERMINAL = "other_terminal"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class RegistrationAnswer:
    """The verdict, and the token of an admitted terminal; `again`: an older token of it is in force."""

    verdict: Verdict
    token: str = ""
    again: bool = False


def verdict_on(session: Session, code: str, identity: str, *, may_again: bool) -> Verdict:
    """May this terminal register as the device? Reads only: who may not, must not keep others from writing.

    may_again: whether a terminal whose token is in force may register again without an administrator.
    """
    return _verdict(_device(session, code), identity, may_again=may_again)


def register_terminal(session: Session, code: str, identity: str, *, may_again: bool) -> RegistrationAnswer:
    """Give the terminal a token when it may register as the device; the caller commits, then answers."""
    device = _device(session, code, for_update=True)
    verdict = _verdict(device, identity, may_again=may_again)
    if device is None or verdict is not Verdict.ADMITTED:
        return RegistrationAnswer(verdict)
    token = secrets.token_hex(TOKEN_BYTES)
    device.terminal_id = identity
    device.pending_token_hash = token_hash(token)
    session.flush()
    return RegistrationAnswer(Verdict.ADMITTED, token, again=device.token_hash is not None)


def _device(session: Session, code: str, *, for_update: bool = False) -> Device | None:
    query = select(Device).where(Device.code == code)
    return session.scalar(query.with_for_update() if for_update else query)


def _verdict(device: Device | None, identity: str, *, may_again: bool) -> Verdict:
    if device is None or not device.active or device.protocol is not Protocol.JT808:
        return Verdict.UNKNOWN
    if device.terminal_id is None:  # a token that is in force all the same was issued by an administrator
        return Verdict.ADMITTED if device.token_hash is None else Verdict.AGAIN
    if device.terminal_id != identity:
        return Verdict.OTHER_TERMINAL
    never_shown = device.token_hash is None and device.pending_token_hash is not None  # the answer got lost
    return Verdict.ADMITTED if may_again or never_shown else Verdict.AGAIN


@dataclass(frozen=True, slots=True)
class Admitted:
    """What is known of a device that proved itself, and which issue of its token did (store.standing).

    first: this token was never shown before.
    """

    reception: Reception
    token_issue: int
    first: bool


def authenticated(
    session: Session, code: str, protocol: Protocol, token: bytes, received_ms: int
) -> Admitted | None:
    """The device of this protocol whose token this is; None for anybody else.

    Reads only: a token that is shown for the first time is put in force by `put_in_force`.
    """
    device = _device(session, code)
    shown = _hash_of(token)
    in_force = hmac.compare_digest((device and device.token_hash) or "", shown)
    pending = hmac.compare_digest((device and device.pending_token_hash) or "", shown)
    if device is None or not device.active or device.protocol is not protocol:
        return None
    if not in_force and not pending:
        return None
    fields = vendor_fields(session, device.model) if device.model else ()
    reception = Reception(code, received_ms, device.utc_offset_minutes, fields)
    return Admitted(reception, device.token_issue, first=not in_force)


def put_in_force(session: Session, code: str, token: bytes) -> bool:
    """From now on only this token opens; False when another was given, or it was revoked, meanwhile."""
    device = _device(session, code, for_update=True)
    shown = _hash_of(token)
    if device is None:
        return False
    if hmac.compare_digest(device.token_hash or "", shown):  # two connections of a terminal showed it at once
        return True
    if not hmac.compare_digest(device.pending_token_hash or "", shown):
        return False
    device.token_hash, device.pending_token_hash = shown, None
    session.flush()
    return True


def _hash_of(token: bytes) -> str:
    return token_hash(token.decode("utf-8", "surrogateescape"))
