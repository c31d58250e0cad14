"""How does a person choose a password by the link that the administrator gave?"""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug import Response

from tracking.operations.administer.password_links import LinkVoid, choose_password, link_holds
from tracking.operations.custody.refusals import CustodyRefused
from web.clock import now
from web.database import reading, writing
from web.form_acts import refused
from web.forms.people import ChoosePasswordForm

LONGEST_TOKEN = 100

bp = Blueprint("password_link", __name__)


@bp.route("/password/<token>", methods=["GET", "POST"])
def choose(token: str) -> Response | str | tuple[str, int]:
    """The page says nothing of whose link it is: the person names the own user name."""
    if len(token) > LONGEST_TOKEN:
        abort(404)
    form = ChoosePasswordForm()
    if not form.is_submitted():
        if not link_holds(reading(), token, now()):
            return void()
        return page(form)
    if not form.validate():
        return page(form), 422
    try:
        with writing() as session:
            done = choose_password(session, token, form.username.data, form.password.data, now())
    except LinkVoid:
        return void()
    except CustodyRefused as refusal:
        status = refused(form, refusal)
        return page(form), status
    if not done:
        form.refuse("username", str(_("This link is not for this user name.")))
        return page(form), 401
    current_app.logger.info("password chosen by a link")
    flash(_("Password set. Sign in with it."))
    return redirect(url_for("login.sign_in"))


def page(form: ChoosePasswordForm) -> str:
    return render_template("choose_password.html", form=form)


def void() -> tuple[str, int]:
    """Used, too old, replaced, or never given: nobody learns which."""
    return render_template("choose_password.html", form=None), 410
