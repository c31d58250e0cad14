"""How does the programming interface say that something went wrong? Problem details, RFC 9457."""

from collections.abc import Mapping, Sequence

import orjson
from flask import Response
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"


def problem(
    status: int,
    title: str,
    detail: str,
    *,
    code: str | None = None,
    errors: Sequence[Mapping[str, object]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem: `title` and `code` name the kind, `detail` this occurrence; `errors` are what is wrong
    field by field."""
    body: dict[str, object] = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    if code is not None:
        body["code"] = code
    if errors:
        body["errors"] = [dict(error) for error in errors]
    response = Response(orjson.dumps(body), status=status, content_type=MEDIA_TYPE)
    response.headers.update(headers or {})
    return response


def problem_of(error: HTTPException) -> Response:
    """Any HTTP error of the framework as a problem, with the headers that it brings along."""
    brought = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    title, detail = words_of(error.code or 500) or (error.name, error.description or error.name)
    return problem(error.code or 500, title, detail, headers=brought)


def words_of(status: int) -> tuple[str, str] | None:
    """Title and sentence of what is wrong before anything is asked, in the reader's language."""
    known = {
        400: (_("Not readable"), _("The request cannot be read.")),
        404: (_("There is no such thing"), _("It does not exist, or it belongs to another.")),
        405: (_("No such method"), _("What stands at this address cannot be called this way. See Allow.")),
        406: (_("Not in this form"), _("The answer exists in none of the forms that Accept names.")),
        413: (_("That is too large"), _("Nothing was taken. Send less at once.")),
        415: (_("Not of this kind"), _("The body is of another Content-Type than the document says.")),
        429: (_("Too often"), _("The budget of calls is used up. Retry-After says when it is there again.")),
        500: (_("That failed"), _("The fault is ours and was noted. Nothing was changed.")),
    }
    return known.get(status)
