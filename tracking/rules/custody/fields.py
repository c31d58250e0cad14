"""Which field of a signed manifest may be corrected, from when is it sealed, and whom does it touch?

Fields are named by their path in the signed content (content.py): `planned_kg`, `legs[0].vehicle`,
`weighings.loaded.gross_kg`, `weighings.handover:1.ticket`. A field without a shape is never corrected:
what it names is not a slip of the pen but another manifest, another act, or a moment that was signed.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from models.custody_words import Act, Capacity
from models.vocabulary import WeighingRole
from tracking.rules.custody.content import Content
from tracking.rules.custody.facts import Custody, Ground
from tracking.rules.custody.parties import organisation_for


class Shape(StrEnum):
    """What a new value must be."""

    MASS = "mass"  # kg, above zero
    SHARE = "share"  # kg, zero or more
    PLANNED = "planned"  # kg above zero, or blank
    MOISTURE = "moisture"  # mass fraction
    UNCERTAINTY = "uncertainty"  # of a mass fraction, or blank
    TEXT = "text"  # or blank
    SLUDGE_KIND = "sludge_kind"
    METHOD = "method"  # of a moisture test, or blank
    VEHICLE = "vehicle"  # a registered one of the carrier
    ROUTE = "route"  # or blank


@dataclass(frozen=True, slots=True)
class FieldRule:
    """Sealed by the first signature under `sealed_by`; `touches` must all agree to another value."""

    sealed_by: Act
    touches: tuple[Capacity, ...] = ()
    shape: Shape | None = None


@dataclass(frozen=True, slots=True)
class Aim:
    """A field by its path: its rule, and which leg or weighing it is of."""

    path: str
    rule: FieldRule
    name: str  # its last part
    leg: int | None = None  # index into the legs
    weighing: tuple[WeighingRole, int] | None = None


ORIGIN, CARRIER, STORE, RECEIVER = Capacity.ORIGIN, Capacity.CARRIER, Capacity.STORE, Capacity.RECEIVER
EVERY_SIDE = (ORIGIN, CARRIER, STORE, RECEIVER)

HEAD: dict[str, FieldRule] = {
    "number": FieldRule(Act.DRAW_UP),
    "version": FieldRule(Act.DRAW_UP),
    "kind": FieldRule(Act.ISSUE),
    "source": FieldRule(Act.ISSUE),
    "issued_at": FieldRule(Act.ISSUE),
    "origin": FieldRule(Act.ISSUE),
    "destination": FieldRule(Act.ISSUE),
    "received_at": FieldRule(Act.ARRIVE),
    "issuer": FieldRule(Act.ISSUE),
    "sludge_kind": FieldRule(Act.ISSUE, (ORIGIN, RECEIVER), Shape.SLUDGE_KIND),
    "planned_kg": FieldRule(Act.ISSUE, (ORIGIN, RECEIVER), Shape.PLANNED),
    "plan": FieldRule(Act.ISSUE, (ORIGIN, RECEIVER), Shape.TEXT),
    "diversion": FieldRule(Act.ARRIVE),
    "approval": FieldRule(Act.ISSUE, (ORIGIN, RECEIVER), Shape.TEXT),
    "place": FieldRule(Act.ISSUE),
    "decision": FieldRule(Act.ACCEPT),
    "accepted_kg": FieldRule(Act.ACCEPT, (ORIGIN, CARRIER, RECEIVER), Shape.SHARE),
    "refused_kg": FieldRule(Act.ACCEPT, (ORIGIN, CARRIER, RECEIVER), Shape.SHARE),
    "parents": FieldRule(Act.ISSUE),
    "arrival": FieldRule(Act.ARRIVE),
}
OF_A_LEG: dict[str, FieldRule] = {
    "seq": FieldRule(Act.ISSUE),
    "mode": FieldRule(Act.ISSUE),
    "carrier": FieldRule(Act.ISSUE),
    "from": FieldRule(Act.ISSUE),
    "to": FieldRule(Act.ISSUE),
    "vehicle": FieldRule(Act.ISSUE, (ORIGIN, CARRIER), Shape.VEHICLE),
    "route": FieldRule(Act.ISSUE, (ORIGIN, CARRIER), Shape.ROUTE),
    "driver": FieldRule(Act.ISSUE, (ORIGIN, CARRIER), Shape.TEXT),
    "voyage": FieldRule(Act.ISSUE, (ORIGIN, CARRIER), Shape.TEXT),
}
OF_A_WEIGHING: dict[str, FieldRule] = {
    "at": FieldRule(Act.LOAD),
    "gross_kg": FieldRule(Act.LOAD, EVERY_SIDE, Shape.MASS),
    "tare_kg": FieldRule(Act.LOAD, EVERY_SIDE, Shape.MASS),
    "scale": FieldRule(Act.LOAD, EVERY_SIDE, Shape.TEXT),
    "ticket": FieldRule(Act.LOAD, EVERY_SIDE, Shape.TEXT),
    "moisture": FieldRule(Act.LOAD, EVERY_SIDE, Shape.MOISTURE),
    "u_moisture": FieldRule(Act.LOAD, EVERY_SIDE, Shape.UNCERTAINTY),
    "moisture_method": FieldRule(Act.LOAD, EVERY_SIDE, Shape.METHOD),
}
ON_THE_TICKET = frozenset({"gross_kg", "tare_kg", "scale", "ticket"})
"""Of a weighing that rests on a raw ticket these are the ticket's: void it and add another."""
QUANTITIES = frozenset({"gross_kg", "tare_kg", "moisture", "accepted_kg", "refused_kg"})

