"""How does a device, or a program for it, send a whole file? `POST /api/v1/files` with the device's token.

`Content-Type` says what the file holds. It goes the same way as every message, and the answer goes out
after the commit: counts, doubts by reason, and the first refusals with place, field and sentence.
"""

import numpy as np
import orjson
from flask import Blueprint, Response, current_app, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from gps_ingest.doubts import reasons_of
from gps_ingest.store.acceptance import Acceptance, accept
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.receive import decode_message
from models.values import Refusal, not_taken
from models.vocabulary import Doubt, Protocol
from web.api.fixes import RETRY_AFTER_S, device_of_request, read_body
from web.api.problems import problem, problem_of
from web.clock import now
from web.database import reading, writing
from web.device_metrics import device_metrics
from web.upload_formats import MEDIA_TYPES, format_of_media_type

MOST_ITEMS = 200  # of refusals that an answer names; their count is whole

bp = Blueprint("files", __name__, url_prefix="/api/v1")
bp.register_error_handler(HTTPException, problem_of)


@bp.post("/files")
def post_file() -> Response:
    """Take a file of positions of the device whose token is shown."""
    device_code = device_of_request()
    if device_code is None:
        return problem(
            401,
            "Unknown token",
            "Show a device's token: Authorization: Bearer TOKEN.",
            headers={"WWW-Authenticate": 'Bearer realm="sludgetrace"'},
        )
    protocol = format_of_media_type(request.mimetype)
    if protocol is None:
        known = ", ".join(media for media in MEDIA_TYPES if format_of_media_type(media))
        return problem(415, "Unknown format", f"Say what the file holds by Content-Type: {known}.")
    most_bytes = current_app.extensions["settings"].max_upload_bytes
    body = read_body(most_bytes)
    if body is None:
        return problem(413, "File too large", f"A file has at most {most_bytes} bytes.")
    return take(device_code, protocol, body)


def take(device_code: str, protocol: Protocol, body: bytes) -> Response:
    """Store the file and answer; what is only for the moment (a busy database) is 503, to be tried again."""
    message = Message(device_code, protocol, body, request.remote_addr or "unknown address", now())
    try:
        decoded = decode_message(reading(), message)
        with writing(prompt=False) as session:
            acceptance = accept(session, message, decoded, current_app.extensions["thresholds"].doubt)
    except OperationalError:
        current_app.logger.exception("a file could not be stored")
        retry = {"Retry-After": str(RETRY_AFTER_S)}
        return problem(503, "Not stored", "The file could not be stored now. Send it again.", headers=retry)
    device_metrics().count([acceptance])
    return Response(orjson.dumps(answer_of(acceptance)), content_type="application/json")


def answer_of(acceptance: Acceptance) -> dict[str, object]:
    """Counts of fixes, doubts by reason, and the first of what was not taken."""
    return {
        "accepted": acceptance.accepted,
        "repeated": acceptance.repeated,
        "doubted": doubts_by_reason(acceptance),
        "refused_count": not_taken(acceptance.refused),
        "refused": [refused_item(each) for each in acceptance.refused[:MOST_ITEMS]],
        "quarantined_count": not_taken(acceptance.quarantined),
        "quarantined": [refused_item(each) for each in acceptance.quarantined[:MOST_ITEMS]],
    }


def doubts_by_reason(acceptance: Acceptance) -> dict[str, int]:
    """How many fixes each reason is told of; reasons of none are left out."""
    counts = {
        name: int(np.count_nonzero(acceptance.doubts & np.uint32(doubt)))
        for doubt in Doubt
        for name in reasons_of(doubt)
    }
    return {name: count for name, count in counts.items() if count}


def refused_item(refusal: Refusal) -> dict[str, str]:
    """A refusal: where in the file, which field, and why."""
    return {"place": refusal.place, "field": refusal.field, "reason": refusal.reason}
