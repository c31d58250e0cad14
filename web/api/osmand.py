"""How do phones with OsmAnd or Traccar Client send their positions? `GET` and `POST /api/v1/osmand`.

The message names the device. The proof is the device's token: `token=` in the address that is typed into the
app, `Authorization: Bearer`, the password of `Basic`, or the name itself. Tokens are taken out before the
message is kept.
"""

from dataclasses import dataclass
from urllib.parse import quote_plus, unquote_plus

import orjson
from flask import Blueprint, Response, abort, g, request
from werkzeug.exceptions import HTTPException

from gps_ingest.decoders.osmand import NAMES, is_json, named_device
from gps_ingest.store.proof import Sender, sender_of
from models.vocabulary import Protocol
from web.api.phone_messages import (
    MAX_UNPROVEN_BYTES,
    TROUBLES,
    body_of_request,
    keep,
    not_now,
    secrets_in_header,
)
from web.api.problems import problem, problem_of
from web.database import reading

TOKEN = "token"  # noqa: S105 - the name of a parameter

bp = Blueprint("osmand", __name__, url_prefix="/api/v1")
bp.register_error_handler(HTTPException, problem_of)
for trouble in TROUBLES:
    bp.register_error_handler(trouble, not_now)


@dataclass(frozen=True, slots=True)
class Posted:
    """A request: the message without tokens, the device that it names, the secrets that it shows."""

    body: bytes
    named: str | None
    secrets: tuple[str, ...]


@bp.route("/osmand", methods=["GET", "POST"], provide_automatic_options=False)
def take_report() -> Response:
    """Take the report of a phone."""
    if request.method == "HEAD":
        abort(405)  # whoever only looks reports nothing
    posted = posted_by_request()
    if posted is None:
        return problem(413, "Too long", "The message is longer than a batch may be.")
    sender = sender_of_request()
    if sender is None:
        return problem(400, "No device", "The message must name its device: id=CODE.")
    if sender.waits and len(posted.body) > MAX_UNPROVEN_BYTES:
        return problem(413, "Too long", "So long a message needs a device's token.")
    come_again = keep(sender, Protocol.OSMAND, without_disguise(posted, sender))
    return come_again or Response(status=200)


def sender_of_request() -> Sender | None:
    """Who sends, looked up once a request; None where nobody is named."""
    if "osmand_sender" not in g:
        posted = posted_by_request()
        g.osmand_sender = posted and sender_of(reading(), posted.named, posted.secrets)
    sender: Sender | None = g.osmand_sender
    return sender


def proven_device() -> str | None:
    """The device that proved who it is, whose budget the request is on."""
    sender = sender_of_request()
    return sender.code if sender is not None and sender.proven else None


def posted_by_request() -> Posted | None:
    """The request taken apart, once; None for a body that is too long."""
    if "osmand_posted" not in g:
        body = body_of_request()
        g.osmand_posted = None if body is None else taken_apart(request.query_string, body)
    posted: Posted | None = g.osmand_posted
    return posted


def taken_apart(query: bytes, body: bytes) -> Posted:
    """Address and body of a request as one message.

    Both may carry pairs: Traccar Client keeps the parameters of the address typed into it and adds its own to
    the address (to version 8) or to the body (from 10). A JSON body is the whole message.
    """
    secrets = secrets_in_header()
    pairs = kept_pairs(query, secrets)
    if is_json(body):
        return Posted(body, named_device(body) or named_device(pairs), tuple(secrets))
    message = b"&".join(part for part in (pairs, kept_pairs(body.strip(), secrets)) if part)
    return Posted(message, named_device(message), tuple(secrets))


def kept_pairs(query: bytes, secrets: list[str]) -> bytes:
    """The pairs of a query as they stand, without tokens, which are added to `secrets`."""
    kept = []
    for pair in query.split(b"&"):
        name, _equals, value = pair.partition(b"=")
        if decoded(name) == TOKEN:
            secrets.append(decoded(value))
        else:
            kept.append(pair)
    return b"&".join(kept)


def decoded(text: bytes) -> str:
    """A name or value of a pair; what is no text shows as �."""
    return unquote_plus(text.decode("ascii", "replace"), errors="replace")


def without_disguise(posted: Posted, sender: Sender) -> bytes:
    """The message with the device's code where it named itself by its token."""
    token = posted.named
    if token is None or token == sender.code:
        return posted.body
    if not is_json(posted.body):
        pairs = posted.body.split(b"&")
        named = [decoded(pair.partition(b"=")[0]) in NAMES for pair in pairs]
        code = quote_plus(sender.code).encode()
        return b"&".join(
            pair.partition(b"=")[0] + b"=" + code if is_name else pair
            for pair, is_name in zip(pairs, named, strict=True)
        )
    code_json = orjson.dumps(sender.code)[1:-1]
    try:
        plain = posted.body if token.encode() in posted.body else orjson.dumps(orjson.loads(posted.body))
    except orjson.JSONDecodeError:
        return posted.body
    return plain.replace(token.encode(), code_json) if token.encode() in plain else posted.body
