"""How do phones with OwnTracks send their positions? `POST /api/v1/owntracks`, HTTP Basic.

User name: the device's code; password: its token. The headers X-Limit-U and X-Limit-D prove nothing and are
passed over. The answer is a list of messages for the phone, always empty. The app for iOS throws a message
away that is answered with 4xx and keeps one that is answered with 5xx, so too many at once is 503 here.
"""

from flask import Blueprint, Response, g, request
from werkzeug.exceptions import HTTPException, TooManyRequests

from gps_ingest.decoders.owntracks import is_kept
from gps_ingest.store.proof import Sender, sender_of
from models.vocabulary import Protocol
from web.api.phone_messages import (
    BASIC,
    MAX_UNPROVEN_BYTES,
    TROUBLES,
    body_of_request,
    keep,
    not_now,
    secrets_in_header,
    try_again,
)
from web.api.problems import problem, problem_of
from web.database import reading

bp = Blueprint("owntracks", __name__, url_prefix="/api/v1")
bp.register_error_handler(HTTPException, problem_of)
for trouble in TROUBLES:
    bp.register_error_handler(trouble, not_now)


@bp.errorhandler(TooManyRequests)
def slow_down(error: TooManyRequests) -> Response:
    """Too many at once: for the moment, and nothing may be thrown away."""
    return try_again("Too many messages at once.")


@bp.post("/owntracks")
def take_message() -> Response:
    """Take a message of the app."""
    sender = sender_of_request()
    if sender is None:
        realm = {"WWW-Authenticate": 'Basic realm="sludgetrace"'}
        return problem(401, "No device", "User name: the device's code; password: its token.", headers=realm)
    body = body_of_request()
    if body is None or (sender.waits and len(body) > MAX_UNPROVEN_BYTES):
        return problem(413, "Too long", "The message is longer than a message may be.")
    come_again = keep(sender, Protocol.OWNTRACKS, body) if is_kept(body) else None
    return come_again or Response(b"[]", content_type="application/json")


def sender_of_request() -> Sender | None:
    """Who sends, looked up once a request; None where the request names nobody."""
    if "owntracks_sender" not in g:
        basic = request.authorization
        named = basic.username if basic and basic.type == BASIC else None
        g.owntracks_sender = sender_of(reading(), named or None, secrets_in_header())
    sender: Sender | None = g.owntracks_sender
    return sender


def proven_device() -> str | None:
    """The device that proved who it is, whose budget the request is on."""
    sender = sender_of_request()
    return sender.code if sender is not None and sender.proven else None
