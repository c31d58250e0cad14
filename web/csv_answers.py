"""How does a list leave as a file? CSV that a spreadsheet opens rightly and cannot be tricked by."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import StringIO
from typing import Any, TypeVar

from flask import Response, stream_with_context

from tracking.queries.keyset import Key, Page

T = TypeVar("T")
BYTE_ORDER_MARK = "\ufeff"  # without it spreadsheets read Chinese as gibberish
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
PAGE = 500


def csv_answer(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A download of `rows`, written while it is read."""
    answer = Response(stream_with_context(_lines(header, rows)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def every(fetch: Callable[[Key | None, int], Page[T]]) -> Iterator[T]:
    """All rows of a list, page by page."""
    after: Key | None = None
    while True:
        page = fetch(after, PAGE)
        yield from page.rows
        after = page.after
        if after is None:
            return


def safe_cell(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula is marked as text."""
    if isinstance(value, str) and value.startswith(FORMULA_SIGNS):
        return "'" + value
    return "" if value is None else value


def _lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    buffer = StringIO()
    writer = csv.writer(buffer)
    buffer.write(BYTE_ORDER_MARK)
    writer.writerow(header)
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()
