"""How is the table of arrows said to people? The page docs/custody.md, made from the table that is run.

`python -m reports.custody_page` writes it anew; a test fails when page and table differ.
"""

import sys
from collections.abc import Iterator

from models.custody_words import Act
from models.thresholds import CustodyThresholds
from models.vocabulary import CustodyState
from reports.catalogues import LOCALES
from reports.custody_wording import custody_text
from reports.wording import label
from tracking.rules.custody.arrows import ALWAYS, ARROWS, Arrow
from tracking.rules.custody.guards import Guard
from tracking.rules.custody.guards_receipt import taken_back

HOUR_S, DAY_S = 3_600, 86_400
BY_ITS_AUTHOR = frozenset({Act.DRAW_UP, Act.DISCARD})


def custody_page(limits: CustodyThresholds | None = None) -> str:
    """The page as Markdown, Chinese first; `limits` are those of the timers, by default the program's own."""
    title = " · ".join(custody_text("page.title", locale) for locale in LOCALES)
    sections = (line for locale in LOCALES for line in section(locale, limits or CustodyThresholds()))
    return "\n".join([f"# {title}", "", *sections]).rstrip() + "\n"


def section(locale: str, limits: CustodyThresholds) -> Iterator[str]:
    """The whole page in one language."""
    yield f"## {custody_text('page.title', locale)}"
    yield ""
    yield custody_text("page.intro", locale)
    yield ""
    yield custody_text("page.always", locale)
    yield ""
    yield from (f"- {guard_words(guard, locale)}" for guard in ALWAYS)
    yield ""
    yield from table(custody_text("page.head", locale), (row(arrow, locale) for arrow in ARROWS))
    yield ""
    yield f"### {custody_text('page.timers', locale)}"
    yield ""
    yield from table(custody_text("page.timers_head", locale), timers(locale, limits))
    yield ""
    days = {"days": f"{limits.paper_confirmation_s / DAY_S:g}"}
    yield custody_text("page.confirmations", locale, **days)
    yield ""
    yield custody_text("page.as_reported", locale)
    yield ""


def table(head: str, rows: Iterator[list[str]]) -> Iterator[str]:
    """A Markdown table; `head` are its headings with | between them."""
    names = head.split("|")
    yield f"| {' | '.join(names)} |"
    yield f"|{'---|' * len(names)}"
    yield from (f"| {' | '.join(cells)} |" for cells in rows)


def row(arrow: Arrow, locale: str) -> list[str]:
    """One arrow in words."""
    signers = [label(each, locale) for each in arrow.signers]
    unsigned = "page.author" if arrow.act in BY_ITS_AUTHOR else "page.nobody"
    after = custody_text("page.as_before", locale)
    return [
        label(arrow.act, locale),
        "—" if arrow.source is None else label(arrow.source, locale),
        label(arrow.target, locale),
        " + ".join(signers) or custody_text(unsigned, locale),
        "<br>".join(guard_words(guard, locale) for guard in arrow.guards) or "—",
        after if arrow.custodian is None else label(arrow.custodian, locale),
    ]


def guard_words(guard: Guard, locale: str) -> str:
    """What a guard asks; raises KeyError for one without words."""
    return custody_text(f"guard.{guard.__name__}", locale)


def timers(locale: str, limits: CustodyThresholds) -> Iterator[list[str]]:
    """What time does in each state that has a timer."""
    state = CustodyState
    figures: dict[CustodyState, dict[str, object]] = {
        state.ISSUED: {"hours": f"{limits.issued_expiry_s / HOUR_S:g}"},
        state.LOADED: {"hours": f"{limits.departure_s / HOUR_S:g}"},
        state.IN_TRANSIT: {"factor": f"{limits.eta_factor:g}"},
        state.AT_TRANSFER: {"hours": f"{limits.handover_s / HOUR_S:g}"},
        state.ARRIVED: {"days": limits.decision_working_days},
        state.ACCEPTED: {"days": f"{limits.disposal_s / DAY_S:g}"},
    }
    for each, params in figures.items():
        yield [label(each, locale), custody_text(f"timer.{each.value}", locale, **params)]
    part = {"days": f"{limits.disposal_s / DAY_S:g}"}
    yield [label(state.PART_ACCEPTED, locale), custody_text("timer.accepted", locale, **part)]
    for arrow in ARROWS:
        if arrow.act is Act.CLOSE and arrow.source is not None:
            words = "timer.taken_back" if taken_back in arrow.guards else "timer.closing"
            yield [label(arrow.source, locale), custody_text(words, locale)]


if __name__ == "__main__":
    sys.stdout.write(custody_page())
