"""Who may sign in?"""

from flask import Blueprint, render_template

from tracking.queries.users import all_accounts
from web.database import reading

bp = Blueprint("users", __name__)


@bp.get("/users")
def listing() -> str:
    """Every login, for the administrator."""
    return render_template("users.html", accounts=all_accounts(reading()))
