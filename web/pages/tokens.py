"""Which machines may call the programming interface, and how does one get or lose its token?

A token is shown in the answer to the form that asked for it and nowhere else.
"""

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from models.custody_words import Scope
from tracking.operations.api_tokens import TokenRefused, TokenUnknown, give_token, revoke_token
from tracking.queries.api_tokens import token_rows
from tracking.queries.users import all_accounts
from web.clock import now
from web.database import reading, writing
from web.display import label
from web.form_acts import TO_CORRECT, FormPage, asking, refused
from web.forms.rules import EndForm
from web.forms.token import TokenForm
from web.signed_in import account, viewer

bp = Blueprint("tokens", __name__, url_prefix="/administration/tokens")


@bp.get("")
def listing() -> str:
    """Every token; its hash alone is kept."""
    return shown(None)


def shown(fresh: str | None) -> str:
    """The list, with a fresh token on top where one was just given."""
    rows = token_rows(reading(), viewer())
    return render_template("tokens.html", rows=rows, fresh=fresh, scope_word=lambda one: label(Scope(one)))


@bp.route("/give", methods=["GET", "POST"])
def give() -> Any:
    """A token for a machine of a user's organisation."""
    form = TokenForm()
    form.offer(
        (one.username, f"{one.display_name} ({one.username})")
        for one in all_accounts(reading())
        if one.active
    )
    page = FormPage(
        _("Give a token"),
        _("The machine acts as the user within the scopes that you tick."),
        _("Give the token"),
        _("No token was given:"),
        url_for("tokens.listing"),
        _("Tokens"),
    )
    if not form.is_submitted():
        return asking(form, page)
    if not form.validate():
        return asking(form, page), TO_CORRECT
    try:
        with writing() as session:
            _id, token = give_token(
                session,
                viewer(),
                name=form.name.data,
                username=form.user.data,
                scopes=[Scope(one) for one in form.scopes.chosen or ()],
                expires_at=form.expires_at.data,
                now=now(),
            )
    except TokenRefused as refusal:
        status = refused(form, refusal)
        return asking(form, page), status
    current_app.logger.info("token %s given by %s", form.name.data, account().username)
    return shown(token)


@bp.route("/<int:token_id>/revoke", methods=["GET", "POST"])
def revoke(token_id: int) -> Any:
    """End a token."""
    found = [row for row in token_rows(reading(), viewer()) if row.id == token_id]
    if not found:
        abort(404)
    form = EndForm()
    page = FormPage(
        _("Revoke the token %(name)s", name=found[0].name),
        _("The machine that uses it is refused from then on."),
        _("Revoke the token"),
        _("Nothing was changed:"),
        url_for("tokens.listing"),
        _("Tokens"),
    )
    if not form.is_submitted():
        return asking(form, page)
    if not form.validate():
        return asking(form, page), TO_CORRECT
    try:
        with writing() as session:
            revoke_token(session, viewer(), token_id, now())
    except TokenUnknown:
        abort(404)
    flash(_("Token revoked."))
    return redirect(url_for("tokens.listing"))
