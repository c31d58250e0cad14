"""How often may somebody try? Limits on signing in, on the programming interface and on certificates."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
from limits import RateLimitItem, parse_many

from models.settings import Settings
from web.api import fixes, osmand, owntracks
from web.api.v1.caller import caller_or_address
from web.api.v1.scopes import SCOPES

REDIRECT = 302
INTERFACE = "interface"  # one budget for all of its endpoints
ONE_NAME_LIMIT = "60 per hour"  # whoever guesses slowly at one account from one address is stopped too
PROVEN_DEVICE: dict[str, Callable[[], str | None]] = {
    "files": fixes.device_of_request,
    "fixes": fixes.device_of_request,
    "osmand": osmand.proven_device,
    "owntracks": owntracks.proven_device,
}
"""Part of the programming interface → how it knows which device a request comes from."""


def install(app: Flask) -> None:
    """Limit failed sign-ins, the interface per token or device, and certificates per person."""
    budget: RateLimitItem = parse_many(app.extensions["settings"].api_limit)[0]
    limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=True)
    # Before the limiter's own: what is registered first looks at an answer last.
    app.after_request(lambda answer: tell_budget(answer, limiter, budget))
    limiter.init_app(app)
    settings = app.extensions["settings"]
    limit_sign_in(app, limiter, settings.login_limit)
    for endpoint, view in list(app.view_functions.items()):
        proven_device = PROVEN_DEVICE.get(endpoint.partition(".")[0])
        if proven_device is not None:
            app.view_functions[endpoint] = limit_devices(limiter, view, proven_device, settings)
    for endpoint in SCOPES:
        call: Any = app.view_functions[endpoint]
        shared = limiter.shared_limit(settings.api_limit, scope=INTERFACE, key_func=caller_or_address)
        app.view_functions[endpoint] = shared(call)
    certificate: Any = app.view_functions["manifest.certificate"]
    drawn: Any = limiter.limit(settings.certificate_limit, key_func=person_or_address)(certificate)
    app.view_functions["manifest.certificate"] = drawn
    told: Any = app.view_functions["api_manifests.certificate"]
    own = limiter.limit(settings.certificate_limit, key_func=caller_or_address)
    app.view_functions["api_manifests.certificate"] = own(told)


def tell_budget(answer: Response, limiter: Limiter, budget: RateLimitItem) -> Response:
    """What is left to the caller stands also in answers that cost nothing: the document, no such address."""
    if not request.path.startswith("/api/v1/") or "X-RateLimit-Limit" in answer.headers:
        return answer
    caller = g.get("api_caller")  # not looked up for this: it may be the database that is away
    key = f"address {get_remote_address()}" if caller is None else f"token {caller.token_id}"
    window = limiter.limiter.get_window_stats(budget, key, INTERFACE)
    answer.headers["X-RateLimit-Limit"] = str(budget.amount)
    answer.headers["X-RateLimit-Remaining"] = str(window.remaining)
    answer.headers["X-RateLimit-Reset"] = str(int(window.reset_time))
    return answer


def limit_sign_in(app: Flask, limiter: Limiter, login_limit: str) -> None:
    """Limit failures per address, and per address and user name.

    Never per user name alone: anybody could then lock anybody out by failing in their name.
    """
    sign_in: Any = app.view_functions["login.sign_in"]
    scopes = (
        (get_remote_address, login_limit, "address"),
        (address_and_name, ONE_NAME_LIMIT, "address and name"),
    )
    for key, limit, scope in scopes:
        sign_in = limiter.shared_limit(
            limit,
            scope=f"sign-in by {scope}",
            key_func=key,
            exempt_when=lambda: request.method != "POST",
            deduct_when=was_refused,  # people who sign in well behind one address do not lock each other out
        )(sign_in)
    app.view_functions["login.sign_in"] = sign_in
    choosing: Any = app.view_functions["password_link.choose"]
    app.view_functions["password_link.choose"] = limiter.limit(
        login_limit,
        key_func=get_remote_address,
        exempt_when=lambda: request.method != "POST",
        deduct_when=was_refused,
    )(choosing)


def limit_devices(
    limiter: Limiter, view: Any, proven_device: Callable[[], str | None], settings: Settings
) -> Any:
    """One budget a minute for each device that proves who it is; whoever does not shares one by address,
    and another by the day, so that strangers cannot fill the quarantine."""

    def device_or_address() -> str:
        device_code = proven_device()
        return f"address {get_remote_address()}" if device_code is None else f"device {device_code}"

    by_day = limiter.limit(
        settings.unproven_limit,
        key_func=get_remote_address,
        exempt_when=lambda: proven_device() is not None,
    )
    return limiter.limit(settings.api_limit, key_func=device_or_address)(by_day(view))


def was_refused(response: Response) -> bool:
    """A sign-in that succeeded redirects."""
    return response.status_code != REDIRECT


def address_and_name() -> str:
    """Address and user name as typed, folded and cut, so that spelling opens no new account of tries."""
    return f"{get_remote_address()} {request.form.get('username', '').strip().lower()[:64]}"


def person_or_address() -> str:
    """One budget for each signed-in person."""
    return f"person {current_user.get_id() or get_remote_address()}"
