"""How does the regulator freeze a manifest and let it go on, and what is late in the whole city?"""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from tracking.operations.custody.holds import lift_hold, place_hold
from tracking.queries.custody_facts import custody_by_number
from tracking.queries.custody_overdue import overdue_manifests
from tracking.queries.manifest_corrections import HoldRow, corrections_waiting, hold_of, holds_standing
from web.database import reading
from web.field_words import field_value, field_words
from web.form_acts import DONE, FormPage, asking, carried_out
from web.forms.correction import HoldForm
from web.query_string import after_arg, written_after
from web.signed_in import viewer
from web.signing import setting

PAGE = 50

bp = Blueprint("holds", __name__)


@bp.get("/waiting")
def queue() -> str:
    """What waits for the regulator: corrections that nobody answered, late manifests, holds that stand."""
    session, who = reading(), viewer()
    late = overdue_manifests(session, who, after_arg("time"), PAGE)
    return render_template(
        "waiting.html",
        late=late,
        after=written_after(late.after),
        corrections=corrections_waiting(session, who),
        holds=holds_standing(session, who),
        field_words=field_words,
        field_value=field_value,
    )


@bp.route("/holds/<path:number>", methods=["GET", "POST"])
def change(number: str) -> Any:
    """Place a hold where none stands; lift the one that does."""
    if custody_by_number(reading(), number, viewer()) is None:
        abort(404)
    standing = hold_of(reading(), number, viewer())
    form = HoldForm()
    page = lifting(number) if standing else placing(number)
    if not form.is_submitted():
        return asking(form, page)
    act = lift_hold if standing else place_hold
    status = carried_out(form, lambda session: act(session, number, form.reason.data, viewer(), setting()))
    if status != DONE:
        return asking(form, page), status
    flash(_("The manifest goes on.") if standing else _("The manifest is frozen."))
    return redirect(url_for("manifest.page", number=number))


def placing(number: str) -> FormPage:
    """What the page says where no hold stands."""
    return FormPage(
        _("Freeze %(number)s", number=number),
        _("While it is frozen nobody but the regulator moves it on; wheels that turn are still recorded."),
        _("Freeze the manifest"),
        _("The manifest was not frozen:"),
        url_for("manifest.page", number=number),
        number,
    )


def lifting(number: str) -> FormPage:
    """What the page says where a hold stands."""
    return FormPage(
        _("Let %(number)s go on", number=number),
        "",
        _("Let the manifest go on"),
        _("Nothing was changed:"),
        url_for("manifest.page", number=number),
        number,
    )


@bp.app_template_global()
def hold_about(number: str) -> HoldRow | None:
    """The hold that stands on a manifest."""
    return hold_of(reading(), number, viewer())
