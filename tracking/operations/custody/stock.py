"""What does a step put on a pile, and what does it take away? Entries of the pile's ledger.

The ledger is insert-only and its sum is the stock: what is undone is entered the other way round.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.custody_words import Act, StockMove
from models.lineage import StockEntry
from models.vocabulary import CustodyState
from tracking.operations.add_row import add_row
from tracking.rules.custody.facts import Custody, Step
from tracking.rules.custody.outcome import DECISIONS
from tracking.rules.custody.quantities import dry_fraction, left_kg, share_dry_kg, wet_kg

MAIN_PILE = "main"  # of a site: it accepts into one stock unless it names another


@dataclass(frozen=True, slots=True)
class Entry:
    """What one move does to a pile: kg, + into it."""

    move: StockMove
    facility_id: int
    pile: str
    manifest_id: int
    wet_kg: float
    dry_kg: float | None


def add_stock(session: Session, step: Step, outcome: Custody, user_id: int | None, now: datetime) -> None:
    """Enter what comes and goes with this step."""
    for entry in entries_of(step, outcome):
        if entry.wet_kg:
            add_row(
                session,
                StockEntry,
                facility_id=entry.facility_id,
                pile=entry.pile,
                move=entry.move,
                manifest_id=entry.manifest_id,
                wet_kg=entry.wet_kg,
                dry_kg=entry.dry_kg,
                at=step.given.at,
                entered_at=now,
                user_id=user_id,
            )


def entries_of(step: Step, outcome: Custody) -> list[Entry]:
    """The entries of a step, blank ones among them."""
    act = step.act
    if act is Act.STORE:
        return stored(step, outcome)
    if act is Act.RELOAD:
        return reloaded(step)
    if act is Act.LOAD:
        return from_piles(step, sign=-1.0)
    if act is Act.CANCEL_LOADED:
        return from_piles(step, sign=1.0)
    if act in DECISIONS or act is Act.DISPOSE:
        return at_the_site(step, outcome)
    return []


def stored(step: Step, outcome: Custody) -> list[Entry]:
    """A load is put down in a licensed store, as weighed last."""
    leg = outcome.current
    if leg is None:
        return []
    wet = wet_kg(outcome) or 0.0
    pile = (step.given.pile or MAIN_PILE).strip()
    return [Entry(StockMove.STORED, leg.to_id, pile, outcome.id, wet, share(wet, dry_fraction(outcome)))]


def reloaded(step: Step) -> list[Entry]:
    """All that is left of it leaves the pile."""
    leg, left = step.custody.current, left_kg(step.custody) or 0.0
    if leg is None:
        return []
    pile = step.custody.store_pile or MAIN_PILE
    dry = share_dry_kg(step.custody, left)
    return [Entry(StockMove.LOADED, leg.to_id, pile, step.custody.id, -left, minus(dry))]


def from_piles(step: Step, sign: float) -> list[Entry]:
    """A child takes its parts out of the piles in which its parents lie (-1), or brings them back (+1)."""
    entries = []
    for part in step.custody.parts_in:
        parent = step.ground.parents.get(part.manifest_id)
        if parent is None or parent.state is not CustodyState.IN_STORE or parent.current is None:
            continue
        dry = None if part.dry_kg is None else sign * part.dry_kg
        pile = parent.store_pile or MAIN_PILE
        entries.append(
            Entry(StockMove.LOADED, parent.current.to_id, pile, parent.id, sign * part.wet_kg, dry)
        )
    return entries


def at_the_site(step: Step, outcome: Custody) -> list[Entry]:
    """What the receiver accepted goes on its pile; what it disposed of leaves it."""
    site_id = outcome.received_at_id or outcome.destination_id
    fraction, accepted_kg = dry_fraction(outcome), outcome.accepted_kg or 0.0
    if step.act in DECISIONS:
        pile = (step.given.pile or MAIN_PILE).strip()
        dry = share(accepted_kg, fraction)
        return [Entry(StockMove.ACCEPTED, site_id, pile, outcome.id, accepted_kg, dry)]
    wet = step.given.mass_kg if step.given.mass_kg is not None else accepted_kg
    pile = (step.given.pile or step.custody.store_pile or MAIN_PILE).strip()
    return [Entry(StockMove.DISPOSED, site_id, pile, outcome.id, -wet, minus(share(wet, fraction)))]


def share(wet: float, fraction: float | None) -> float | None:
    return None if fraction is None else wet * fraction


def minus(value: float | None) -> float | None:
    return None if value is None else -value
