"""How is a row added by an operation that many call at once? By one statement, built once for each table."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Insert, Table, insert
from sqlalchemy.orm import Session

from models.base import Base


def add_row(session: Session, table: type[Base], /, **values: Any) -> int:
    """Insert it at once; its row id. What is not given is as the table's defaults say."""
    key = session.execute(inserting(table), values).inserted_primary_key  # type: ignore[attr-defined]  # an INSERT has one
    return int(key[0])


@lru_cache(maxsize=100)
def inserting(table: type[Base]) -> Insert:
    """The INSERT of the table itself: without what the mapped class adds to one."""
    of_table: Table = table.__table__  # type: ignore[assignment]  # every mapped class here is one table
    return insert(of_table)
