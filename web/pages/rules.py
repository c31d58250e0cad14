"""Which limits hold, which are not confirmed yet, and how does the regulator enter one?"""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from tracking.operations.administer.limits import confirm_limit, enter_limit
from tracking.queries.fixes import to_ms
from tracking.queries.rule_records import WINDOW_DAYS, rule_records
from tracking.queries.rule_table import limit_by_id, rule_table
from web.city_day import city, today
from web.clock import now
from web.database import reading
from web.form_acts import DONE, FormPage, asking, carried_out
from web.forms.rules import SUBJECTS, ConfirmForm, LimitForm
from web.limit_words import subject_words, value_words
from web.signed_in import viewer

bp = Blueprint("rules", __name__, url_prefix="/rules")


@bp.get("")
def listing() -> str:
    """What each rule found and how often it was right, and the rule table."""
    rows = rule_table(reading(), today())
    return render_template(
        "rules.html",
        rows=rows,
        records=rule_records(reading(), to_ms(now())),
        days=WINDOW_DAYS,
        subject_words=subject_words,
        value_words=value_words,
    )


@bp.route("/enter", methods=["GET", "POST"])
def enter() -> Any:
    """A limit from a day on; it is unconfirmed until the administrator has read the text."""
    form = LimitForm()
    form.offers = {"subjects": [(one, subject_words(one)) for one in SUBJECTS]}
    page = FormPage(
        _("Enter a limit"),
        _("Another value begins on its own day; a limit that was confirmed is never changed."),
        _("Enter the limit"),
        _("The limit was not entered:"),
        url_for("rules.listing"),
        _("Rules"),
    )
    if not form.is_submitted():
        return asking(form, page)
    status = carried_out(
        form,
        lambda session: enter_limit(session, form.draft, viewer(), now(), city(), form.note.data),
        {"unit": "subject"},
    )
    if status != DONE:
        return asking(form, page), status
    flash(_("Limit entered. An administrator confirms it against the official text."))
    return redirect(url_for("rules.listing"))


@bp.route("/<int:limit_id>/confirm", methods=["GET", "POST"])
def confirm(limit_id: int) -> Any:
    """The administrator has read it in the official text."""
    row = limit_by_id(reading(), limit_id, today())
    if row is None:
        abort(404)
    words = f"{subject_words(row.subject)}: {value_words(row.value, row.unit)}"
    form = ConfirmForm()
    page = FormPage(
        _("Confirm a limit"),
        _("%(limit)s, %(standard)s, from %(day)s.", limit=words, standard=row.standard, day=row.valid_from),
        _("Confirm: it stands so in the text"),
        _("The limit was not confirmed:"),
        url_for("rules.listing"),
        _("Rules"),
    )
    if not form.is_submitted():
        return asking(form, page)
    status = carried_out(
        form, lambda session: confirm_limit(session, limit_id, viewer(), now(), form.note.data)
    )
    if status != DONE:
        return asking(form, page), status
    flash(_("Limit confirmed."))
    return redirect(url_for("rules.listing"))
