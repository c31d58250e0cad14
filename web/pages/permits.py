"""Which permits, licences and approvals are there, and how does a new one get in?"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models.vocabulary import DisposalMethod, SludgeKind
from tracking.operations.administer.permits import (
    keep_approval,
    keep_licence,
    keep_permit,
    revoke_permit,
)
from tracking.queries.facility_list import facility_names
from tracking.queries.fleet_list import VehicleFilter, vehicle_page
from tracking.queries.permits import facility_permits, transfer_approvals, vehicle_licences
from web.city_day import today
from web.database import reading
from web.display import label, named
from web.form_acts import DONE, FormPage, asking, carried_out
from web.forms.base import Form
from web.forms.permit import ApprovalForm, LicenceForm, PermitForm, RevokeForm
from web.signed_in import viewer

OFFERED = 500

bp = Blueprint("permits", __name__, url_prefix="/permits")


@bp.get("")
def listing() -> str:
    """Permits, licences and approvals, as far as the viewer has to do with them."""
    session, who, day = reading(), viewer(), today()
    return render_template(
        "permits.html",
        permits=facility_permits(session, who, day),
        licences=vehicle_licences(session, who, day),
        approvals=transfer_approvals(session, who, day),
        sludge_word=lambda word: label(SludgeKind(word)),
        method_word=lambda word: label(DisposalMethod(word)),
    )


def facilities() -> list[tuple[str, str]]:
    """(code, name) of every place."""
    return [
        (name.code, f"{named(name)} ({name.code})") for _kind, name in facility_names(reading(), viewer())
    ]


def vehicles() -> list[tuple[str, str]]:
    """(code, plate) of vehicles, offered while one types."""
    rows = vehicle_page(reading(), viewer(), VehicleFilter(), None, OFFERED).rows
    return [(row.vehicle.code, named(row.vehicle)) for row in rows]


def kept(
    form: Form, words: Mapping[str, str], act: Callable[[Session], object], names: Mapping[str, str]
) -> Any:
    """A form of this part: shown, done, or shown again with what stands against it."""
    page = FormPage(
        words["title"],
        words.get("lead", ""),
        words["verb"],
        _("Nothing was changed:"),
        url_for("permits.listing"),
        _("Permits"),
    )
    if not form.is_submitted():
        return asking(form, page)
    status = carried_out(form, act, names)
    if status != DONE:
        return asking(form, page), status
    flash(words["done"])
    return redirect(url_for("permits.listing"))


@bp.route("/permit", methods=["GET", "POST"])
def permit() -> Any:
    """What a facility may take."""
    form = PermitForm()
    form.offer(facilities())
    words = {
        "title": _("Enter a permit"),
        "lead": _("Where a facility has permits here they count, instead of what was loaded with it."),
        "verb": _("Enter the permit"),
        "done": _("Permit entered. What the facility received is judged again."),
    }
    names = {"max_moisture_fraction": "moisture"}
    return kept(form, words, lambda session: keep_permit(session, form.draft, viewer()), names)


@bp.route("/permit/<int:permit_id>/revoke", methods=["GET", "POST"])
def revoke(permit_id: int) -> Any:
    """End a permit."""
    found = [row for row in facility_permits(reading(), viewer(), today()) if row.id == permit_id]
    if not found:
        abort(404)
    form = RevokeForm()
    words = {
        "title": _("Revoke permit %(number)s", number=found[0].number),
        "verb": _("Revoke the permit"),
        "done": _("Permit revoked."),
    }
    return kept(form, words, lambda session: revoke_permit(session, permit_id, form.on.data, viewer()), {})


@bp.route("/licence", methods=["GET", "POST"])
def licence() -> Any:
    """That a vehicle may carry sludge."""
    form = LicenceForm()
    form.offer()
    form.offers = {"vehicles": vehicles()}
    words = {
        "title": _("Enter a licence"),
        "verb": _("Enter the licence"),
        "done": _("Licence entered."),
    }
    return kept(form, words, lambda session: keep_licence(session, form.draft, viewer()), {})


@bp.route("/approval", methods=["GET", "POST"])
def approval() -> Any:
    """That sludge may leave the province."""
    form = ApprovalForm()
    form.offer(facilities())
    words = {
        "title": _("Enter an approval"),
        "lead": _("Sludge leaves the province only under an approval of both authorities."),
        "verb": _("Enter the approval"),
        "done": _("Approval entered."),
    }
    return kept(form, words, lambda session: keep_approval(session, form.draft, viewer()), {})
