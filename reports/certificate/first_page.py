"""How is the first page divided, so that conclusion, parties, quantities and map stand on it together?

What stands above the map grows with what there is to say. Its height is estimated from the text; the
map takes the rest, and where too little is left for it fewer reasons are given there (all of them
follow inside). A guess that is a line too high only leaves a little white.
"""

from dataclasses import dataclass
from math import ceil

from reports.certificate.conclusion import MOST_REASONS, conclusion, reasons
from reports.certificate.facts import CertificateFacts
from reports.certificate.map_sheet import HIGHEST_PX, LOWEST_PX
from reports.certificate.paper_rows import parties, quantities, quantity_note
from reports.drawings.svg import width_of

FREE_PX = 668.0  # of the page: under its head and titles, above the legend, with everything else taken off
SENTENCE_SIZE, SENTENCE_LINE_PX = 14.4, 21.4
REASON_SIZE, REASON_LINE_PX = 11.8, 17.0
WORDS_WIDTH_PX = 500.0
PARTY_SIZE, PARTY_NAME_SIZE, PARTY_LINE_PX, PARTY_WIDTH_PX = 11.8, 14.0, 16.6, 200.0
PARTIES_IN_A_ROW = 3
ROW_PX = 24.6
NOTE_SIZE, NOTE_LINE_PX, NOTE_WIDTH_PX = 10.7, 15.5, 660.0


@dataclass(frozen=True, slots=True)
class FirstPage:
    """What the first page has room for."""

    reasons: tuple[tuple[str, str], ...]
    map_height_px: float


def first_page(facts: CertificateFacts, locale: str) -> FirstPage:
    """As many reasons as leave the map its least height, one at least."""
    above = _lines(conclusion(facts, locale), SENTENCE_SIZE, WORDS_WIDTH_PX) * SENTENCE_LINE_PX
    above += _parties_px(facts, locale) + _quantities_px(facts, locale)
    most = MOST_REASONS
    while most > 1 and FREE_PX - above - _reasons_px(facts, locale, most) < LOWEST_PX:
        most -= 1
    left = FREE_PX - above - _reasons_px(facts, locale, most)
    return FirstPage(tuple(reasons(facts, locale, most)), min(HIGHEST_PX, max(LOWEST_PX, left)))


def _reasons_px(facts: CertificateFacts, locale: str, most: int) -> float:
    said = reasons(facts, locale, most)
    return REASON_LINE_PX * sum(_lines(words, REASON_SIZE, WORDS_WIDTH_PX) for _, words in said)


def _lines(words: str, size: float, width: float) -> int:
    return max(1, ceil(width_of(words, size) / width))


def _parties_px(facts: CertificateFacts, locale: str) -> float:
    """Rows of three parties, each as high as its longest."""
    heights = [
        1
        + _lines(party.name, PARTY_NAME_SIZE, PARTY_WIDTH_PX)
        + sum(_lines(line, PARTY_SIZE, PARTY_WIDTH_PX) for line in party.lines)
        for party in parties(facts, locale)
    ]
    rows = [max(heights[at : at + PARTIES_IN_A_ROW]) for at in range(0, len(heights), PARTIES_IN_A_ROW)]
    return sum(rows) * PARTY_LINE_PX


def _quantities_px(facts: CertificateFacts, locale: str) -> float:
    rows = sum(1 for _ in quantities(facts, locale))
    note = _lines(quantity_note(facts, locale), NOTE_SIZE, NOTE_WIDTH_PX) * NOTE_LINE_PX
    return ROW_PX * (rows + 1) + note if rows else NOTE_LINE_PX
