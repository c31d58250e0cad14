"""How does a long list continue? After the last row that was shown, never by counting rows again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, or_

T = TypeVar("T")
Key = tuple[Any, Any]  # the value sorted by, and the row id that decides between equal values


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list; `after` is the key to go on from, None at the end."""

    rows: tuple[T, ...]
    after: Key | None

    def map(self, change: Callable[[T], Any]) -> "Page[Any]":
        """The same page of other values."""
        return Page(tuple(change(row) for row in self.rows), self.after)


@dataclass(frozen=True, slots=True)
class Order:
    """Rows sorted by a column that is never NULL, then by row id."""

    column: ColumnElement[Any]
    id: ColumnElement[Any]
    descending: bool = True


def continued(query: Select[Any], order: Order, after: Key | None, limit: int) -> Select[Any]:
    """`query` sorted, from behind `after` on, with one row more than `limit` to see whether it goes on."""
    if after is not None:
        value, row_id = after
        if order.descending:
            behind = or_(order.column < value, and_(order.column == value, order.id < row_id))
        else:
            behind = or_(order.column > value, and_(order.column == value, order.id > row_id))
        query = query.where(behind)
    sorts = (order.column, order.id)
    return query.order_by(*(sort.desc() if order.descending else sort.asc() for sort in sorts)).limit(
        limit + 1
    )


def page_of(rows: Sequence[T], limit: int, key: Callable[[T], Key]) -> Page[T]:
    """The page out of at most limit + 1 rows."""
    shown = tuple(rows[:limit])
    return Page(shown, key(shown[-1]) if len(rows) > limit and shown else None)
