"""How do the pages of drivers and gates work without a network? Their worker, its page, who is signed in."""

from flask import Blueprint, Response, current_app, jsonify, render_template, request, url_for
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from web.signed_in import account
from web.signing import recently_proved

WORKER = "js/offline_worker.js"
SCOPE = "/"
"""The worker lies under /offline/ and is registered for /trips, /gate and /sign/ alone."""
KEPT_FOR = "Sludgetrace-Kept-For"
KEPT_PAGES = frozenset({"trips.listing", "gate.queue", "steps.page"})

bp = Blueprint("offline", __name__, url_prefix="/offline")


@bp.get("/worker.js")
def worker() -> Response:
    """The service worker; asked for again each time, so that a new version is taken up at once."""
    answer = current_app.send_static_file(WORKER)
    answer.headers["Service-Worker-Allowed"] = SCOPE
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@bp.get("")
def page() -> str:
    """What stands in the place of a page that the device has never seen: nothing personal."""
    return render_template("offline.html")


@bp.get("/session")
def session() -> Response:
    """Who is signed in (null: nobody), the token of forms, and whether a signature needs the password.

    A script tells by it "no network" from "sign in again"; it is asked before anything is sent.
    """
    if not current_user.is_authenticated:
        return jsonify(person=None, login=url_for("login.sign_in"))
    return jsonify(person=account().id, csrf_token=generate_csrf(), needs_password=not recently_proved())


@bp.after_app_request
def mark_kept(response: Response) -> Response:
    """Tell the worker whose page this is, where it may keep it."""
    if request.endpoint in KEPT_PAGES and response.status_code == 200 and request.method == "GET":
        response.headers[KEPT_FOR] = str(account().id)
    return response
