"""For whom may somebody sign a step? The organisation behind a capacity, and the roles that act for it."""

from models.custody_words import Act, Capacity
from models.vocabulary import Role
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
