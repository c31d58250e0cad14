"""What waits in quarantine, whose and why, and how does an administrator let it out, or reject it?"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug import Response

from gps_ingest.store.devices import DeviceRefused, bind_device, register_device
from gps_ingest.store.look import look_at
from gps_ingest.store.platforms import tie_to_platform
from gps_ingest.store.quarantine import (
    Release,
    Released,
    count_of_group,
    decode_before,
    group_of,
    reject,
    release,
)
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.waiting_messages import count_waiting, newest_releases, waiting_groups
from models.thresholds import DoubtThresholds
from models.values import not_taken
from models.vocabulary import Datum, RawStatus
from tracking.queries.device_list import device_by_code
from tracking.queries.raw_messages import MessageFilter, MessageRow, message_body, message_page
from web.clock import now
from web.database import reading, writing
from web.device_refusals import device_refusal
from web.forms.device import NewDeviceForm
from web.hex_view import hex_lines, text_view
from web.kept_reasons import kept_reason
from web.pages.device_forms import noted, offers, suppress_refusal
from web.query_string import MAX_ROW_ID
from web.refusal_statuses import status_of
from web.signed_in import account, viewer

MESSAGES_AT_ONCE = 200  # taken in one transaction; more wait for the next press of the button
NEWEST = 10
SHOWN_BYTES = 512
SHOWN_FAULTS = 20

bp = Blueprint("quarantine", __name__, url_prefix="/quarantine")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the messages that were let out, and how many of the group or sender wait still."""

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
        shown_id=max((group.up_to_id for group in groups), default=0),
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
    """Take a group of what waits of a registered device as it was shown, some hundred messages at once."""
    code, up_to_id = request.form.get("sender", ""), shown_id()
    form = NewDeviceForm(formdata=None)
    how = decision(distrusted="distrusted" in request.form, other_protocol="other_protocol" in request.form)
    try:
        group = group_of(reading(), code, up_to_id)
        before = decode_before(reading(), code, how, group=group, most=MESSAGES_AT_ONCE)
        with writing(prompt=False) as session:
            taken = release(session, code, limits(), how, group=group, most=MESSAGES_AT_ONCE, before=before)
            released = list(taken)
            outcome = Outcome(released, count_of_group(session, group))
    except DeviceRefused as refused:
        return refused_html(code, form, refused)
    noted(code, f"{len(outcome.released)} messages released")
    if not outcome.released:
        flash(_("Nothing of this group waits any more."))
        return redirect(url_for("quarantine.listing"))
    return result_html(code, outcome, again=how, up_to_id=up_to_id)


@bp.post("/reject")
def turn_down() -> str | Response | tuple[str, int]:
    """Take a group off the list as it was shown; its bytes stay."""
    code, up_to_id = request.form.get("sender", ""), shown_id()
    try:
        with writing(prompt=False) as session:
            rejected = reject(session, decision(), group_of(session, code, up_to_id))
    except DeviceRefused as refused:
        return refused_html(code, NewDeviceForm(formdata=None), refused)
    noted(code, f"{rejected} messages rejected")
    flash(ngettext("%(num)s message was rejected.", "%(num)s messages were rejected.", rejected))
    return redirect(url_for("quarantine.sender", code=code))


@bp.post("/register")
def register() -> str | Response | tuple[str, int]:
    """Register an unknown sender, and take what was shown of it and needs no more words: both or neither."""
    code, form, outcome = request.form.get("sender", ""), NewDeviceForm(), Outcome([], 0)
    up_to_id = shown_id()
    if form.validate():
        details, how = form.details, decision()
        up_to: dict[str, Any] = {"up_to_id": up_to_id, "most": MESSAGES_AT_ONCE}
        before = decode_before(reading(), code, how, details=details, **up_to)
        with suppress_refusal(form), writing(prompt=False) as session:
            device = register_device(
                session,
                code,
                details.protocol,
                details.datum,
                model=details.model,
                utc_offset_minutes=details.utc_offset_minutes,
            )
            tie_to_platform(session, device, form.platform.data)
            if form.vehicle.data:
                bind_device(session, device, form.vehicle.data, form.since.data)
            taken = release(session, code, limits(), how, before=before, **up_to)
            outcome = Outcome(list(taken), count_waiting(session, code))
    if form.wrong:
        return sender_html(code, form=form), 422
    noted(code, "registered from quarantine")
    if not outcome.released:
        flash(_("Registered. What waits needs your decision."))
        return redirect(url_for("quarantine.sender", code=code))
    return result_html(code, outcome)


def shown_id() -> int:
    """The newest message that was shown to whoever decides; 400 without one."""
    up_to_id = request.form.get("up_to", type=int)
    if up_to_id is None or not 0 < up_to_id <= MAX_ROW_ID:
        abort(400)
    return up_to_id


def decision(*, distrusted: bool = False, other_protocol: bool = False) -> Release:
    """By who is signed in, now, with what was confirmed."""
    return Release(account().username, now(), distrusted=distrusted, other_protocol=other_protocol)


def limits() -> DoubtThresholds:
    """When a fix is doubted."""
    found: DoubtThresholds = current_app.extensions["thresholds"].doubt
    return found


def refused_html(code: str, form: NewDeviceForm, refused: DeviceRefused) -> tuple[str, int]:
    """The sender's page with why not."""
    _field, said = device_refusal(refused)
    form.refuse("", said)
    return sender_html(code, form=form), status_of(refused)[0]


def result_html(code: str, outcome: Outcome, again: Release | None = None, up_to_id: int = 0) -> str:
    """What became of each message; `again`: the rest of the group can be let out in the same words."""
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
        fault_count=not_taken(faults),
        left=outcome.left,
        again=again,
        up_to_id=up_to_id,
    )
