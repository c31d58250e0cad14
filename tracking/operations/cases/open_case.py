"""How is a case opened from findings, and how does another finding come to it?"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.cases import Case, CaseFinding
from models.custody_words import CaseAct, CaseState
from models.findings import Finding
from models.values import Viewer
from tracking.operations.cases.entries import (
    add_entry,
    case_for,
    checked_text,
    not_in_state,
    regulator_of,
)
from tracking.operations.cases.numbering import next_case_number
from tracking.operations.custody.refusals import StepBlocked
from tracking.rules.custody.guards import blocked

MAX_TITLE = 200


def open_case(
    session: Session,
    findings: Sequence[str],
    title: str,
    viewer: Viewer,
    now: datetime,
    zone: ZoneInfo,
    comment: str | None = None,
) -> str:
    """The number of a new case about findings (keys), in the caller's writing transaction.

    Raises NotYours unless a regulator asks, StepBlocked for a finding that is not there or in another open
    case. Numbers are AJ-YYYY-NNNN by the city's year, without gaps.
    """
    user_id = regulator_of(viewer)
    title = checked_text(title, most=MAX_TITLE, field="title")
    keys = list(dict.fromkeys(findings))
    if not keys:
        raise StepBlocked([blocked("findings", "field_missing")])
    refuse_unknown(session, keys)
    case = Case(
        number=next_case_number(session, now, zone),
        title=title,
        state=CaseState.OPEN,
        opened_by_id=user_id,
        assigned_to_id=user_id,
        opened_at=now,
        updated_at=now,
    )
    session.add(case)
    session.flush()
    session.add_all(CaseFinding(case_id=case.id, finding_key=key, added_at=now) for key in keys)
    text = (comment or "").strip() or None
    add_entry(session, case, CaseAct.OPENED, viewer, now, text=text, details={"findings": keys})
    return case.number


def add_finding(session: Session, number: str, key: str, viewer: Viewer, now: datetime) -> None:
    """Another finding in a case that is not closed; a second time it changes nothing.

    Raises CaseUnknown, NotYours, StepBlocked.
    """
    case = case_for(session, number, viewer)
    if case.state is CaseState.CLOSED:
        raise StepBlocked([not_in_state(case.state)])
    there = (CaseFinding.case_id == case.id) & (CaseFinding.finding_key == key)
    if session.scalar(select(CaseFinding.id).where(there)) is not None:
        return
    refuse_unknown(session, [key])
    session.add(CaseFinding(case_id=case.id, finding_key=key, added_at=now))
    add_entry(session, case, CaseAct.FINDING_ADDED, viewer, now, details={"finding": key})


def refuse_unknown(session: Session, keys: Sequence[str]) -> None:
    """Every key is of a finding that holds, and in no other case that is not closed."""
    held = select(Finding.key).where(Finding.key.in_(keys), Finding.current, ~Finding.retracted)
    known = set(session.scalars(held.with_for_update()))
    elsewhere = dict(
        session.execute(
            select(CaseFinding.finding_key, Case.number)
            .join(Case, Case.id == CaseFinding.case_id)
            .where(CaseFinding.finding_key.in_(keys), Case.state != CaseState.CLOSED)
        ).all()
    )
    wrong = []
    for index, key in enumerate(keys):
        if key not in known:
            wrong.append(blocked(f"findings[{index}]", "finding_unknown", finding=key))
        elif key in elsewhere:
            wrong.append(blocked(f"findings[{index}]", "finding_in_case", case=elsewhere[key]))
    if wrong:
        raise StepBlocked(wrong)
