"""May a weighing rest on this raw ticket? It is the party's own, counts, and says the same."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.facilities import Facility
from models.fleet import Scale
from models.manifests import Weighing
from models.weighbridge import ScaleTicket, TicketVoid
from tracking.rules.custody.facts import Blocked, Step
from tracking.rules.custody.guards import blocked
from tracking.rules.custody.quantities import ROUNDING_KG

FIELD = "weighing.scale_ticket"


def ticket_blocked(session: Session, step: Step, organisation_id: int | None) -> Iterator[Blocked]:
    """Why the weighing that is given with a step may not rest on the ticket that it names."""
    weighed = step.given.weighed
    if weighed is None or weighed.scale_ticket_id is None:
        return
    query = (
        select(ScaleTicket.gross_kg, ScaleTicket.tare_kg, TicketVoid.id)
        .join(Scale, Scale.id == ScaleTicket.scale_id)
        .join(Facility, Facility.id == Scale.facility_id)
        .join(TicketVoid, TicketVoid.ticket_id == ScaleTicket.id, isouter=True)
        .where(ScaleTicket.id == weighed.scale_ticket_id, Facility.organisation_id == organisation_id)
    )
    found = session.execute(query).first()
    if found is None:
        yield blocked(FIELD, "no_such_ticket")
        return
    gross_kg, tare_kg, void_id = found
    if void_id is not None:
        yield blocked(FIELD, "ticket_void")
    for name, given, said in (
        ("gross_kg", weighed.gross_kg, gross_kg),
        ("tare_kg", weighed.tare_kg, tare_kg),
    ):
        if given is not None and said is not None and abs(given - said) > ROUNDING_KG:
            yield blocked(f"weighing.{name}", "not_as_on_ticket", given_kg=given, ticket_kg=said)
    other = select(Weighing.id).where(
        Weighing.scale_ticket_id == weighed.scale_ticket_id, Weighing.manifest_id != step.custody.id
    )
    if session.scalar(other.limit(1)) is not None:
        yield blocked(FIELD, "ticket_used")
