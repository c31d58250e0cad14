"""Which values may stand in a request? Strict ones: no NUL, no infinite number, no time without its zone.

What is wrong is said by a code; web/api/v1/invalid.py words it in the reader's language.
"""

import math
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from marshmallow import Schema, ValidationError, fields

CODES: dict[str, str | list[Any] | dict[Any, Any]] = {
    "required": "missing",
    "null": "missing",
    "validator_failed": "invalid",
}
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
MAX_CODE, MAX_NAME, MAX_SENTENCE, MAX_TEXT = 64, 200, 1000, 4000
MOST_KG = 1e9  # a million tonnes: no load, pile or plant has more
MAX_ITEMS = 100


class Body(Schema):
    """Base of what a request or an answer holds; a field that is not known is refused."""

    error_messages = {"unknown": "unknown_field", "type": "not_an_object"}  # noqa: RUF012


class Text(fields.String):
    """A text of 1 to `longest` characters that every database can store."""

    default_error_messages = CODES

    def __init__(self, longest: int = MAX_CODE, **given: Any) -> None:
        metadata = {"minLength": 1, "maxLength": longest} | given.pop("metadata", {})
        super().__init__(metadata=metadata, **given)
        self.longest = longest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("not_a_text")
        if "\0" in value or not value.strip() or not encodable(value):
            raise ValidationError("not_a_text")
        if len(value) > self.longest:
            raise ValidationError("too_long")
        return value


def encodable(text: str) -> bool:
    """Is it text in every encoding? Half a surrogate pair is not."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


class Number(fields.Float):
    """A finite number from `low` to `high`."""

    default_error_messages = CODES

    def __init__(self, low: float = 0.0, high: float = MOST_KG, **given: Any) -> None:
        super().__init__(metadata={"minimum": low, "maximum": high}, **given)
        self.low, self.high = low, high

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise ValidationError("not_a_number")
        if not self.low <= value <= self.high:
            raise ValidationError("out_of_range")
        return float(value)


class Whole(fields.Integer):
    """A whole number from `low` to `high`; in an address it is written in digits."""

    default_error_messages = CODES

    def __init__(self, low: int = 0, high: int = 2**31 - 1, **given: Any) -> None:
        super().__init__(metadata={"minimum": low, "maximum": high}, **given)
        self.low, self.high = low, high

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12:
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError("not_a_whole_number")
        if not self.low <= value <= self.high:
            raise ValidationError("out_of_range")
        return value


class Flag(fields.Boolean):
    """true or false, nothing that means them."""

    default_error_messages = CODES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if value in ("true", "false") and isinstance(value, str):
            return value == "true"
        if not isinstance(value, bool):
            raise ValidationError("not_a_flag")
        return value


class Moment(fields.AwareDateTime):
    """A time with its zone, as ISO 8601; in UTC afterwards."""

    default_error_messages = CODES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            read = datetime.fromisoformat(value)
            if read.tzinfo is None:
                raise ValueError("a zone was expected")
            moment = read.astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            raise ValidationError("not_a_time") from None
        if not EARLIEST <= moment <= LATEST:
            raise ValidationError("out_of_range")
        return moment


class Day(fields.Date):
    """A calendar day, as YYYY-MM-DD."""

    default_error_messages = CODES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        try:
            day = date.fromisoformat(value)
        except (TypeError, ValueError):
            raise ValidationError("not_a_day") from None
        if not EARLIEST.date() <= day <= LATEST.date():
            raise ValidationError("out_of_range")
        return day


class Chosen(fields.String):
    """A word of a vocabulary."""

    default_error_messages = CODES

    def __init__(self, words: type[StrEnum], **given: Any) -> None:
        listed = [word.value for word in words]
        if given.get("allow_none") or given.get("load_default", "") is None:
            listed.append(None)  # type: ignore[arg-type]  # JSON Schema wants null among the words
        super().__init__(metadata={"enum": listed}, **given)
        self.words = words

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            return self.words(value)
        except (TypeError, ValueError):
            raise ValidationError("not_a_word_of_the_list") from None


class Many(fields.List[Any]):
    """A list of at most MAX_ITEMS."""

    default_error_messages = CODES | {"invalid": "not_a_list"}

    def __init__(self, of: Any, most: int = MAX_ITEMS, **given: Any) -> None:
        super().__init__(of, metadata={"maxItems": most}, **given)
        self.most = most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if isinstance(value, list) and len(value) > self.most:
            raise ValidationError("too_many")
        return super()._deserialize(value, attr, data, **kwargs)


class Part(fields.Nested):
    """An object inside an object."""

    default_error_messages = CODES | {"type": "not_an_object"}


class Plain(fields.Raw):
    """A text, a number, true or false: the value of one field of a manifest."""

    default_error_messages = CODES

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool):
            return value
        if isinstance(value, str):
            return Text(MAX_SENTENCE).deserialize(value)
        return Number(-MOST_KG, MOST_KG).deserialize(value)


class Anything(fields.Raw):
    """A value of any kind, as JSON has it."""

    default_error_messages = CODES
