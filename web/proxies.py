"""Whose word on the caller's address counts? Only that of proxies which the installation says it has."""

from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix


def install(app: Flask) -> None:
    """Read address and scheme of the caller from the last `trusted_proxies` entries of X-Forwarded-*.

    Without a proxy the headers are ignored: anybody could write another address there at every try.
    """
    count = app.extensions["settings"].trusted_proxies
    if count > 0:
        fixed: Any = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)
        app.wsgi_app = fixed  # type: ignore[method-assign]  # as Flask's documentation says
