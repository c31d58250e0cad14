"""What exactly came in? Every raw message, as bytes, as text, and as what it decodes to."""

from flask import Blueprint, Response, abort, render_template

from gps_ingest.store.look import look_at
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.waiting_messages import is_distrusted
from models.vocabulary import RawStatus
from tracking.queries.raw_messages import (
    MessageFilter,
    MessageRow,
    message_body,
    message_by_id,
    message_page,
    releases_of,
)
from web.database import reading
from web.hex_view import hex_lines, text_view
from web.kept_reasons import kept_reason
from web.query_string import MAX_ROW_ID, after_arg, text_arg, word_arg, written_after
from web.signed_in import viewer

PAGE = 50
SHOWN_BYTES = 2048

bp = Blueprint("messages", __name__)


@bp.get("/messages")
def listing() -> str:
    """Raw messages, the newest first."""
    wanted = MessageFilter(text_arg("device"), word_arg("status", RawStatus))
    page = message_page(reading(), viewer(), wanted, after_arg("number"), PAGE)
    return render_template(
        "messages.html",
        page=page,
        after=written_after(page.after),
        wanted=wanted,
        statuses=RawStatus,
        kept_reason=kept_reason,
    )


def message_or_404(raw_id: int) -> MessageRow:
    """The message; 404 when there is none."""
    row = message_by_id(reading(), viewer(), raw_id) if raw_id <= MAX_ROW_ID else None
    if row is None:
        abort(404)
    return row


@bp.get("/messages/<int:raw_id>")
def page(raw_id: int) -> str:
    """One message: its bytes, and what they decode to with what is known of the device now."""
    row = message_or_404(raw_id)
    body = message_body(reading(), raw_id)
    message = Message(row.code, row.protocol, body, row.source, row.received_at)
    return render_template(
        "message.html",
        row=row,
        look=look_at(reading(), message),
        hex=hex_lines(body[:SHOWN_BYTES]),
        text=text_view(body[:SHOWN_BYTES]),
        shown_bytes=min(SHOWN_BYTES, len(body)),
        releases=releases_of(reading(), raw_id),
        kept_reason=kept_reason,
        distrusted=not row.registered and is_distrusted(row.reason),
    )


@bp.get("/messages/<int:raw_id>/body")
def body(raw_id: int) -> Response:
    """The bytes as they came, as a file that no browser opens by itself."""
    row = message_or_404(raw_id)
    answer = Response(message_body(reading(), raw_id), mimetype="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="message-{row.id}.bin"'
    return answer
