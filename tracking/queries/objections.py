"""What do parties say against findings? Regulators read all, a party its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.orm import Session

from models.cases import Attachment, Objection
from models.organisations import Organisation, User
from models.values import Viewer
from tracking.queries.case_questions import FILE, FileName, file_name
from tracking.queries.names import Name


@dataclass(frozen=True, slots=True)
class ObjectionRow:
    """申辩: who says what against which finding."""

    id: int
    finding_key: str
    text: str
    at: datetime
    by: str
    organisation: Name
    file: FileName | None


def objections_visible(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on Objection."""
    if viewer.sees_all:
        return true()
    if viewer.organisation_id is None:
        return false()
    return Objection.organisation_id == viewer.organisation_id


def objections_to(session: Session, keys: Sequence[str], viewer: Viewer) -> list[ObjectionRow]:
    """The objections to these findings that the viewer may read, in order of time."""
    names = (Organisation.code, Organisation.name, Organisation.name_en)
    query = (
        select(Objection, User.display_name, *names, *FILE)
        .join(User, User.id == Objection.user_id)
        .join(Organisation, Organisation.id == Objection.organisation_id)
        .outerjoin(Attachment, Attachment.id == Objection.attachment_id)
        .where(Objection.finding_key.in_(keys), objections_visible(viewer))
        .order_by(Objection.id)
    )
    return [
        ObjectionRow(
            id=row[0].id,
            finding_key=row[0].finding_key,
            text=row[0].text,
            at=row[0].at,
            by=row[1],
            organisation=Name(*row[2:5]),
            file=file_name(row[5:9]),
        )
        for row in session.execute(query)
    ]
