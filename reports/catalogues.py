"""Which words exist in which language? The gettext catalogues of reports/translations, read at first use.

There is no compile step: a `.po` file is compiled in memory once a process. Every msgid is a key
("FindingKind.off_route", "certificate.title"), never a sentence, so a key that is missing is an error of
the program and not a silent fall-back to another language.
"""

from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).resolve().parent / "translations"
LOCALES = ("zh", "en")
CATALOGUES = ("vocabulary", "reasons", "evidence", "reports", "custody")


@cache
def read_catalogue(name: str, locale: str) -> Catalog:
    """The entries of one file; raises FileNotFoundError for a catalogue or language that does not exist."""
    with (FOLDER / locale / "LC_MESSAGES" / f"{name}.po").open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


@cache
def _translations(name: str, locale: str) -> GNUTranslations:
    compiled = BytesIO()
    write_mo(compiled, read_catalogue(name, locale))
    compiled.seek(0)
    return GNUTranslations(compiled)


def find(name: str, key: str, locale: str) -> str | None:
    """The words of `key`; None when the catalogue does not hold it."""
    words = _translations(name, locale if locale in LOCALES else LOCALES[0]).gettext(key)
    return None if words == key else words


def require(name: str, key: str, locale: str) -> str:
    """The words of `key`; raises KeyError when the catalogue does not hold it."""
    words = find(name, key, locale)
    if words is None:
        raise KeyError(f"{name}.po ({locale}) has no {key!r}")
    return words
