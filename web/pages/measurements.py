"""Which calibration certificates and laboratory results are there, and how does an operator enter one?"""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from tracking.operations.weighbridge.keep_certificate import keep_certificate
from tracking.operations.weighbridge.keep_lab_result import keep_lab_result
from tracking.queries.facility_list import facility_names
from tracking.queries.measurements import lab_results, own_scales, scale_certificates
from web.city_day import today
from web.database import reading
from web.display import named
from web.form_acts import DONE, FormPage, asking, carried_out
from web.forms.measurement import CertificateForm, LabForm
from web.sent_files import kept_file
from web.signed_in import viewer
from web.signing import setting

NAMES = {"attachment": "file"}

bp = Blueprint("measurements", __name__, url_prefix="/measurements")


@bp.get("")
def listing() -> str:
    """Certificates and results."""
    session, who = reading(), viewer()
    return render_template(
        "measurements.html",
        certificates=scale_certificates(session, who, today()),
        results=lab_results(session, who),
    )


def words_of(title: str, verb: str) -> FormPage:
    """What a page of this part says."""
    back = url_for("measurements.listing")
    return FormPage(title, "", verb, _("Nothing was changed:"), back, _("Certificates and results"), True)


@bp.route("/certificate", methods=["GET", "POST"])
def certificate() -> Any:
    """The calibration certificate of an own scale."""
    form = CertificateForm()
    form.scale.offer((code, code) for code in own_scales(reading(), viewer()))
    page = words_of(_("Enter a certificate"), _("Enter the certificate"))
    if not form.is_submitted():
        return asking(form, page)

    def act(session: Session) -> None:
        kept = kept_file(session, form.file.sent, viewer())
        keep_certificate(session, form.given(kept), viewer(), setting())

    status = carried_out(form, act, NAMES)
    if status != DONE:
        return asking(form, page), status
    flash(_("Certificate entered."))
    return redirect(url_for("measurements.listing"))


@bp.route("/result", methods=["GET", "POST"])
def result() -> Any:
    """What a laboratory found in the sludge of an own place."""
    form = LabForm()
    form.facility.offer((name.code, named(name)) for _kind, name in facility_names(reading(), viewer()))
    page = words_of(_("Enter a laboratory result"), _("Enter the result"))
    if not form.is_submitted():
        return asking(form, page)

    def act(session: Session) -> None:
        kept = kept_file(session, form.file.sent, viewer())
        keep_lab_result(session, form.given(kept), viewer(), setting())

    status = carried_out(form, act, NAMES)
    if status != DONE:
        return asking(form, page), status
    flash(_("Result entered."))
    return redirect(url_for("measurements.listing"))
