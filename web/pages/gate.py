"""Who comes to the gate in the next hour, who stands at it, and what lies at the own wharf or store?"""

from flask import Blueprint, render_template

from tracking.queries.gate_queue import gate_queue
from web.clock import now
from web.database import reading
from web.signed_in import viewer

bp = Blueprint("gate", __name__, url_prefix="/gate")


@bp.get("")
def queue() -> str:
    """The queue of the viewer's gates, as of now."""
    found = gate_queue(reading(), viewer(), now())
    soon = [each for each in found.coming if each.within_the_hour(now())]
    later = [each for each in found.coming if not each.within_the_hour(now())]
    return render_template("gate.html", queue=found, soon=soon, later=later)
