"""From which moment back is everything committed that ever will be? For readers who must miss nothing.

A row carries the moment at which its request came, and appears when its transaction commits: a reader who
asks in between sees younger rows and not this one. Two readers must not go past it:

- Who asks again with `updated_since` is told from LATE_S before it on. What comes twice is the same row.
- Who goes on behind a cursor is told only what is older than LATE_S, and no cursor is younger: it would
  stand behind a row that has yet to appear.

LATE_S is the age at which the service refuses to commit (models/session.py PROMPT_S), and half as much again
for the time between a request and its transaction, for the commit itself, and for clocks of several machines.
The row ids of running transactions would tell the moment exactly, but only to the owner of the database, only
on PostgreSQL, and no longer after a copy of the database was put in its place.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement

from models.session import PROMPT_S
from tracking.queries.keyset import Page

LATE_S = PROMPT_S * 1.5
LATE = timedelta(seconds=LATE_S)
LAST_ROW_ID = 2**63 - 1


def since(column: Any, moment: datetime) -> ColumnElement[bool]:
    """The condition for `updated_since`: also what had yet to appear when the reader saw `moment`."""
    found: ColumnElement[bool] = column >= moment - LATE
    return found


def settled(column: Any, now: datetime) -> ColumnElement[bool]:
    """The condition on a list that goes on behind a cursor of this column."""
    found: ColumnElement[bool] = column <= now - LATE
    return found


def capped(page: Page[Any], now: datetime) -> Page[Any]:
    """The page with a key that stands behind nothing which may yet appear."""
    if page.after is None or page.after[0] is None or page.after[0] <= now - LATE:
        return page
    return Page(page.rows, (now - LATE, LAST_ROW_ID))
