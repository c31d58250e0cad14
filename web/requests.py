"""Which requests are no sensible ones at all? Refused before anything is looked up."""

from flask import Flask, abort, request

from web.errors import INTERFACE

NUL = "\0"  # PostgreSQL stores no such character, and nobody types it


def install(app: Flask) -> None:
    """Look at every request first."""
    app.before_request(refuse_nul)


def refuse_nul() -> None:
    """A NUL in an address is no page of ours; in a form it is a bad request.

    The programming interface looks at what it is sent itself: a phone would send a bad report for ever that
    is not acknowledged, and reading a body as a form would take it away from the view.
    """
    if NUL in request.path:
        abort(404)
    if request.path.startswith(INTERFACE):
        return
    if any(NUL in value for value in (*request.args.values(), *request.form.values())):
        abort(400)
