"""Which tickets of one's own scales may the weighing of a step rest on? The vehicle's, the newest first.

After those, tickets of scales that do not read plates. None that is void or that another weighing rests on.
"""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models.facilities import Facility
from models.fleet import Scale, Vehicle
from models.manifests import Weighing
from models.values import Viewer
from models.weighbridge import GateArrival, ScaleTicket, TicketVoid
from tracking.queries.scale_tickets import AROUND, TicketRow, tickets_where
from tracking.rules.custody.facts import Custody
from tracking.rules.custody.tickets import plain_plate

OFFERED = 6


def tickets_at_step(session: Session, custody: Custody, at: datetime, viewer: Viewer) -> list[TicketRow]:
    """At most OFFERED tickets of the viewer's own scales from the hours before `at`."""
    if viewer.organisation_id is None:
        return []
    used = exists().where(Weighing.scale_ticket_id == ScaleTicket.id)
    arrived_otherwise = exists().where(
        GateArrival.scale_ticket_id == ScaleTicket.id, GateArrival.manifest_id != custody.id
    )
    own = Scale.facility_id.in_(select(Facility.id).where(Facility.organisation_id == viewer.organisation_id))
    condition = (
        own
        & ScaleTicket.weighed_at.between(at - AROUND, at)
        & TicketVoid.id.is_(None)
        & ~used
        & ~arrived_otherwise
    )
    rows = tickets_where(session, condition, viewer)
    wanted = plates_of(session, custody)
    fitting = [row for row in rows if row.plate is not None and plain_plate(row.plate) in wanted]
    return [*fitting, *(row for row in rows if row.plate is None)][:OFFERED]


def plates_of(session: Session, custody: Custody) -> frozenset[str]:
    """Plates and codes of the vehicle that the load is on, and of the one that takes it next."""
    following = next((leg for leg in custody.legs if leg.seq > custody.leg_seq), None)
    legs = [leg for leg in (custody.current, following) if leg is not None]
    ids = [leg.vehicle_id for leg in legs if leg.vehicle_id is not None]
    names = session.scalars(select(Vehicle.name).where(Vehicle.id.in_(ids))) if ids else ()
    return frozenset(plain_plate(each) for each in (*names, *(leg.vehicle_code for leg in legs)) if each)
