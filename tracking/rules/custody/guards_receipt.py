"""What keeps a receiver from deciding, disposing, or the machine from closing?"""

from collections.abc import Iterator

from models.custody_words import Act
from models.vocabulary import CustodyState, FacilityKind, ManifestKind
from tracking.rules.custody.facts import Blocked, Step, Weighed
from tracking.rules.custody.guards import blocked
from tracking.rules.custody.quantities import ROUNDING_KG, left_kg

GIVES = frozenset({FacilityKind.PLANT, FacilityKind.WORKS})
OVER = frozenset({CustodyState.CLOSED, CustodyState.CANCELLED, CustodyState.EXPIRED})


def weighed_in(step: Step) -> Weighed | None:
    """Gross from the gate and tare from now, or both from now; None where they do not make a weighing."""
    given, arrival = step.given.weighed, step.custody.arrival
    gross_kg = given.gross_kg if given is not None and given.gross_kg is not None else None
    if gross_kg is None and arrival is not None:
        gross_kg = arrival.gross_kg
    tare_kg = None if given is None else given.tare_kg
    if gross_kg is None or tare_kg is None:
        return None
    source = given if given is not None and given.gross_kg is not None else (arrival or given)
    return Weighed(
        at=step.given.at,
        gross_kg=gross_kg,
        tare_kg=tare_kg,
        scale_code=(given and given.scale_code) or (source and source.scale_code) or None,
        ticket=(given and given.ticket) or (source and source.ticket) or None,
        scale_ticket_id=(given and given.scale_ticket_id) or (source and source.scale_ticket_id) or None,
        moisture_fraction=None if given is None else given.moisture_fraction,
        u_moisture_fraction=None if given is None else given.u_moisture_fraction,
        moisture_method=None if given is None else given.moisture_method,
    )


def weighed_to_accept(step: Step) -> Iterator[Blocked]:
    """What is accepted was weighed; a load that is wholly refused may leave unweighed."""
    weighed = weighed_in(step)
    if weighed is None and step.act is not Act.REJECT:
        given = step.given.weighed
        yield blocked(
            "weighing.tare_kg" if given is None or given.tare_kg is None else "weighing.gross_kg",
            "weighing_missing",
        )
    elif weighed is not None and weighed.net_kg is not None and weighed.net_kg <= 0:
        yield blocked(
            "weighing.tare_kg", "gross_not_above_tare", gross_kg=weighed.gross_kg, tare_kg=weighed.tare_kg
        )


def masses_sum(step: Step) -> Iterator[Blocked]:
    """accepted + refused = received, and they fit the decision."""
    weighed = weighed_in(step)
    if weighed is None or weighed.net_kg is None:
        return
    accepted_kg, refused_kg = split_of(step, weighed.net_kg)
    for field, value in (("accepted_kg", accepted_kg), ("refused_kg", refused_kg)):
        if value < 0:
            yield blocked(field, "mass_negative", given_kg=value)
    if abs(accepted_kg + refused_kg - weighed.net_kg) > ROUNDING_KG:
        yield blocked(
            "refused_kg",
            "masses_do_not_sum",
            accepted_kg=accepted_kg,
            refused_kg=refused_kg,
            net_kg=round(weighed.net_kg, 1),
        )
    if step.act is Act.PART_ACCEPT and not (accepted_kg > 0 and refused_kg > 0):
        yield blocked("refused_kg", "part_is_not_all")
    if step.act is Act.ACCEPT and refused_kg > ROUNDING_KG:
        yield blocked("refused_kg", "accepted_whole_refuses_nothing")
    if step.act is Act.REJECT and accepted_kg > ROUNDING_KG:
        yield blocked("accepted_kg", "rejected_whole_accepts_nothing")


def split_of(step: Step, net_kg: float) -> tuple[float, float]:
    """(accepted, refused) in kg: as given, and where one is blank the rest of the net."""
    accepted_kg, refused_kg = step.given.accepted_kg, step.given.refused_kg
    if step.act is Act.ACCEPT:
        accepted_kg = net_kg if accepted_kg is None else accepted_kg
        refused_kg = 0.0 if refused_kg is None else refused_kg
    elif step.act is Act.REJECT:
        accepted_kg = 0.0 if accepted_kg is None else accepted_kg
        refused_kg = net_kg if refused_kg is None else refused_kg
    if accepted_kg is None:
        accepted_kg = net_kg - (refused_kg or 0.0)
    if refused_kg is None:
        refused_kg = net_kg - accepted_kg
    return accepted_kg, refused_kg


def method_permitted(step: Step) -> Iterator[Blocked]:
    """The site disposes of sludge in a way that its permit names."""
    method = step.given.method
    if method is None:
        yield blocked("method", "method_missing")
        return
    place = step.ground.places[step.custody.received_at_id or step.custody.destination_id]
    held = [permit for permit in place.permits if permit.holds_on(step.day)]
    if place.permits and not any(each.methods is None or method.value in each.methods for each in held):
        yield blocked("method", "method_not_permitted", facility=place.code, method=method.value)


def by_a_site(step: Step) -> Iterator[Blocked]:
    """A plant or works that takes its sludge back has it in its stock again and disposes of nothing."""
    place = step.ground.places[step.custody.received_at_id or step.custody.destination_id]
    if place.kind in GIVES:
        yield blocked("", "taken_back_not_disposed", facility=place.code)


def taken_back(step: Step) -> Iterator[Blocked]:
    """Without a disposal only a return ends that plant or works took back: its sludge is in stock there."""
    place = step.ground.places[step.custody.received_at_id or step.custody.destination_id]
    if step.custody.kind is not ManifestKind.RETURN or place.kind not in GIVES:
        yield blocked("", "not_disposed", manifest=step.custody.number)


def whole_of_accepted(step: Step) -> Iterator[Blocked]:
    """One manifest, one final disposal: of all that was accepted, or nothing of it would ever end."""
    mass_kg, accepted_kg = step.given.mass_kg, step.custody.accepted_kg
    if mass_kg is not None and mass_kg <= 0:
        yield blocked("mass_kg", "mass_not_positive", given_kg=mass_kg)
    elif mass_kg is not None and accepted_kg is not None and mass_kg > accepted_kg + ROUNDING_KG:
        yield blocked("mass_kg", "more_than_accepted", given_kg=mass_kg, accepted_kg=accepted_kg)
    elif mass_kg is not None and accepted_kg is not None and mass_kg < accepted_kg - ROUNDING_KG:
        yield blocked("mass_kg", "less_than_accepted", given_kg=mass_kg, accepted_kg=accepted_kg)


def children_closed(step: Step) -> Iterator[Blocked]:
    """All that was refused, aborted or regrouped travels under children, and they are at their end."""
    open_ones = [part.number for part in step.custody.parts_out if part.state not in OVER]
    if open_ones:
        yield blocked("", "children_open", manifests=", ".join(sorted(open_ones)))
    left = left_kg(step.custody)
    if left is not None and left > ROUNDING_KG:
        yield blocked("", "not_all_passed_on", left_kg=round(left, 1))


def gap_decided(step: Step) -> Iterator[Blocked]:
    """Dry sums that do not balance close only after the regulator decided what it was."""
    if step.custody.gap_undecided:
        yield blocked("", "gap_undecided", manifest=step.custody.number)


def paper_confirmed(step: Step) -> Iterator[Blocked]:
    """What one party typed in under another's name stands only when that party or the regulator says so."""
    if step.custody.paper_unconfirmed:
        waiting = step.custody.paper_unconfirmed
        yield blocked("", "paper_unconfirmed", manifest=step.custody.number, count=waiting)
