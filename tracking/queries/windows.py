"""In which times may paper be typed in afterwards (应急补录窗口)?"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from models.corrections import EmergencyWindow
from models.organisations import Organisation, User
from models.values import Viewer
from tracking.queries.keyset import Key, Order, Page, continued, page_of
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
    rows = session.execute(_windows(viewer).order_by(EmergencyWindow.id.desc()).limit(SHOWN))
    return [_row(row, now) for row in rows]


def window_page(
    session: Session, viewer: Viewer, now: datetime, after: Key | None, limit: int
) -> Page[WindowRow]:
    """A page of windows, the newest first."""
    order = Order(EmergencyWindow.id.expression, EmergencyWindow.id.expression)
    rows = session.execute(continued(_windows(viewer), order, after, limit))
    return page_of([_row(row, now) for row in rows], limit, lambda row: (row.id, row.id))


def window_by_id(session: Session, window_id: int, viewer: Viewer, now: datetime) -> WindowRow | None:
    """One window if the viewer may see it."""
    row = session.execute(_windows(viewer).where(EmergencyWindow.id == window_id)).first()
    return None if row is None else _row(row, now)


def _windows(viewer: Viewer) -> Any:
    return (
        select(EmergencyWindow, Organisation.code, Organisation.name, Organisation.name_en, User.display_name)
        .outerjoin(Organisation, Organisation.id == EmergencyWindow.organisation_id)
        .join(User, User.id == EmergencyWindow.opened_by_id)
        .where(windows_visible(viewer))
    )


def _row(found: Any, now: datetime) -> WindowRow:
    row, code, zh, en, by = found
    return WindowRow(
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
