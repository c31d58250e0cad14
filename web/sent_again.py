"""Has a phone sent this very signature before? It says so by the key that it gave the act at signing."""

from hashlib import sha256

from flask import abort, request
from sqlalchemy.orm import Session

from models.custody_words import Act
from tracking.operations.idempotent_calls import KeptAnswer, answer_kept, claim, keep_answer
from web.clock import now
from web.database import reading
from web.signed_in import account

HEADER = "Idempotency-Key"
LONGEST_KEY = 128
TAKEN = KeptAnswer(200, {}, b"")


class SentAlready(Exception):
    """The same act came twice at once, and the other one was first."""


def key_of_request() -> str | None:
    """The key of a queued act; None where a form was sent by hand. A key that is none is a bad request."""
    key = request.headers.get(HEADER)
    if key is not None and not (0 < len(key) <= LONGEST_KEY and key.isprintable()):
        abort(400)
    return key


def taken_before(number: str, act: Act) -> bool:
    """Was the act of this key taken? Raises KeyUsedOtherwise for the key of another act."""
    key = key_of_request()
    if key is None:
        return False
    return answer_kept(reading(), account().id, key, fingerprint(number, act), now()) is not None


def keep_key(number: str, act: Act, session: Session) -> None:
    """Keep the key in the transaction of the step: both stand, or neither.

    A twin that comes at the same time waits here. Raises SentAlready for it, KeyUsedOtherwise for the key
    of another act.
    """
    key = key_of_request()
    if key is None:
        return
    found = claim(session, account().id, key, fingerprint(number, act), now())
    if isinstance(found, KeptAnswer):
        raise SentAlready
    keep_answer(session, found, TAKEN)


def fingerprint(number: str, act: Act) -> str:
    """What the key stands for: not the body, in which tokens and boundaries differ each time."""
    return sha256(f"{act.value}\n{number}".encode()).hexdigest()
