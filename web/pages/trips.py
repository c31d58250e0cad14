"""What does a driver or master carry, where to, and what is to be signed? Made for one thumb."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from models.custody_words import Act
from tracking.operations.custody.refusals import CustodyRefused
from tracking.queries.trips import (
    Trip,
    VoyageLoads,
    acts_together,
    loads_of_voyage,
    trips_aboard,
    trips_to_come,
    voyages_of,
)
from tracking.rules.custody.facts import Given
from web.clock import now
from web.database import reading, writing
from web.forms.steps import StepForm
from web.query_string import after_in, list_arg, written_after
from web.refusal_words import worded
from web.signed_in import account, viewer
from web.signing import prove, recently_proved, take

TOGETHER = (Act.DEPART, Act.TAKE_OVER, Act.HAND_OVER)
Answer = str | Response | tuple[str, int]

bp = Blueprint("trips", __name__, url_prefix="/trips")


@bp.get("")
def listing() -> str:
    """The trips: what is aboard, what to sign, what is to come."""
    return shown(StepForm(formdata=None))


def shown(form: StepForm) -> str:
    """Both lists from their beginnings, or one of them from where it goes on."""
    session, who = reading(), viewer()
    chosen = list_arg("aboard", "to-come")
    lists = []
    if chosen in (None, "aboard"):
        lists.append(("aboard", trips_aboard(session, who, after_in("aboard", chosen))))
    if chosen in (None, "to-come"):
        lists.append(("to-come", trips_to_come(session, who, after_in("to-come", chosen))))
    trips = [trip for _name, page in lists for trip in page.rows]
    return render_template(
        "trips.html",
        lists=[(name, page.rows, written_after(page.after)) for name, page in lists],
        trips=trips,
        voyages=[] if chosen else voyages(trips),
        form=form,
        needs_password=not recently_proved(),
        person=account().id,
    )


def voyages(trips: list[Trip]) -> list[tuple[VoyageLoads, list[Act]]]:
    """Each voyage with all of its loads, and what can be signed for them together."""
    found = [loads_of_voyage(reading(), viewer(), code) for code, _vessel in voyages_of(trips)]
    return [(voyage, acts_together(voyage, TOGETHER)) for voyage in found if voyage is not None]


@bp.post("/voyages/<act>")
def voyage(act: str) -> Answer:
    """Sign one act for all loads of a voyage; each gets its own signature."""
    form = StepForm()
    wanted = request.form.get("voyage", "")
    together = loads_of_voyage(reading(), viewer(), wanted)
    if together is None or act not in [each.value for each in acts_together(together, TOGETHER)]:
        form.refuse("", _("The loads of this voyage cannot be signed together now."))
        return shown(form), 409
    if not form.validate() or not signed_together(together.trips, Act(act), form):
        return shown(form), 422
    flash(_("Signed for all loads of voyage %(code)s.", code=wanted))
    return redirect(url_for("trips.listing"))


def signed_together(trips: tuple[Trip, ...], act: Act, form: StepForm) -> bool:
    """Prove who signs once and sign every load in one transaction: all of them, or none."""
    given = Given(at=form.device_moment or now())
    number = trips[0].load.number
    try:
        proven = prove(number, act, form.proof())
        with writing() as writer:
            for trip in trips:
                number = trip.load.number
                take(writer, number, act, given, proven)
    except CustodyRefused as refusal:
        form.refuse("", f"{number}: {worded(refusal).sentence}")
        return False
    return True
