"""Which rows does a step add beside its event? What was weighed, received, disposed of, put on a pile."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from models.custody_words import Act, StockMove
from models.lineage import StockEntry
from models.manifests import Disposal, Leg, MoistureTest, Receipt, Weighing
from models.vocabulary import WeighingRole
from models.weighbridge import GateArrival
from tracking.rules.custody.facts import Custody, Step, Weighed
from tracking.rules.custody.outcome import DECISIONS, new_weighings
from tracking.rules.custody.quantities import dry_fraction, left_kg, share_dry_kg, wet_kg

MAIN_PILE = "main"  # of a site: it accepts into one stock unless it names another


def declare(session: Session, step: Step, outcome: Custody, user_id: int | None, now: datetime) -> None:
    """Add the rows of a step that is being taken."""
    for key, weighed in new_weighings(step).items():
        add_weighing(session, outcome.id, key, weighed)
    if step.act is Act.HAND_OVER:
        close_leg(session, outcome, step.given.at)
    elif step.act is Act.ARRIVE:
        add_arrival(session, outcome)
    elif step.act in DECISIONS:
        add_receipt(session, step, outcome)
    elif step.act is Act.DISPOSE:
        add_disposal(session, step, outcome)
    add_stock(session, step, outcome, user_id, now)


def add_weighing(session: Session, manifest_id: int, key: tuple[WeighingRole, int], weighed: Weighed) -> None:
    """A weighing, a moisture test, or both."""
    role, leg_seq = key
    place = {"manifest_id": manifest_id, "role": role, "leg_seq": leg_seq, "at": weighed.at}
    if weighed.gross_kg is not None and weighed.tare_kg is not None:
        session.add(
            Weighing(
                **place,
                gross_kg=weighed.gross_kg,
                tare_kg=weighed.tare_kg,
                scale_code=weighed.scale_code,
                ticket=weighed.ticket,
                scale_ticket_id=weighed.scale_ticket_id,
            )
        )
    if weighed.moisture_fraction is not None:
        session.add(
            MoistureTest(
                **place,
                moisture_fraction=weighed.moisture_fraction,
                u_moisture_fraction=weighed.u_moisture_fraction,
                method=weighed.moisture_method,
            )
        )


def close_leg(session: Session, outcome: Custody, at: datetime) -> None:
    """The leg that is handed over ends then."""
    where = (Leg.manifest_id == outcome.id) & (Leg.seq == outcome.leg_seq)
    session.execute(
        update(Leg).where(where).values(handover_at=at).execution_options(synchronize_session=False)
    )


def add_arrival(session: Session, outcome: Custody) -> None:
    """What the gate wrote down."""
    arrival = outcome.arrival or Weighed(at=outcome.last_event_at)
    session.add(
        GateArrival(
            manifest_id=outcome.id,
            facility_id=outcome.received_at_id or outcome.destination_id,
            at=outcome.last_event_at,
            gross_kg=arrival.gross_kg,
            scale_code=arrival.scale_code,
            ticket=arrival.ticket,
            scale_ticket_id=arrival.scale_ticket_id,
        )
    )


def add_receipt(session: Session, step: Step, outcome: Custody) -> None:
    session.add(
        Receipt(
            manifest_id=outcome.id,
            decision=outcome.decision,
            accepted_kg=outcome.accepted_kg,
            refused_kg=outcome.refused_kg,
            reason=step.given.reason,
            at=step.given.at,
        )
    )


def add_disposal(session: Session, step: Step, outcome: Custody) -> None:
    mass_kg = step.given.mass_kg if step.given.mass_kg is not None else outcome.accepted_kg
    session.add(Disposal(manifest_id=outcome.id, method=step.given.method, mass_kg=mass_kg, at=step.given.at))


def add_stock(session: Session, step: Step, outcome: Custody, user_id: int | None, now: datetime) -> None:
    """Entries of the pile's ledger: what came and went with this step."""
    site_id = outcome.received_at_id or outcome.destination_id
    pile = step.given.pile or MAIN_PILE
    moves: list[tuple[StockMove, int, str, int, float | None, float | None]] = []
    fraction = dry_fraction(outcome)
    if step.act is Act.STORE and outcome.current is not None:
        wet = wet_kg(outcome)
        moves.append((StockMove.STORED, outcome.current.to_id, pile, outcome.id, wet, share(wet, fraction)))
    elif step.act is Act.RELOAD and outcome.current is not None:
        left = left_kg(step.custody)
        dry = None if left is None else share_dry_kg(step.custody, left)
        stored = step.custody.store_pile or pile
        moves.append((StockMove.LOADED, outcome.current.to_id, stored, outcome.id, minus(left), minus(dry)))
    elif step.act is Act.LOAD:
        moves += from_piles(step)
    elif step.act in DECISIONS and outcome.accepted_kg:
        wet = outcome.accepted_kg
        moves.append((StockMove.ACCEPTED, site_id, pile, outcome.id, wet, share(wet, fraction)))
    elif step.act is Act.DISPOSE:
        wet = step.given.mass_kg if step.given.mass_kg is not None else outcome.accepted_kg
        dry = share(wet, fraction)
        moves.append((StockMove.DISPOSED, site_id, pile, outcome.id, minus(wet), minus(dry)))
    for move, facility_id, name, manifest_id, wet, dry in moves:
        if wet:
            session.add(
                StockEntry(
                    facility_id=facility_id,
                    pile=name,
                    move=move,
                    manifest_id=manifest_id,
                    wet_kg=wet,
                    dry_kg=dry,
                    at=step.given.at,
                    entered_at=now,
                    user_id=user_id,
                )
            )


def from_piles(step: Step) -> list[tuple[StockMove, int, str, int, float | None, float | None]]:
    """A child takes its parts out of the piles in which its parents lie."""
    moves: list[tuple[StockMove, int, str, int, float | None, float | None]] = []
    for part in step.custody.parts_in:
        parent = step.ground.parents.get(part.manifest_id)
        if parent is not None and parent.store_pile is not None and parent.current is not None:
            place_id, pile = parent.current.to_id, parent.store_pile
            moves.append((StockMove.LOADED, place_id, pile, parent.id, -part.wet_kg, minus(part.dry_kg)))
    return moves


def share(wet: float | None, fraction: float | None) -> float | None:
    return None if wet is None or fraction is None else wet * fraction


def minus(value: float | None) -> float | None:
    return None if value is None else -value
