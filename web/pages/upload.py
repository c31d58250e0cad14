"""How does a file with positions get in by hand? The same way as a device's message.

An administrator may file for every device; a carrier only for devices on its own vehicles whose format is
that of a file, and only for the time on them: what a terminal reports by itself is evidence that its owner
cannot add to, and another carrier's past is not its own.
"""

from collections import Counter

import numpy as np
from flask import Blueprint, current_app, render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from gps_ingest.decoders import ais
from gps_ingest.store.acceptance import Acceptance, accept
from gps_ingest.store.raw_messages import Message
from gps_ingest.store.receive import decode_message
from models.values import not_taken
from models.vocabulary import Doubt, Protocol
from tracking.queries.binding_times import own_stays
from tracking.queries.device_list import DeviceFilter, device_by_code, device_page
from web.clock import now
from web.database import reading, writing
from web.forms.upload import UploadForm
from web.item_refusals import refusal_sentence, refused_place
from web.signed_in import account, viewer
from web.upload_formats import may_fill

OFFERED = 500
SHOWN_FAULTS = 200

bp = Blueprint("upload", __name__)


@bp.route("/upload", methods=["GET", "POST"])
def page() -> str | tuple[str, int]:
    """The form, and what became of the file that was sent."""
    form = UploadForm()
    if not form.is_submitted():
        return uploading(form)
    body = b""
    if form.validate():
        check(form)
        body = b"" if form.wrong else body_of(form)
    if form.wrong:
        return uploading(form), 422
    return result_html(str(form.device.data), take(form, body))


def uploading(form: UploadForm) -> str:
    """The page with the form."""
    found = device_page(reading(), viewer(), DeviceFilter(), now(), limit=OFFERED).rows
    return render_template(
        "upload.html",
        form=form,
        devices=[row for row in found if may_fill(row, viewer())],
        most_bytes=current_app.extensions["settings"].max_upload_bytes,
    )


def check(form: UploadForm) -> None:
    """What only the database and the file can tell."""
    row = device_by_code(reading(), str(form.device.data), viewer(), now())
    if row is None or not may_fill(row, viewer()):
        form.refuse("device", _("There is no such device, or you may not file for it."))
    elif not row.active:
        form.refuse("device", _("The device is out of service. Put it into service first."))
    if form.sent is None:
        form.refuse("file", _("Choose a file."))
    elif form.protocol is None:
        form.refuse("format", _("The file's name does not say what it holds. Choose the format."))


def body_of(form: UploadForm) -> bytes:
    """The bytes to keep. Of an AIS log the sentences of the one vessel: a receiver hears everybody.

    An AIS sentence tells the second of a minute at most: without a time of receipt it has no time.
    """
    body = form.sent.read() if form.sent else b""
    if form.protocol is not Protocol.AIS:
        return body
    own = ais.own_lines(body, str(form.device.data), 0)
    if own.stop is not None:
        form.refuse("file", f"{refused_place(own.stop.place)}: {refusal_sentence(own.stop.reason)}")
    if own.others and not own.own:
        form.refuse("file", _("The file holds no message of this vessel, only of others."))
    if own.undated:
        said = ngettext(
            "%(num)s sentence does not tell when it was received. Use: sludgetrace ingest --received-at",
            "%(num)s sentences do not tell when they were received. Use: sludgetrace ingest --received-at",
            own.undated,
        )
        form.refuse("file", said)
    return own.body


def take(form: UploadForm, body: bytes) -> Acceptance:
    """Take the file as a message of the device; who filed it stands in its source.

    Of what a carrier files, only the fixes of the time on its own vehicles are taken: before and after, the
    device told of somebody else.
    """
    name = form.sent.filename if form.sent else ""
    protocol = form.protocol or Protocol.GPX
    message = Message(str(form.device.data), protocol, body, f"{account().username}: {name}", now())
    decoded = decode_message(reading(), message)
    stays = own_stays(reading(), message.device_code, viewer())
    with writing(prompt=False) as session:
        return accept(session, message, decoded, current_app.extensions["thresholds"].doubt, stays=stays)


def result_html(code: str, acceptance: Acceptance) -> str:
    """What became of the file."""
    faults = [*acceptance.refused, *acceptance.quarantined]
    return render_template(
        "upload_result.html",
        code=code,
        acceptance=acceptance,
        doubts=doubts_by_reason(acceptance),
        doubted=int(np.count_nonzero(acceptance.doubts)),
        faults=faults[:SHOWN_FAULTS],
        fault_count=not_taken(faults),
    )


def doubts_by_reason(acceptance: Acceptance) -> Counter[Doubt]:
    """How many fixes each reason is told of; reasons of none are left out."""
    counts = {doubt: int(np.count_nonzero(acceptance.doubts & np.uint32(doubt))) for doubt in Doubt if doubt}
    return Counter({doubt: count for doubt, count in counts.items() if count})
