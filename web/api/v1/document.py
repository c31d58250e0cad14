"""/api/v1/openapi.json: what does the interface offer? OpenAPI 3, made from the endpoints themselves."""

import re
from typing import Any

import orjson
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Blueprint, Flask, Response, current_app
from marshmallow import Schema
from werkzeug.routing import IntegerConverter, Rule

from web.api import fixes
from web.api.v1.machine_paths import add_machine_paths
from web.api.v1.operation import Operation
from web.api.v1.problem_schema import ProblemTold
from web.api.v1.scopes import PREFIX, WITHOUT_TOKEN, scopes_told

bp = Blueprint("api_document", __name__, url_prefix="/api/v1")
PART = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
REFUSED_READING = (401, 403, 404, 406, 422, 429, 503)
REFUSED_WRITING = (400, 401, 403, 404, 406, 409, 413, 415, 422, 429, 503)
LIMIT_HEADERS = {
    name: {"schema": {"type": "string"}, "description": text}
    for name, text in {
        "X-RateLimit-Limit": "Calls that the caller may make in the period",
        "X-RateLimit-Remaining": "Calls that are left of them",
        "X-RateLimit-Reset": "When the period ends, in seconds since 1970",
    }.items()
}
ABOUT = (
    "Sludge custody for other systems. Times are ISO 8601 with a zone, masses kg, moisture a mass fraction. "
    "Errors are problem details (RFC 9457) with a sentence for each field in the language of "
    "Accept-Language. "
    "POST, PUT, PATCH and DELETE take an Idempotency-Key: the same call is answered the same for 48 hours."
)


@bp.get("/openapi.json")
def document() -> Response:
    """The document, made once a process."""
    made = current_app.extensions.get("api_document")
    if made is None:
        made = current_app.extensions["api_document"] = orjson.dumps(document_of(current_app))
    return Response(made, content_type="application/json")


def document_of(app: Flask) -> dict[str, Any]:
    """The whole document as plain values."""
    plugin = MarshmallowPlugin(schema_name_resolver=name_of)
    spec = APISpec(
        title="Sludgetrace 污泥全程追溯监管系统",
        version="1",
        openapi_version="3.0.3",
        plugins=[plugin],
        info={"description": ABOUT},
        servers=[{"url": "/"}],
    )
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    spec.components.schema("Problem", schema=ProblemTold)
    paths: dict[str, dict[str, Any]] = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(PREFIX) and rule.endpoint not in WITHOUT_TOKEN:
            described: Operation = vars(app.view_functions[rule.endpoint])["operation"]
            for method in sorted((rule.methods or set()) & set(METHODS)):
                told = operation_told(rule, method, described)
                paths.setdefault(PART.sub(r"{\1}", rule.rule), {})[method.lower()] = told
    add_links(paths)
    for path, operations in sorted(paths.items()):
        spec.path(path=path, operations=operations)
    add_machine_paths(spec)
    return spec.to_dict()


def add_links(paths: dict[str, dict[str, Any]]) -> None:
    """From what was made to where it is read: POST of a list → GET, PUT … of `list/{name}`."""
    for path, operations in paths.items():
        made = operations.get("post")
        target = re.compile(re.escape(path) + r"/\{(\w+)\}(/\w+)?")
        for other, followed in paths.items():
            found = target.fullmatch(other)
            if made is None or found is None:
                continue
            good = next(value for status, value in made["responses"].items() if status in ("200", "201"))
            names = field_names(good)
            told = NAMES_OF.get(found[1], found[1])
            for each in followed.values() if told in names else ():
                link = {
                    "operationId": each["operationId"],
                    "parameters": {found[1]: f"$response.body#/{told}"},
                }
                good.setdefault("links", {})[each["operationId"].replace(".", "_")] = link


NAMES_OF = {"row_id": "id", "token_id": "id"}
"""Part of a path → the field of an answer that names the same."""


def field_names(answer: dict[str, Any]) -> set[str]:
    """The fields of an answer in JSON."""
    told = answer.get("content", {}).get("application/json", {}).get("schema")
    return set() if told is None else set(told().fields)


def name_of(schema: Any) -> str:
    """A schema is named after its class."""
    if isinstance(schema, str):
        return schema
    kind: type = schema if isinstance(schema, type) else type(schema)
    return "Batch" + kind.__name__ if kind.__module__ == fixes.__name__ else kind.__name__


def operation_told(rule: Rule, method: str, described: Operation) -> dict[str, Any]:
    """One endpoint."""
    told: dict[str, Any] = {
        "operationId": f"{rule.endpoint.removeprefix(PREFIX)}",
        "tags": [rule.endpoint.removeprefix(PREFIX).partition(".")[0]],
        "summary": described.summary,
        "description": scopes_told(rule.endpoint),
        "security": [{"token": []}],
        "parameters": path_parameters(rule) + query_parameters(described.query),
        "responses": responses(described),
    }
    if described.writes:
        told["parameters"].append(KEY_PARAMETER)
    if described.body is not None:
        content = {"application/json": {"schema": described.body}}
        told["requestBody"] = {"required": True, "content": content}
    elif described.raw_body:
        binary = {"schema": {"type": "string", "format": "binary"}}
        told["requestBody"] = {"required": True, "content": {"application/octet-stream": binary}}
    return told


KEY_PARAMETER = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[\\x21-\\x7e]+$"},
}


def path_parameters(rule: Rule) -> list[dict[str, Any]]:
    """Parts of the path."""
    return [
        {"in": "path", "name": name, "required": True, "schema": path_schema(rule._converters[name])}
        for name in rule.arguments
    ]


def path_schema(converter: Any) -> dict[str, Any]:
    """What may stand in a part of the path."""
    if isinstance(converter, IntegerConverter):
        return {"type": "integer", "minimum": 0, "maximum": 2**31 - 1}
    return {"type": "string", "minLength": 1, "maxLength": 64}


def query_parameters(query: type[Schema] | None) -> list[dict[str, Any]]:
    """What may stand in the address."""
    return [] if query is None else [{"in": "query", "schema": query}]


BYTES = {"type": "string", "format": "binary"}
FEATURES = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {
        "type": {"type": "string", "enum": ["FeatureCollection"]},
        "features": {"type": "array", "items": {"type": "object"}},
    },
}
"""GeoJSON, RFC 7946."""

REFUSED = {
    400: "The body is no JSON",
    401: "No good token",
    403: "Out of the token's scope, or another's to do",
    404: "There is none, or it is another's",
    406: "The answer exists in no form that Accept names",
    409: "Somebody was first, or it is not possible as things stand",
    413: "The body is too large",
    415: "The body is of another Content-Type",
    422: "A field, a guard or a proof stands against it",
    429: "Too often; Retry-After says when to come again",
    503: "The database is busy; Retry-After says when to come again",
}


def responses(described: Operation) -> dict[str, Any]:
    """What may be answered."""
    good: dict[str, Any] = {"description": "Done", "headers": LIMIT_HEADERS}
    if described.answers is not None:
        good["content"] = {"application/json": {"schema": described.answers}}
    elif described.media_type != "application/json":
        schema = FEATURES if described.media_type.endswith("json") else BYTES
        good["content"] = {described.media_type: {"schema": schema}}
    found: dict[str, Any] = {str(described.status): good}
    for status in REFUSED_WRITING if described.writes else REFUSED_READING:
        found[str(status)] = {
            "description": REFUSED[status],
            "headers": LIMIT_HEADERS,
            "content": {"application/problem+json": {"schema": ProblemTold}},
        }
    return found
