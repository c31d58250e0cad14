"""Which trips does a carrier have, and who drives them?"""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug import Response

from tracking.operations.custody.assign_driver import assign_driver
from tracking.queries.hauls import HaulPart, drivers_of, haul, haul_page
from web.database import reading
from web.form_acts import DONE, FormPage, asking, carried_out
from web.forms.haul import DriverForm
from web.query_string import after_arg, word_arg, written_after
from web.signed_in import viewer

PAGE = 50

bp = Blueprint("hauls", __name__, url_prefix="/hauls")


@bp.get("")
def listing() -> str:
    """Running, upcoming and done legs of the carrier."""
    part = word_arg("part", HaulPart) or HaulPart.RUNNING
    page = haul_page(reading(), viewer(), part, after_arg("time"), PAGE)
    return render_template(
        "hauls.html", page=page, after=written_after(page.after), part=part, parts=part_words()
    )


def part_words() -> dict[HaulPart, str]:
    """The tabs."""
    return {
        HaulPart.RUNNING: _("On the way"),
        HaulPart.UPCOMING: _("To come"),
        HaulPart.DONE: _("Done"),
        HaulPart.ALL: _("All"),
    }


@bp.route("/<int:leg_seq>/<path:number>/driver", methods=["GET", "POST"])
def driver(number: str, leg_seq: int) -> Any:
    """Give the leg to a driver."""
    session, who = reading(), viewer()
    row = haul(session, who, number, leg_seq)
    if row is None:
        abort(404)
    form = DriverForm(driver=row.driver.code if row.driver else "")
    form.driver.offer(drivers_of(session, who))
    page = FormPage(
        title=_("Driver of %(number)s, leg %(leg)s", number=number, leg=leg_seq),
        lead=_("A driver gets a login from the administrator with the role driver."),
        verb=_("Assign the driver"),
        refused=_("The driver was not assigned:"),
        back=url_for("hauls.listing"),
        back_title=_("Trips"),
    )
    if not form.is_submitted():
        return asking(form, page)
    chosen = form.driver.data
    status = carried_out(form, lambda writing: assign_driver(writing, number, leg_seq, chosen, who))
    if status != DONE:
        return asking(form, page), status
    flash(_("Driver assigned."))
    return to_part(row.part)


def to_part(part: HaulPart) -> Response:
    """Back to the trips among which this one is."""
    return redirect(url_for("hauls.listing", part=part.value))
