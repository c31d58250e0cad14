"""How high may the map be so that the whole first page stays one page?

The conclusion, the parties and the quantities stand above the map and grow with what there is to say.
Their height is estimated from the text of the longer language; a guess that is a line too high only
leaves a little white.
"""

from math import ceil

from models.vocabulary import VerdictValue, WeighingRole
from reports.drawings.svg import width_of
from reports.wording import say, text
from tracking.queries.manifest_story import ManifestStory

MOST_REASONS = 4  # on the first page; the others follow in full
HIGHEST_PX, LOWEST_PX = 410.0, 230.0
FREE_PX = 588.0  # of the page, under its head, with a conclusion of two lines and nothing else
REASON_PX, REASON_WIDTH_PX, REASON_SIZE = 17.0, 505.0, 11.8
PARTY_LINE_PX, ROW_PX, NOTE_PX = 16.5, 24.6, 16.0


def first_page_reasons(story: ManifestStory, locale: str, timezone: str) -> list[str]:
    """What stands under the conclusion: what was seen in each finding, else why not."""
    names = story.names(locale)
    if story.verdict.value is not VerdictValue.CONTRADICTED:
        return [say(reason, locale, names, timezone) for reason in story.verdict.reasons]
    first = [found.reasons[0] for found in story.findings[:MOST_REASONS] if found.reasons]
    more = len(story.findings) - MOST_REASONS
    return [*(say(reason, locale, names, timezone) for reason in first), *_more(more, locale)]


def _more(count: int, locale: str) -> list[str]:
    return [text("finding.more", locale, count=count)] if count > 0 else []


def map_height_px(story: ManifestStory, timezone: str) -> float:
    """The height of the map in px, between 61 and 104 mm."""
    taken = max(_reasons_px(story, locale, timezone) for locale in ("zh", "en")) + _parties_px(story)
    weighed = {role for role in WeighingRole if story.weighed(role)}
    rows = len(weighed) + (3 if story.gap else 0)
    table = ROW_PX * (rows + 1) + 2 * NOTE_PX if rows else NOTE_PX
    return min(HIGHEST_PX, max(LOWEST_PX, FREE_PX - taken - table))


def _reasons_px(story: ManifestStory, locale: str, timezone: str) -> float:
    said = first_page_reasons(story, locale, timezone)
    return REASON_PX * sum(ceil(width_of(each, REASON_SIZE) / REASON_WIDTH_PX) for each in said)


def _parties_px(story: ManifestStory) -> float:
    lines = [2 + bool(leg.driver) + bool(leg.voyage) + bool(leg.devices) for leg in story.legs]
    rows = ceil((len(lines) + 2) / 3)
    return PARTY_LINE_PX * (max(lines, default=1) + 1) * rows
