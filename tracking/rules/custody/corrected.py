"""How does a manifest look with another value in one field, and what stands against that value?

What depends on the field follows it: of another net mass the receiver's split is made anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

from models.custody_words import MoistureMethod
from models.vocabulary import CustodyState, Mode, ReceiptDecision, SludgeKind, WeighingRole
from tracking.rules.custody.facts import Blocked, Custody, Stretch
from tracking.rules.custody.fields import ON_THE_TICKET, QUANTITIES, Aim, Shape
from tracking.rules.custody.guards import blocked

LONGEST = 64
NAMES = {
    "scale": "scale_code",
    "moisture": "moisture_fraction",
    "u_moisture": "u_moisture_fraction",
}
"""Attributes of a weighing that the content calls by another name."""
DEAD = frozenset({CustodyState.CANCELLED, CustodyState.EXPIRED})
RECEIVED = (WeighingRole.RECEIVED, 0)
BLANKS = frozenset({Shape.PLANNED, Shape.UNCERTAINTY, Shape.TEXT, Shape.METHOD, Shape.ROUTE})
"""Shapes that may be blank."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a code in a new value names; blanks where it names nothing."""

    vehicle_id: int | None = None
    vehicle_mode: Mode | None = None
    vehicle_owner_id: int | None = None
    route_id: int | None = None
    driver_id: int | None = None
    driver: str | None = None


def not_correctable(aim: Aim, custody: Custody) -> Iterator[Blocked]:
    """Why the field cannot be corrected at all now, whatever the value."""
    if aim.rule.shape is None:
        yield blocked("field", "never_correctable", given=aim.path)
    elif custody.state is CustodyState.DRAFT:
        yield blocked("", "draft_is_edited", manifest=custody.number)
    elif custody.state in DEAD:
        yield blocked("", "no_longer_live", manifest=custody.number)
    elif not is_there(aim, custody):
        yield blocked("field", "field_not_there", given=aim.path)
    elif from_a_ticket(aim, custody):
        yield blocked("field", "from_a_ticket", given=aim.path)
    elif aim.name in QUANTITIES and is_used(aim, custody):
        yield blocked("field", "quantity_used", manifest=custody.number)


def is_there(aim: Aim, custody: Custody) -> bool:
    """Has the manifest got so far that there is such a field?"""
    if aim.leg is not None:
        return aim.leg < len(custody.legs)
    if aim.weighing is not None:
        weighed = custody.weighed.get(aim.weighing)
        if weighed is None:
            return False
        tested = aim.name in ("moisture", "u_moisture", "moisture_method")
        return (weighed.moisture_fraction if tested else weighed.gross_kg) is not None
    if aim.name in ("accepted_kg", "refused_kg"):
        return custody.decision is ReceiptDecision.PART_ACCEPTED and RECEIVED in custody.weighed
    return True


def from_a_ticket(aim: Aim, custody: Custody) -> bool:
    weighed = None if aim.weighing is None else custody.weighed.get(aim.weighing)
    return weighed is not None and weighed.scale_ticket_id is not None and aim.name in ON_THE_TICKET


def is_used(aim: Aim, custody: Custody) -> bool:
    """Do later quantities rest on it: children that carry it on, or a disposal?"""
    received = aim.weighing is None or aim.weighing[0] is WeighingRole.RECEIVED
    gone = custody.state in (CustodyState.DISPOSED, CustodyState.CLOSED)
    return bool(custody.parts_out) or (received and gone)


def not_a_value(aim: Aim, new: object) -> Iterator[Blocked]:
    """Why the new value has not the shape of its field."""
    shape = aim.rule.shape
    if shape is None or (new is None and shape in BLANKS):
        return
    number = float(new) if isinstance(new, int | float) and not isinstance(new, bool) else None
    if number is not None and not isfinite(number):
        number = None
    fits = {
        Shape.MASS: number is not None and number > 0,
        Shape.SHARE: number is not None and number >= 0,
        Shape.PLANNED: number is not None and number > 0,
        Shape.MOISTURE: number is not None and 0 <= number < 1,
        Shape.UNCERTAINTY: number is not None and 0 < number < 1,
        Shape.SLUDGE_KIND: isinstance(new, str) and new in set(SludgeKind),
        Shape.METHOD: isinstance(new, str) and new in set(MoistureMethod),
    }
    plain = isinstance(new, str) and 0 < len(new.strip()) <= LONGEST
    if not fits.get(shape, plain):
        yield blocked("new", "value_does_not_fit", given=aim.path)


