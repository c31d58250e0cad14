"""Who has a working device, and whose data is bad and why?"""

from flask import Blueprint, abort, render_template
from flask_babel import gettext as _
from werkzeug import Response

from models.vocabulary import Protocol
from reports import wording
from tracking.queries.data_day import present_moment
from tracking.queries.device_list import (
    DeviceFilter,
    device_by_code,
    device_page,
    doubt_counts,
    quarantined,
)
from tracking.queries.fleet_list import bindings
from web.clock import now
from web.csv_answers import csv_answer, every
from web.database import reading
from web.display import timezone
from web.languages import language
from web.query_string import after_arg, text_arg, word_arg, written_after
from web.signed_in import viewer

PAGE = 50

bp = Blueprint("devices", __name__)


@bp.get("/devices")
def listing() -> str:
    """The devices that the viewer may see, and how they did in the last day."""
    session = reading()
    present = present_moment(session, now())
    page = device_page(session, viewer(), asked(), present, after_arg("text"), PAGE)
    return render_template(
        "devices.html",
        page=page,
        after=written_after(page.after),
        wanted=asked(),
        protocols=Protocol,
        present=present,
    )


@bp.get("/devices.csv")
def table() -> Response:
    """The same list as a file."""
    session, who, wanted = reading(), viewer(), asked()
    present = present_moment(session, now())
    header = [_("Device"), _("Protocol"), _("Datum"), _("Vehicle"), _("Hauler"), _("Last fix")]
    header += [_("Fixes in 24 h"), _("of these doubted")]
    rows = every(lambda after, limit: device_page(session, who, wanted, present, after, limit))
    chosen = language()
    lines = (
        [
            row.code,
            row.protocol.value,
            wording.label(row.datum, chosen),
            row.vehicle.zh if row.vehicle else "",
            row.hauler.in_language(chosen) if row.hauler else "",
            wording.moment(row.last_at, timezone()) if row.last_at else "",
            row.fixes,
            row.doubted,
        ]
        for row in rows
    )
    return csv_answer("devices", header, lines)


def asked() -> DeviceFilter:
    """The filter in the address."""
    return DeviceFilter(text_arg("q"), word_arg("protocol", Protocol))


@bp.get("/devices/<path:code>")
def page(code: str) -> str:
    """One device: where it was bound, what was doubted, what waits in quarantine."""
    session, who = reading(), viewer()
    present = present_moment(session, now())
    row = device_by_code(session, code, who, present)
    if row is None:
        abort(404)
    return render_template(
        "device.html",
        row=row,
        bindings=bindings(session, who, device_id=row.id),
        doubts=doubt_counts(session, who, row.id, present),
        quarantined=quarantined(session, who, code),
        present=present,
    )
