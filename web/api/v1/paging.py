"""How does a list of the interface go on? By an opaque cursor behind the last row, never by counting."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

import orjson
from flask import request
from marshmallow import ValidationError, fields

from tracking.queries.keyset import Key, Page, page_of
from web.api.v1.fields import Body, Part, Text, Whole
from web.api.v1.operation import NotFound

T = TypeVar("T")
MOST, USUAL = 200, 50
MAX_ROW_ID = 2**63 - 1
KINDS: tuple[tuple[str, Any], ...] = (
    ("blank", type(None)),
    ("time", datetime),
    ("number", (int, float)),
)


class PageQuery(Body):
    """What every list takes."""

    limit = Whole(1, MOST, load_default=USUAL)
    cursor = Text(300, load_default=None)


class Links(Body):
    """Where it goes on."""

    next = fields.String(allow_none=True, required=True)


def page_schema(name: str, item: type[Body]) -> type[Body]:
    """The schema of a page of such items."""
    made: Any = Body.from_dict(
        {
            "items": fields.List(fields.Nested(item), required=True),
            "next_cursor": fields.String(allow_none=True, required=True),
            "links": Part(Links, required=True),
        },
        name=name,
    )
    kept: type[Body] = made
    return kept


def cursor_of(query: Mapping[str, Any], sorted_by: str = "time") -> Key | None:
    """The key behind which the list goes on; raises ValidationError for anything but our own text.

    sorted_by: time, number or text; the cursor of a list that is sorted otherwise is none of this one.
    """
    given = query["cursor"]
    if given is None:
        return None
    try:
        kind, value, row_id = orjson.loads(urlsafe_b64decode(given.encode("ascii")))
        if type(row_id) is not int or not 0 <= row_id <= MAX_ROW_ID:
            raise ValueError("not a row")
        if kind != sorted_by and (kind, sorted_by) != ("blank", "time"):
            raise ValueError("of another list")
        return read_value(kind, value), row_id
    except (ValueError, TypeError, OverflowError):
        raise ValidationError({"cursor": ["not_a_cursor"]}) from None


def read_value(kind: Any, value: Any) -> Any:
    """The value that a list is sorted by; raises ValueError or TypeError."""
    if kind == "blank":
        return None
    if kind == "time":
        return datetime.fromisoformat(value).astimezone(UTC)
    if kind == "text" and isinstance(value, str) and "\0" not in value:
        return value
    if kind == "number" and not isinstance(value, bool) and isinstance(value, int | float):
        if abs(value) > MAX_ROW_ID:
            raise ValueError("beyond any list")
        return value
    raise ValueError("no such kind")


def written_cursor(after: Key | None) -> str | None:
    """The cursor behind a key."""
    if after is None:
        return None
    value, row_id = after
    kind = next((word for word, kinds in KINDS if isinstance(value, kinds)), "text")
    plain = value.isoformat() if isinstance(value, datetime) else value
    return urlsafe_b64encode(orjson.dumps([kind, plain, row_id])).decode("ascii")


def told_register(
    rows: Iterable[T], key: Callable[[T], Any], query: Mapping[str, Any], sorted_by: str = "number"
) -> dict[str, Any]:
    """A page of a register that is read whole: it has some hundred rows, not one a load.

    By `key`, which no two rows share: texts in their order, numbers (row ids) the newest first.
    """
    after, limit, falling = cursor_of(query, sorted_by), query["limit"], sorted_by == "number"
    ordered = sorted(rows, key=key, reverse=falling)
    if after is not None:
        ordered = [row for row in ordered if (key(row) < after[0] if falling else key(row) > after[0])]
    return told_page(page_of(ordered[: limit + 1], limit, lambda row: (key(row), 0)))


def only_one(rows: Iterable[T], fits: Callable[[T], bool]) -> T:
    """The row that fits; raises NotFound."""
    found = next((row for row in rows if fits(row)), None)
    if found is None:
        raise NotFound
    return found


def told_page(page: Page[Any]) -> dict[str, Any]:
    """The answer of a list."""
    cursor = written_cursor(page.after)
    following = None
    if cursor is not None:
        asked = {name: value for name, value in request.args.items() if name != "cursor"}
        following = f"{request.path}?{urlencode(asked | {'cursor': cursor})}"
    return {"items": list(page.rows), "next_cursor": cursor, "links": {"next": following}}
