"""How do the endpoints of devices and phones stand in the document? As they are, with their own tokens."""

from typing import Any

from apispec import APISpec

from web.api.fixes import Answer

DEVICE: list[dict[str, list[str]]] = [{"device_token": []}]
PROBLEM = {"description": "Refused", "content": {"application/problem+json": {"schema": {"type": "object"}}}}


def add_machine_paths(spec: APISpec) -> None:
    """Fixes, files, OsmAnd and OwnTracks; docs/ingest.md describes them in full."""
    spec.components.security_scheme("device_token", {"type": "http", "scheme": "bearer"})
    batch = {"application/json": {"schema": {"type": "array", "items": {"type": "object"}}}}
    file = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    taken = {"description": "What became of it", "content": {"application/json": {"schema": Answer}}}
    for path, summary, content, answer in (
        ("/api/v1/fixes", "A batch of fixes of the device whose token is shown", batch, taken),
        ("/api/v1/files", "A file of fixes (GPX, CSV, GeoJSON, NMEA)", file, taken),
        ("/api/v1/owntracks", "A message of the OwnTracks app", batch, {"description": "Taken"}),
    ):
        spec.path(path=path, operations={"post": machine_call(summary, content, answer)})
    osmand: dict[str, Any] = {"summary": "A report by the OsmAnd protocol", "tags": ["devices"]}
    spec.path(
        path="/api/v1/osmand", operations={"get": osmand | {"responses": {"200": {"description": "Taken"}}}}
    )


def machine_call(summary: str, content: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """One POST of a device."""
    return {
        "summary": summary,
        "tags": ["devices"],
        "security": DEVICE,
        "requestBody": {"required": True, "content": content},
        "responses": {"200": answer, "400": PROBLEM, "401": PROBLEM, "413": PROBLEM, "429": PROBLEM},
    }