LEG = re.compile(r"legs\[([0-9]{1,3})\]\.(\w+)")
WEIGHING = re.compile(r"weighings\.([a-z]+)(?::([0-9]{1,3}))?\.(\w+)")


def aim_of(path: str) -> Aim | None:
    """The field of this path, or None where the content can have none such."""
    leg = LEG.fullmatch(path)
    if leg is not None:
        rule = OF_A_LEG.get(leg[2])
        return None if rule is None else Aim(path, rule, leg[2], leg=int(leg[1]))
    weighing = WEIGHING.fullmatch(path)
    if weighing is not None and weighing[1] in set(WeighingRole):
        rule = OF_A_WEIGHING.get(weighing[3])
        key = (WeighingRole(weighing[1]), int(weighing[2] or 0))
        return None if rule is None else Aim(path, rule, weighing[3], weighing=key)
    found = HEAD.get(path)
    return None if found is None else Aim(path, found, path)


def value_in(content: Content, path: str) -> object:
    """The value of a path in a content; None where it has none."""
    leg, weighing = LEG.fullmatch(path), WEIGHING.fullmatch(path)
    if leg is not None:
        legs = content.get("legs", [])
        index = int(leg[1])
        return legs[index].get(leg[2]) if index < len(legs) else None
    if weighing is not None:
        name = path.split(".")[1]
        weighed: Content = content.get("weighings", {}).get(name, {})
        return weighed.get(weighing[3])
    return content.get(path)


def touched_by(aim: Aim, custody: Custody, ground: Ground) -> dict[int, Capacity]:
    """Organisations whose signed block or balance the field is in, each with the side on which it stands."""
    found: dict[int, Capacity] = {}
    for capacity in aim.rule.touches:
        for organisation_id in behind(capacity, aim, custody, ground):
            if organisation_id is not None:
                found.setdefault(organisation_id, capacity)
    return found


def behind(capacity: Capacity, aim: Aim, custody: Custody, ground: Ground) -> list[int | None]:
    """Who stands behind a capacity for this field."""
    if capacity is CARRIER:
        return [leg.carrier_id for leg in custody.legs if leg.seq in carrying(aim, custody)]
    if capacity is STORE:
        place_id = store_of(aim, custody)
        return [] if place_id is None else [ground.places[place_id].organisation_id]
    return [organisation_for(Act.ISSUE, capacity, custody, ground)]


def carrying(aim: Aim, custody: Custody) -> set[int]:
    """Numbers of the legs whose carriers signed a block with this field."""
    last = max((leg.seq for leg in custody.legs), default=0)
    if aim.leg is not None:
        return {custody.legs[aim.leg].seq} if aim.leg < len(custody.legs) else set()
    if aim.weighing is None or aim.weighing[0] is WeighingRole.RECEIVED:
        return {last}
    role, seq = aim.weighing
    if role is WeighingRole.LOADED:
        return {seq or 1}
    if role is WeighingRole.HANDOVER:
        return {seq, seq + 1}
    return {seq - 1, seq} if seq else {custody.leg_seq}


def store_of(aim: Aim, custody: Custody) -> int | None:
    """The store that weighed: as it took the load in, or as it loaded it again."""
    role, seq = aim.weighing or (None, 0)
    if role is WeighingRole.TAKEN and seq == 0:
        leg = custody.current
        return None if leg is None else leg.to_id
    if role is WeighingRole.LOADED and seq > 0:
        begun = custody.leg(seq)
        return None if begun is None else begun.from_id
    return None
