"""How does each list of custody and administration leave as a file? With the filters of its page."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext as _

from models.vocabulary import DisposalMethod, SludgeKind
from tracking.queries import stock
from tracking.queries.api_tokens import token_rows
from tracking.queries.case_questions import questions_to
from tracking.queries.cases import case_page
from tracking.queries.custody_overdue import overdue_manifests
from tracking.queries.hauls import HaulPart, haul_page
from tracking.queries.keyset import Key, Page
from tracking.queries.manifest_corrections import corrections_waiting, holds_standing
from tracking.queries.measurements import certificate_page, lab_page
from tracking.queries.names import Name
from tracking.queries.permits import diversions, facility_permits, transfer_approvals, vehicle_licences
from tracking.queries.plans import plan_list
from tracking.queries.product_dispatches import product_dispatches
from tracking.queries.registered import organisation_rows, scale_rows
from tracking.queries.rule_table import rule_table
from tracking.queries.users import all_accounts
from tracking.queries.windows import window_list
from web import list_columns as columns
from web.city_day import city, today
from web.clock import now
from web.csv_answers import csv_answer, every
from web.database import reading
from web.display import label, named
from web.field_words import field_words
from web.limit_words import subject_words
from web.list_columns import Columns
from web.pages.cases import wanted_cases
from web.query_string import word_arg
from web.signed_in import viewer

bp = Blueprint("tables", __name__, url_prefix="/tables")


@dataclass(frozen=True, slots=True)
class Table:
    """A list: its columns, and its rows as the reader may see them."""

    columns: Columns
    rows: Callable[[], Iterable[Any]]


def paged(query: Callable[..., Page[Any]], *given: Any) -> Iterator[Any]:
    """All rows of a query by keyset."""

    def fetch(after: Key | None, limit: int) -> Page[Any]:
        return query(reading(), viewer(), *given, after, limit)

    return every(fetch)


def hauls() -> Iterator[Any]:
    """The part of the legs that the page shows."""
    return paged(haul_page, word_arg("part", HaulPart) or HaulPart.RUNNING)


def corrections() -> Iterator[Any]:
    """With the fields in words."""
    for row in corrections_waiting(reading(), viewer()):
        yield replace(row, field=field_words(row.field))


def limits() -> Iterator[Any]:
    """With what is limited in words."""
    for row in rule_table(reading(), today()):
        yield replace(row, subject=subject_words(row.subject))


def permits() -> Iterator[Any]:
    """With kinds and methods in words."""
    for row in facility_permits(reading(), viewer(), today()):
        kinds = tuple(label(SludgeKind(one)) for one in row.sludge_kinds or ())
        methods = tuple(label(DisposalMethod(one)) for one in row.methods or ())
        yield replace(row, sludge_kinds=kinds, methods=methods)


TABLES: dict[str, Table] = {
    "cases": Table(columns.CASES, lambda: paged(case_page, wanted_cases())),
    "questions": Table(columns.QUESTIONS, lambda: questions_to(reading(), viewer())),
    "corrections": Table(columns.CORRECTIONS, corrections),
    "overdue": Table(columns.OVERDUE, lambda: paged(overdue_manifests)),
    "holds": Table(columns.HOLDS, lambda: holds_standing(reading(), viewer())),
    "limits": Table(columns.LIMITS, limits),
    "permits": Table(columns.PERMITS, permits),
    "licences": Table(columns.LICENCES, lambda: vehicle_licences(reading(), viewer(), today())),
    "approvals": Table(columns.APPROVALS, lambda: transfer_approvals(reading(), viewer(), today())),
    "plans": Table(columns.PLANS, lambda: plan_list(reading(), viewer(), today())),
    "diversions": Table(columns.DIVERSIONS, lambda: diversions(reading(), viewer(), now())),
    "windows": Table(columns.WINDOWS, lambda: window_list(reading(), viewer(), now())),
    "certificates": Table(columns.CERTIFICATES, lambda: paged(certificate_page, today())),
    "results": Table(columns.RESULTS, lambda: paged(lab_page)),
    "dispatches": Table(columns.DISPATCHES, lambda: paged(product_dispatches)),
    "piles": Table(columns.PILES, lambda: stock.piles(reading(), viewer())),
    "ledger": Table(columns.LEDGER, lambda: paged(stock.movements)),
    "hauls": Table(columns.HAULS, hauls),
    "users": Table(columns.USERS, lambda: all_accounts(reading())),
    "organisations": Table(columns.ORGANISATIONS, lambda: organisation_rows(reading())),
    "scales": Table(columns.SCALES, lambda: scale_rows(reading(), viewer())),
    "tokens": Table(columns.TOKENS, lambda: token_rows(reading(), viewer())),
}
"""By the name in the address and in web/rights.py."""


def table(name: str) -> Response:
    """The whole list as CSV, titles and words in the reader's language."""
    chosen = TABLES[name]
    header = [str(title) for title, _path in chosen.columns]
    cells = ([cell(value_at(row, path)) for _title, path in chosen.columns] for row in chosen.rows())
    return csv_answer(name, header, cells)


def value_at(row: Any, path: str) -> Any:
    """What stands under a dotted path; nothing where a part of it is missing."""
    for part in path.split("."):
        row = None if row is None else getattr(row, part)
    return row


def cell(value: Any) -> Any:
    """A value as a spreadsheet reads it: times of the city, words, plain numbers."""
    if isinstance(value, Name):
        return named(value)
    if isinstance(value, StrEnum):
        return label(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return value.astimezone(city()).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list | frozenset):
        return "; ".join(str(cell(each)) for each in value)
    return value


def view_of(name: str) -> Callable[[], Response]:
    """The view of a list."""

    def view() -> Response:
        return table(name)

    view.__name__ = name
    return view


for _name in TABLES:
    bp.add_url_rule(f"/{_name}.csv", _name, view_of(_name))
