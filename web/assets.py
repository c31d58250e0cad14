"""Under which address does a browser find our scripts and styles? One that changes with the content."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, request, url_for

FOLDER = Path(__file__).parent / "static"
VERSION_LENGTH = 12
WEEK_S = 604_800


def install(app: Flask) -> None:
    """Offer `asset` to templates; a file of a stated version may be kept by the browser."""
    app.jinja_env.globals["asset"] = asset
    app.after_request(keep_versions)


def asset(path: str) -> str:
    """The address of a static file with a digest of its content."""
    file = FOLDER / path
    version = _digest(file, file.stat().st_mtime_ns) if file.is_file() else None
    return url_for("static", filename=path, v=version)


@cache
def _digest(file: Path, _changed_ns: int) -> str:
    return sha256(file.read_bytes()).hexdigest()[:VERSION_LENGTH]


def keep_versions(response: Response) -> Response:
    """A versioned address never changes its content; others are asked for again each time."""
    if request.endpoint == "static" and response.status_code == 200:
        kept = f"public, max-age={WEEK_S}, immutable" if "v" in request.args else "no-cache"
        response.headers["Cache-Control"] = kept
    return response
