"""Which manifests are in states that few are in at a time? Found by their state first, and sorted then.

Loads under way are as many as a city moves in a day, however many it has moved in years. A planner that does
not know how states are spread (SQLite keeps averages only) would go through all manifests by time of issue
until a page is full: these two leave it no such way.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from models.manifests import Manifest
from models.vocabulary import CustodyState
from tracking.queries.keyset import Order


def in_few(states: Iterable[CustodyState]) -> ColumnElement[bool]:
    """The condition on Manifest for being in one of these states."""
    few = aliased(Manifest)
    return Manifest.id.in_(select(few.id).where(few.custody_state.in_(sorted(states))))


def few_by_issue(*, descending: bool = False, row_id: ColumnElement[int] | None = None) -> Order:
    """By time of issue, sorted and not read from an index; `row_id`: of what is listed, if no manifest."""
    at = func.coalesce(Manifest.issued_at, Manifest.issued_at)
    return Order(at, Manifest.id.expression if row_id is None else row_id, descending)
