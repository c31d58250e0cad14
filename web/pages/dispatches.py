"""What leaves a site as a product: compost, bricks, ash, with its use and who gets it?"""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from reports.custody_wording import say_refused
from tracking.operations.custody.dispatch_product import dispatch_product
from tracking.operations.custody.refusals import CustodyRefused
from tracking.queries.own_places import own_places
from tracking.queries.product_dispatches import product_dispatches
from web.database import reading, writing
from web.display import named_choices, timezone
from web.forms.dispatches import FIELD_OF, DispatchForm
from web.languages import language
from web.query_string import after_arg, written_after
from web.refusal_words import worded
from web.signed_in import viewer
from web.signing import setting

Answer = str | Response | tuple[str, int]

bp = Blueprint("dispatches", __name__, url_prefix="/dispatches")


@bp.route("", methods=["GET", "POST"])
def page() -> Answer:
    """The form, and what has left so far."""
    places = named_choices(place.name for place in own_places(reading(), viewer()))
    if request.method == "GET":
        return shown(DispatchForm(formdata=None, places=places))
    form = DispatchForm(places=places)
    if not form.validate():
        return shown(form), 422
    who, place = viewer(), setting()
    try:
        with writing() as writer:
            done = dispatch_product(writer, form.draft(), who, place)
    except CustodyRefused as refusal:
        said = worded(refusal)
        if said.status in (403, 404):
            abort(said.status)
        for field, sentence in said.errors:
            form.refuse(FIELD_OF.get(field, field), sentence)
        return shown(form), said.status
    flash(_("Dispatch %(number)s recorded.", number=done.number))
    for reason in done.warnings:
        flash(say_refused(reason, language(), timezone()))
    return redirect(url_for("dispatches.page"))


def shown(form: DispatchForm) -> str:
    rows = product_dispatches(reading(), viewer(), after_arg("time"))
    return render_template("dispatches.html", form=form, rows=rows.rows, after=written_after(rows.after))
