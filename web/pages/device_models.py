"""What do the vendor's own fields of each model of device mean, and how is that stated?"""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug import Response

from gps_ingest.store.device_models import describe_field, forget_field, list_models
from gps_ingest.store.devices import DeviceRefused
from web.database import reading, writing
from web.device_refusals import device_refusal
from web.forms.base import Form
from web.forms.device import FieldForm, ForgetFieldForm, quantity_words
from web.pages.device_forms import noted

bp = Blueprint("device_models", __name__, url_prefix="/administration/models")


@bp.get("")
def listing() -> str:
    """Models with their fields, and the form for one more."""
    return listed(FieldForm(formdata=None))


def listed(form: Form) -> str:
    """The page with the form as it was typed."""
    return render_template(
        "device_models.html",
        models=list_models(reading()),
        quantities=quantity_words(),
        form=form,
    )


@bp.post("/describe")
def describe() -> Response | tuple[str, int]:
    """State where a quantity stands in what a model sends."""
    form = FieldForm()
    if form.validate():
        try:
            with writing() as session:
                describe_field(session, str(form.name.data), form.line())
        except DeviceRefused as refused:
            field, said = device_refusal(refused)
            form.refuse("name" if field == "model" else field, said)
    if form.wrong:
        return listed(form), 422
    noted(str(form.name.data), f"model: {form.quantity.data} described")
    flash(_("Stated. It holds for messages from now on."))
    return redirect(url_for("device_models.listing"))


@bp.post("/forget")
def forget() -> Response:
    """Take a quantity out of a model."""
    form = ForgetFieldForm()
    if not form.validate():
        abort(400)
    with writing() as session:
        found = forget_field(session, str(form.name.data), str(form.quantity.data))
    if not found:
        abort(404)
    noted(str(form.name.data), f"model: {form.quantity.data} forgotten")
    flash(_("The field is not read any more."))
    return redirect(url_for("device_models.listing"))
