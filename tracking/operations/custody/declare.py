"""Which rows does a step add beside its event? What was weighed, received, disposed of, put on a pile."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.custody_words import Act
from models.lineage import ManifestLink
from models.manifests import Disposal, Leg, MoistureTest, Receipt, Weighing
from models.vocabulary import WeighingRole
from models.weighbridge import GateArrival
from tracking.operations.add_row import add_row
from tracking.operations.custody.stock import add_stock
from tracking.operations.mark_manifests import mark_followers
from tracking.rules.custody.facts import Custody, Step, Weighed
from tracking.rules.custody.outcome import DECISIONS, new_weighings

BOARDING = frozenset({Act.DEPART, Act.TAKE_OVER})


def declare(session: Session, step: Step, outcome: Custody, user_id: int | None, now: datetime) -> None:
    """Add the rows of a step that is being taken."""
    for key, weighed in new_weighings(step).items():
        add_weighing(session, outcome.id, key, weighed)
    if step.act is Act.HAND_OVER:
        close_leg(session, outcome, step.given.at)
    elif step.act is Act.ISSUE:
        set_dry_parts(session, outcome)
    elif step.act in BOARDING and step.given.voyage is not None:
        board(session, outcome, step.given.voyage)
    elif step.act is Act.ARRIVE:
        add_arrival(session, outcome)
    elif step.act in DECISIONS:
        add_receipt(session, step, outcome)
    elif step.act is Act.DISPOSE:
        add_disposal(session, step, outcome)
    add_stock(session, step, outcome, user_id, now)
    if step.act is Act.CANCEL_LOADED or (step.act is Act.LOAD and step.given.backdated):
        mark_followers(session, [outcome.id])


def add_weighing(session: Session, manifest_id: int, key: tuple[WeighingRole, int], weighed: Weighed) -> None:
    """A weighing, a moisture test, or both."""
    role, leg_seq = key
    place = {"manifest_id": manifest_id, "role": role, "leg_seq": leg_seq, "at": weighed.at}
    if weighed.gross_kg is not None and weighed.tare_kg is not None:
        add_row(
            session,
            Weighing,
            **place,
            gross_kg=weighed.gross_kg,
            tare_kg=weighed.tare_kg,
            scale_code=weighed.scale_code,
            ticket=weighed.ticket,
            scale_ticket_id=weighed.scale_ticket_id,
        )
    if weighed.moisture_fraction is not None:
        add_row(
            session,
            MoistureTest,
            **place,
            moisture_fraction=weighed.moisture_fraction,
            u_moisture_fraction=weighed.u_moisture_fraction,
            method=weighed.moisture_method,
        )


def close_leg(session: Session, outcome: Custody, at: datetime) -> None:
    """The leg that is handed over ends then."""
    where = (Leg.manifest_id == outcome.id) & (Leg.seq == outcome.leg_seq)
    session.execute(
        update(Leg).where(where).values(handover_at=at).execution_options(synchronize_session=False)
    )


def set_dry_parts(session: Session, outcome: Custody) -> None:
    """The links to the parents get the dry mass as it is when the child is issued."""
    for part in outcome.parts_in:
        where = (ManifestLink.child_id == outcome.id) & (ManifestLink.parent_id == part.manifest_id)
        session.execute(
            update(ManifestLink)
            .where(where)
            .values(dry_kg=part.dry_kg)
            .execution_options(synchronize_session=False)
        )


def board(session: Session, outcome: Custody, voyage: str) -> None:
    """The leg that begins is one of a voyage."""
    where = (Leg.manifest_id == outcome.id) & (Leg.seq == outcome.leg_seq)
    session.execute(
        update(Leg).where(where).values(voyage=voyage).execution_options(synchronize_session=False)
    )


def add_arrival(session: Session, outcome: Custody) -> None:
    """What the gate wrote down."""
    arrival = outcome.arrival or Weighed(at=outcome.last_event_at)
    add_row(
        session,
        GateArrival,
        manifest_id=outcome.id,
        facility_id=outcome.received_at_id or outcome.destination_id,
        at=outcome.last_event_at,
        gross_kg=arrival.gross_kg,
        scale_code=arrival.scale_code,
        ticket=arrival.ticket,
        scale_ticket_id=arrival.scale_ticket_id,
    )


def add_receipt(session: Session, step: Step, outcome: Custody) -> None:
    add_row(
        session,
        Receipt,
        manifest_id=outcome.id,
        decision=outcome.decision,
        accepted_kg=outcome.accepted_kg,
        refused_kg=outcome.refused_kg,
        reason=step.given.reason,
        at=step.given.at,
    )


def add_disposal(session: Session, step: Step, outcome: Custody) -> None:
    mass_kg = step.given.mass_kg if step.given.mass_kg is not None else outcome.accepted_kg
    add_row(
        session, Disposal, manifest_id=outcome.id, method=step.given.method, mass_kg=mass_kg, at=step.given.at
    )
