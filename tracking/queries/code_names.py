"""What are the places, vehicles and parties called that reasons and evidence name by code?"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from models.facilities import Facility
from models.fleet import Vehicle
from models.organisations import Organisation
from tracking.queries.names import Name


def names_of_codes(session: Session, codes: Collection[str]) -> dict[str, Name]:
    """Names by code, in one query. A code used twice is a facility first, then a vehicle, then a party."""
    if not codes:
        return {}
    parts = [
        select(literal(rank).label("rank"), table.code, table.name, name_en).where(table.code.in_(codes))
        for rank, table, name_en in (
            (1, Organisation, Organisation.name_en),
            (2, Vehicle, literal(None).label("name_en")),
            (3, Facility, Facility.name_en),
        )
    ]
    rows = sorted(session.execute(union_all(*parts)).all(), key=lambda row: row[0])
    return {code: Name(code, zh, en) for _rank, code, zh, en in rows}


def codes_in(reasons: Iterable[Mapping[str, Any]], evidence: Iterable[Mapping[str, Any]] = ()) -> set[str]:
    """Every text among the parameters of reasons and the figures of evidence: it may be a code."""
    texts = [value for reason in reasons for value in reason.get("params", {}).values()]
    texts += [value for each in evidence for value in each.get("figures", {}).values()]
    return {value for value in texts if isinstance(value, str)}
