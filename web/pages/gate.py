"""Who comes to the gate in the next hour, who stands at it, and what lies at the own wharf or store?"""

from flask import Blueprint, render_template

from tracking.queries.gate_queue import LISTS, gate_queue
from web.clock import now
from web.database import reading
from web.query_string import after_arg, list_arg, written_after
from web.signed_in import viewer

bp = Blueprint("gate", __name__, url_prefix="/gate")


@bp.get("")
def queue() -> str:
    """The queue of the viewer's gates, as of now."""
    chosen = list_arg(*LISTS)
    found = gate_queue(reading(), viewer(), now(), chosen, after_arg("time") if chosen else None)
    after = {name: written_after(getattr(found, name).after) for name in LISTS}
    return render_template("gate.html", queue=found, chosen=chosen, after=after)
