"""How do devices post their positions? `POST /api/v1/fixes` with a device's token.

The token names the device; nothing in the body does. The answer goes out after the commit: a fix in
`accepted`, `repeated` or `doubted` is safe. An item that can never be taken is reported by its index,
kept in quarantine with the raw bytes, and acknowledged, so that a client does not send it for ever.
"""

from typing import Any

import marshmallow
import orjson
from flask import Blueprint, Response, current_app, g, request
from marshmallow import Schema, fields
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from gps_ingest.decoders.json_batch import NO_BATCH, decode_items
from gps_ingest.store.acceptance import Acceptance, accept
from gps_ingest.store.devices import device_of_token
from gps_ingest.store.raw_messages import Message
from models.values import Refusal
from models.vocabulary import Protocol
from web.api.problems import problem, problem_of
from web.clock import now
from web.database import reading, writing
from web.device_metrics import device_metrics

SCHEME = "Bearer "
RETRY_AFTER_S = 5

bp = Blueprint("fixes", __name__, url_prefix="/api/v1")
bp.register_error_handler(HTTPException, problem_of)


class Items(fields.Field[list[object]]):
    """A list of anything: its items are the decoder's to read; a thousand Raw fields would cost more."""

    default_error_messages = {"invalid": "Not a valid list."}  # noqa: RUF012 - marshmallow's own way

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[object]:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        return value


class Envelope(Schema):
    """What a request may hold beside the fixes themselves: nothing."""

    class Meta:
        unknown = marshmallow.RAISE

    fixes = Items(required=True)


class DoubtedItem(Schema):
    """A fix that was kept with reasons to distrust it."""

    index = fields.Integer()
    reasons = fields.List(fields.String())


class RefusedItem(Schema):
    """An item, or a field of it, that could not be taken."""

    index = fields.Integer()
    field = fields.String()
    reason = fields.String()


class Answer(Schema):
    """What became of a batch. `answer_of` writes it; a test holds the two equal."""

    accepted = fields.Integer()
    repeated = fields.Integer()
    doubted = fields.List(fields.Nested(DoubtedItem))
    refused = fields.List(fields.Nested(RefusedItem))
    quarantined = fields.List(fields.Nested(RefusedItem))


@bp.post("/fixes")
def post_fixes() -> Response:
    """Take a batch of fixes of the device whose token is shown."""
    device_code = device_of_request()
    if device_code is None:
        return problem(
            401,
            "Unknown token",
            "Show a device's token: Authorization: Bearer TOKEN.",
            headers={"WWW-Authenticate": 'Bearer realm="sludgetrace"'},
        )
    settings = current_app.extensions["settings"]
    body = read_body(settings.max_batch_bytes)
    if body is None:
        return problem(413, "Batch too large", f"A batch has at most {settings.max_batch_bytes} bytes.")
    try:
        items = read_envelope(body)
    except EnvelopeRefused as refused:
        return problem(400, "Not a batch of fixes", "Nothing was taken.", errors=refused.errors)
    if len(items) > settings.max_batch_fixes:
        sent = f"{len(items)} were sent and none was taken"
        return problem(
            413, "Batch too large", f"A batch has at most {settings.max_batch_fixes} fixes; {sent}."
        )
    return take(device_code, body, items)


def device_of_request() -> str | None:
    """The code of the device whose token the request shows, or None; looked up once a request."""
    if "device_code" not in g:
        shown = request.headers.get("Authorization", "")
        token = shown[len(SCHEME) :].strip() if shown.startswith(SCHEME) else ""
        g.device_code = device_of_token(reading(), token) if token else None
    code: str | None = g.device_code
    return code


def read_body(most_bytes: int) -> bytes | None:
    """The body, or None when it is longer, whether or not the client said so beforehand."""
    request.max_content_length = most_bytes + 1  # a body in chunks is cut there, without an error
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        return None
    return body if len(body) <= most_bytes else None


class EnvelopeRefused(ValueError):
    """The body is no batch; `errors` say why, by field."""

    def __init__(self, errors: list[dict[str, object]]) -> None:
        super().__init__(str(errors))
        self.errors = errors


def read_envelope(body: bytes) -> list[object]:
    """The items of a batch; raises EnvelopeRefused."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise EnvelopeRefused([{"field": "", "reason": f"is not JSON: {error}"}]) from None
    if not isinstance(value, list | dict):
        raise EnvelopeRefused([{"field": "", "reason": NO_BATCH}])
    try:
        items: list[object] = Envelope().load({"fixes": value} if isinstance(value, list) else value)["fixes"]
    except marshmallow.ValidationError as error:
        faults = dict(error.messages_dict)
        raise EnvelopeRefused(
            [
                {"field": str(field), "reason": " ".join(map(str, reasons))}
                for field, reasons in faults.items()
            ]
        ) from None
    return items


def take(device_code: str, body: bytes, items: list[object]) -> Response:
    """Store the batch and answer; what is only for the moment (a busy database) is 503, to be tried again."""
    source = request.remote_addr or "unknown address"
    message = Message(device_code, Protocol.JSON, body, source, now())
    limits = current_app.extensions["thresholds"].doubt
    decoded = decode_items(items)
    try:
        with writing(prompt=False) as session:
            acceptance = accept(session, message, decoded, limits)
    except OperationalError:
        current_app.logger.exception("a batch could not be stored")
        retry = {"Retry-After": str(RETRY_AFTER_S)}
        return problem(503, "Not stored", "The batch could not be stored now. Send it again.", headers=retry)
    device_metrics().count([acceptance])
    return Response(orjson.dumps(answer_of(acceptance)), content_type="application/json")


def answer_of(acceptance: Acceptance) -> dict[str, object]:
    """The answer as `Answer` has it; counts of fixes, and items by index.

    Plain, because a backlog's answer names each of its fixes as late: a schema would take longer than they.
    """
    return {
        "accepted": acceptance.accepted,
        "repeated": acceptance.repeated,
        "doubted": [{"index": index, "reasons": reasons} for index, reasons in acceptance.doubted],
        "refused": [refused_item(each) for each in acceptance.refused],
        "quarantined": [refused_item(each) for each in acceptance.quarantined],
    }


def refused_item(refusal: Refusal) -> dict[str, object]:
    """A refusal by index: its place is "[index]"."""
    return {"index": int(refusal.place[1:-1]), "field": refusal.field, "reason": refusal.reason}
