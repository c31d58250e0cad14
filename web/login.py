"""How does a person sign in and out, and switch the language?"""

import re
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug import Response

from tracking.operations.change_user import end_sessions, note_sign_in, set_locale
from tracking.operations.passwords import password_matches
from tracking.queries.users import account_by_id, account_for_sign_in
from web.clock import now
from web.database import reading, writing
from web.languages import LANGUAGES, SESSION_KEY
from web.signed_in import SignedIn, account

SESSION_LIFETIME = timedelta(hours=12)  # one shift
USER_ID = re.compile(r"[0-9]{1,18}")  # fits every database's integer

bp = Blueprint("login", __name__)


def install(app: Flask) -> None:
    """Set up Flask-Login: each request checks the account and its session version in the database."""
    manager = LoginManager(app)
    manager.session_protection = "basic"
    manager.user_loader(load_user)


def load_user(cookie: str) -> SignedIn | None:
    """The person of a cookie, if the account is active and its sessions were not ended since."""
    user_id, _colon, version = cookie.partition(":")
    if not USER_ID.fullmatch(user_id):
        return None
    found = account_by_id(reading(), int(user_id))
    if found is None or not found.active or str(found.session_version) != version:
        return None
    return SignedIn(found)


@bp.route("/login", methods=["GET", "POST"])
def sign_in() -> Response | str | tuple[str, int]:
    """The sign-in page; the answer and its time are the same for an unknown user and a wrong password."""
    target = safe_target(request.values.get("next"))
    if request.method == "GET":
        return redirect(target) if current_user.is_authenticated else page(target)
    username = request.form.get("username", "").strip().lower()
    found, stored = account_for_sign_in(reading(), username)
    if not password_matches(stored, request.form.get("password", "")) or found is None:
        return page(target, username=username, error=_("User name or password is wrong.")), 401
    language = session.get(SESSION_KEY)
    session.clear()  # a session that somebody planted before the sign-in ends here
    if language:
        session[SESSION_KEY] = language
    session.permanent = True
    login_user(SignedIn(found))
    with writing() as writer:
        note_sign_in(writer, found.id, now())
    return redirect(target)


def page(target: str, username: str = "", error: str | None = None) -> str:
    """The sign-in form; what was typed is kept, the password is not."""
    return render_template("login.html", target=target, username=username, error=error)


@bp.post("/logout")
def sign_out() -> Response:
    """End this and every other session of the person."""
    with writing() as writer:
        end_sessions(writer, account().id)
    logout_user()
    session.clear()
    return redirect(url_for("login.sign_in"))


@bp.post("/language")
def switch_language() -> Response:
    """Keep the chosen language in the session, and with the user when signed in."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        abort(400)
    session[SESSION_KEY] = chosen
    if current_user.is_authenticated:
        with writing() as writer:
            set_locale(writer, account().id, chosen)
    return redirect(safe_target(request.form.get("next")))


def safe_target(target: str | None) -> str:
    """A path of this service to go on to; anything that could lead elsewhere becomes the overview."""
    home = url_for("overview.overview")
    if not target or not target.startswith("/") or any(sign in target for sign in "\\\r\n\t"):
        return home
    try:
        parts = urlsplit(target)
    except ValueError:  # "//[" is the beginning of an address that never comes
        return home
    return home if parts.netloc or parts.scheme or target.startswith("//") else target
