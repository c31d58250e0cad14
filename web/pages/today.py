"""What does a plant or works send today, what waits in its yard, and what became of yesterday's loads?"""

from datetime import timedelta

from flask import Blueprint, current_app, render_template

from tracking.queries.data_day import calendar_day, day_of
from tracking.queries.today import drafts, figures_of_day, in_yard, loads_of_day
from web.clock import now
from web.database import reading
from web.query_string import after_in, day_arg, list_arg, written_after
from web.signed_in import viewer

bp = Blueprint("today", __name__, url_prefix="/today")


@bp.get("")
def page() -> str:
    """Drafts, loads in the yard, the day's loads, and the day before in figures."""
    session, who = reading(), viewer()
    timezone: str = current_app.extensions["settings"].timezone
    day = day_arg("day") or day_of(now(), timezone)
    before = calendar_day(day.date - timedelta(days=1), timezone)
    chosen = list_arg("yard", "drafts", "day")
    lists = {
        "yard": in_yard(session, who, after_in("yard", chosen)),
        "drafts": drafts(session, who, after_in("drafts", chosen)),
        "day": loads_of_day(session, who, day, after_in("day", chosen)),
    }
    return render_template(
        "today.html",
        day=day,
        before=before,
        chosen=chosen,
        lists={name: (page.rows, written_after(page.after)) for name, page in lists.items()},
        figures=figures_of_day(session, who, day),
        figures_before=figures_of_day(session, who, before),
    )
