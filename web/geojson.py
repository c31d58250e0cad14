"""How is a map sent to the browser? As GeoJSON, compressed where the browser can read it."""

import gzip
from typing import Any

import orjson
from flask import Response, request

MIMETYPE = "application/geo+json"
WORTH_PACKING_BYTES = 2048
LEVEL = 5  # beyond it the time grows faster than the gain


def geojson(value: dict[str, Any]) -> Response:
    """An answer with a FeatureCollection."""
    body = orjson.dumps(value)
    if len(body) < WORTH_PACKING_BYTES or not request.accept_encodings["gzip"]:
        return Response(body, mimetype=MIMETYPE)
    answer = Response(gzip.compress(body, LEVEL, mtime=0), mimetype=MIMETYPE)
    answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    return answer
