"""How are codes in reasons turned into names? A map of code → name in the reader's language."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from tracking.queries.code_names import codes_in, names_of_codes
from web.languages import language

Reasons = Iterable[Mapping[str, Any]]


def words_for(session: Session, reasons: Reasons, evidence: Reasons = ()) -> dict[str, str]:
    """The places, vehicles and parties that reasons and evidence name by code, in one query."""
    chosen = language()
    named = names_of_codes(session, codes_in(reasons, evidence))
    return {code: name.in_language(chosen) for code, name in named.items()}


def words_for_rows(session: Session, rows: Iterable[Any]) -> dict[str, str]:
    """The same for rows that carry `reasons`."""
    return words_for(session, [reason for row in rows for reason in row.reasons])
