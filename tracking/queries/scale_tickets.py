"""Which tickets does a step offer, which did a scale give lately, and does its certificate hold?"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session

from models.custody_words import TicketSource
from models.facilities import Facility
from models.fleet import Scale
from models.manifests import Weighing
from models.values import Viewer
from models.weighbridge import GateArrival, ScaleCertificate, ScaleTicket, TicketVoid
from tracking.queries.keyset import Key, Order, Page, continued, page_of
from tracking.rules.custody.tickets import plain_plate

AROUND = timedelta(hours=6)
MOST = 200


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket as pages and steps show it; `void_reason` where it does not count."""

    id: int
    scale: str
    number: str | None
    plate: str | None
    gross_kg: float
    tare_kg: float | None
    weighed_at: datetime
    source: TicketSource
    raw_line: str | None
    void_reason: str | None


def tickets_offered(
    session: Session, plates: tuple[str, ...], facility_id: int, at: datetime, viewer: Viewer
) -> list[TicketRow]:
    """Tickets of this place about `at` for one of these plates or codes, the nearest in time first.

    Without those that are void or that another weighing rests on.
    """
    wanted = {plain_plate(each) for each in plates}
    used = or_(
        exists().where(Weighing.scale_ticket_id == ScaleTicket.id),
        exists().where(GateArrival.scale_ticket_id == ScaleTicket.id, GateArrival.gross_kg.is_(None)),
    )
    condition = (
        (Scale.facility_id == facility_id)
        & ScaleTicket.weighed_at.between(at - AROUND, at + AROUND)
        & TicketVoid.id.is_(None)
        & ~used
    )
    rows = tickets_where(session, condition, viewer)
    fitting = [row for row in rows if row.plate is not None and plain_plate(row.plate) in wanted]
    return sorted(fitting, key=lambda row: abs(row.weighed_at - at))


def tickets_of_places(session: Session, viewer: Viewer, since: datetime) -> list[TicketRow]:
    """What the viewer's scales gave since then, newest first, the void ones too."""
    return tickets_where(session, ScaleTicket.weighed_at >= since, viewer)


def ticket_page(
    session: Session, viewer: Viewer, since: datetime | None, after: Key | None, limit: int
) -> Page[TicketRow]:
    """What the viewer's scales gave since then, newest first, the void ones too."""
    query = tickets_seen(viewer)
    if since is not None:
        query = query.where(ScaleTicket.weighed_at >= since)
    order = Order(ScaleTicket.weighed_at.expression, ScaleTicket.id.expression)
    rows = [TicketRow(*row) for row in session.execute(continued(query, order, after, limit))]
    return page_of(rows, limit, lambda row: (row.weighed_at, row.id))


def ticket_by_id(session: Session, ticket_id: int, viewer: Viewer) -> TicketRow | None:
    """One ticket of a scale of the viewer's own places."""
    row = session.execute(tickets_seen(viewer).where(ScaleTicket.id == ticket_id)).first()
    return None if row is None else TicketRow(*row)


def tickets_where(session: Session, condition: ColumnElement[bool], viewer: Viewer) -> list[TicketRow]:
    """Tickets of scales that the viewer may see, the newest first."""
    newest = (ScaleTicket.weighed_at.desc(), ScaleTicket.id.desc())
    rows = session.execute(tickets_seen(viewer).where(condition).order_by(*newest).limit(MOST))
    return [TicketRow(*row) for row in rows]


def tickets_seen(viewer: Viewer) -> Select[Any]:
    """Tickets of scales that the viewer may see: of one's own places."""
    query: Any = (
        select(
            ScaleTicket.id,
            Scale.code,
            ScaleTicket.number,
            ScaleTicket.plate,
            ScaleTicket.gross_kg,
            ScaleTicket.tare_kg,
            ScaleTicket.weighed_at,
            ScaleTicket.source,
            ScaleTicket.raw_line,
            TicketVoid.reason,
        )
        .join(Scale, Scale.id == ScaleTicket.scale_id)
        .join(Facility, Facility.id == Scale.facility_id)
        .join(TicketVoid, TicketVoid.ticket_id == ScaleTicket.id, isouter=True)
    )
    if not viewer.sees_all:
        query = query.where(Facility.organisation_id == viewer.organisation_id)
    chosen: Select[Any] = query
    return chosen


def calibrated_until(session: Session, scale_code: str, day: date) -> date | None:
    """To which day the certificate that counts on `day` holds; None: nothing is known.

    A certificate that holds on the day counts before one that does not; else the newest; else what the
    register of scales says.
    """
    query = (
        select(ScaleCertificate.valid_to)
        .join(Scale, Scale.id == ScaleCertificate.scale_id)
        .where(Scale.code == scale_code, ScaleCertificate.valid_from <= day)
        .order_by(ScaleCertificate.valid_to.desc())
        .limit(1)
    )
    newest = session.scalar(query)
    if newest is not None:
        return newest
    registered = session.scalar(select(Scale.certificate_valid_to).where(Scale.code == scale_code))
    return None if registered is None else registered.date()


def calibration_lapsed(session: Session, scale_code: str, day: date) -> bool:
    """Had the scale's certificate ended by that day? An unknown one has not."""
    until = calibrated_until(session, scale_code, day)
    return until is not None and until < day
