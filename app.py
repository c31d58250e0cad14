"""How do the parts become one service? Wiring only; `python app.py` migrates, seeds an empty city, serves."""

import mimetypes

from flask import Flask
from flask_wtf import CSRFProtect
from sqlalchemy import Engine

from models.session import open_engine
from models.settings import Settings, read_settings
from models.thresholds import read_thresholds
from web import (
    assets,
    clock,
    device_metrics,
    display,
    errors,
    languages,
    login,
    proxies,
    rate_limits,
    requests,
    rights,
    secret_key,
    security_headers,
)
from web.database import close_sessions
from web.routes import BLUEPRINTS, WITHOUT_COOKIES

# The order matters: whoever comes first looks at a request first.
PARTS = (
    proxies,
    requests,
    languages,
    assets,
    display,
    login,
    rights,
    rate_limits,
    device_metrics,
    security_headers,
    errors,
)


def create_app(settings: Settings | None = None, engine: Engine | None = None) -> Flask:
    """The service on a migrated database; settings and engine are read from the environment when absent.

    Raises LookupError when an endpoint is missing from the table of rights.
    """
    settings = settings or read_settings()
    mimetypes.add_type("text/javascript", ".js")
    app = Flask("web")
    app.extensions["settings"] = settings
    app.extensions["thresholds"] = read_thresholds()
    app.extensions["engine"] = engine or open_engine(settings.database_url)
    app.extensions["clock"] = clock.utc_now
    app.config.update(
        SECRET_KEY=secret_key.secret_key(settings),
        SESSION_COOKIE_NAME="sludgetrace",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=login.SESSION_LIFETIME,
        MAX_CONTENT_LENGTH=settings.max_upload_bytes,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a page left open over lunch still works
    )
    csrf = CSRFProtect(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for blueprint in WITHOUT_COOKIES:
        csrf.exempt(blueprint)
    for part in PARTS:
        part.install(app)
    app.teardown_appcontext(close_sessions)
    return app


if __name__ == "__main__":
    from cli.demo import demo

    demo()
