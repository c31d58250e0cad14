"""Does the page of the docs say what the table of arrows does?"""

from pathlib import Path

from models.vocabulary import CustodyState
from reports.custody_page import custody_page
from reports.wording import label
from tracking.rules.custody.arrows import ARROWS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "custody.md"


def test_the_page_is_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == custody_page(), (
        "write it anew: python -m reports.custody_page > docs/custody.md"
    )


def test_every_arrow_and_every_state_is_on_the_page_in_both_languages() -> None:
    page = custody_page()
    for locale in ("zh", "en"):
        for arrow in ARROWS:
            source = "—" if arrow.source is None else label(arrow.source, locale)
            begins = f"| {label(arrow.act, locale)} | {source} | {label(arrow.target, locale)} |"
            assert begins in page
        assert all(label(state, locale) in page for state in CustodyState)
