"""Which requests are no sensible ones at all? Refused before anything is looked up."""

from flask import Flask, abort, request

NUL = "\0"  # PostgreSQL stores no such character, and nobody types it


def install(app: Flask) -> None:
    """Look at every request first."""
    app.before_request(refuse_nul)


def refuse_nul() -> None:
    """A NUL in an address is no page of ours; in a form it is a bad request."""
    if NUL in request.path:
        abort(404)
    if any(NUL in value for value in (*request.args.values(), *request.form.values())):
        abort(400)
