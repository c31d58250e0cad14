"""What does a person see when something goes wrong? One function turns exceptions into pages."""

from flask import Flask, Response, current_app, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, Unauthorized

from web.api.problems import problem_of

INTERFACE = "/api/"


def install(app: Flask) -> None:
    """Answer every error of a page with a page; the programming interface answers for itself."""
    app.register_error_handler(InternalServerError, failure_page)
    app.register_error_handler(HTTPException, error_page)


def failure_page(error: InternalServerError) -> Response | tuple[str, int]:
    """A page that needs neither the database nor a session: they may be what failed. Flask has logged it."""
    current_app.logger.error("request failed: %s %s", request.method, request.path)
    if request.path.startswith(INTERFACE):
        return problem_of(error)
    # Not render_template: Flask-Login would ask the database who is signed in.
    return current_app.jinja_env.get_template("failure.html").render(), 500


def error_page(error: HTTPException) -> Response | HTTPException | tuple[str, int, dict[str, str]]:
    """A page that says what happened and what to do next."""
    if error.response is not None or error.code is None:
        return error
    if request.path.startswith(INTERFACE):
        return problem_of(error)
    kept = {name: value for name, value in error.get_headers() if name in ("Retry-After", "Allow")}
    title, advice = words(error)
    return render_template("error.html", code=error.code, title=title, advice=advice), error.code, kept


def words(error: HTTPException) -> tuple[str, str]:
    """A title and an advice in the reader's language."""
    if isinstance(error, CSRFError):
        advice = _("Go back, reload the page and send it again. Nothing was changed.")
        return _("The form has expired"), advice
    known = {
        Unauthorized.code: (_("Please sign in"), _("Your session has ended.")),
        403: (_("Your role may not open this page"), _("Ask the administrator if you need it.")),
        404: (_("There is no such page"), _("It does not exist, or it belongs to another organisation.")),
        405: (_("The page cannot be used this way"), _("Go back and use the buttons of the page.")),
        413: (_("That is too large"), _("Send a smaller file.")),
        429: (_("Too many attempts"), _("Wait a minute, then try again.")),
    }
    otherwise = (_("The request cannot be read"), _("Check the address or go back and try again."))
    return known.get(error.code or 400, otherwise)
