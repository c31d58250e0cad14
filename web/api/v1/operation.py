"""How is a call answered? Token, scope, body, idempotency, transaction, answer: alike for every endpoint."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from flask import Blueprint, Response, current_app, request
from flask_babel import gettext as _
from marshmallow import Schema, ValidationError
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException, NotAcceptable, UnsupportedMediaType

from models.values import Viewer
from models.vocabulary import Role
from tracking.operations.custody.refusals import NotYourSignature
from tracking.operations.custody.take_step import Setting
from web.api.problems import MEDIA_TYPE as PROBLEM
from web.api.problems import problem, problem_of
from web.api.v1.caller import Caller, caller_of_request
from web.api.v1.idempotent import answered_before, ran_once
from web.api.v1.invalid import invalid
from web.api.v1.refused import refused
from web.api.v1.scopes import allows
from web.clock import now
from web.database import reading, writing
from web.refusal_statuses import REFUSALS

RETRY_AFTER_S = 5
MAX_ROW_ID = 2**63 - 1  # beyond it a database has no row; a route that said so would answer 405
MOST_BYTES = 1024 * 1024
JSON = "application/json"
View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """What the document says of an endpoint, and how it is run."""

    summary: str
    answers: type[Schema] | None
    body: type[Schema] | None = None
    query: type[Schema] | None = None
    status: int = 200
    writes: bool = False
    raw_body: bool = False
    media_type: str = JSON
    prepare: Callable[[Caller, Mapping[str, Any], Mapping[str, Any]], Any] | None = None
    prompt: bool = True  # takes milliseconds; what takes in files of positions may take longer


@dataclass(frozen=True, slots=True)
class Call:
    """One call: on which session, by whom, with what."""

    session: Session
    caller: Caller
    body: Mapping[str, Any]
    query: Mapping[str, Any]
    setting: Setting
    prepared: Any = None  # what `Operation.prepare` found out in a transaction before this one

    @property
    def viewer(self) -> Viewer:
        return self.caller.viewer

    def only(self, *roles: Role) -> None:
        """Raises NotYourSignature for a caller of another role, as its page is not the caller's either."""
        if self.viewer.role not in roles:
            raise NotYourSignature


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with a status or headers of its own."""

    body: Any
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    kept: Any = None  # what is told when the call comes again, where the answer holds a secret


class NotFound(Exception):
    """There is no such thing for this caller."""


class NotReadable(Exception):
    """The body is no JSON."""


def resource(name: str, path: str) -> Blueprint:
    """The endpoints of one resource under /api/v1."""
    bp = Blueprint(f"api_{name}", f"web.api.v1.{name}", url_prefix=f"/api/v1{path}")
    bp.register_error_handler(HTTPException, problem_of)
    bp.register_error_handler(OperationalError, busy)
    return bp


def reads(
    summary: str,
    answers: type[Schema] | None,
    *,
    query: type[Schema] | None = None,
    media_type: str = JSON,
) -> Callable[[View], View]:
    """A view that only looks."""
    return answered(Operation(summary, answers, query=query, media_type=media_type))


def writes(
    summary: str,
    answers: type[Schema] | None,
    *,
    body: type[Schema] | None = None,
    status: int = 200,
    query: type[Schema] | None = None,
    raw_body: bool = False,
    prepare: Callable[[Caller, Mapping[str, Any], Mapping[str, Any]], Any] | None = None,
    prompt: bool = True,
) -> Callable[[View], View]:
    """A view that changes something, in one transaction with the answer that is kept for its key.

    `prepare(caller, path, body)` runs before in transactions of its own, and not for a call that is repeated.
    """
    given = Operation(summary, answers, body, query, status, True, raw_body, JSON, prepare, prompt)
    return answered(given)


def answered(operation: Operation) -> Callable[[View], View]:
    """Wrap a view `(call, **parts of the path) -> body | Reply | Response`."""

    def wrap(view: View) -> View:
        @wraps(view)
        def respond(**path: Any) -> Response:
            return answer(operation, view, path)

        respond.operation = operation  # type: ignore[attr-defined]  # read by the document
        return respond

    return wrap


def answer(operation: Operation, view: View, path: Mapping[str, Any]) -> Response:
    """The answer to this request, or the problem that stood against it."""
    caller = caller_of_request()
    if caller is None:
        return unknown_token()
    if not allows(request.endpoint or "", caller.scopes):
        return problem(403, _("Out of scope"), _("The token may not be used for this."))
    if any("\0" in part if isinstance(part, str) else part > MAX_ROW_ID for part in path.values()):
        return missing()
    if not acceptable(operation):
        raise NotAcceptable
    try:
        query = loaded(operation.query, request.args.to_dict()) if operation.query else {}
        if operation.writes:
            return write(operation, view, path, caller, query)
        call = Call(reading(), caller, {}, query, setting())
        return response_of(operation, view(call, **path))
    except ValidationError as error:
        return invalid(error)
    except NotReadable:
        return problem(400, _("Not readable"), _("The body is not the JSON that was expected."))
    except NotFound:
        return missing()
    except REFUSALS as refusal:
        return refused(refusal)


def busy(_error: OperationalError) -> Response:
    """503: the database did not answer in time; nothing was changed."""
    current_app.logger.exception("a call could not reach the database")
    retry = {"Retry-After": str(RETRY_AFTER_S)}
    return problem(503, _("Not now"), _("The database is busy. Send it again."), headers=retry)


def acceptable(operation: Operation) -> bool:
    """Does the caller take the answer in the form that it has? An answer without a body has none."""
    if not request.headers.get("Accept") or (operation.answers is None and operation.media_type == JSON):
        return True
    return any(request.accept_mimetypes.quality(each) > 0 for each in (operation.media_type, PROBLEM))


def write(
    operation: Operation, view: View, path: Mapping[str, Any], caller: Caller, query: Mapping[str, Any]
) -> Response:
    """Run a view in a transaction, once for each Idempotency-Key."""
    if not operation.raw_body:
        request.max_content_length = MOST_BYTES
    raw = request.get_data(cache=True)
    body = {} if operation.raw_body else loaded(operation.body, json_of(raw, operation.body))
    prepared = None
    # A step that the token itself signs needs nothing proved, and no transaction for it.
    if operation.prepare is not None and body.get("proof", operation) is not None:
        before = answered_before(caller, raw, now())
        if before is not None:
            return before
        prepared = operation.prepare(caller, path, body)
    with writing(prompt=operation.prompt) as session:
        call = Call(session, caller, body, query, setting(), prepared)
        return ran_once(session, caller, raw, now(), lambda: both_answers(operation, view(call, **path)))


def both_answers(operation: Operation, told: Any) -> tuple[Response, Response]:
    """The answer, and the one that is kept: another where the first holds a secret."""
    response = response_of(operation, told)
    if isinstance(told, Reply) and told.kept is not None:
        return response, response_of(operation, Reply(told.kept, told.status, told.headers))
    return response, response


def json_of(raw: bytes, schema: type[Schema] | None) -> Any:
    """The body as JSON; nothing where the endpoint expects nothing.

    Raises NotReadable, UnsupportedMediaType. A body that does not say what it is is taken for JSON.
    """
    if schema is None or not raw.strip():
        return {}
    if request.mimetype and not request.is_json:
        raise UnsupportedMediaType
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise NotReadable from None


SCHEMAS: dict[type[Schema], Schema] = {}
"""One of each class: making one takes longer than using it."""


def loaded(schema: type[Schema] | None, given: Any) -> Mapping[str, Any]:
    """What was given, as the schema reads it; raises ValidationError."""
    if schema is None:
        return {}
    known = SCHEMAS.get(schema) or SCHEMAS.setdefault(schema, schema())
    found: Mapping[str, Any] = known.load(given)
    return found


def response_of(operation: Operation, told: Any) -> Response:
    """JSON of what a view returned."""
    if isinstance(told, Response):
        return told
    reply = told if isinstance(told, Reply) else Reply(told)
    status = reply.status or operation.status
    body = b"" if reply.body is None else orjson.dumps(reply.body, option=orjson.OPT_UTC_Z)
    response = Response(body, status=204 if reply.body is None else status, content_type=JSON)
    response.headers.update(reply.headers)
    if reply.body is None:
        del response.headers["Content-Type"]
    return response


def setting() -> Setting:
    """What a step needs to know of the installation, at the moment of this request."""
    zone = ZoneInfo(current_app.extensions["settings"].timezone)
    rules = current_app.extensions["thresholds"]
    return Setting(rules.custody, zone, now(), rules)


def unknown_token() -> Response:
    """401: there is no token, or it is not good now."""
    return problem(
        401,
        _("Unknown token"),
        _("Show a token of the programming interface: Authorization: Bearer TOKEN."),
        headers={"WWW-Authenticate": 'Bearer realm="sludgetrace"'},
    )


def missing() -> Response:
    """404, whether there is none or it is somebody else's."""
    return problem(404, _("There is no such thing"), _("It does not exist, or it belongs to another."))
