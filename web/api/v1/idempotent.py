"""Has this call been answered before? With an Idempotency-Key it is run once, however often it comes."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

from flask import Response, request
from sqlalchemy.orm import Session

from tracking.operations.idempotent_calls import KeptAnswer, KeyUsedOtherwise, answer_kept, claim, keep_answer
from web.api.v1.caller import Caller
from web.api.v1.invalid import invalid_fields
from web.api.v1.refused import refused
from web.database import reading

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
LONGEST_KEY = 128
KEPT_HEADERS = ("ETag", "Location")


def ran_once(
    session: Session, caller: Caller, raw: bytes, now: datetime, run: Callable[[], tuple[Response, Response]]
) -> Response:
    """The answer of `run`, or the one that is kept; both in the caller's writing transaction.

    `run` gives the answer and what is kept of it.

    Only what succeeded is kept: a refused call has changed nothing, and may be sent again.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return run()[0]
    if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
        return invalid_fields([(HEADER, "too_long" if key else "missing")])
    try:
        found = claim(session, caller.account.id, key, fingerprint(raw), now)
    except KeyUsedOtherwise as refusal:
        return refused(refusal)
    if isinstance(found, KeptAnswer):
        return again(found)
    response, lasting = run()
    headers = {name: lasting.headers[name] for name in KEPT_HEADERS if name in lasting.headers}
    keep_answer(session, found, KeptAnswer(lasting.status_code, headers, lasting.get_data()))
    return response


def answered_before(caller: Caller, raw: bytes, now: datetime) -> Response | None:
    """The answer that is kept for this call, looked up before anything is proved for it."""
    key = request.headers.get(HEADER)
    if not key or len(key) > LONGEST_KEY:
        return None
    try:
        kept = answer_kept(reading(), caller.account.id, key, fingerprint(raw), now)
    except KeyUsedOtherwise as refusal:
        return refused(refusal)
    return None if kept is None else again(kept)


def fingerprint(raw: bytes) -> str:
    """What makes two requests the same."""
    head = f"{request.method} {request.full_path}\n".encode()
    return sha256(head + raw).hexdigest()


def again(kept: KeptAnswer) -> Response:
    """The kept answer, marked as such."""
    response = Response(kept.body, status=kept.status, content_type="application/json")
    response.headers.update(kept.headers)
    response.headers[REPLAYED] = "true"
    if not kept.body:
        del response.headers["Content-Type"]
    return response
