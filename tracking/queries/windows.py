"""In which times may paper be typed in afterwards (应急补录窗口)?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from models.corrections import EmergencyWindow
from models.organisations import Organisation, User
from models.values import Viewer
from tracking.queries.names import Name, name_or_none

SHOWN = 100


@dataclass(frozen=True, slots=True)
class WindowRow:
    """A window; `organisation` blank: everybody's paper."""

    id: int
    organisation: Name | None
    covers_from: datetime
    covers_to: datetime
    enter_until: datetime
    reason: str
    opened_by: str
    opened_at: datetime
    is_open: bool


def windows_visible(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on EmergencyWindow: a party sees its own and those for everybody."""
    if viewer.sees_all:
        return true()
    return or_(
        EmergencyWindow.organisation_id.is_(None), EmergencyWindow.organisation_id == viewer.organisation_id
    )


def window_list(session: Session, viewer: Viewer, now: datetime) -> list[WindowRow]:
    """The newest windows first."""
    query = (
        select(EmergencyWindow, Organisation.code, Organisation.name, Organisation.name_en, User.display_name)
        .outerjoin(Organisation, Organisation.id == EmergencyWindow.organisation_id)
        .join(User, User.id == EmergencyWindow.opened_by_id)
        .where(windows_visible(viewer))
        .order_by(EmergencyWindow.id.desc())
        .limit(SHOWN)
    )
    return [
        WindowRow(
            id=row.id,
            organisation=name_or_none(code, zh, en),
            covers_from=row.covers_from,
            covers_to=row.covers_to,
            enter_until=row.enter_until,
            reason=row.reason,
            opened_by=by,
            opened_at=row.opened_at,
            is_open=row.enter_until > now,
        )
        for row, code, zh, en, by in session.execute(query)
    ]
