"""Does docs/deployment.md list exactly the settings that the code reads, with their defaults?"""

import re
from dataclasses import fields

from models import settings, thresholds
from tests.architecture.tracked import PROJECT

PAGE = PROJECT / "docs" / "deployment.md"


def documented() -> dict[str, str]:
    """Variable and default of every row `| `NAME` | `default` | …` of the page."""
    rows = re.findall(
        r"^\| `(SLUDGETRACE_\w+)` \| `?([^|`]*)`? \|", PAGE.read_text("utf-8"), flags=re.MULTILINE
    )
    assert len(rows) == len({name for name, _ in rows}), "a setting is listed twice"
    return {name: default.strip() for name, default in rows}


def in_code() -> dict[str, str]:
    """Variable and default of every setting and every threshold, as the page writes them."""
    general = {settings.PREFIX + item.name.upper(): item.default for item in fields(settings.Settings)}
    rules = {
        thresholds.PREFIX + item.name.upper(): item.default
        for group in thresholds.GROUPS
        for item in fields(group)
    }
    return {name: as_written(default) for name, default in {**general, **rules}.items()}


def as_written(default: object) -> str:
    """A default as one would set it in the environment."""
    if isinstance(default, bool):
        return str(default).lower()
    return f"{default:.12g}" if isinstance(default, float) else str(default)


def test_page_and_code_name_the_same_settings() -> None:
    page, code = documented(), in_code()
    assert [name for name in code if name not in page] == [], "not on the page"
    assert [name for name in page if name not in code] == [], "no longer in the code"


def test_page_and_code_name_the_same_defaults() -> None:
    page = documented()
    differing = {name: default for name, default in in_code().items() if page.get(name, default) != default}
    assert differing == {}, "the page names another default"
