"""How does a ticket of a scale get in? As it came, once, however often it is sent; a wrong one is voided."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.custody_words import TicketSource
from models.facilities import Facility
from models.fleet import Scale
from models.values import Viewer
from models.weighbridge import ScaleTicket, TicketVoid
from tracking.operations.custody.aim_correction import refuse, text_blocked
from tracking.operations.custody.refusals import ManifestUnknown, NotYourSignature, StepBlocked
from tracking.operations.custody.take_step import Setting
from tracking.operations.weighbridge.own_scale import WEIGHERS, own_scale
from tracking.queries.scale_tickets import calibration_lapsed
from tracking.rules.custody.guards import blocked
from tracking.rules.custody.tickets import TicketGiven, not_a_ticket, ticket_digest

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class TicketTaken:
    """`again`: it was there already, and nothing changed.

    `calibration_lapsed`: the scale's certificate had ended on that day; the ticket is taken all the same.
    """

    id: int
    digest: str
    again: bool
    calibration_lapsed: bool = False


def take_ticket(
    session: Session, given: TicketGiven, source: TicketSource, viewer: Viewer, setting: Setting
) -> TicketTaken:
    """Keep a ticket of an own scale in the caller's writing transaction. Raises a CustodyRefused."""
    scale = own_scale(session, given.scale, viewer)
    refuse(not_a_ticket(given, setting.now))
    digest = ticket_digest(given)
    day = given.weighed_at.astimezone(setting.zone).date()
    lapsed = calibration_lapsed(session, scale.code, day)
    found = ticket_by_digest(session, scale.id, digest)
    if found is not None:
        return TicketTaken(found, digest, True, lapsed)
    row = ScaleTicket(
        scale_id=scale.id,
        number=given.number,
        plate=given.plate,
        gross_kg=given.gross_kg,
        tare_kg=given.tare_kg,
        weighed_at=given.weighed_at,
        received_at=setting.now,
        source=source,
        raw_line=given.raw_line,
        digest=digest,
        user_id=viewer.user_id,
    )
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:  # the same ticket came by two ways at once
        same = ticket_by_digest(session, scale.id, digest)
        if same is None:
            raise
        return TicketTaken(same, digest, True, lapsed)
    return TicketTaken(row.id, digest, False, lapsed)


def ticket_by_digest(session: Session, scale_id: int, digest: str) -> int | None:
    same = (ScaleTicket.scale_id == scale_id) & (ScaleTicket.digest == digest)
    return session.scalar(select(ScaleTicket.id).where(same))


def void_ticket(session: Session, ticket_id: int, reason: str, viewer: Viewer, setting: Setting) -> None:
    """Say of an own scale's ticket that it does not count. Raises a CustodyRefused.

    The ticket stays as it came; what rests on it already stays too, and is corrected there.
    """
    if viewer.role not in WEIGHERS or viewer.user_id is None:
        raise NotYourSignature
    known = (
        select(ScaleTicket.id)
        .join(Scale, Scale.id == ScaleTicket.scale_id)
        .join(Facility, Facility.id == Scale.facility_id)
        .where(ScaleTicket.id == ticket_id, Facility.organisation_id == viewer.organisation_id)
    )
    if session.scalar(known.with_for_update(of=ScaleTicket)) is None:
        raise ManifestUnknown(str(ticket_id))
    refuse(text_blocked("reason", reason, LONGEST_REASON))
    if session.scalar(select(TicketVoid.id).where(TicketVoid.ticket_id == ticket_id)) is not None:
        raise StepBlocked([blocked("", "ticket_void_already")])
    session.add(
        TicketVoid(ticket_id=ticket_id, reason=reason.strip(), user_id=viewer.user_id, at=setting.now)
    )
    session.flush()
