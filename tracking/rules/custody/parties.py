"""For whom may somebody sign a step? The organisation behind a capacity, and the roles that act for it."""

from models.custody_words import Act, Capacity
from models.vocabulary import CustodyState, Role
from tracking.rules.custody.facts import Custody, Ground

ROLES: dict[Capacity, frozenset[Role]] = {
    Capacity.ORIGIN: frozenset(
        {Role.PLANT, Role.SITE, Role.HAULER}
    ),  # a carrier issues the child of an abort
    Capacity.CARRIER: frozenset({Role.HAULER, Role.DRIVER}),
    Capacity.STORE: frozenset({Role.SITE, Role.PLANT}),
    Capacity.RECEIVER: frozenset({Role.SITE, Role.PLANT}),  # a plant takes back what was refused
}
"""Which logins of the organisation may sign: an account that only watches signs for nobody."""


def organisation_for(
    act: Act, capacity: Capacity, custody: Custody, ground: Ground, gate_id: int | None = None
) -> int | None:
    """The organisation whose signature it is, or None where the manifest names none.

    gate_id: the facility at whose gate a load comes in, where it is another than the named receiver.
    """
    if capacity is Capacity.ORIGIN:
        return custody.issuer_id or ground.places[custody.origin_id].organisation_id
    if capacity is Capacity.RECEIVER:
        place_id = gate_id or custody.received_at_id or custody.destination_id
        return ground.places[place_id].organisation_id
    if capacity is Capacity.STORE:
        leg = custody.current
        return None if leg is None else ground.places[leg.to_id].organisation_id
    if capacity is Capacity.CARRIER:
        begins = act in (Act.DEPART, Act.TAKE_OVER, Act.CANCEL_LOADED)
        leg = custody.following if begins else custody.current
        return None if leg is None else leg.carrier_id
    return None


def who_may_pass_on(parent: Custody, ground: Ground) -> frozenset[int]:
    """Which organisations may issue a child of this load: those who have it and those who answer for it.

    What stands at a node: its operator and the carrier that brought it. What broke down: its carrier and
    who issued it. What was refused: the receiver, the carrier at the gate and who issued it.
    """
    leg = parent.current
    carrier_id = None if leg is None else leg.carrier_id
    at_node = parent.state in (CustodyState.AT_TRANSFER, CustodyState.IN_STORE)
    if at_node:
        place = None if leg is None else ground.places.get(leg.to_id)
    elif parent.state is CustodyState.ABORTED:
        place = None
    else:
        place = ground.places.get(parent.received_at_id or parent.destination_id)
    origin = ground.places.get(parent.origin_id)
    named = {
        None if parent.state is CustodyState.IN_STORE else carrier_id,
        None if place is None else place.organisation_id,
        None if at_node else parent.issuer_id or (None if origin is None else origin.organisation_id),
    }
    return frozenset(each for each in named if each is not None)
