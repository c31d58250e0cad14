"""Which sites stand in for others, and in which times may paper be typed in afterwards?"""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from models.vocabulary import FacilityKind
from tracking.operations.administer.diversions import authorise_diversion, end_diversion
from tracking.operations.custody.emergency import WindowDraft, close_window, open_window
from tracking.queries.facility_list import facility_names
from tracking.queries.parties import parties
from tracking.queries.permits import diversions
from tracking.queries.windows import window_list
from web.city_day import city
from web.clock import now
from web.database import reading
from web.display import named
from web.form_acts import DONE, FormPage, asking, carried_out
from web.forms.rules import DiversionForm, EndForm, WindowForm
from web.signed_in import viewer
from web.signing import setting

bp = Blueprint("windows", __name__, url_prefix="/emergency")


@bp.get("")
def listing() -> str:
    """Diversions and windows."""
    session, who = reading(), viewer()
    return render_template(
        "windows.html", diversions=diversions(session, who, now()), windows=window_list(session, who, now())
    )


def words_of(title: str, verb: str, lead: str) -> FormPage:
    """What a page of this part says."""
    return FormPage(title, lead, verb, _("Nothing was changed:"), url_for("windows.listing"), _("Emergency"))


@bp.route("/divert", methods=["GET", "POST"])
def divert() -> Any:
    """Authorise a temporary change of destination."""
    form = DiversionForm()
    names = facility_names(reading(), viewer())
    form.offer((name.code, named(name)) for kind, name in names if kind is FacilityKind.SITE)
    page = words_of(
        _("Authorise a diversion"),
        _("Authorise the diversion"),
        _("While it holds, the gate of the other site may take loads that name the first one."),
    )
    if not form.is_submitted():
        return asking(form, page)
    status = carried_out(
        form,
        lambda session: authorise_diversion(
            session,
            form.from_site.data,
            form.to_site.data,
            form.valid_from.data,
            form.valid_to.data,
            form.reason.data,
            viewer(),
            now(),
            city(),
        ),
    )
    if status != DONE:
        return asking(form, page), status
    flash(_("Diversion authorised."))
    return redirect(url_for("windows.listing"))


@bp.route("/divert/<code>/end", methods=["GET", "POST"])
def end(code: str) -> Any:
    """A diversion holds no longer than now."""
    if not any(row.code == code for row in diversions(reading(), viewer(), now())):
        abort(404)
    form = EndForm()
    page = words_of(
        _("End diversion %(code)s", code=code),
        _("End the diversion"),
        _("Loads that have arrived under it stay accepted."),
    )
    if not form.is_submitted():
        return asking(form, page)
    status = carried_out(form, lambda session: end_diversion(session, code, viewer(), now()))
    if status != DONE:
        return asking(form, page), status
    flash(_("Diversion ended."))
    return redirect(url_for("windows.listing"))


@bp.route("/open", methods=["GET", "POST"])
def open_() -> Any:
    """Open a window for emergency paper."""
    form = WindowForm()
    form.organisation.offer((name.code, named(name)) for name in parties(reading()))
    page = words_of(
        _("Open a window for emergency paper"),
        _("Open the window"),
        _("Manifests written on paper in this time may be typed in until it ends; each is marked so."),
    )
    if not form.is_submitted():
        return asking(form, page)
    status = carried_out(form, lambda session: open_window(session, draft_of(form), viewer(), setting()))
    if status != DONE:
        return asking(form, page), status
    flash(_("Window opened."))
    return redirect(url_for("windows.listing"))


@bp.route("/close/<int:window_id>", methods=["GET", "POST"])
def close(window_id: int) -> Any:
    """Nothing more is typed in by a window."""
    row = next((one for one in window_list(reading(), viewer(), now()) if one.id == window_id), None)
    if row is None:
        abort(404)
    form = EndForm()
    page = words_of(
        _("Close the window for emergency paper"),
        _("Close the window"),
        _("What was typed in stays, and is confirmed by the parties as before."),
    )
    if not form.is_submitted():
        return asking(form, page)
    status = carried_out(form, lambda session: close_window(session, window_id, viewer(), setting()))
    if status != DONE:
        return asking(form, page), status
    flash(_("Window closed."))
    return redirect(url_for("windows.listing"))


def draft_of(form: WindowForm) -> WindowDraft:
    """The window as typed."""
    return WindowDraft(
        form.covers_from.data,
        form.covers_to.data,
        form.enter_until.data,
        form.reason.data,
        form.organisation.data,
    )
