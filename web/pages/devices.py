"""Who has a working device, and whose data is bad and why?"""

from enum import StrEnum

from flask import Blueprint, abort, current_app, render_template
from flask_babel import gettext as _
from werkzeug import Response

from gps_ingest.store.waiting_messages import count_waiting, waiting_counts
from models.vocabulary import Protocol
from reports import wording
from tracking.queries.data_day import Day, day_of, present_moment
from tracking.queries.device_day import device_day
from tracking.queries.device_list import (
    DeviceFilter,
    DeviceRow,
    DeviceState,
    device_by_code,
    device_page,
)
from tracking.queries.fleet_list import bindings
from tracking.queries.raw_messages import messages_of_device, sources_of
from web.clock import now
from web.csv_answers import csv_answer, every
from web.database import reading
from web.display import timezone
from web.forms.device import offset_text
from web.kept_reasons import kept_reason
from web.languages import language
from web.query_string import after_arg, day_arg, text_arg, word_arg, written_after
from web.signed_in import viewer

PAGE = 50
NEWEST_MESSAGES = 8
NEWEST_FIXES = 60

bp = Blueprint("devices", __name__)


@bp.get("/devices")
def listing() -> str:
    """The devices that the viewer may see, and how they did in the last day."""
    session, who = reading(), viewer()
    present = present_moment(session, now())
    page = device_page(session, who, asked(), present, after_arg("text"), PAGE)
    return render_template(
        "devices.html",
        page=page,
        after=written_after(page.after),
        wanted=asked(),
        protocols=Protocol,
        states=state_words(),
        present=present,
        waiting=waiting_counts(session) if who.sees_all else {},
    )


@bp.get("/devices.csv")
def table() -> Response:
    """The same list as a file."""
    session, who, wanted = reading(), viewer(), asked()
    present = present_moment(session, now())
    header = [_("Device"), _("Protocol"), _("Datum"), _("Model"), _("In service"), _("Vehicle"), _("Hauler")]
    header += [_("Last fix"), _("Fixes in 24 h"), _("of these doubted")]
    rows = every(lambda after, limit: device_page(session, who, wanted, present, after, limit))
    chosen = language()
    lines = (
        [
            row.code,
            row.protocol.value,
            wording.label(row.datum, chosen),
            row.model,
            _("yes") if row.active else _("no"),
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
    return DeviceFilter(text_arg("q"), word_arg("protocol", Protocol), word_arg("state", DeviceState))


def state_words() -> list[tuple[str, str]]:
    """The choices of the filter on states."""
    words: dict[StrEnum, str] = {
        DeviceState.SILENT: _("Silent for 24 h"),
        DeviceState.UNBOUND: _("On no vehicle"),
        DeviceState.OUT_OF_SERVICE: _("Out of service"),
    }
    return [(state.value, words[state]) for state in DeviceState]


def device_or_404(code: str) -> DeviceRow:
    """The device; 404 when there is none or it is somebody else's."""
    session = reading()
    row = device_by_code(session, code, viewer(), present_moment(session, now()))
    if row is None:
        abort(404)
    return row


@bp.get("/devices/<path:code>")
def page(code: str) -> str:
    """One device: its day, what was doubted, what came from where, on which vehicle it was."""
    session, who, row = reading(), viewer(), device_or_404(code)
    present = present_moment(session, now())
    shown = day_arg("day") or day_of(present, current_app.extensions["settings"].timezone)
    return render_template(
        "device.html",
        row=row,
        clock=offset_text(row.utc_offset_minutes),
        bindings=bindings(session, who, device_id=row.id),
        day=device_day(session, who, row.id, shown, NEWEST_FIXES),
        shown=shown,
        today=day_of(present, current_app.extensions["settings"].timezone),
        hour_starts=hour_starts(shown),
        messages=messages_of_device(session, who, row.id, row.code, NEWEST_MESSAGES),
        waiting=count_waiting(session, row.code) if who.sees_all else 0,
        sources=sources_of(session, row.id) if who.sees_all else [],
        kept_reason=kept_reason,
        present=present,
    )


def hour_starts(shown: Day) -> list[str]:
    """The clock's hour at the beginning of each hour of the day; a day of 23 or 25 hours is told as it is."""
    hours = -(-(shown.end - shown.start).total_seconds() // 3600)
    first = shown.start.timestamp() * 1000
    return [wording.clock(int(first + hour * 3_600_000), timezone())[:2] for hour in range(int(hours))]
