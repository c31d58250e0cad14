"""How much of a load is where? Dry mass is the currency (DOMAIN.md section 6).

Wet kg, dry kg = wet x (1 - moisture). A load's dry fraction is the one measured last.
"""

from models.vocabulary import CustodyState, ReceiptDecision, WeighingRole
from tracking.rules.custody.facts import Custody, Weighed

ROUNDING_KG = 0.5  # quantities are typed in whole kilograms or hundredths of a tonne

IN_ORDER = (WeighingRole.LOADED, WeighingRole.TAKEN, WeighingRole.HANDOVER, WeighingRole.RECEIVED)
"""Of weighings of one leg: the next leg is loaded or taken over at its beginning, handed over at its end."""

LIVE_CHILD = frozenset(CustodyState) - {CustodyState.CANCELLED, CustodyState.EXPIRED}


def last_weighed(custody: Custody) -> Weighed | None:
    """The weighing with both masses that is furthest on the way, whatever its ticket's clock says."""
    whole = [key for key, each in custody.weighed.items() if each.net_kg is not None]
    return custody.weighed[max(whole, key=on_the_way)] if whole else None


def on_the_way(key: tuple[WeighingRole, int]) -> tuple[bool, int, int]:
    """The order in which a load is weighed: loaded, given and taken leg by leg, received."""
    role, leg_seq = key
    return role is WeighingRole.RECEIVED, leg_seq, IN_ORDER.index(role)


def dry_fraction(custody: Custody) -> float | None:
    """The dry fraction measured last; else that of what it came from, by mass."""
    tests = {
        key: each.moisture_fraction
        for key, each in custody.weighed.items()
        if each.moisture_fraction is not None
    }
    if tests:
        return 1.0 - tests[max(tests, key=on_the_way)]
    wet_kg = sum(part.wet_kg for part in custody.parts_in)
    dry_kg = [part.dry_kg for part in custody.parts_in]
    if not wet_kg or any(each is None for each in dry_kg):
        return None
    return sum(each for each in dry_kg if each is not None) / wet_kg


def wet_kg(custody: Custody) -> float | None:
    """The load's wet mass as weighed last; else what its parents gave; else what was planned."""
    weighed = last_weighed(custody)
    if weighed is not None:
        return weighed.net_kg
    if custody.parts_in:
        return sum(part.wet_kg for part in custody.parts_in)
    return custody.planned_kg


def resting_place(custody: Custody) -> int | None:
    """Row id of the facility from which the load would travel on under a child; None: it would not.

    Of a breakdown it is where the leg began: the place on the road is told by coordinates.
    """
    leg = custody.current
    if custody.state in (CustodyState.AT_TRANSFER, CustodyState.IN_STORE):
        return None if leg is None else leg.to_id
    if custody.state is CustodyState.ABORTED:
        return None if leg is None else leg.from_id
    if custody.decision in (ReceiptDecision.REJECTED, ReceiptDecision.PART_ACCEPTED):
        return custody.received_at_id or custody.destination_id
    return None


def to_pass_on_kg(custody: Custody) -> float | None:
    """How much of the load may travel on under children in this state, before any does; None: unknown."""
    if custody.state in (CustodyState.ABORTED, CustodyState.AT_TRANSFER):
        return wet_kg(custody)
    if custody.state is CustodyState.IN_STORE:
        return custody.stored_kg
    if custody.state is CustodyState.REGROUPED:
        return sum(part.wet_kg for part in custody.parts_out)
    if custody.decision is ReceiptDecision.REJECTED:
        return custody.refused_kg if custody.refused_kg else wet_kg(custody)
    if custody.decision is ReceiptDecision.PART_ACCEPTED:
        return custody.refused_kg
    return 0.0


def left_kg(custody: Custody) -> float | None:
    """How much of it no child carries yet; None: unknown."""
    whole = to_pass_on_kg(custody)
    return None if whole is None else whole - sum(part.wet_kg for part in custody.parts_out)


def share_dry_kg(custody: Custody, part_kg: float) -> float | None:
    """The dry mass in a part of the load.

    The last part takes what the others left, so that the parts sum to the whole exactly.
    """
    fraction, whole = dry_to_pass_on(custody), to_pass_on_kg(custody)
    if fraction is None:
        return None
    before = [part.dry_kg for part in custody.parts_out]
    left = left_kg(custody)
    if whole is not None and left is not None and abs(left - part_kg) <= ROUNDING_KG and None not in before:
        return max(whole * fraction - sum(each for each in before if each is not None), 0.0)
    return part_kg * fraction


def dry_to_pass_on(custody: Custody) -> float | None:
    """The dry fraction of what may travel on: of a load in store as its pile's books say."""
    in_store = custody.state is CustodyState.IN_STORE and custody.stored_kg > 0
    if in_store and custody.stored_dry_kg is not None:
        return custody.stored_dry_kg / custody.stored_kg
    return dry_fraction(custody)


def received_net_kg(custody: Custody) -> float | None:
    """What the receiver's scale said."""
    weighed = custody.weighed.get((WeighingRole.RECEIVED, 0))
    return None if weighed is None else weighed.net_kg
