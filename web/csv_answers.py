"""How does a list leave as a file? CSV that a spreadsheet opens rightly and cannot be tricked by."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import StringIO
from itertools import islice
from typing import Any, TypeVar

from flask import Response

from tracking.queries.keyset import Key, Page

T = TypeVar("T")
BYTE_ORDER_MARK = "\ufeff"  # without it spreadsheets read Chinese as gibberish
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
PAGE = 500
MAX_ROWS = 100_000  # a year of a large city; a spreadsheet takes ten times that


def csv_answer(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A download of `rows`, written while the request and its snapshot of the database last."""
    buffer = StringIO()
    buffer.write(BYTE_ORDER_MARK)
    writer = csv.writer(buffer)
    writer.writerow(header)
    writer.writerows([safe_cell(value) for value in row] for row in islice(rows, MAX_ROWS))
    answer = Response(buffer.getvalue(), mimetype="text/csv")
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
