"""Which cases are there, and what happened in one? Regulators and administrators see all, parties none.

A party sees what it was asked (tracking/queries/case_questions.py) and its own objections.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from models.cases import Attachment, Case, CaseEntry, CaseFinding
from models.custody_words import CaseAct, CaseOutcome, CaseState
from models.findings import Finding
from models.organisations import Organisation, User
from models.values import Viewer
from tracking.queries.case_questions import FILE, FileName, file_name
from tracking.queries.finding_list import COLUMNS, FindingRow, named_rows
from tracking.queries.keyset import Key, Order, Page, continued, page_of
from tracking.queries.names import Name, name_or_none
from tracking.queries.settled import since
from tracking.queries.text_search import LIKE_SIGNS


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What the person asked for; None or empty means: all. `assigned_to`: a user name; `finding`: a key."""

    text: str = ""
    state: CaseState | None = None
    outcome: CaseOutcome | None = None
    assigned_to: str = ""
    finding: str = ""
    updated_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A line of the list."""

    id: int
    number: str
    title: str
    state: CaseState
    outcome: CaseOutcome | None
    opened_at: datetime
    updated_at: datetime
    opened_by: str
    assigned_to: str | None
    assigned_username: str | None
    findings: int


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One act of the story; `details` hold the finding, who was assigned, the outcome or the question."""

    id: int
    act: CaseAct
    at: datetime
    by: str
    organisation: Name | None
    text: str | None
    details: Mapping[str, Any]
    asked: Name | None
    file: FileName | None


@dataclass(frozen=True, slots=True)
class CaseStory:
    """A case with its findings and all that happened, in order of time."""

    row: CaseRow
    findings: tuple[FindingRow, ...]
    events: tuple[CaseEvent, ...]


OPENER, ASSIGNEE = aliased(User), aliased(User)
COUNT = (
    select(func.count(CaseFinding.id)).where(CaseFinding.case_id == Case.id).correlate(Case).scalar_subquery()
)


def case_page(
    session: Session, viewer: Viewer, wanted: CaseFilter, after: Key | None = None, limit: int = 50
) -> Page[CaseRow]:
    """A page of cases, the newest first; none for parties."""
    if not viewer.sees_all:
        return Page((), None)
    sort = Order(Case.opened_at.expression, Case.id.expression)
    query = rows_of().where(*conditions(wanted))
    page = page_of(
        session.execute(continued(query, sort, after, limit)).all(), limit, lambda row: (row[5], row[0])
    )
    return page.map(lambda row: CaseRow(*row))


def case_by_number(session: Session, number: str, viewer: Viewer) -> CaseStory | None:
    """The whole case if the viewer may see it."""
    if not viewer.sees_all:
        return None
    row = session.execute(rows_of().where(Case.number == number)).first()
    if row is None:
        return None
    about = select(CaseFinding.finding_key).where(CaseFinding.case_id == row[0])
    chosen = select(*COLUMNS).where(Finding.current, Finding.key.in_(about)).order_by(Finding.start_ms)
    findings = named_rows(session, viewer, session.execute(chosen).all())
    return CaseStory(CaseRow(*row), findings, events_of(session, row[0]))


def cases_of_findings(session: Session, keys: Sequence[str], viewer: Viewer) -> dict[str, CaseRow]:
    """The newest case of each finding, by key; nothing for parties."""
    if not viewer.sees_all or not keys:
        return {}
    query = rows_of().add_columns(CaseFinding.finding_key)
    query = query.join(CaseFinding, CaseFinding.case_id == Case.id)
    found = session.execute(query.where(CaseFinding.finding_key.in_(keys)).order_by(Case.id)).all()
    return {row[-1]: CaseRow(*row[:-1]) for row in found}


def rows_of() -> Select[Any]:
    columns: list[Any] = [Case.id, Case.number, Case.title, Case.state, Case.outcome, Case.opened_at]
    columns += [Case.updated_at, OPENER.display_name, ASSIGNEE.display_name, ASSIGNEE.username, COUNT]
    return (
        select(*columns)
        .join(OPENER, OPENER.id == Case.opened_by_id)
        .outerjoin(ASSIGNEE, ASSIGNEE.id == Case.assigned_to_id)
    )


def conditions(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.text:
        like = f"%{wanted.text.translate(LIKE_SIGNS)}%"
        found.append(or_(Case.number.ilike(like, escape="\\"), Case.title.ilike(like, escape="\\")))
    if wanted.state:
        found.append(Case.state == wanted.state)
    if wanted.outcome:
        found.append(Case.outcome == wanted.outcome)
    if wanted.assigned_to:
        found.append(ASSIGNEE.username == wanted.assigned_to)
    if wanted.finding:
        about = select(CaseFinding.case_id).where(CaseFinding.finding_key == wanted.finding)
        found.append(Case.id.in_(about))
    if wanted.updated_since:
        found.append(since(Case.updated_at, wanted.updated_since))
    return found


def events_of(session: Session, case_id: int) -> tuple[CaseEvent, ...]:
    """What happened in a case, in order."""
    own, asked = aliased(Organisation), aliased(Organisation)
    names = [own.code, own.name, own.name_en, asked.code, asked.name, asked.name_en]
    query = (
        select(CaseEntry, User.display_name, *names, *FILE)
        .join(User, User.id == CaseEntry.user_id)
        .outerjoin(own, own.id == CaseEntry.organisation_id)
        .outerjoin(asked, asked.id == CaseEntry.asked_id)
        .outerjoin(Attachment, Attachment.id == CaseEntry.attachment_id)
        .where(CaseEntry.case_id == case_id)
        .order_by(CaseEntry.id)
    )
    return tuple(
        CaseEvent(
            id=row[0].id,
            act=row[0].act,
            at=row[0].at,
            by=row[1],
            organisation=name_or_none(*row[2:5]),
            text=row[0].text,
            details=row[0].details or {},
            asked=name_or_none(*row[5:8]),
            file=file_name(row[8:12]),
        )
        for row in session.execute(query)
    )
