"""What waits in quarantine, whose and why, and how does an administrator let it out?"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug import Response

from gps_ingest.store.devices import DeviceRefused, bind_device, register_device
from gps_ingest.store.look import look_at
from gps_ingest.store.quarantine import Release, Released, release
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.waiting_messages import count_waiting, newest_releases, waiting_groups
from models.vocabulary import Datum, RawStatus
from tracking.queries.device_list import device_by_code
from tracking.queries.raw_messages import MessageFilter, MessageRow, message_body, message_page
from web.clock import now
from web.database import reading, writing
from web.forms.device import NewDeviceForm, refusal_words
from web.hex_view import hex_lines, text_view
from web.kept_reasons import kept_reason
from web.pages.device_forms import noted, offers, suppress_refusal
from web.signed_in import account, viewer

MESSAGES_AT_ONCE = 200  # taken in one transaction; more wait for the next press of the button
NEWEST = 10
SHOWN_BYTES = 512
SHOWN_FAULTS = 20

bp = Blueprint("quarantine", __name__, url_prefix="/quarantine")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the messages that were let out, and how many of the sender wait still."""

    released: list[Released]
    left: int


@bp.get("")
def listing() -> str:
    """Every sender whose messages wait, by reason, and what was let out lately."""
    session = reading()
    return render_template(
        "quarantine.html",
        groups=waiting_groups(session, viewer()),
        releases=newest_releases(session, viewer(), limit=NEWEST),
        kept_reason=kept_reason,
    )


@bp.get("/sender")
def sender() -> str:
    """What waits of one sender, a look at the newest message, and the way to let it out.

    The sender's name stands among the parameters and not in the path: an unknown sender may call itself
    "..", which no path survives.
    """
    form = NewDeviceForm(formdata=None, datum=Datum.WGS84.value)
    return sender_html(request.args.get("code", ""), form=form)


def sender_html(code: str, **shown: Any) -> str:
    """The page; 404 for a sender of which nothing ever waited."""
    session, who = reading(), viewer()
    groups = [group for group in waiting_groups(session, who) if group.code == code]
    releases = newest_releases(session, who, code, NEWEST)
    if not groups and not releases:
        abort(404)
    wanted = MessageFilter(code, RawStatus.QUARANTINED)
    messages = message_page(session, who, wanted, limit=NEWEST).rows
    form: NewDeviceForm = shown["form"]
    if groups and not form.protocol.data:
        form.protocol.data = groups[0].protocol.value
    return render_template(
        "quarantine_sender.html",
        code=code,
        groups=groups,
        waiting=sum(group.messages for group in groups),
        registered=device_by_code(session, code, who, now()) is not None,
        releases=releases,
        messages=messages,
        sample=sample_of(messages[0]) if messages else None,
        at_once=MESSAGES_AT_ONCE,
        kept_reason=kept_reason,
        **offers(session, who),
        **shown,
    )


def sample_of(row: MessageRow) -> dict[str, Any]:
    """A look at a message: bytes, text, and what it decodes to."""
    body = message_body(reading(), row.id)
    message = Message(row.code, row.protocol, body, row.source, row.received_at)
    start = body[:SHOWN_BYTES]
    look = look_at(reading(), message, most=5)
    return {"row": row, "hex": hex_lines(start), "text": text_view(start), "look": look, "size": len(body)}


@bp.post("/release")
def let_out() -> str | Response | tuple[str, int]:
    """Take what waits of a registered device, some hundred messages at once."""
    code, form = request.form.get("sender", ""), NewDeviceForm(formdata=None)
    try:
        with writing() as session:
            outcome = let_out_of(session, code)
    except DeviceRefused as refused:
        _field, said = refusal_words(refused)
        form.refuse("", said)
        return sender_html(code, form=form), 409
    noted(code, f"{len(outcome.released)} messages released")
    return result_html(code, outcome)


@bp.post("/register")
def register() -> str | Response | tuple[str, int]:
    """Register an unknown sender, and take what waits of it: both or neither."""
    code, form, outcome = request.form.get("sender", ""), NewDeviceForm(), Outcome([], 0)
    if form.validate():
        with suppress_refusal(form), writing() as session:
            details = form.details
            device = register_device(
                session,
                code,
                details.protocol,
                details.datum,
                model=details.model,
                utc_offset_minutes=details.utc_offset_minutes,
            )
            if form.vehicle.data:
                bind_device(session, device, form.vehicle.data, form.since.data)
            outcome = let_out_of(session, code)
    if form.wrong:
        return sender_html(code, form=form), 422
    noted(code, "registered from quarantine")
    return result_html(code, outcome)


def let_out_of(session: Session, code: str) -> Outcome:
    """Let out what waits of a sender, in the caller's transaction and the name of who is signed in."""
    limits = current_app.extensions["thresholds"].doubt
    how = Release(account().username, now())
    released = list(release(session, code, limits, how, most=MESSAGES_AT_ONCE))
    return Outcome(released, count_waiting(session, code))


def result_html(code: str, outcome: Outcome) -> str | Response:
    """What became of each message; back to the list when there was none."""
    if not outcome.released:
        flash(_("Nothing of this sender waits any more."))
        return redirect(url_for("quarantine.listing"))
    accepted = [each.acceptance for each in outcome.released]
    faults = [fault for each in accepted for fault in (*each.refused, *each.quarantined)]
    return render_template(
        "quarantine_result.html",
        code=code,
        messages=len(outcome.released),
        accepted=sum(each.accepted for each in accepted),
        repeated=sum(each.repeated for each in accepted),
        doubted=sum(int(np.count_nonzero(each.doubts)) for each in accepted),
        faults=faults[:SHOWN_FAULTS],
        fault_count=len(faults),
        left=outcome.left,
    )
