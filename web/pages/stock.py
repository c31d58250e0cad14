"""What lies in the own piles, wet and dry, and what waits for its disposal?"""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug import Response

from models.custody_words import Act
from models.vocabulary import DisposalMethod
from tracking.operations.custody.refusals import CustodyRefused
from tracking.queries.own_places import own_places
from tracking.queries.stock import movements, piles, waiting_for_disposal
from tracking.rules.custody.facts import Given
from web.clock import now
from web.database import reading
from web.forms.stock import DisposalForm
from web.query_string import after_in, list_arg, written_after
from web.refusal_words import worded
from web.signed_in import viewer
from web.signing import recently_proved, sign

Answer = str | Response | tuple[str, int]

bp = Blueprint("stock", __name__, url_prefix="/stock")


@bp.get("")
def page() -> str:
    """Piles, their ledger, loads to dispose of."""
    method = next((each.method for each in own_places(reading(), viewer()) if each.method), None)
    return shown(DisposalForm(formdata=None, method=None if method is None else method.value))


def shown(form: DisposalForm) -> str:
    session, who = reading(), viewer()
    chosen = list_arg("waiting", "ledger")
    ledger = movements(session, who, after_in("ledger", chosen))
    waiting = waiting_for_disposal(session, who, after_in("waiting", chosen))
    return render_template(
        "stock.html",
        form=form,
        piles=piles(session, who),
        ledger=ledger,
        after=written_after(ledger.after),
        waiting=waiting,
        waiting_after=written_after(waiting.after),
        chosen=chosen,
        needs_password=not recently_proved(),
    )


@bp.post("/disposal")
def dispose() -> Answer:
    """Record the final disposal of several loads; each gets its own signature."""
    form = DisposalForm()
    if not form.validate() or form.wrong:
        return shown(form), 422
    given, done = Given(at=now(), method=DisposalMethod(form.method.data)), 0
    for number in dict.fromkeys(form.numbers.data or ()):
        try:
            sign(number, Act.DISPOSE, given, form.proof())
            done += 1
        except CustodyRefused as refusal:
            form.refuse("", f"{number}: {worded(refusal).sentence}")
    if form.wrong:
        return shown(form), 422
    flash(_("Disposal of %(count)s loads recorded.", count=done))
    return redirect(url_for("stock.page"))