def does_not_go(aim: Aim, custody: Custody, after: Custody, new: object, named: Named) -> Iterator[Blocked]:
    """Why a value of the right shape does not go with the rest of the manifest."""
    if aim.leg is not None:
        yield from does_not_go_on_leg(aim, custody.legs[aim.leg], new, named)
    if aim.weighing is not None:
        weighed = after.weighed[aim.weighing]
        if weighed.net_kg is not None and weighed.net_kg <= 0:
            yield blocked("new", "gross_not_above_tare", gross_kg=weighed.gross_kg, tare_kg=weighed.tare_kg)
    if after.decision is ReceiptDecision.PART_ACCEPTED and not (
        (after.accepted_kg is None or after.accepted_kg > 0)
        and (after.refused_kg is None or after.refused_kg > 0)
    ):
        yield blocked("new", "part_is_not_all")


def does_not_go_on_leg(aim: Aim, leg: Stretch, new: object, named: Named) -> Iterator[Blocked]:
    """Vehicles of the carrier and of the leg's mode, routes that exist."""
    if aim.rule.shape is Shape.ROUTE and new is not None and named.route_id is None:
        yield blocked("new", "no_such_route", given=str(new))
    if aim.rule.shape is not Shape.VEHICLE:
        return
    if named.vehicle_id is None:
        yield blocked("new", "vehicle_not_registered", vehicle=str(new))
    elif named.vehicle_mode is not leg.mode:
        yield blocked("new", "vehicle_of_other_mode", vehicle=str(new), mode=leg.mode.value)
    elif named.vehicle_owner_id != leg.carrier_id:
        yield blocked("new", "vehicle_of_other_carrier", vehicle=str(new))


def with_value(aim: Aim, custody: Custody, new: object, named: Named) -> Custody:
    """The manifest with the new value; it must have the field's shape."""
    value: Any = new.strip() if isinstance(new, str) else new
    if aim.leg is not None:
        legs = list(custody.legs)
        legs[aim.leg] = with_leg_value(aim, legs[aim.leg], value, named)
        return replace(custody, legs=tuple(legs))
    if aim.weighing is not None:
        old = custody.weighed[aim.weighing]
        if aim.rule.shape is Shape.METHOD and value is not None:
            value = MoistureMethod(str(value))
        part: dict[str, Any] = {NAMES.get(aim.name, aim.name): value}
        weighed = replace(old, **part)
        changed = replace(custody, weighed={**custody.weighed, aim.weighing: weighed})
        return split_anew(changed) if aim.weighing == RECEIVED else changed
    if aim.rule.shape is Shape.SLUDGE_KIND:
        value = SludgeKind(str(value))
    whole: dict[str, Any] = {aim.name: value}
    changed = replace(custody, **whole)
    return split_anew(changed, keep=aim.name)


def with_leg_value(aim: Aim, leg: Stretch, value: object, named: Named) -> Stretch:
    """The leg with the new value and what it names."""
    if aim.rule.shape is Shape.VEHICLE:
        return replace(leg, vehicle_code=str(value), vehicle_id=named.vehicle_id)
    if aim.rule.shape is Shape.ROUTE:
        return replace(leg, route_id=named.route_id)
    text = None if value is None else str(value)
    if aim.name == "driver":
        return replace(leg, driver=named.driver or text, driver_id=named.driver_id)
    return replace(leg, voyage=text)


def split_anew(custody: Custody, keep: str = "refused_kg") -> Custody:
    """Accepted and refused as they sum to the net mass; of a part acceptance `keep` stays what it is."""
    weighed = custody.weighed.get(RECEIVED)
    net_kg = None if weighed is None else weighed.net_kg
    if custody.decision is None or net_kg is None:
        return custody
    if custody.decision is ReceiptDecision.ACCEPTED:
        return replace(custody, accepted_kg=net_kg, refused_kg=0.0)
    if custody.decision is ReceiptDecision.REJECTED:
        return replace(custody, accepted_kg=0.0, refused_kg=net_kg)
    if keep == "accepted_kg":
        return replace(custody, refused_kg=net_kg - (custody.accepted_kg or 0.0))
    return replace(custody, accepted_kg=net_kg - (custody.refused_kg or 0.0))
