"""How is a question asked about many values at once? As one parameter, so that its text is always the same.

A list of so many placeholders makes a new statement for each length: to be written by SQLAlchemy and planned
by the database each time, which takes longer than answering it.
"""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, Session


def is_among(
    session: Session, column: InstrumentedAttribute[Any], values: Sequence[int] | Sequence[str]
) -> ColumnElement[bool]:
    """The condition that a column holds one of some numbers or texts, however many."""
    if session.get_bind().dialect.name == "sqlite":
        given = func.json_each(bindparam(None, orjson.dumps(list(values)).decode())).table_valued("value")
        return column.in_(select(given.c.value))
    return column == any_(bindparam(None, list(values), type_=ARRAY(column.type)))
