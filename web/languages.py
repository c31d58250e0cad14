"""In which language does the reader read? Chinese first, English second, switched in the header."""

from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, current_app, request, session
from flask_babel import Babel
from flask_login import current_user

LANGUAGES = {"zh": "中文", "en": "English"}
SESSION_KEY = "language"
CATALOGUES = Path(__file__).parent / "translations"
DOMAIN = "messages"
INTERFACE = "/api/v1/"


def install(app: Flask) -> None:
    """Set up Flask-Babel on our catalogues.

    The catalogue is read from its source: there is no compiled file that could be missing or stale.
    """
    settings = app.extensions["settings"]
    babel = Babel()
    babel.init_app(
        app,
        default_locale=settings.locale,
        default_domain=DOMAIN,
        default_timezone=settings.timezone,
        default_translation_directories=str(CATALOGUES),
        locale_selector=language,
    )
    with app.app_context():
        cache = babel.domain_instance.cache
        for code in LANGUAGES:
            cache[code, DOMAIN] = translations(code)


@cache
def translations(code: str) -> Translations:
    """The page texts of a language; English is the language of the source."""
    path = CATALOGUES / code / "LC_MESSAGES" / f"{DOMAIN}.po"
    if not path.exists():
        return Translations()
    with path.open("rb") as source:
        catalogue = read_po(source, locale=code, domain=DOMAIN)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(fp=compiled, domain=DOMAIN)


def language() -> str:
    """The language of this request: as switched, else the user's, else the installation's.

    A machine says it with each call, by Accept-Language.
    """
    fallback: str = current_app.extensions["settings"].locale
    if request.path.startswith(INTERFACE):
        return request.accept_languages.best_match(list(LANGUAGES)) or fallback
    chosen = session.get(SESSION_KEY) or getattr(current_user, "locale", None)
    return chosen if chosen in LANGUAGES else fallback
