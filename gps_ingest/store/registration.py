"""Which terminal may register, and which one proves by its token that it did?

Denied by default: only a phone number that an administrator registered is let in. The first terminal that
registers under it is believed and remembered; from then on only the same maker, terminal and plate get a
token (nobody at all where the installation says so), until an administrator clears what is remembered.
Each registration makes a fresh token, and the one before opens nothing any more. Only its hash is stored.
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
    """The verdict, and the token of an admitted terminal."""

    verdict: Verdict
    token: str = ""


def verdict_on(session: Session, code: str, identity: str, *, may_again: bool = True) -> Verdict:
    """May this terminal register as the device? Reads only: who may not, must not keep others from writing.

    may_again: whether a terminal that registered before may do so again without an administrator.
    """
    return _verdict(_device(session, code), identity, may_again=may_again)


def register_terminal(
    session: Session, code: str, identity: str, *, may_again: bool = True
) -> RegistrationAnswer:
    """Give the terminal a token when it may register as the device; the caller commits, then answers."""
    device = _device(session, code, for_update=True)
    verdict = _verdict(device, identity, may_again=may_again)
    if device is None or verdict is not Verdict.ADMITTED:
        return RegistrationAnswer(verdict)
    token = secrets.token_hex(TOKEN_BYTES)
    device.terminal_id = identity
    device.token_hash = token_hash(token)
    session.flush()
    return RegistrationAnswer(Verdict.ADMITTED, token)


def _device(session: Session, code: str, *, for_update: bool = False) -> Device | None:
    query = select(Device).where(Device.code == code)
    return session.scalar(query.with_for_update() if for_update else query)


def _verdict(device: Device | None, identity: str, *, may_again: bool) -> Verdict:
    if device is None or not device.active or device.protocol is not Protocol.JT808:
        return Verdict.UNKNOWN
    if device.terminal_id is None:
        return Verdict.ADMITTED
    if device.terminal_id != identity:
        return Verdict.OTHER_TERMINAL
    return Verdict.ADMITTED if may_again else Verdict.AGAIN


def authenticated(session: Session, code: str, token: bytes, received_ms: int) -> Reception | None:
    """What is known of the device whose token this is; None for anybody else."""
    device = session.scalar(select(Device).where(Device.code == code))
    stored = "" if device is None or device.token_hash is None else device.token_hash
    shown = token_hash(token.decode("utf-8", "surrogateescape"))
    if not hmac.compare_digest(stored, shown) or device is None or not device.active:
        return None
    fields = vendor_fields(session, device.model) if device.model else ()
    return Reception(code, received_ms, device.utc_offset_minutes, fields)
