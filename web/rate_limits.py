"""How often may somebody try? Limits on signing in and on the programming interface."""

from hashlib import sha256
from typing import Any

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

REDIRECT = 302


def install(app: Flask) -> None:
    """Limit failed sign-ins per address and per user name, and the interface per token or address."""
    settings = app.extensions["settings"]
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://", headers_enabled=True)
    sign_in: Any = app.view_functions["login.sign_in"]
    for key, scope in ((get_remote_address, "address"), (username_tried, "user")):
        sign_in = limiter.shared_limit(
            settings.login_limit,
            scope=f"sign-in by {scope}",
            key_func=key,
            exempt_when=lambda: request.method != "POST",
            deduct_when=was_refused,  # people who sign in well behind one address do not lock each other out
        )(sign_in)
    app.view_functions["login.sign_in"] = sign_in
    for endpoint, view in list(app.view_functions.items()):
        if request_is_of_interface(endpoint):
            limited: Any = limiter.limit(settings.api_limit, key_func=token_or_address)(view)
            app.view_functions[endpoint] = limited


def request_is_of_interface(endpoint: str) -> bool:
    """Is the endpoint part of the programming interface?"""
    return endpoint.startswith("fixes.")


def was_refused(response: Response) -> bool:
    """A sign-in that succeeded redirects."""
    return response.status_code != REDIRECT


def username_tried() -> str:
    """The user name as typed, folded and cut, so that spelling does not open a new account of tries."""
    return request.form.get("username", "").strip().lower()[:64]


def token_or_address() -> str:
    """One budget a device token; without a token, one an address."""
    token = request.headers.get("Authorization", "")
    return sha256(token.encode()).hexdigest() if token else get_remote_address()
