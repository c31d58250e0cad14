"""How does the programming interface say that something went wrong? Problem details, RFC 9457."""

from collections.abc import Mapping, Sequence

import orjson
from flask import Response
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
    return problem(error.code or 500, error.name, error.description or error.name, headers=brought)
