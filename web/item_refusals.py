"""Why could an item of a message not be taken, in the reader's language?

Decoders say it in English, as the programming interface answers and the database keeps it. Each sentence that
a file can bring about is known here by its pattern; what is in it (a value, a line, a count) is carried over.
A sentence that is not known is shown as it is.
"""

import re
from functools import cache

from flask_babel import gettext as _


def N_(text: str) -> str:  # noqa: N802 - the name by which catalogues find texts
    """Mark a text for translation where it is not translated yet."""
    return text


SENTENCES = (
    N_("is missing"),
    N_("is missing: positions without times prove nothing"),
    N_("%(value)s is not an ISO 8601 time"),
    N_("%(value)s has no time zone"),
    N_("%(value)s lies outside 1980-01-06 to 2100-01-01"),
    N_("%(value)s is not a number"),
    N_("%(value)s is not a coordinate in degrees"),
    N_("%(value)s is beyond any such quantity"),
    N_("%(value)s is none of %(words)s"),
    N_("is not an object"),
    N_("is not JSON: %(error)s"),
    N_("is neither a FeatureCollection nor a Feature of GeoJSON"),
    N_("has no feature that is a report or a track"),
    N_("states a reference system that is not WGS 84"),
    N_("is not a list of longitude and latitude"),
    N_("has not one time for each position"),
    N_("has not one list of times for each line"),
    N_("%(value)s is neither a point nor a line"),
    N_("the feature belongs to another device"),
    N_("the row belongs to another device"),
    N_("the first line is longer than %(count)s bytes"),
    N_("the first line is not a line of column names in UTF-8"),
    N_("the first line names no column %(names)s"),
    N_("the first line names %(names)s twice"),
    N_("the line is longer than %(count)s bytes"),
    N_("the line is not UTF-8 text"),
    N_("the line is not a row of cells: %(error)s"),
    N_("%(count)s cells under %(columns)s columns"),
    N_("no track point has a time: positions without times prove nothing"),
    N_("none of the first %(count)s track points has a time: positions without times prove nothing"),
    N_("has no track points"),
    N_("the XML breaks off: %(error)s"),
    N_("is not XML: %(error)s"),
    N_("is not GPX: its first element is <%(name)s>"),
    N_("has a DOCTYPE, which a track never needs"),
    N_("nests deeper than %(count)s elements"),
    N_("GGA has no date, and there is no RMC that tells it"),
    N_("has %(count)s fields, fewer than nine"),
    N_("the status %(value)s is neither A nor V"),
    N_("%(value)s is no date and time as ddmmyy hhmmss"),
    N_("%(value)s is no date as ddmmyy"),
    N_("%(value)s is no date"),
    N_("%(value)s is no time"),
    N_("%(value)s is no place as degrees and minutes"),
    N_("%(value)s is no place on Earth"),
    N_("has %(count)s bytes, more than %(most)s"),
    N_("has bytes that are no ASCII"),
    N_("%(value)s ends without a checksum"),
    N_("%(value)s is no sentence"),
    N_("the checksum is %(told)s, the content makes %(found)s"),
    N_("the tag block %(value)s has a bad checksum"),
    N_("the device was not on a vehicle of whoever files this then"),
    N_("the time lies more than %(hours)s h after the time of receipt"),
    N_("here begin %(count)s more items that could not be taken; they are counted and not told one by one"),
    N_(
        "reading stops here: %(bad)s items before could not be read, %(good)s could;"
        " %(count)s were not looked at"
    ),
)
PLACES = (
    N_("file"),
    N_("sentences"),
    N_("line %(number)s"),
    N_("point %(number)s"),
    N_("feature %(number)s"),
)
GAP = re.compile(r"%\\\((\w+)\\\)s|%\((\w+)\)s")


@cache
def patterns(texts: tuple[str, ...]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each text with what it matches, those with the most words of their own first."""
    own_length = {text: len(GAP.sub("", text)) for text in texts}
    ordered = sorted(texts, key=lambda text: own_length[text], reverse=True)
    return tuple((re.compile(pattern_of(text), re.DOTALL), text) for text in ordered)


def pattern_of(text: str) -> str:
    """A text as an expression in which each %(name)s stands for anything."""
    return GAP.sub(lambda gap: f"(?P<{gap[1] or gap[2]}>.+)", re.escape(text))


def refusal_sentence(reason: str) -> str:
    """Why an item was not taken, in the reader's language."""
    return in_words(reason, SENTENCES)


def refused_place(place: str) -> str:
    """Where the item stood, in the reader's language."""
    return in_words(place, PLACES)


def in_words(said: str, texts: tuple[str, ...]) -> str:
    """The translation of the first text that `said` matches; without one as it is."""
    for pattern, text in patterns(texts):
        found = pattern.fullmatch(said)
        if found:
            return str(_(text, **found.groupdict()))
    return said
