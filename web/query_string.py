"""What did the person ask for in the address? Filters and places in a list, read strictly."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Literal, TypeVar

import orjson
from flask import abort, current_app, request

from tracking.queries.data_day import Day, calendar_day
from tracking.queries.keyset import Key

W = TypeVar("W", bound=StrEnum)
MAX_TEXT = 100
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
"""No data are older, and the days around them are days as well."""
KeyKind = Literal["time", "text", "number"]
MAX_ROW_ID = 2**63 - 1


def text_arg(name: str) -> str:
    """A text, cut to a sensible length."""
    return request.args.get(name, "").strip()[:MAX_TEXT]


def word_arg(name: str, words: type[W]) -> W | None:
    """A member of a vocabulary, None when not given; another word is a bad request."""
    given = request.args.get(name, "")
    if not given:
        return None
    try:
        return words(given)
    except ValueError:
        abort(400)


def day_arg(name: str) -> Day | None:
    """A calendar day of the city, None when not given; what is no date is a bad request."""
    given = request.args.get(name, "")
    if not given:
        return None
    try:
        asked = date.fromisoformat(given)
        if not EARLIEST <= asked <= LATEST:
            raise ValueError("a day of the system's time was expected")
        return calendar_day(asked, current_app.extensions["settings"].timezone)
    except (ValueError, OverflowError):
        abort(400)


def after_arg(expected: KeyKind) -> Key | None:
    """Where the list goes on, in a list sorted by such values; anything but our own text is a bad request."""
    given = request.args.get("after", "")
    if not given:
        return None
    try:
        kind, value, row_id = orjson.loads(urlsafe_b64decode(given.encode("ascii")))
        if kind != expected or not isinstance(row_id, int) or not 0 <= row_id <= MAX_ROW_ID:
            raise ValueError("not of this list")
        return _READERS[expected](value), row_id
    except (ValueError, KeyError, TypeError, OverflowError):
        abort(400)


def list_arg(*names: str) -> str | None:
    """Which of a page's several lists goes on, None when the page begins; another name is a bad request."""
    given = request.args.get("list", "")
    if given and given not in names:
        abort(400)
    return given or None


def after_in(name: str, chosen: str | None, expected: KeyKind = "time") -> Key | None:
    """Where the list of this name goes on; None where it begins or another one was chosen."""
    return after_arg(expected) if chosen == name else None


def written_after(after: Key | None) -> str | None:
    """The text for the address that goes on behind `after`."""
    if after is None:
        return None
    value, row_id = after
    kind: KeyKind = "time" if isinstance(value, datetime) else "text" if isinstance(value, str) else "number"
    plain = value.isoformat() if isinstance(value, datetime) else value
    return urlsafe_b64encode(orjson.dumps([kind, plain, row_id])).decode("ascii")


def _time(value: Any) -> datetime:
    return datetime.fromisoformat(value).astimezone(UTC)


def _text(value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise TypeError("a text was expected")
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("a number was expected")
    if not abs(value) <= MAX_ROW_ID:
        raise ValueError("a number of the lists was expected")
    return value


_READERS: dict[str, Callable[[Any], Any]] = {"time": _time, "text": _text, "number": _number}
