"""Which standing plans are there, what is left of them, and how is one entered, changed or stopped?"""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from models.vocabulary import OrganisationKind
from tracking.operations.administer.plans import change_plan, enter_plan, set_plan_active
from tracking.queries.parties import parties
from tracking.queries.plans import PlanRow, plan_by_code, plan_list
from web.city_day import today
from web.database import reading
from web.display import named
from web.form_acts import DONE, FormPage, asking, carried_out
from web.forms.base import Form
from web.forms.permit import MAX_LEGS, PlanForm
from web.forms.rules import EndForm
from web.pages.permits import facilities, vehicles
from web.signed_in import viewer

LEG_FIELDS = {
    "carrier": "carrier",
    "from": "origin",
    "to": "destination",
    "route": "route",
    "vehicle": "vehicle",
}
NAMES = {
    f"legs[{index}].{field}": f"legs-{index}-{ours}"
    for index in range(MAX_LEGS)
    for field, ours in LEG_FIELDS.items()
}
"""The field of the form for a field of the operation."""

bp = Blueprint("plans", __name__, url_prefix="/plans")


@bp.get("")
def listing() -> str:
    """Plans with what is left of their quotas."""
    return render_template("plans.html", rows=plan_list(reading(), viewer(), today()))


def words_of(title: str, verb: str, lead: str = "") -> FormPage:
    """What a page of this part says."""
    return FormPage(title, lead, verb, _("Nothing was changed:"), url_for("plans.listing"), _("Plans"))


def plan_or_404(code: str) -> PlanRow:
    """The plan; 404 where there is none."""
    row = plan_by_code(reading(), code, viewer(), today())
    if row is None:
        abort(404)
    return row


def offered(form: PlanForm) -> PlanForm:
    """The form with what there is to choose from."""
    kinds = frozenset({OrganisationKind.HAULER})
    form.offer(facilities(), [(name.code, named(name)) for name in parties(reading(), kinds)])
    form.offers = {"vehicles": vehicles()}
    return form


@bp.route("/enter", methods=["GET", "POST"])
def enter() -> Any:
    """A new plan."""
    form = offered(PlanForm())
    lead = _(
        "Plants issue under it with one click. Legs may be blank; filled in, they leave no gap to the site."
    )
    return finished(form, words_of(_("Enter a plan"), _("Enter the plan"), lead), _("Plan entered."), "")


@bp.route("/change/<path:code>", methods=["GET", "POST"])
def change(code: str) -> Any:
    """Replace all of a plan but its number."""
    row = plan_or_404(code)
    form = offered(PlanForm(data=as_typed(row)))
    form.code.data, form.code.render_kw = code, {"readonly": True}
    page = words_of(
        _("Change plan %(code)s", code=code),
        _("Change the plan"),
        _("What was issued under it before stays issued."),
    )
    return finished(form, page, _("Plan changed."), code)


def finished(form: PlanForm, page: FormPage, said: str, code: str) -> Any:
    """The form shown, the plan kept, or the form shown again."""
    if not form.is_submitted():
        return asking(form, page)
    who = viewer()
    if code:
        status = carried_out(form, lambda session: change_plan(session, code, form.draft, who), NAMES)
    else:
        status = carried_out(form, lambda session: enter_plan(session, form.draft, who), NAMES)
    if status != DONE:
        return asking(form, page), status
    flash(said)
    return redirect(url_for("plans.listing"))


def as_typed(row: PlanRow) -> dict[str, Any]:
    """Values of the form's fields for a plan as it stands."""
    legs = [
        {
            "mode": leg.mode.value,
            "carrier": leg.carrier.code,
            "origin": leg.origin.code,
            "destination": leg.destination.code,
            "vehicle": leg.vehicle.code if leg.vehicle else None,
            "route": leg.route,
        }
        for leg in row.legs
    ]
    return {
        "code": row.code,
        "name": row.name,
        "origin": row.origin.code,
        "destination": row.destination.code,
        "sludge_kind": row.sludge_kind.value,
        "quota_t": row.quota_t,
        "valid_from": row.valid_from,
        "valid_to": row.valid_to,
        "legs": legs,
    }


@bp.route("/service/<path:code>", methods=["GET", "POST"])
def service(code: str) -> Any:
    """Stop issuing under a plan, or go on."""
    row = plan_or_404(code)
    if row.active:
        page = words_of(
            _("Stop plan %(code)s", code=code), _("Stop the plan"), _("Nothing more is issued under it.")
        )
    else:
        page = words_of(_("Go on with plan %(code)s", code=code), _("Go on with the plan"))
    form: Form = EndForm()
    if not form.is_submitted():
        return asking(form, page)
    status = carried_out(form, lambda session: set_plan_active(session, code, not row.active, viewer()))
    if status != DONE:
        return asking(form, page), status
    flash(_("Plan stopped.") if row.active else _("Plan goes on."))
    return redirect(url_for("plans.listing"))
